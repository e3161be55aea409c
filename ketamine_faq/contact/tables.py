"""The tables of enquiries. A change of one is a revision, too: ketamine_faq/storage/migrations/."""

import sqlalchemy as sa
from sqlalchemy.orm import relationship

from ketamine_faq.storage.database import Base

# From so many failed attempts on (some minutes), an enquiry counts as undeliverable and is shown loudly.
LOUD_ATTEMPTS = 5


class EnquiryRow(Base):
    """An enquiry as it was received, and what the staff have done with it.

    `marks` says what is doubtful about it: names of content/contact_form.yml, empty for most.
    """

    __tablename__ = "enquiries"

    id = sa.Column(sa.Integer, primary_key=True)
    reference = sa.Column(sa.String(9), nullable=False, unique=True)
    # What tells that the same form was sent twice: a double click, or a retry after a lost answer.
    submission = sa.Column(sa.String(64), nullable=False, unique=True)
    token = sa.Column(sa.String(64), nullable=False, index=True)
    received_at = sa.Column(sa.Float, nullable=False, index=True)
    role = sa.Column(sa.String(20), nullable=False)
    name = sa.Column(sa.Text, nullable=False)
    email = sa.Column(sa.Text, nullable=False)
    phone = sa.Column(sa.Text, nullable=False)
    about = sa.Column(sa.Text, nullable=False)
    topic = sa.Column(sa.String(80), nullable=False)
    practice = sa.Column(sa.Text, nullable=False)
    provider_number = sa.Column(sa.String(20), nullable=False)
    # Whether the person knows for whom a carer writes. Here and below, empty where it was not said.
    knows = sa.Column(sa.String(20), nullable=False, default="", server_default="")
    reach_by = sa.Column(sa.String(20), nullable=False, default="", server_default="")
    reach_when = sa.Column(sa.Text, nullable=False, default="", server_default="")
    may_leave_message = sa.Column(sa.String(20), nullable=False, default="", server_default="")
    # The language that an interpreter is needed for.
    interpreter = sa.Column(sa.Text, nullable=False, default="", server_default="")
    # JSON: a list of {who, text}; null where the person did not ask for it, [] where it could not be read.
    conversation = sa.Column(sa.Text)
    marks = sa.Column(sa.String(200), nullable=False, default="")
    # When a person first looked at it: by the staff's page or the command line.
    seen_at = sa.Column(sa.Float)
    taken_by = sa.Column(sa.Text)
    taken_at = sa.Column(sa.Float)
    answered_by = sa.Column(sa.Text)
    answered_at = sa.Column(sa.Float)
    note = sa.Column(sa.Text, nullable=False, default="", server_default="")
    # When the staff were reminded that nobody had taken it.
    reminded_at = sa.Column(sa.Float)
    outbox = relationship("OutboxRow", back_populates="enquiry", uselist=False, cascade="all, delete-orphan")
    origin = relationship("OriginRow", uselist=False, cascade="all, delete-orphan")
    receipt = relationship("ReceiptRow", back_populates="enquiry", uselist=False, cascade="all, delete-orphan")

    @property
    def state(self) -> str:
        """What the staff have done with it: `new`, `taken` or `answered`."""
        return "answered" if self.answered_at else "taken" if self.taken_at else "new"


class OriginRow(Base):
    """The conversation that an enquiry was sent from, by its id: for erasing both together, and for nobody's eyes.

    A table of its own: so no view, export or delivery of enquiries has it.
    """

    __tablename__ = "origins"

    enquiry_id = sa.Column(sa.ForeignKey("enquiries.id"), primary_key=True)
    conversation = sa.Column(sa.String(80), nullable=False)


class OutboxRow(Base):
    """What is still to be delivered of an enquiry: due at `next_attempt_at`, never where that is null.

    Null is what is delivered, and what was answered before it could be.
    """

    __tablename__ = "outbox"

    id = sa.Column(sa.Integer, primary_key=True)
    enquiry_id = sa.Column(sa.ForeignKey("enquiries.id"), nullable=False, unique=True)
    key = sa.Column(sa.String(36), nullable=False, unique=True)
    attempts = sa.Column(sa.Integer, nullable=False, default=0)
    next_attempt_at = sa.Column(sa.Float, index=True)
    delivered_at = sa.Column(sa.Float)
    last_error = sa.Column(sa.String(200), nullable=False, default="")
    # Of a doubtful one, the digest that it goes with, where there are many.
    digest = sa.Column(sa.String(36), index=True)
    enquiry = relationship("EnquiryRow", back_populates="outbox")

    @property
    def state(self) -> str:
        """`delivered`, `closed` (answered before it was), `waiting` or, where something is wrong, `UNDELIVERED`."""
        if self.delivered_at:
            return "delivered"
        if self.next_attempt_at is None:
            return "closed"
        return "UNDELIVERED" if self.attempts >= LOUD_ATTEMPTS else "waiting"


class ReceiptRow(Base):
    """The receipt that is mailed to who wrote: due at `next_attempt_at`, never where that is null."""

    __tablename__ = "receipts"

    enquiry_id = sa.Column(sa.ForeignKey("enquiries.id"), primary_key=True)
    attempts = sa.Column(sa.Integer, nullable=False, default=0)
    next_attempt_at = sa.Column(sa.Float, index=True)
    sent_at = sa.Column(sa.Float)
    enquiry = relationship("EnquiryRow", back_populates="receipt")
