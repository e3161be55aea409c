"""What people wrote, in every store: deleted when it has been kept long enough, or found and erased for one person."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq.chat.conversation_id import conversation_of
from ketamine_faq.chat.feedback import FeedbackRow
from ketamine_faq.chat.masking import details
from ketamine_faq.contact.form import COUNTRY
from ketamine_faq.contact.staff import purge
from ketamine_faq.contact.tables import EnquiryRow, OriginRow, OutboxRow, ReceiptRow
from ketamine_faq.operations.deletion import delete_beside_events, forget_counts
from ketamine_faq.settings import settings
from ketamine_faq.staff.tables import AnswerReviewRow
from ketamine_faq.storage.conversations_database import ConversationsError, conversations_engine
from ketamine_faq.storage.database import Database, first_line

DAY = 24 * 3600
Event = SQLTrackerStore.SQLEvent
# Of which no copy of what is deleted may be left in the database's files.
VACUUMED = (EnquiryRow, OriginRow, OutboxRow, ReceiptRow, FeedbackRow, AnswerReviewRow)
# Of an enquiry, all that the person wrote or took along, and what the staff wrote of it.
WRITTEN = (
    EnquiryRow.name,
    EnquiryRow.email,
    EnquiryRow.phone,
    EnquiryRow.about,
    EnquiryRow.note,
    EnquiryRow.conversation,
)


class Person:
    """Someone whose data are looked for: by a conversation, an e-mail address or a telephone number."""

    def __init__(self, conversation: str = "", email: str = "", phone: str = "") -> None:
        """Take what is known, of a conversation the browser's `sender` or the id that it is kept under.

        Raises ValueError where the address or the number is none.
        """
        self.conversations = {conversation, conversation_of(conversation)} if conversation else set()
        self._patterns = [_address_pattern(email)] if email else []
        self._patterns += [_number_pattern(phone)] if phone else []
        # As the mask tells them: it knows more ways to write them than a pattern.
        self._values = {detail.value for detail in details(f"{email} phone {phone}")}

    def wrote(self, text: str | None) -> bool:
        """Tell whether a text has the person's address or number, however it is spaced, capitalised or hidden."""
        if not text:
            return False
        plain = unicodedata.normalize("NFKC", text)
        if any(pattern.search(plain) for pattern in self._patterns):
            return True
        return bool(self._values) and any(detail.value in self._values for detail in details(plain))


@dataclass(frozen=True)
class Found:
    """The conversations and enquiries of a person, by their ids."""

    conversations: list[str]
    enquiries: list[int]


class PersonalData:
    """The stores. Every method raises ConversationsError, StoreError."""

    def __init__(self, store: Database, endpoints: Path) -> None:
        """Take the store of enquiries, and the file that names the tracker store; raises ConversationsError."""
        self._store, self._conversations = store, conversations_engine(endpoints)

    def expire(self, now: float) -> tuple[int, int, int]:
        """Delete what the settings say has been kept long enough.

        Return how many events of conversations and how many enquiries were deleted, and how many enquiries had to
        stay because nobody has answered them.
        """
        before = now - settings().conversations_kept_days * DAY
        with self._in_conversations() as connection:
            events = connection.execute(sa.delete(Event).where(Event.timestamp < before)).rowcount
        with self._store.session() as session:
            session.execute(sa.delete(FeedbackRow).where(FeedbackRow.given_at < before))
            session.execute(sa.delete(AnswerReviewRow).where(AnswerReviewRow.asked_at < before))
        enquiries, kept = purge(self._store, now - settings().enquiries_kept_days * DAY)
        self._forget()
        return events, enquiries, kept

    def find(self, person: Person) -> Found:
        """Return what is kept of a person, the conversations with it that their enquiries were sent from.

        Details in conversations are masked, and looked for nevertheless; a stock client may be named by one.
        """
        conversations = set(person.conversations)
        events = sa.select(Event.sender_id, Event.data).where(Event.type_name.in_(["user", "bot"]))
        with self._in_conversations() as connection:
            for sender, data in connection.execution_options(stream_results=True).execute(events):
                if person.wrote(json.loads(data).get("text")):
                    conversations.add(sender)
            known = set(connection.scalars(sa.select(Event.sender_id).distinct()))
        with self._store.session() as session:
            known |= set(session.scalars(sa.select(FeedbackRow.conversation)))
            rows = session.execute(sa.select(EnquiryRow.id, *WRITTEN))
            enquiries = [key for key, *texts in rows if any(map(person.wrote, texts))]
            origins = session.execute(sa.select(OriginRow.enquiry_id, OriginRow.conversation))
            conversations |= {origin for key, origin in origins if key in enquiries}
        conversations |= set(filter(person.wrote, known))
        return Found(sorted(conversations & known), enquiries)

    def erase(self, found: Found) -> None:
        """Erase it from every store, delivered or not, so that not a byte of it is left in a file of SQLite's."""
        with self._in_conversations() as connection:
            connection.execute(sa.delete(Event).where(Event.sender_id.in_(found.conversations)))
        with self._store.session() as session:
            delete_beside_events(session, found.conversations)
            for column in (OutboxRow.enquiry_id, OriginRow.enquiry_id, ReceiptRow.enquiry_id, EnquiryRow.id):
                rows = sa.delete(column.class_).where(column.in_(found.enquiries))
                session.execute(rows, execution_options={"synchronize_session": False})
        forget_counts(found.conversations)
        self._forget()

    def _forget(self) -> None:
        """Take what was deleted out of the files: a row's bytes stay until its page is written anew."""
        try:
            _vacuum(self._conversations, [Event.__tablename__])
            _vacuum(self._store.engine, [row.__tablename__ for row in VACUUMED])
        except (SQLAlchemyError, sqlite3.Error) as error:
            reason = f"Deleted, but a copy may be left in the database's files ({type(error).__name__}): try again."
            raise ConversationsError(reason) from None

    @contextmanager
    def _in_conversations(self) -> Iterator[Connection]:
        try:
            with self._conversations.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise ConversationsError(f"The conversations can't be read or deleted: {first_line(error)}") from None


def _vacuum(engine: Engine, tables: list[str]) -> None:
    # Outside of any transaction, as both databases demand.
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.execute("VACUUM")
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        apart = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in tables:
            # Each is locked while it is written anew: for seconds, at a clinic's size.
            # Its statistics quote rows, too.
            apart.execute(sa.text(f"VACUUM (FULL, ANALYZE) {table}"))


def _address_pattern(email: str) -> re.Pattern:
    """Return what finds a whole address, in any case: never another that only ends or begins like it."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(f"{email} is no e-mail address") from None
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)


def _number_pattern(phone: str) -> re.Pattern:
    """Return what finds a whole number however it is written: spaced, with the country's code or a leading zero."""
    try:
        number = phonenumbers.parse(phone, COUNTRY)
    except phonenumbers.NumberParseException:
        raise ValueError(f"{phone} is no telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(f"{phone} is no telephone number")
    gap = r"[\s()./-]*"
    prefix = rf"(?:(?:\+|00)?{gap}{number.country_code}{gap})?0?{gap}"
    return re.compile(rf"(?<!\d){prefix}{gap.join(str(number.national_number))}(?!\d)")
