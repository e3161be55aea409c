"""`ketamine-faq enquiries`: what came in by the contact form, for the staff."""

import csv
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from ketamine_faq.cli.stop import errors, stop, stopped_by
from ketamine_faq.cli.store import store

if TYPE_CHECKING:
    from ketamine_faq.contact.staff import Listed

enquiries_app = typer.Typer(no_args_is_help=True, help="What came in by the contact form.")

console = Console(soft_wrap=True)

LISTED = ("reference", "state", "delivery", "received_at", "role", "topic", "marks", "last_error")
AGE = re.compile(r"(\d{1,5})d")


@enquiries_app.command("list")
def list_() -> None:
    """List all enquiries, oldest first; whatever needs a person is said loudly below."""
    with stopped_by(OSError):
        found = _listed()
    # What is typed into the other commands is never cut; personal details stay off the screen until `show`.
    reference = Column("reference", no_wrap=True, min_width=9)
    table = Table(reference, "state", "delivery", "received (UTC)", "role", "topic", "doubtful", "last error")
    for item in found:
        cells = item.cells()
        style = "bold red" if item.row.outbox.state == "UNDELIVERED" else "yellow" if item.row.marks else None
        table.add_row(*(cells[name] for name in LISTED), style=style)
    console.print(table)
    _say_what_needs_a_person(found)


@enquiries_app.command()
def show(reference: Annotated[str, typer.Argument(help="Such as ABCD-2345.")]) -> None:
    """Show one enquiry whole, with its conversation if the person sent it along."""
    import json

    from ketamine_faq.contact.staff import listed
    from ketamine_faq.contact.store import Enquiries
    from ketamine_faq.staff.audit import note, who_has_the_shell

    with stopped_by(OSError):
        opened = store()
        found = _one(listed(opened, _normal(reference)), reference)
        note(who_has_the_shell(), "looked at enquiry", _normal(reference))
        Enquiries(opened).get(_normal(reference), time.time())  # notes that a person has seen it
    for item in found:
        for name, value in item.cells().items():
            console.print(f"{name}: {value}", highlight=False, markup=False)
        if item.row.conversation is not None:
            for turn in json.loads(item.row.conversation):
                console.print(f"  {turn['who']}: {turn['text']}", highlight=False, markup=False)


@enquiries_app.command()
def done(
    references: Annotated[list[str], typer.Argument(help="Such as ABCD-2345; one or several.")],
    by: Annotated[str, typer.Option(help="Who answered; the account's name unless given.")] = "",
    note: Annotated[str, typer.Option(help="What became of it, in a line.")] = "",
) -> None:
    """Note that enquiries are answered: nobody is reminded of them, and they are deleted after their time."""
    from ketamine_faq.contact.store import Enquiries
    from ketamine_faq.staff.audit import note as audited
    from ketamine_faq.staff.audit import who_has_the_shell

    with stopped_by(OSError):
        enquiries, person = Enquiries(store()), who_has_the_shell()
        who = by or person.name
        missed = [r for r in references if not enquiries.answer(_normal(r), who, note, time.time())]
        for reference in (r for r in references if r not in missed):
            audited(person, "answered enquiry", _normal(reference))
    console.print(f"{len(references) - len(missed)} answered.")
    if missed:
        stop(f"{', '.join(missed)}: not here, or answered already; see `ketamine-faq enquiries list`.")


@enquiries_app.command("test")
def test_() -> None:
    """Send a test to where enquiries are delivered, and say the whole of what went wrong."""
    import asyncio

    from ketamine_faq.contact.delivery import UndeliveredError, configured_delivery, destination
    from ketamine_faq.contact.message import Trial
    from ketamine_faq.settings import settings

    with stopped_by():
        delivery, where = configured_delivery(settings()), destination(settings())
        if delivery is None:
            stop("Nobody is told of enquiries: set ENQUIRIES_EMAIL_TO or ENQUIRIES_WEBHOOK_URL.")
    try:
        asyncio.run(delivery.deliver(Trial(), time.time()))
    except UndeliveredError as error:
        cause = error.__cause__
        stop(f"{where}: {error}" + (f": {cause}" if cause and str(cause) else ""))
    console.print(f"{where}: taken. See whether it has arrived.", highlight=False, markup=False)


@enquiries_app.command()
def export(
    path: Annotated[Path, typer.Option("--csv", help="File to write; one that exists is replaced.")],
) -> None:
    """Write all enquiries to a CSV file that is safe to open in a spreadsheet."""
    from ketamine_faq.contact.staff import COLUMNS, spreadsheet_safe
    from ketamine_faq.staff.audit import note, who_has_the_shell

    with stopped_by(OSError):
        found = _listed()
        note(who_has_the_shell(), "exported enquiries")
        # utf-8-sig: without the mark, Excel takes the file for another encoding.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows({n: spreadsheet_safe(v) for n, v in item.cells().items()} for item in found)
    console.print(f"{len(found)} in {path}. It holds personal details: delete it when it is done with.", markup=False)


@enquiries_app.command()
def retry(
    reference: Annotated[str, typer.Argument(help="One alone.")] = "",
) -> None:
    """Have the relay deliver again, now, whatever is undelivered."""
    from ketamine_faq.contact.outbox import Outbox

    with stopped_by(OSError):
        count = Outbox(store()).retry(time.time(), _normal(reference) or None)
    if reference and not count:
        stop(f"{reference} is not here, or delivered already: see `ketamine-faq enquiries list`.")
    console.print(f"{count} due now; the relay of `ketamine-faq serve` delivers.")


@enquiries_app.command()
def purge(older_than: Annotated[str, typer.Option(help="Age in days, such as 90d.")]) -> None:
    """Delete what is old and answered; what nobody has answered stays."""
    from ketamine_faq.contact.staff import purge as purged

    match = AGE.fullmatch(older_than)
    if not match:
        stop(f"--older-than {older_than} is not an age: write days, such as 90d.")
    with stopped_by(OSError):
        deleted, kept = purged(store(), time.time() - int(match.group(1)) * 24 * 3600)
    console.print(f"{deleted} deleted.")
    if kept:
        errors.print(f"{kept} kept, though old: NOT ANSWERED. See `ketamine-faq enquiries list`.", style="bold red")


def _listed(reference: str | None = None) -> list["Listed"]:
    from ketamine_faq.contact.staff import listed

    return listed(store(), reference)


def _say_what_needs_a_person(found: list["Listed"]) -> None:
    from ketamine_faq.settings import settings

    counts = Counter(item.row.outbox.state for item in found)
    if counts["UNDELIVERED"]:
        errors.print(
            f"{counts['UNDELIVERED']} NOT DELIVERED after several attempts: mend what `last error` names, then "
            "`ketamine-faq enquiries retry`.",
            style="bold red",
        )
    if counts["waiting"] and not (settings().enquiries_email_to or settings().enquiries_webhook_url):
        errors.print(
            f"{counts['waiting']} waiting, and NOBODY IS TOLD: set ENQUIRIES_EMAIL_TO or ENQUIRIES_WEBHOOK_URL, or "
            "answer them and say "
            "`ketamine-faq enquiries done REF`.",
            style="bold red",
        )
    doubtful = sum(1 for item in found if item.row.marks and item.row.state == "new")
    if doubtful:
        errors.print(f"{doubtful} doubtful: look with `ketamine-faq enquiries show REF`.", style="yellow")


def _one(found: list["Listed"], reference: str) -> list["Listed"]:
    if not found:
        stop(f"{reference} is not here: see `ketamine-faq enquiries list`.")
    return found


def _normal(reference: str) -> str:
    return reference.strip().upper()
