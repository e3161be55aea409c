"""The store of enquiries: an enquiry and its outbox row are committed as one; then who takes and answers it."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.tables import LOUD_ATTEMPTS, EnquiryRow, OriginRow, OutboxRow, ReceiptRow
from ketamine_faq.storage.database import Database

# Read aloud and typed by people: nothing that looks like something else.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Another of them may be made at the same moment, or be taken already.
ATTEMPTS = 3
# What the staff look for. Doubtful ones stand apart from the new, so that machines bury nobody.
_NEW = EnquiryRow.taken_at.is_(None) & EnquiryRow.answered_at.is_(None)
STATES = {
    "new": _NEW & (EnquiryRow.marks == ""),
    "doubtful": _NEW & (EnquiryRow.marks != ""),
    "taken": EnquiryRow.taken_at.is_not(None) & EnquiryRow.answered_at.is_(None),
    "answered": EnquiryRow.answered_at.is_not(None),
    "undelivered": OutboxRow.next_attempt_at.is_not(None) & (OutboxRow.attempts >= LOUD_ATTEMPTS),
}
PAGE = 50  # enquiries


class Enquiries:
    """Enquiries, each kept with its row of the outbox."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def add(
        self,
        enquiry: Enquiry,
        token: str,
        now: float,
        marks: tuple[str, ...] = (),
        conversation: list[dict[str, str]] | None = None,
        origin: str | None = None,
    ) -> str:
        """Keep an enquiry with its outbox row and return its reference, the same for what is sent twice.

        `conversation` is what was said, where the person sends it along; `origin` is its id in any case.

        On return it is on the disk. Raises StoreError, and then nothing is kept.
        """
        submission = _submission(enquiry, token)
        with self._database.told_as_store_error():
            for attempt in range(ATTEMPTS):
                try:
                    return self._add(enquiry, token, submission, now, marks, conversation, origin)
                except IntegrityError:
                    if attempt == ATTEMPTS - 1:
                        raise
        raise AssertionError("unreachable")

    def _add(
        self,
        enquiry: Enquiry,
        token: str,
        submission: str,
        now: float,
        marks: tuple[str, ...],
        conversation: list[dict[str, str]] | None,
        origin: str | None,
    ) -> str:
        with Session(self._database.engine) as session, session.begin():
            known = session.scalar(sa.select(EnquiryRow.reference).where(EnquiryRow.submission == submission))
            if known:
                return known
            row = EnquiryRow(
                reference=_reference(),
                submission=submission,
                token=token,
                received_at=now,
                marks=" ".join(marks),
                conversation=None if conversation is None else json.dumps(conversation, ensure_ascii=False),
                **asdict(enquiry),
            )
            row.outbox = OutboxRow(key=secrets.token_hex(16), next_attempt_at=now)
            row.origin = OriginRow(conversation=origin) if origin else None
            # A machine may have written a stranger's address.
            row.receipt = ReceiptRow(next_attempt_at=now) if enquiry.email and not marks else None
            session.add(row)
            return row.reference

    def sent_before(self, enquiry: Enquiry, token: str) -> tuple[str | None, bool]:
        """Return the reference of the same form if it is kept, and whether its token came before; raises StoreError."""
        submission = _submission(enquiry, token)
        with self._database.session() as session:
            rows = session.execute(
                sa.select(EnquiryRow.submission, EnquiryRow.reference).where(EnquiryRow.token == token)
            ).all()
        return dict(map(tuple, rows)).get(submission), bool(rows)

    def counts(self) -> dict[str, int]:
        """Return how many there are of each of STATES; raises StoreError."""
        with self._database.session() as session:
            return {state: session.scalar(self._of(state, sa.func.count(EnquiryRow.id))) for state in STATES}

    def waiting(self) -> dict[bool, tuple[int, float]]:
        """Return how many nobody has answered, by whether they are doubtful, and when the first of them was received.

        Raises StoreError.
        """
        figures = (sa.func.count(EnquiryRow.id), sa.func.min(EnquiryRow.received_at))
        found = {}
        with self._database.session() as session:
            for doubtful in (False, True):
                kind = EnquiryRow.marks != "" if doubtful else EnquiryRow.marks == ""
                found[doubtful] = session.execute(
                    sa.select(*figures).where(EnquiryRow.answered_at.is_(None), kind)
                ).one()
        return {doubtful: (count, first or 0.0) for doubtful, (count, first) in found.items()}

    def list(self, state: str, page: int = 1) -> list[EnquiryRow]:
        """Return a page of those in one of STATES, who has waited longest first; raises StoreError."""
        query = self._of(state, EnquiryRow).options(joinedload(EnquiryRow.outbox))
        order = EnquiryRow.answered_at.desc() if state == "answered" else EnquiryRow.received_at
        with self._database.session() as session:
            return list(session.scalars(query.order_by(order, EnquiryRow.id).limit(PAGE).offset(PAGE * (page - 1))))

    def get(self, reference: str, now: float) -> EnquiryRow | None:
        """Return one, for a person to see, which is noted; None where there is none. Raises StoreError."""
        query = sa.select(EnquiryRow).options(joinedload(EnquiryRow.outbox))
        with self._database.session() as session:
            row = session.scalar(query.where(EnquiryRow.reference == reference))
            if row and not row.seen_at:
                row.seen_at = now
            return row

    def take(self, reference: str, by: str, now: float) -> bool:
        """Note who sees to it; False, and nothing is changed, where somebody does already. Raises StoreError."""
        with self._open(reference, now) as row:
            if row is None or row.taken_at:
                return False
            row.taken_by, row.taken_at = by, now
            if row.outbox.delivered_at:
                row.outbox.next_attempt_at = None  # nobody need be reminded
            return True

    def answer(self, reference: str, by: str, note: str, now: float) -> bool:
        """Note that it is answered, and tell nobody of it any more; False where it was. Raises StoreError."""
        with self._open(reference, now) as row:
            if row is None:
                return False
            row.answered_by, row.answered_at, row.note = by, now, note
            row.outbox.next_attempt_at = None
            return True

    @contextmanager
    def _open(self, reference: str, now: float) -> Iterator[EnquiryRow | None]:
        """Give an enquiry that is not answered yet, for one to change at a time, who has then seen it."""
        wanted = (EnquiryRow.reference == reference, EnquiryRow.answered_at.is_(None))
        with self._database.session() as session:
            row = session.scalar(sa.select(EnquiryRow).where(*wanted).with_for_update())
            if row:
                row.seen_at = row.seen_at or now
            yield row

    @staticmethod
    def _of(state: str, what: Any) -> sa.sql.Select:
        return sa.select(what).join(EnquiryRow.outbox).where(STATES[state])


def utc(timestamp: float | None) -> str:
    """Return a time for people, in UTC to the minute; empty for none."""
    return datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d %H:%M") if timestamp else ""


def _submission(enquiry: Enquiry, token: str) -> str:
    return hashlib.sha256(json.dumps([token, asdict(enquiry)]).encode()).hexdigest()


def _reference() -> str:
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
