"""The store of enquiries: an enquiry and its outbox row are committed as one."""

import hashlib
import json
import secrets
from dataclasses import asdict
from datetime import datetime, timezone

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, relationship

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.storage.database import Base, Database

# Read aloud and typed by people: nothing that looks like something else.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# Another of them may be made at the same moment, or be taken already.
ATTEMPTS = 3


class EnquiryRow(Base):
    """An enquiry as it was received. `marks` says why it was put aside; empty for one that is delivered at once."""

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
    # JSON: a list of {who, text}; null where the person did not ask for it, [] where it could not be read.
    conversation = sa.Column(sa.Text)
    marks = sa.Column(sa.String(200), nullable=False, default="")
    outbox = relationship("OutboxRow", back_populates="enquiry", uselist=False, cascade="all, delete-orphan")
    origin = relationship("OriginRow", uselist=False, cascade="all, delete-orphan")


class OriginRow(Base):
    """The conversation that an enquiry was sent from, by its id: for erasing both together, and for nobody's eyes.

    A table of its own: so no view, export or delivery of enquiries has it.
    """

    __tablename__ = "origins"

    enquiry_id = sa.Column(sa.ForeignKey("enquiries.id"), primary_key=True)
    conversation = sa.Column(sa.String(80), nullable=False)


class OutboxRow(Base):
    """What is still to be done with an enquiry: due at `next_attempt_at`, or never where that is null.

    Null are those that were put aside and those that are delivered.
    """

    __tablename__ = "outbox"

    id = sa.Column(sa.Integer, primary_key=True)
    enquiry_id = sa.Column(sa.ForeignKey("enquiries.id"), nullable=False, unique=True)
    key = sa.Column(sa.String(36), nullable=False, unique=True)
    attempts = sa.Column(sa.Integer, nullable=False, default=0)
    next_attempt_at = sa.Column(sa.Float, index=True)
    delivered_at = sa.Column(sa.Float)
    last_error = sa.Column(sa.String(200), nullable=False, default="")
    enquiry = relationship("EnquiryRow", back_populates="outbox")


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
            row.outbox = OutboxRow(key=secrets.token_hex(16), next_attempt_at=None if marks else now)
            row.origin = OriginRow(conversation=origin) if origin else None
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


def utc(timestamp: float | None) -> str:
    """Return a time for people, in UTC to the minute; empty for none."""
    return datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d %H:%M") if timestamp else ""


def _submission(enquiry: Enquiry, token: str) -> str:
    return hashlib.sha256(json.dumps([token, asdict(enquiry)]).encode()).hexdigest()


def _reference() -> str:
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
