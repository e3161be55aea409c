"""The receipt that is mailed to who wrote: the reference and when, and not a word of what was written."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ketamine_faq.contact.outbox import DAY, LEASE_SECONDS, back_off
from ketamine_faq.contact.store import utc
from ketamine_faq.contact.tables import EnquiryRow, ReceiptRow
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from ketamine_faq.storage.database import Database

# Anybody can write a stranger's address into the form: an address gets no more than so many a day, and all together no
# more than so many an hour. Whoever wrote has seen the receipt on the page.
PER_ADDRESS_A_DAY, PER_HOUR = 3, 100


@dataclass(frozen=True)
class Receipt:
    """A receipt on its way."""

    enquiry_id: int
    to: str
    reference: str
    received_at: float

    def subject(self) -> str:
        """Return the mail's subject."""
        return words().receipt_mail("subject", reference=self.reference)

    def text(self) -> str:
        """Return the mail's text."""
        received = words().receipt_mail("received", reference=self.reference, time=f"{utc(self.received_at)} UTC")
        unasked = words().receipt_mail("unasked")
        return "\n\n".join([received, *words().next_steps(self.received_at), unasked, content().disclaimer]) + "\n"


class Receipts:
    """The receipts of a store. Every method raises StoreError."""

    def __init__(self, store: Database) -> None:
        """Take the store."""
        self._store = store

    def claim(self, now: float) -> Receipt | None:
        """Return one that is due, if there is one; what is too much or a day late is dropped for good."""
        due = sa.select(ReceiptRow).join(ReceiptRow.enquiry).where(ReceiptRow.next_attempt_at <= now)
        with self._store.session() as session:
            for row in session.scalars(due.with_for_update(skip_locked=True, of=ReceiptRow)):
                if row.enquiry.received_at < now - DAY or self._is_too_much(session, row.enquiry.email, now):
                    row.next_attempt_at = None
                    continue
                row.attempts += 1
                row.next_attempt_at = now + LEASE_SECONDS
                enquiry = row.enquiry
                return Receipt(enquiry.id, enquiry.email, enquiry.reference, enquiry.received_at)
        return None

    def sent(self, receipt: Receipt, now: float) -> None:
        """Note that the mail server has taken it."""
        with self._store.session() as session:
            row = session.get(ReceiptRow, receipt.enquiry_id)
            if row:
                row.sent_at, row.next_attempt_at = now, None

    def failed(self, receipt: Receipt, now: float) -> None:
        """Note that it was not taken, and when to try again."""
        with self._store.session() as session:
            row = session.get(ReceiptRow, receipt.enquiry_id)
            if row:
                row.next_attempt_at = now + back_off(row.attempts)

    @staticmethod
    def _is_too_much(session: Session, address: str, now: float) -> bool:
        sent = sa.select(sa.func.count(ReceiptRow.enquiry_id))
        to_it = sent.join(ReceiptRow.enquiry).where(sa.func.lower(EnquiryRow.email) == address.lower())
        return (
            session.scalar(to_it.where(ReceiptRow.sent_at > now - DAY)) >= PER_ADDRESS_A_DAY
            or session.scalar(sent.where(ReceiptRow.sent_at > now - 3600)) >= PER_HOUR
        )
