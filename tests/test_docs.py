"""What README and docs name is there: paths, tests, modules, commands, settings."""

import re
from pathlib import Path

import click
import pytest
import typer.main

from ketamine_faq.cli.main import app
from ketamine_faq.paths import PROJECT

PAGES = [PROJECT / "README.md", PROJECT / "benchmarks" / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
FOLDERS = "actions|benchmarks|content|data|deploy|docs|ketamine_faq|tests|widget"
PATH = re.compile(rf"(?<![\w/.-])(?:{FOLDERS})/[\w./<>*-]*")
FILE = re.compile(r"`([\w-]+\.(?:py|yml|yaml|jsonl|js|md))`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
TEST = re.compile(r"::(test_\w+)")
COMMAND = re.compile(r"ketamine-faq((?: [a-z][a-z-]*)+)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)(?=`|\n| +#)")
# What nobody has on the PATH: all of it is in the project's own environment.
BARE = re.compile(r"(?<!\.venv/bin/)\b(?:ketamine-faq|python -m) [a-z][\w.]*")
MODULE = re.compile(r"python -m ((?:benchmarks|ketamine_faq|tests)[\w.]*)")
# Files of folders that git doesn't keep.
NAMES = {path.name for path in PROJECT.rglob("*") if not {".venv", "node_modules", "var"} & {*path.parts}}

TESTS = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("test_*.py"))


def named(pattern: re.Pattern) -> list[tuple[str, str]]:
    """Each match in a page, with the page's name."""
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    return sorted({(name, match.rstrip(".-")) for name, text in texts.items() for match in pattern.findall(text)})


@pytest.mark.parametrize("page, path", named(PATH))
def test_a_path_is_there(page: str, path: str):
    assert list(PROJECT.glob(re.sub(r"<\w+>", "*", path).rstrip("/"))), f"{page} names {path}"


@pytest.mark.parametrize("page, test", named(TEST))
def test_a_test_is_there(page: str, test: str):
    assert f"def {test}(" in TESTS, f"{page} names {test}"


@pytest.mark.parametrize("page, name", named(FILE))
def test_a_file_is_somewhere(page: str, name: str):
    assert name in NAMES, f"{page} names {name}"


@pytest.mark.parametrize("page, link", [(page, link) for page in PAGES for link in LINK.findall(page.read_text())])
def test_a_link_leads_somewhere(page: Path, link: str):
    assert (page.parent / link).exists()


@pytest.mark.parametrize("page, words", named(COMMAND))
def test_a_command_is_there(page: str, words: str):
    command: click.Command = typer.main.get_command(app)
    for word in words.split():
        if not isinstance(command, click.Group):
            break
        assert word in command.commands, f"{page} names ketamine-faq{words}"
        command = command.commands[word]


def test_commands_are_printed_as_they_can_be_run():
    assert named(BARE) == []


@pytest.mark.parametrize("page, target", named(TARGET))
def test_a_target_of_make_is_there(page: str, target: str):
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text(), re.MULTILINE), f"{page} names make {target}"


@pytest.mark.parametrize("page, module", named(MODULE))
def test_a_module_is_there(page: str, module: str):
    path = PROJECT / module.replace(".", "/")
    assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), f"{page} names python -m {module}"
