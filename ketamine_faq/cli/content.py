"""`ketamine-faq content`: the curated text, its check, and who answers for it (docs/content.md)."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ketamine_faq.cli.stop import stop, stopped_by

content_app = typer.Typer(no_args_is_help=True, help="The curated text.")

console = Console(soft_wrap=True)
WIDEST = 160  # columns of the longest table


@content_app.command("check")
def check() -> None:
    """List every fault in content/, with its place and the mend."""
    from ketamine_faq.content.check import check

    with stopped_by():
        faults = check()
    for fault in faults:
        console.print(str(fault), style="red", highlight=False, markup=False)
    if faults:
        stop(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in content/.")
    console.print("content/ is clean.")


@content_app.command("status")
def status() -> None:
    """Show each topic's variations, facts, who checked them and when the next review is due."""
    from ketamine_faq.content.sources import variations

    table = Table("topic", "variation", "facts", "checked by", "next review")
    with stopped_by():
        listed = variations()
    for item in listed:
        checked_by, review = item.metadata.get("checked_by"), item.metadata.get("next_review")
        topic = item.response.removeprefix("utter_")
        table.add_row(topic, item.id, " ".join(item.facts), checked_by or "nobody yet", str(review or "not set"))
    # On a narrow screen the terminal wraps it, where Rich would cut ids off.
    Console(width=max(console.width, WIDEST)).print(table)


@content_app.command("sign")
def sign(
    name: Annotated[str, typer.Argument(metavar="ID", help="Such as dosing.pain.patient.")],
    by: Annotated[str, typer.Option(help="The clinician who has checked the text.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day of the next review.")],
) -> None:
    """Note in the text's file that a clinician has checked it today, and keep what it says now."""
    from ketamine_faq.content.signing import Signature
    from ketamine_faq.content.signing import sign as signed

    with stopped_by():
        item = signed(name, Signature(by, date.today(), until.date()))
    console.print(f"{item.file} says so; a bot that runs has it after its next start.", markup=False)


@content_app.command("book")
def book(
    html: Annotated[Path, typer.Option(help="Page to write; one that exists is replaced.")] = Path("book.html"),
) -> None:
    """Write every text as visitors read it, with its facts, what has changed since it was signed, and who signed."""
    from ketamine_faq.content.book import book, book_page

    with stopped_by(OSError):
        made = book()
        html.write_text(book_page(made, date.today()), encoding="utf-8")
    console.print(f"{html} is written: {made.signed} of {len(made.texts)} texts are signed.", markup=False)
