"""What the staff ask of the store: enquiries with their state, and the purge."""

from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.store import utc
from ketamine_faq.contact.tables import EnquiryRow, OriginRow, OutboxRow, ReceiptRow
from ketamine_faq.contact.words import words
from ketamine_faq.storage.database import Database

# Cells that a spreadsheet would take for a formula; some take the wide signs, too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TIMES = ("received_at", "seen_at", "taken_at", "answered_at", "reminded_at")
COLUMNS = (
    *("reference", "received_at", "state", "delivery", *(field.name for field in fields(Enquiry)), "marks"),
    *("seen_at", "taken_by", "taken_at", "answered_by", "answered_at", "note", "reminded_at"),
    *("attempts", "last_error", "delivered_at", "key"),
)


@dataclass(frozen=True)
class Listed:
    """An enquiry as the staff see it."""

    row: EnquiryRow

    @property
    def marks(self) -> list[str]:
        """What is doubtful about it, in words."""
        return [words().mark(name) for name in self.row.marks.split()]

    def cells(self) -> dict[str, str]:
        """Return every field as text, by column."""
        row, outbox = self.row, self.row.outbox
        values = {name: getattr(row, name) or "" for name in COLUMNS if hasattr(row, name)}
        return {
            **dict.fromkeys(COLUMNS, ""),
            **values,
            "delivery": outbox.state,
            **{name: utc(getattr(row, name)) for name in TIMES},
            "marks": "; ".join(self.marks),
            "attempts": str(outbox.attempts),
            "last_error": outbox.last_error,
            "delivered_at": utc(outbox.delivered_at),
            "key": outbox.key,
        }


def listed(store: Database, reference: str | None = None) -> list[Listed]:
    """Return the enquiries, or the one of a reference, oldest first; raises StoreError."""
    query = sa.select(EnquiryRow).options(joinedload(EnquiryRow.outbox)).order_by(EnquiryRow.received_at)
    if reference:
        query = query.where(EnquiryRow.reference == reference)
    with store.session() as session:
        return [Listed(row) for row in session.scalars(query)]


def purge(store: Database, before: float) -> tuple[int, int]:
    """Delete what was received before a time and is answered; return how many, and how many had to stay.

    What nobody has answered stays, however old it is. Raises StoreError.
    """
    old = sa.select(EnquiryRow.id).where(EnquiryRow.received_at < before)
    options = {"synchronize_session": False}
    with store.session() as session:
        unanswered = old.where(EnquiryRow.answered_at.is_(None))
        kept = session.scalar(sa.select(sa.func.count()).select_from(unanswered.subquery()))
        done = list(session.scalars(old.where(EnquiryRow.answered_at.is_not(None))))
        for key in (OutboxRow.enquiry_id, OriginRow.enquiry_id, ReceiptRow.enquiry_id, EnquiryRow.id):
            session.execute(sa.delete(key.class_).where(key.in_(done)), execution_options=options)
    store.forget_deleted()
    return len(done), kept


def spreadsheet_safe(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it as text and computes nothing."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
