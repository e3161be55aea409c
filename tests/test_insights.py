"""`ketamine-faq insights`: the figures of a tracker store that Rasa itself has filled, and whose words are shown."""

import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ketamine_faq.chat.conversation_id import new_sender
from ketamine_faq.chat.feedback import FeedbackRow, keep_feedback, verdicts
from ketamine_faq.cli.main import app
from ketamine_faq.content.texts import content
from ketamine_faq.insights.page import page
from ketamine_faq.insights.report import MAX_CHARACTERS, MAX_MESSAGES, Report, first_moment, report, week_of
from ketamine_faq.insights.tables import tables
from ketamine_faq.insights.turns import turns
from ketamine_faq.paths import PROJECT
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.support.conversations import Conversations
from tests.support.installation import CACHED, Installation

NOW = datetime(2026, 11, 18, 12, tzinfo=timezone.utc).timestamp()  # a Wednesday
WEEK = 7 * 86400


class AtNow(Conversations):
    """A store whose conversations were had at NOW, if not told otherwise."""

    def had(self, *turns: tuple[str, ...], at: float = NOW, **about: str) -> None:
        """Keep a conversation."""
        super().had(*turns, at=at, **about)

    def report(self, weeks: int = 8, verdicts: tuple[FeedbackRow, ...] = ()) -> Report:
        """The report at NOW."""
        since = first_moment(weeks, NOW)
        return report(turns(self.endpoints, since), [row for row in verdicts if row.given_at >= since], NOW)


@pytest.fixture
def conversations(tmp_path: Path) -> AtNow:
    """An empty store."""
    return AtNow(tmp_path)


@pytest.fixture
def enquiries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store that has the thumbs, for the command to find by the settings."""
    yield Installation(tmp_path, monkeypatch).store
    for cached in CACHED:
        cached.cache_clear()


def cells(made: Report, table: str) -> dict[str, list[str]]:
    """A table's rows by label, each with its total at the end."""
    return {row.label: [*row.cells, row.total] for row in tables(made)[table].rows}


def messages(made: Report) -> list[tuple[str, str, int]]:
    """The messages that were not answered."""
    return [(message.text, message.reply, message.times) for message in made.unanswered_messages]


def command(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["insights", *arguments])


def test_conversations_messages_and_replies_are_counted_by_week(conversations: AtNow):
    conversations.had(("how much", "dosing"), ("what does it cost", "not_covered"), at=NOW - WEEK)
    conversations.had(("how much and how often", "dosing", "schedule"))
    conversations.had(("hello", "greet"), ("weather", "out_of_scope"), ("hm", "did_you_mean"))
    conversations.had(("made up", "crisis"), ("made up", "emergency"), ("made up", "misuse"))
    made = conversations.report()
    assert [str(week) for week in made.weeks] == ["2026-11-09", "2026-11-16"]
    assert cells(made, "overview") == {
        "conversations": ["1", "3", "4"],
        "messages": ["2", "7", "9"],
        "hand-off rate": ["100 %", "67 %", "75 %"],
        "not covered": ["1", "0", "1"],
        "out of scope": ["0", "1", "1"],
        "not understood": ["0", "1", "1"],
        "safety reply: crisis": ["0", "1", "1"],
        "safety reply: emergency": ["0", "1", "1"],
        "safety reply: misuse": ["0", "1", "1"],
    }
    assert cells(made, "topics") == {"dosing": ["1", "1", "2"], "schedule": ["0", "1", "1"]}


def test_a_week_begins_on_monday_and_only_the_last_ones_are_read(conversations: AtNow):
    monday = datetime(2026, 11, 16, tzinfo=timezone.utc).timestamp()
    for moment in (monday, monday - 1, monday - WEEK - 1):
        conversations.had(("how much", "dosing"), at=moment)
    assert cells(conversations.report(weeks=2), "topics") == {"dosing": ["1", "1", "2"]}
    assert cells(conversations.report(weeks=1), "topics") == {"dosing": ["1", "1"]}
    assert str(week_of(monday - 1)) == "2026-11-09"


def test_a_week_without_anything_is_shown_as_one(conversations: AtNow):
    conversations.had(("how much", "dosing"), at=NOW - 2 * WEEK)
    assert cells(conversations.report(), "overview")["messages"] == ["1", "0", "0", "1"]
    assert cells(conversations.report(), "overview")["hand-off rate"] == ["0 %", "–", "–", "0 %"]


def test_what_is_not_covered_is_counted_by_subject(conversations: AtNow):
    conversations.had(("is it dear", "not_covered"), subject="cost")
    conversations.had(("do they bulk bill it", "not_covered"), subject="cost")
    conversations.had(("something else", "not_covered"))
    conversations.had(("cost of one dose", "dosing"), subject="cost")
    assert cells(conversations.report(), "subjects") == {"cost": ["2", "2"], "no subject named": ["1", "1"]}


def test_thumbs_are_counted_by_topic_and_week(conversations: AtNow):
    given = [("dosing", True, 0), ("dosing", True, 0), ("dosing", False, 1), ("schedule", False, 0)]
    rows = [
        FeedbackRow(conversation=str(number), topic=topic, helpful=helpful, given_at=NOW - weeks * WEEK)
        for number, (topic, helpful, weeks) in enumerate(given)
    ]
    made = conversations.report(verdicts=tuple(rows))
    assert cells(made, "thumbs") == {"dosing": ["+0 −1", "+2 −0", "+2 −1"], "schedule": ["–", "+0 −1", "+0 −1"]}


def test_reasons_are_counted_by_topic_in_the_words_that_visitors_chose(conversations: AtNow):
    words, (first, second, *_) = content().reasons, content().reasons
    given = [("dosing", first), ("dosing", first), ("schedule", second), ("dosing", "one of last year")]
    rows = [
        FeedbackRow(conversation=str(n), topic=topic, helpful=False, given_at=NOW, reason=reason)
        for n, (topic, reason) in enumerate(given)
    ]
    made = conversations.report(verdicts=tuple(rows))
    assert cells(made, "reasons") == {
        f"dosing: {words[first]}": ["2", "2"],
        "dosing: one of last year": ["1", "1"],
        f"schedule: {words[second]}": ["1", "1"],
    }
    assert words[second] in page(made)


def test_messages_without_an_answer_are_masked_and_the_most_frequent_come_first(conversations: AtNow):
    conversations.had(("is parking free", "not_covered"), ("who won", "out_of_scope"))
    conversations.had(("Who won?", "out_of_scope"), ("ring 0491 570 006 or kim@example.com", "did_you_mean"))
    conversations.had(("/not_covered", "not_covered"), ("how much", "dosing"))
    assert messages(conversations.report()) == [
        ("Who won?", "out of scope", 2),
        ("is parking free", "not covered", 1),
        ("ring [phone number] or [email]", "not understood", 1),
    ]


def test_words_about_ones_own_case_or_a_danger_are_nobodys_reading(conversations: AtNow):
    conversations.had(("PRIVATE my own case", "personal_concern"), ("is parking free", "not_covered"))
    for topic in ("crisis", "emergency", "misuse"):
        conversations.had(
            ("PRIVATE before", "not_covered"), ("PRIVATE danger", topic), ("PRIVATE after", "did_you_mean")
        )
    # The gate has raised the alarm, but some other rule has answered.
    for intent in ("crisis", "personal_concern"):
        conversations.had((f"PRIVATE {intent}", intent, "out_of_scope"))
    made = conversations.report()
    assert messages(made) == [("is parking free", "not covered", 1)]
    assert "PRIVATE" not in page(made)


def test_the_messages_are_capped_in_number_and_length(conversations: AtNow):
    asked = [(f"question {number} {'x' * 500}", "not_covered") for number in range(MAX_MESSAGES + 5)]
    conversations.had(*asked)
    shown = conversations.report().unanswered_messages
    assert len(shown) == MAX_MESSAGES
    assert {len(message.text) for message in shown} == {MAX_CHARACTERS}


class Elements(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, text: str) -> None:
        """Parse."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))


def test_the_page_shows_text_as_text_and_fetches_nothing(conversations: AtNow):
    conversations.had(("<script>alert(1)</script> \"'><img src=x>", "not_covered"), subject="<b>cost</b>")
    conversations.had(("how much", "dosing"))
    text = page(conversations.report())
    elements = Elements(text).found
    assert not {tag for tag, _ in elements} & {"script", "img", "link", "iframe", "object", "b", "image", "use"}
    assert not [attributes for _, attributes in elements if {"src", "href", "onload"} & set(attributes)]
    assert "http://" not in text and "https://" not in text and "url(" not in text and "@import" not in text
    assert "&lt;script&gt;" in text


def test_the_page_names_its_plots_and_tables(conversations: AtNow):
    conversations.had(("how much", "dosing"), ("is parking free", "not_covered"))
    text = page(conversations.report())
    plots = [attributes for tag, attributes in Elements(text).found if tag == "svg"]
    assert plots and all(plot["role"] == "img" and plot["aria-label"] for plot in plots)
    assert "Answers by topic: dosing 1" in [plot["aria-label"] for plot in plots]
    assert text.count("<table") == text.count("<caption>") > 0


def test_a_turn_at_the_served_bot_is_counted(bot: Bot, endpoints: Path):
    def now_counted() -> tuple[int, int]:
        made = report(turns(endpoints, 0), [], time.time())
        return made.topics["dosing"].total(), made.subjects["cost"].total()

    dosing, cost = now_counted()
    bot.visitor().asks("what dose for depression").gets("dosing").asks("how much does it cost").gets("not_covered")
    assert now_counted() == (dosing + 1, cost + 1)


def test_the_command_prints_tables_and_writes_a_page(
    conversations: AtNow,
    enquiries: Database,
    tmp_path: Path,
):
    now = time.time()
    conversations.had(("what dose", "dosing"), ("[red]is parking free", "not_covered"), at=now)
    verdict = {"sender": new_sender(), "topic": "dosing", "helpful": False}
    keep_feedback(enquiries, verdict)
    assert len(verdicts(enquiries, now - 60)) == 1 and verdicts(enquiries, now + 60) == []
    # As people run it: nothing comes along that is no figure.
    run = [sys.executable, "-m", "ketamine_faq.cli", "insights", "--endpoints", str(conversations.endpoints)]
    result = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0 and faults(result.stderr) == [], result.stderr
    assert re.search(r"conversations +1 +1\b", result.stdout) and "+0 −1" in result.stdout
    assert "[red]is parking free" in result.stdout
    path = tmp_path / "insights.html"
    assert command("--endpoints", str(conversations.endpoints), "--html", str(path)).exit_code == 0
    assert "[red]is parking free" in path.read_text() and stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_figure_is_cut_short_in_a_narrow_window(
    conversations: AtNow,
    enquiries: Database,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("COLUMNS", "40")
    conversations.had(("what dose", "dosing"), at=time.time() - 30 * WEEK)
    lines = command("--weeks", "40", "--endpoints", str(conversations.endpoints)).stdout.splitlines()
    assert ["dosing", "1", *["0"] * 30, "1"] in [line.split() for line in lines]


STORES = {
    "nothing: {}": "names no tracker store",
    "tracker_store: {type: mongod, url: 'mongodb://localhost'}": "names no tracker store of `type: SQL`",
    "tracker_store: {type: SQL, dialect: sqlite, db: not/there.db}": "There are no conversations yet",
    "tracker_store: {type: SQL, dialect: sqlite, db: README.md}": "file is not a database",
    "tracker_store: {type: SQL, dialect: nosql, db: x}": "can't be read",
    "tracker_store: {type: SQL, url: 'nosql://me:secret@host:port/x'}": "can't be read",
    "tracker_store: {type: SQL, dialect: postgresql, url: '127.0.0.1:1', db: x, password: secret}": "can't be read",
    "tracker_store: [": "is not valid YAML",
}


@pytest.mark.parametrize("text", STORES)
def test_a_store_that_cannot_be_read_is_told_in_one_line(text: str, tmp_path: Path):
    path = tmp_path / "endpoints.yml"
    path.write_text(text)
    told(command("--endpoints", str(path)), STORES[text])


def test_no_endpoints_no_events_and_no_place_for_the_page_are_told(
    conversations: AtNow,
    enquiries: Database,
    tmp_path: Path,
):
    told(command("--endpoints", str(tmp_path / "none.yml")), "is missing")
    told(command("--endpoints", str(conversations.endpoints)), "Nobody has asked anything since")
    conversations.had(("what dose", "dosing"), at=time.time())
    told(command("--endpoints", str(conversations.endpoints), "--html", str(PROJECT)), "Is a directory")


def faults(errors: str) -> list[str]:
    """What stands on standard error beside the address of the store."""
    return [line for line in errors.splitlines() if not line.startswith("Store: ")]


def told(result: Result, reason: str) -> None:
    """Check that a command has refused with one line that gives the reason, and no secret."""
    assert result.exit_code == 1 and result.stdout == ""
    assert isinstance(result.exception, SystemExit)
    assert len(faults(result.stderr)) == 1, result.stderr
    assert reason in result.stderr and "secret" not in result.stderr
