"""The store of enquiries: SQLite or PostgreSQL; an enquiry and its outbox row are committed as one."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, declarative_base, relationship
from sqlalchemy.pool import QueuePool

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.settings import SettingsError, settings

# Read aloud and typed by people: nothing that looks like something else.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
BUSY_SECONDS = 10
# Another of them may be made at the same moment, or be taken already.
ATTEMPTS = 3

Base = declarative_base()


class StoreError(RasaException):
    """The store can't be read or written; the message has no personal data."""


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


class Store:
    """Enquiries and their outbox, in the database of a URL."""

    def __init__(self, url: str) -> None:
        """Open the database and make its tables where they are missing; raises StoreError, SettingsError."""
        self.engine = _engine(url)
        with self._told_as_store_error():
            _create_tables(self.engine)
        # Sanic may fork: a connection must not be shared by two processes.
        self.engine.dispose()

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
        with self._told_as_store_error():
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
        with Session(self.engine) as session, session.begin():
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
        with self.session() as session:
            rows = session.execute(
                sa.select(EnquiryRow.submission, EnquiryRow.reference).where(EnquiryRow.token == token)
            ).all()
        return dict(map(tuple, rows)).get(submission), bool(rows)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end; raises StoreError."""
        with self._told_as_store_error(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_deleted(self) -> None:
        """Take what was deleted out of SQLite's log, too; raises StoreError."""
        if self.engine.dialect.name == "sqlite":
            with self._told_as_store_error(), self.engine.connect() as connection:
                # Outside of any transaction, where alone the log can be emptied.
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _told_as_store_error(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            # The first line of the driver's message names tables and states; those below can quote what was written.
            reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
            raise StoreError(f"The store of enquiries failed: {reason}") from None


@lru_cache(maxsize=1)
def store() -> Store:
    """Return this process's store, at the address that is set; raises StoreError, SettingsError."""
    return Store(settings().enquiries_database_url)


def utc(timestamp: float | None) -> str:
    """Return a time for people, in UTC to the minute; empty for none."""
    return datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d %H:%M") if timestamp else ""


def _submission(enquiry: Enquiry, token: str) -> str:
    return hashlib.sha256(json.dumps([token, asdict(enquiry)]).encode()).hexdigest()


def _reference() -> str:
    letters = [secrets.choice(REFERENCE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        options = {"hide_parameters": True, "pool_pre_ping": True, "future": True}
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(parsed, **options)
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            # For its owner's eyes only; SQLite gives its other files the same mode.
            Path(parsed.database).touch(mode=0o600)
        # Connections are kept: with each last one, SQLite would put its log away and make it anew.
        options |= {"poolclass": QueuePool, "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
        engine = sa.create_engine(parsed, **options)
    except OSError as error:
        raise SettingsError(f"ENQUIRIES_DATABASE_URL can't be used: {error}") from None
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The type alone: the message can quote the address, with its password.
        raise SettingsError(f"ENQUIRIES_DATABASE_URL can't be used ({type(error).__name__}).") from None
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection, _) -> None:
    # The driver's own transactions begin late and leave reads outside: ours begin where SQLAlchemy's do.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # A commit returns once it is on the disk, also through a power cut.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is purged is gone from the file, too.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection) -> None:
    # At once a writer: one that turns from reader to writer could be refused in the middle.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _create_tables(engine: Engine) -> None:
    try:
        Base.metadata.create_all(engine)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError, IntegrityError):
        # The server and the relay start together; whoever comes second finds the tables there.
        Base.metadata.create_all(engine)
