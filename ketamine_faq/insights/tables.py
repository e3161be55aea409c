"""The report as tables, one column a week: what the terminal and the page both show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ketamine_faq.content.texts import content
from ketamine_faq.insights.report import UNANSWERED, ByWeek, Report

Name = TypeVar("Name", str, tuple[str, str])


@dataclass(frozen=True)
class Row:
    """A figure: what it is, its value in each week, and over all of them."""

    label: str
    cells: list[str]
    total: str


@dataclass(frozen=True)
class Table:
    """Rows under a title; the columns are the report's weeks."""

    title: str
    rows: list[Row]


def tables(report: Report) -> dict[str, Table]:
    """Return every table by the name of its section, those without rows left out."""
    made = {
        "overview": Table("Week by week", _overview(report)),
        "stages": Table("Talks by the highest stage of concern", _counts_in_order(report, report.stages)),
        "topics": Table("How often each topic was answered", _counts(report, report.topics)),
        "subjects": Table("Not covered, by subject", _counts(report, report.subjects)),
        "thumbs": Table("Thumbs up and down, by topic", _thumbs(report)),
        "reasons": Table("What was wrong with an answer, by topic", _reasons(report)),
    }
    return {name: table for name, table in made.items() if table.rows}


def week_name(week: date) -> str:
    """Return the ISO name of the week that begins on a Monday, without its year."""
    return f"W{week.isocalendar().week:02}"


def most_first(figures: Mapping[Name, ByWeek]) -> list[Name]:
    """Return the names of the figures, greatest total first."""
    return sorted(figures, key=lambda name: (-figures[name].total(), name))


def judged(report: Report) -> list[str]:
    """Return the topics that have thumbs, most judged first."""
    return most_first({name: report.up[name] + report.down[name] for name in {*report.up, *report.down}})


def readable(name: str) -> str:
    """Return a topic's or subject's id as words."""
    return name.replace("_", " ")


def _overview(report: Report) -> list[Row]:
    return [
        _row(report, "conversations", report.conversations),
        _row(report, "messages", report.messages),
        _hand_off_rate(report),
        *(_row(report, UNANSWERED[name], figures) for name, figures in report.unanswered.items()),
        *(_row(report, f"safety reply: {name}", figures) for name, figures in report.safety.items()),
    ]


def _hand_off_rate(report: Report) -> Row:
    offered, all_ = report.offered_contact, report.conversations
    cells = [_percent(offered[week], all_[week]) for week in report.weeks]
    return Row("hand-off rate", cells, _percent(offered.total(), all_.total()))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "–"


def _counts(report: Report, figures: Mapping[str, ByWeek]) -> list[Row]:
    return [_row(report, readable(name), figures[name]) for name in most_first(figures)]


def _counts_in_order(report: Report, figures: Mapping[str, ByWeek]) -> list[Row]:
    return [_row(report, readable(name), weeks) for name, weeks in figures.items() if weeks]


def _row(report: Report, label: str, figures: ByWeek) -> Row:
    return Row(label, [str(figures[week]) for week in report.weeks], str(figures.total()))


def _thumbs(report: Report) -> list[Row]:
    return [
        Row(
            readable(topic),
            [_verdicts(report.up[topic][week], report.down[topic][week]) for week in report.weeks],
            _verdicts(report.up[topic].total(), report.down[topic].total()),
        )
        for topic in judged(report)
    ]


def _reasons(report: Report) -> list[Row]:
    words = content().reasons
    return [
        # A reason that content/ has no words for any more keeps its name.
        _row(report, f"{readable(topic)}: {words.get(reason, readable(reason))}", report.reasons[topic, reason])
        for topic, reason in most_first(report.reasons)
    ]


def _verdicts(up: int, down: int) -> str:
    return f"+{up} −{down}" if up or down else "–"
