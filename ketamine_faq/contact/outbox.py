"""The outbox: what is due for delivery, and what became of each attempt."""

import json
import random
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from ketamine_faq.contact.delivery import TIMEOUT_SECONDS, Message
from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.store import EnquiryRow, OutboxRow, utc
from ketamine_faq.storage.database import Database

FIRST_BACK_OFF_SECONDS = 10
# A mail server that was down for a day is met again within this time. There is no last attempt.
LONGEST_BACK_OFF_SECONDS = 900
# While one relay delivers, no other may take the same; clocks of two machines may differ by some seconds.
LEASE_SECONDS = TIMEOUT_SECONDS + 40
# What is due later than any back-off was noted by a clock that was wrong.
NEVER_SO_LATE_SECONDS = LONGEST_BACK_OFF_SECONDS + LEASE_SECONDS
# From so many failed attempts on (some minutes), an enquiry counts as undeliverable and is shown loudly.
LOUD_ATTEMPTS = 5


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
        due = sa.or_(OutboxRow.next_attempt_at <= now, OutboxRow.next_attempt_at > now + NEVER_SO_LATE_SECONDS)
        with self._store.session() as session:
            row = session.scalars(
                sa.select(OutboxRow)
                .where(due)
                .order_by(OutboxRow.next_attempt_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            row.attempts += 1
            row.next_attempt_at = now + LEASE_SECONDS
            return _message(row)

    def delivered(self, key: str, now: float) -> None:
        """Note that the other side has taken it."""
        self._update(key, delivered_at=now, next_attempt_at=None, last_error="")

    def failed(self, key: str, reason: str, now: float) -> int:
        """Note why it was not taken and when to try again, and return how many attempts there were."""
        with self._store.session() as session:
            attempts = session.scalar(sa.select(OutboxRow.attempts).where(OutboxRow.key == key))
        self._update(key, last_error=reason[:200], next_attempt_at=now + back_off(attempts))
        return attempts

    def retry(self, now: float, reference: str | None = None) -> int:
        """Make everything undelivered due now, or the one of a reference, also if it was put aside; return how many."""
        undelivered = sa.update(OutboxRow).where(OutboxRow.delivered_at.is_(None))
        if reference:
            wanted = sa.select(EnquiryRow.id).where(EnquiryRow.reference == reference)
            undelivered = undelivered.where(OutboxRow.enquiry_id.in_(wanted))
        else:
            undelivered = undelivered.where(OutboxRow.next_attempt_at.is_not(None))
        with self._store.session() as session:
            options = {"synchronize_session": False}
            return session.execute(undelivered.values(next_attempt_at=now), execution_options=options).rowcount

    def backlog(self, now: float) -> tuple[int, float]:
        """Return how many are still to be delivered, and the seconds since the oldest of them was received."""
        query = sa.select(sa.func.count(), sa.func.min(EnquiryRow.received_at)).join(EnquiryRow.outbox)
        with self._store.session() as session:
            depth, oldest = session.execute(query.where(OutboxRow.next_attempt_at.is_not(None))).one()
        return depth, now - oldest if depth else 0.0

    def _update(self, key: str, **values: Any) -> None:
        with self._store.session() as session:
            session.execute(sa.update(OutboxRow).where(OutboxRow.key == key).values(**values))


def back_off(attempts: int) -> float:
    """Return the seconds until the next attempt: doubled each time, bounded, and never in step with others."""
    longest = min(FIRST_BACK_OFF_SECONDS * 2 ** min(attempts - 1, 30), LONGEST_BACK_OFF_SECONDS)
    return longest * random.uniform(0.5, 1)


def _message(row: OutboxRow) -> Message:
    enquiry = row.enquiry
    return Message(
        key=row.key,
        reference=enquiry.reference,
        received_at=utc(enquiry.received_at),
        fields={field.name: getattr(enquiry, field.name) for field in fields(Enquiry)},
        conversation=None if enquiry.conversation is None else json.loads(enquiry.conversation),
    )
