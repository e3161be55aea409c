"""The audit: which of the staff looked at what, and did what, when."""

import getpass
import os
import time

import sqlalchemy as sa

from ketamine_faq.staff.logins import Person
from ketamine_faq.staff.tables import AuditRow
from ketamine_faq.storage.database import Database, database

# Stands in the place of a role.
SHELL = "shell"


def note(person: Person, action: str, reference: str = "") -> None:
    """Write down what a person is about to do; raises StoreError, and then they must not do it."""
    with database().session() as session:
        row = AuditRow(at=time.time(), who=person.name, role=person.role, action=action, reference=reference)
        session.add(row)


def who_has_the_shell() -> Person:
    """Return who runs a command, by their account on this machine."""
    try:
        return Person(getpass.getuser(), SHELL, csrf="")
    except KeyError:  # an account of a container, which has a number and no name
        return Person(f"user {os.getuid()}", SHELL, csrf="")


def audit_rows(store: Database, limit: int) -> list[AuditRow]:
    """Return the latest rows, newest first; raises StoreError."""
    with store.session() as session:
        return list(session.scalars(sa.select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)))
