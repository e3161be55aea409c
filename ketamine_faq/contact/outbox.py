"""The outbox: what is due for delivery, and what became of each attempt."""

import json
import random
import secrets
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.message import Digest, Message
from ketamine_faq.contact.store import utc
from ketamine_faq.contact.tables import EnquiryRow, OutboxRow
from ketamine_faq.content.texts import content
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import Database

# For one delivery, with all its steps.
TIMEOUT_SECONDS = 20
FIRST_BACK_OFF_SECONDS = 10
# A mail server that was down for a day is met again within this time. There is no last attempt.
LONGEST_BACK_OFF_SECONDS = 900
# While one relay delivers, no other may take the same; clocks of two machines may differ by some seconds.
LEASE_SECONDS = TIMEOUT_SECONDS + 40
# What is due later than any back-off was noted by a clock that was wrong.
NEVER_SO_LATE_SECONDS = LONGEST_BACK_OFF_SECONDS + LEASE_SECONDS
DAY = 24 * 3600
# So many doubtful enquiries within a day are delivered one by one; what comes beyond, in one digest a day.
DOUBTFUL_ALONE = 10


class Outbox:
    """The outbox rows of a store. Every method raises StoreError."""

    def __init__(self, store: Database) -> None:
        """Take the store."""
        self._store = store

    def claim(self, now: float) -> Message | None:
        """Return a message that is due, if there is one.

        Its next attempt is set before this one is made, and later than it can take: if the relay dies now, it is due
        again then; if another one asks meanwhile, it is not.
        """
        with self._store.session() as session:
            alone = OutboxRow.digest.is_(None)
            if self._are_many(session, now):
                alone &= EnquiryRow.marks == ""
            row = session.scalars(_due(now).where(alone).limit(1)).first()
            if row is None:
                return None
            _lease(row, now)
            return _message(row)

    def claim_digest(self, now: float) -> Digest | None:
        """Return the doubtful ones that are due together, once a day; the same again if they did not arrive."""
        with self._store.session() as session:
            rows = session.scalars(_due(now).where(OutboxRow.digest.is_not(None))).all()
            if not rows and self._are_many(session, now) and not self._is_digested(session, now):
                rows = session.scalars(_due(now).where(EnquiryRow.marks != "")).all()
            if not rows:
                return None
            key = rows[0].digest or secrets.token_hex(16)
            for row in rows:
                _lease(row, now)
                row.digest = key
            return Digest(key, [_message(row) for row in rows])

    @staticmethod
    def _are_many(session: Session, now: float) -> bool:
        """Tell whether so many doubtful ones were delivered within a day that no more go alone."""
        alone = sa.select(sa.func.count(OutboxRow.id)).join(OutboxRow.enquiry)
        of_today = (EnquiryRow.marks != "", OutboxRow.digest.is_(None), OutboxRow.delivered_at > now - DAY)
        return session.scalar(alone.where(*of_today)) >= DOUBTFUL_ALONE

    @staticmethod
    def _is_digested(session: Session, now: float) -> bool:
        """Tell whether a digest was delivered within a day, or is being delivered."""
        under_way = OutboxRow.next_attempt_at.is_not(None) | (OutboxRow.delivered_at > now - DAY)
        return bool(session.scalar(sa.select(OutboxRow.id).where(OutboxRow.digest.is_not(None), under_way).limit(1)))

    def delivered(self, key: str, now: float) -> None:
        """Note that the other side has taken it."""
        self._update(key, delivered_at=now, next_attempt_at=None, last_error="")

    def failed(self, key: str, reason: str, now: float) -> int:
        """Note why it was not taken and when to try again, and return how many attempts there were."""
        with self._store.session() as session:
            attempts = session.scalar(sa.select(sa.func.max(OutboxRow.attempts)).where(_of(key)))
        # What was answered meanwhile is not tried again.
        self._update(
            key,
            OutboxRow.next_attempt_at.is_not(None),
            last_error=reason[:200],
            next_attempt_at=now + back_off(attempts),
        )
        return attempts

    def remind(self, now: float) -> int:
        """Make due once more what nobody has taken within the working hours that are set; return how many.

        Not what is doubtful: of that, an alert tells. Never the same twice.
        """
        hours, longest = content().working_hours, settings().enquiry_reminder_hours * 3600
        open_ = (EnquiryRow.taken_at.is_(None), EnquiryRow.answered_at.is_(None), EnquiryRow.marks == "")
        untold = (EnquiryRow.reminded_at.is_(None), OutboxRow.delivered_at.is_not(None))
        query = sa.select(OutboxRow).join(OutboxRow.enquiry).where(*open_, *untold).with_for_update()
        with self._store.session() as session:
            due = [row for row in session.scalars(query) if hours.seconds(row.delivered_at, now) >= longest]
            for row in due:
                row.enquiry.reminded_at, row.next_attempt_at, row.attempts = now, now, 0
        return len(due)

    def retry(self, now: float, reference: str | None = None) -> int:
        """Make everything undelivered due now, or the one of a reference; return how many."""
        undelivered = sa.update(OutboxRow).where(OutboxRow.next_attempt_at.is_not(None))
        if reference:
            wanted = sa.select(EnquiryRow.id).where(EnquiryRow.reference == reference)
            undelivered = undelivered.where(OutboxRow.enquiry_id.in_(wanted))
        with self._store.session() as session:
            options = {"synchronize_session": False}
            return session.execute(undelivered.values(next_attempt_at=now), execution_options=options).rowcount

    def backlog(self, now: float) -> tuple[int, float]:
        """Return how many were never delivered, and for how many seconds the oldest that nothing is doubtful about."""
        waiting = (OutboxRow.next_attempt_at.is_not(None), OutboxRow.delivered_at.is_(None))
        query = sa.select(sa.func.count()).select_from(OutboxRow).where(*waiting)
        oldest = sa.select(sa.func.min(EnquiryRow.received_at)).join(EnquiryRow.outbox).where(*waiting)
        with self._store.session() as session:
            first = session.scalar(oldest.where(EnquiryRow.marks == ""))
            return session.scalar(query), 0.0 if first is None else now - first

    def _update(self, key: str, *conditions: Any, **values: Any) -> None:
        with self._store.session() as session:
            session.execute(sa.update(OutboxRow).where(_of(key), *conditions).values(**values))


def _of(key: str) -> Any:
    """Return what selects the rows of a message or a digest: no two have the same key."""
    return (OutboxRow.key == key) | (OutboxRow.digest == key)


def _due(now: float) -> sa.sql.Select:
    due = (OutboxRow.next_attempt_at <= now) | (OutboxRow.next_attempt_at > now + NEVER_SO_LATE_SECONDS)
    locked = sa.select(OutboxRow).join(OutboxRow.enquiry).where(due).order_by(OutboxRow.next_attempt_at)
    return locked.with_for_update(skip_locked=True, of=OutboxRow)


def _lease(row: OutboxRow, now: float) -> None:
    row.attempts += 1
    row.next_attempt_at = now + LEASE_SECONDS


def back_off(attempts: int) -> float:
    """Return the seconds until the next attempt: doubled each time, bounded, and never in step with others."""
    longest = min(FIRST_BACK_OFF_SECONDS * 2 ** min(attempts - 1, 30), LONGEST_BACK_OFF_SECONDS)
    return longest * random.uniform(0.5, 1)


def _message(row: OutboxRow) -> Message:
    enquiry = row.enquiry
    return Message(
        row_key=row.key,
        reference=enquiry.reference,
        received_at=utc(enquiry.received_at),
        fields={field.name: getattr(enquiry, field.name) for field in fields(Enquiry)},
        conversation=None if enquiry.conversation is None else json.loads(enquiry.conversation),
        marks=tuple(enquiry.marks.split()),
        is_reminder=row.delivered_at is not None,
    )
