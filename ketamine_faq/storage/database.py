"""The database of enquiries and verdicts: SQLite or PostgreSQL. Its tables are where their rows are used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.shared.exceptions import RasaException
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy.pool import NullPool, QueuePool

from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.storage.revisions import bring_up_to_date

BUSY_SECONDS = 10

Base = declarative_base()


class StoreError(RasaException):
    """The store can't be read or written; the message has no personal data."""


class Database:
    """The database of a URL."""

    def __init__(self, url: str) -> None:
        """Open the database and bring its tables up to date; raises StoreError, SettingsError."""
        self.engine = _engine(url)
        with self.told_as_store_error():
            bring_up_to_date(self.engine)
        # Sanic may fork: a connection must not be shared by two processes.
        self.engine.dispose()

    @property
    def address(self) -> str:
        """Where it is, without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end; raises StoreError."""
        with self.told_as_store_error(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_deleted(self) -> None:
        """Take what was deleted out of SQLite's log, too; raises StoreError."""
        if self.engine.dialect.name == "sqlite":
            with self.told_as_store_error(), self.engine.connect() as connection:
                # Outside of any transaction, where alone the log can be emptied.
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def told_as_store_error(self) -> Iterator[None]:
        """Raise StoreError in place of what the driver raises."""
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(f"The store of enquiries failed: {first_line(error)}") from None


def first_line(error: SQLAlchemyError) -> str:
    """Return the first line of a driver's message: it names tables; those below can quote what was written."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]


@lru_cache(maxsize=1)
def database() -> Database:
    """Return this process's database, at the address that is set; raises StoreError, SettingsError."""
    return Database(settings().enquiries_database_url)


def existing_database() -> Database:
    """Return this process's database, which a server has made; raises StoreError.

    Raises SettingsError where it is not there: a command that made it would show an empty one for that of the server.
    """
    url = make_url(settings().enquiries_database_url)
    address = url.render_as_string(hide_password=True)
    try:
        is_file = url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
        is_there = is_file and sa.inspect(sa.create_engine(url, poolclass=NullPool)).has_table("enquiries")
    except (SQLAlchemyError, ImportError) as error:
        reason = first_line(error) if isinstance(error, SQLAlchemyError) else type(error).__name__
        raise StoreError(f"The store of enquiries at {address} can't be reached: {reason}") from None
    if not is_there:
        raise SettingsError(
            f"There are no enquiries at {address}: `ketamine-faq serve` makes the store. If it has, its settings are "
            "others than this command's: write them into .env, which both read."
        )
    return database()


def private(path: Path) -> Path:
    """Return a file that is there now, for its owner's eyes only; SQLite gives its other files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    # One that was made before may be open to others.
    path.chmod(0o600)
    return path


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        options: dict[str, Any] = {"hide_parameters": True, "pool_pre_ping": True, "future": True}
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(parsed, **options)
        if parsed.database:
            private(Path(parsed.database))
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


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # The driver's own transactions begin late and leave reads outside: ours begin where SQLAlchemy's do.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # A commit returns once it is on the disk, also through a power cut.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is purged is gone from the file, too.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: sa.engine.Connection) -> None:
    # At once a writer: one that turns from reader to writer could be refused in the middle.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
