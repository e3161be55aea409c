"""`ketamine-faq retention` and `ketamine-faq erase`: when and how what people wrote is deleted."""

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ketamine_faq.cli.stop import errors, stop, stopped_by
from ketamine_faq.cli.store import store
from ketamine_faq.paths import PROJECT

if TYPE_CHECKING:
    from ketamine_faq.operations.personal_data import PersonalData

console = Console(soft_wrap=True)

Endpoints = Annotated[Path, typer.Option(help="Where the tracker store is named.")]


def retention(endpoints: Endpoints = PROJECT / "endpoints.yml") -> None:
    """Delete what was kept as long as CONVERSATIONS_KEPT_DAYS and ENQUIRIES_KEPT_DAYS say. For every night."""
    with stopped_by(ValueError):
        events, enquiries, kept = _stores(endpoints).expire(time.time())
    console.print(f"{events} events of conversations and {enquiries} enquiries deleted.")
    if kept:
        errors.print(f"{kept} kept, though old: NOT ANSWERED. See `ketamine-faq enquiries list`.", style="bold red")


def erase(
    conversation: Annotated[str, typer.Option(help="A conversation's id, or the `sender` that the browser has.")] = "",
    email: Annotated[str, typer.Option(help="A person's e-mail address.")] = "",
    phone: Annotated[str, typer.Option(help="A person's telephone number, in any form.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    endpoints: Endpoints = PROJECT / "endpoints.yml",
) -> None:
    """Find what is kept of one person, and erase it from every store."""
    from ketamine_faq.operations.personal_data import Person

    if sum(map(bool, (conversation, email, phone))) != 1:
        stop("Say whose data: one of --conversation, --email and --phone.")
    with stopped_by(ValueError):
        person, stores = Person(conversation, email, phone), _stores(endpoints)
        found = stores.find(person)
        console.print(f"{len(found.conversations)} conversations and {len(found.enquiries)} enquiries found.")
        if not found.conversations and not found.enquiries:
            return
        if not yes:
            typer.confirm("Erase them for good, also what is not delivered yet?", abort=True)
        stores.erase(found)
    console.print("Erased. Mails that were delivered, and backups, are not: see docs/operations.md.")


def _stores(endpoints: Path) -> "PersonalData":
    # Rasa's libraries warn of each other's versions: nothing that the staff could mend.
    with warnings.catch_warnings(record=True):
        from ketamine_faq.operations.personal_data import PersonalData

        return PersonalData(store(), endpoints)
