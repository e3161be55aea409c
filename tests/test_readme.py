"""README says what is so: its conversation is what the bot says today, and its commands are there."""

import re

from ketamine_faq.content.texts import content
from ketamine_faq.paths import PROJECT
from tests.conversation import Bot

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def conversation() -> list[tuple[str, str]]:
    """The turns in README: what the visitor types and what the bot says, without the disclaimer."""
    block = re.search(r"<!-- conversation.*?-->\n(.*?)<!-- end of conversation -->", README, re.DOTALL).group(1)
    turns = re.findall(r"\*\*(.+?)\*\*\n\n((?:>.*\n)+)", block)
    return [(asked, re.sub(r"^> ?", "", said, flags=re.MULTILINE).strip()) for asked, said in turns]


def test_the_conversation_is_what_the_bot_says(bot: Bot):
    turns = conversation()
    assert len(turns) == 6
    visitor = bot.visitor()
    for asked, said in turns:
        visitor.asks(asked)
        assert visitor.text.removesuffix(content().disclaimer).strip() == said


def test_the_disclaimer_is_quoted_as_it_is():
    assert f"> {content().disclaimer}" in README


def test_the_two_commands_come_first_and_exist():
    commands = re.findall(r"^    make (\w+)", README, re.MULTILINE)
    targets = re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert commands[:2] == ["serve", "test"]
    assert set(commands) <= set(targets)


def test_every_path_in_the_table_exists():
    named = re.findall(r"`((?:ketamine_faq|data|content|docs|actions)/[\w./]*)`", README)
    assert named
    assert [path for path in named if not (PROJECT / path).exists()] == []
