"""`ketamine-faq insights`: what visitors asked and what they made of the answers, for the staff."""

import os
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from ketamine_faq.cli.stop import stop, stopped_by
from ketamine_faq.cli.store import store
from ketamine_faq.paths import PROJECT

if TYPE_CHECKING:
    from ketamine_faq.insights.report import Report

console = Console(soft_wrap=True)
# In a narrow window lines run on, where rich would cut figures short: '1…' could be anything.
unbounded = Console(soft_wrap=True, width=10_000)


def insights(
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks to look back, this one included.")] = 8,
    html: Annotated[
        Path | None, typer.Option(help="Page to write instead, with plots; one that exists is replaced.")
    ] = None,
    endpoints: Annotated[Path, typer.Option(help="Where the tracker store is named.")] = PROJECT / "endpoints.yml",
) -> None:
    """Show by week what was asked, what was not answered, and the thumbs. See docs/insights.md."""
    with stopped_by(OSError):
        # Rasa's libraries warn of each other's versions: nothing that the staff could mend.
        with warnings.catch_warnings(record=True):
            report = _report(weeks, endpoints)
        if html:
            _write(html, report)
        else:
            _print(report)


def _report(weeks: int, endpoints: Path) -> "Report":
    from ketamine_faq.chat.feedback import verdicts
    from ketamine_faq.insights.report import first_moment, report
    from ketamine_faq.insights.turns import turns

    now = time.time()
    since = first_moment(weeks, now)
    asked = turns(endpoints, since)
    if not asked:
        stop(f"Nobody has asked anything since {time.strftime('%d %B %Y', time.gmtime(since))}: see --weeks.")
    return report(asked, verdicts(store(), since), now)


def _write(path: Path, report: "Report") -> None:
    from ketamine_faq.insights.page import page

    # For its owner's eyes only: it has what visitors wrote.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(page(report))
    console.print(f"{path} is written. It has visitors' own words: delete it when it is done with.", markup=False)


def _print(report: "Report") -> None:
    from ketamine_faq.insights.tables import tables, week_name

    names = [week_name(week) for week in report.weeks]
    console.print(f"ISO weeks, in UTC. {names[-1]} began on {report.weeks[-1]:%d %B %Y} and is not over.\n")
    for table in tables(report).values():
        figures = [Column(name, justify="right") for name in (*names, "total")]
        shown = _titled(table.title, Column(), *figures)
        for row in table.rows:
            shown.add_row(row.label, *row.cells, row.total)
        unbounded.print(shown)
    if report.unanswered_messages:
        title = "What was not covered or not understood"
        shown = _titled(title, Column("times", justify="right"), "reply", Column("message", overflow="fold"))
        for message in report.unanswered_messages:
            shown.add_row(str(message.times), message.reply, Text(message.text))
        console.print(shown)


def _titled(title: str, *columns: Column | str) -> Table:
    return Table(*columns, title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
