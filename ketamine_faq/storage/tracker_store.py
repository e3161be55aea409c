"""Rasa's tracker store at the address that the settings name; endpoints.yml says so in the way that Rasa documents."""

import json
import logging
import math
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from ketamine_faq.settings import settings
from ketamine_faq.storage.database import private
from ketamine_faq.storage.quota import DISK, NOT_KEPT, UNKEPT, Disk

logger = logging.getLogger(__name__)

# A server that was started again has closed its connections; one that was used within so long is taken to be good.
PING_SECONDS = 1
# About four turns. Rasa reads a session whole for each message, so that its length is what a message costs.
LONGEST_SESSION = 30
# Conversations that a worker keeps in memory while the database is away; beyond, the oldest are forgotten.
MOST_KEPT = 1000


@dataclass(frozen=True)
class Kept:
    """A session that could not be stored: its rows, of which those before `first` had been stored already."""

    rows: list[dict[str, Any]]
    first: int


class Conversations(SQLTrackerStore):
    """The SQL tracker store, at DATABASE_URL where that is set, else where endpoints.yml says.

    While the database is away, a conversation goes on from the memory of the worker that answers it, and is stored when
    the database is back. Rasa's own fallback writes to memory and never reads from it.
    """

    engine: sa.engine.Engine

    def __init__(self, domain: Domain | None = None, host: str | None = None, **address: Any) -> None:
        """Take the database, which may be down as yet: its tables are made when it is first reached."""
        super().__init__(domain, host=settings().database_url or host, **address)
        # Rasa would quote what was typed where a write fails.
        url = self.engine.url
        self.engine.dispose()
        self._disk = None
        options = create_engine_kwargs(url)
        if url.get_backend_name() == "sqlite":
            if url.database:
                self._disk = Disk(private(Path(url.database)))
            # Opening SQLite's file for each message costs more than what is read from it.
            options |= {"poolclass": sa.pool.QueuePool, "connect_args": {"check_same_thread": False}}
            commit_without_waiting: tuple[str, ...] = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")
        else:
            # All that is read or stored is one statement; a transaction around each is two more ways to the server.
            options |= {"isolation_level": "AUTOCOMMIT"}
            commit_without_waiting = ("SET synchronous_commit TO off",)
        self.engine = sa.create_engine(url, hide_parameters=True, **options)
        # A crash of the database may take the turns of the last second, and no more; enquiries have another connection.
        _begin_with(self.engine, commit_without_waiting)
        _ping_after_rest(self.engine)
        self.sessionmaker.configure(bind=self.engine)
        # Made once: to make a statement takes longer than SQLite takes to answer it.
        self._select_all, self._select_latest = _selects(self.SQLEvent.__table__)
        self._insert = sa.insert(self.SQLEvent.__table__)
        self._has_tables = False
        self._kept: dict[str, Kept] = {}

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """Give a session in which the tables are there: Rasa makes them at the start, or never."""
        if not self._has_tables:
            try:
                self.Base.metadata.create_all(self.engine)
            except (ProgrammingError, IntegrityError):
                # Another worker made them at the same moment.
                self.Base.metadata.create_all(self.engine)
            self._has_tables = True
        with super().session_scope() as session:
            yield session

    def is_ready(self) -> bool:
        """Tell that conversations can be read; raises SQLAlchemyError where they can't."""
        with self.session_scope() as session:
            session.query(self.SQLEvent.id).first()
        return True

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's latest session; one that has grown long goes on in a new one, with its slots."""
        tracker = await super().retrieve(sender_id)
        if tracker and len(tracker.events) > LONGEST_SESSION:
            # What Rasa's own action_session_start leaves behind; later, only what is stored after it is read.
            begin = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
            slots = [SlotSet(name, value) for name, value in tracker.current_slot_values().items() if value is not None]
            for event in (*begin, *slots, ActionExecuted(ACTION_LISTEN_NAME)):
                tracker.update(event, self.domain)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events of a tracker that are not stored yet, in one statement.

        Rasa counts those that are, which costs as much as reading them and goes wrong where some were erased meanwhile,
        and adds one after the other.
        """
        await self.stream_events(tracker)
        if tracker.sender_id.startswith(UNKEPT):
            return
        if self._disk and not self._disk.has_room():
            NOT_KEPT.labels(DISK).inc()
            return
        # None are of a tracker that was not read from here.
        first = getattr(tracker, "stored_events", 0)
        try:
            self._store([self._row(tracker.sender_id, event) for event in islice(tracker.events, first, None)])
        except SQLAlchemyError as error:
            logger.error("A turn can't be stored, and is kept in memory: %s.", type(error).__name__)
            self._keep(tracker.sender_id, Kept([self._row(tracker.sender_id, e) for e in tracker.events], first))
            return
        self._kept.pop(tracker.sender_id, None)
        tracker.stored_events = len(tracker.events)

    def forget(self, sender_id: str) -> None:
        """Delete a conversation, also what could not be stored of it yet; raises SQLAlchemyError."""
        self._kept.pop(sender_id, None)
        with self.session_scope() as session:
            session.execute(sa.delete(self.SQLEvent.__table__).where(self.SQLEvent.sender_id == sender_id))
            session.commit()

    def _store(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            with self.session_scope() as session:
                session.execute(self._insert, rows)
                session.commit()

    def _keep(self, sender_id: str, kept: Kept) -> None:
        self._kept.pop(sender_id, None)
        self._kept[sender_id] = kept
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def _store_kept(self) -> None:
        self._store([row for kept in self._kept.values() for row in kept.rows[kept.first :]])
        self._kept.clear()

    @staticmethod
    def _row(sender_id: str, event: Event) -> dict[str, Any]:
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        """Return the tracker of a conversation, or of its latest session; None where nothing is stored.

        Rasa looks for the session that began at the latest time: after a clock was set back, that is an old one, and
        what has been said since would be forgotten at each message. Here it is the one that was stored last.
        """
        query = self._select_all if fetch_events_from_all_sessions else self._select_latest
        try:
            self._store_kept()
            with self.session_scope() as session:
                stored = session.scalars(query, {"sender": sender_id}).all()
            unstored = []
        except SQLAlchemyError:
            if sender_id not in self._kept:
                raise
            kept = self._kept[sender_id]
            data = [row["data"] for row in kept.rows]
            stored, unstored = data[: kept.first], data[kept.first :]
        if not stored and not unstored:
            return None
        events = [json.loads(data) for data in (*stored, *unstored)]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        tracker.stored_events = len(tracker.events) - len(unstored)
        return tracker


def _selects(events: sa.Table) -> tuple[sa.sql.Select, sa.sql.Select]:
    """Return what selects a `sender`'s events, and those from the session that was stored last."""
    event, sender = events.c, sa.bindparam("sender")
    every = sa.select(event.data).where(event.sender_id == sender).order_by(event.id)
    starts = (event.sender_id == sender, event.type_name == SessionStarted.type_name)
    began = sa.select(sa.func.max(event.id)).where(*starts).scalar_subquery()
    return every, every.where(event.id >= sa.func.coalesce(began, 0))


def _begin_with(engine: Engine, statements: Iterable[str]) -> None:
    """Have each connection begin with these statements."""

    @sa.event.listens_for(engine, "connect")
    def _(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)


def _ping_after_rest(engine: Engine) -> None:
    """Try a connection that has rested before it is used, and open another where it died with its server.

    SQLAlchemy's own `pool_pre_ping` does so at each use, which costs a busy worker as much as what it reads.
    """

    @sa.event.listens_for(engine, "checkin")
    def _(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _(connection: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) > PING_SECONDS:
            try:
                connection.cursor().execute("SELECT 1")
            except engine.dialect.dbapi.Error as error:
                raise sa.exc.DisconnectionError from error
