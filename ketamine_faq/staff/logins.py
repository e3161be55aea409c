"""How the staff come in and for how long: by links that open once, and sessions, both kept as hashes."""

import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from ketamine_faq.staff.tables import LinkRow, SessionRow
from ketamine_faq.storage.database import Database

ROLES = ("reception", "clinician", "admin")
# Of a link, until it is opened; of a session, without a request, and in all.
LINK_SECONDS, IDLE_SECONDS, SESSION_SECONDS = 15 * 60, 30 * 60, 10 * 3600


@dataclass(frozen=True)
class Person:
    """One of the staff who is logged in; `csrf` is what the forms that are sent to them must carry."""

    name: str
    role: str
    csrf: str


class Logins:
    """The links and sessions of a store. Times are in seconds since 1970; every method raises StoreError."""

    def __init__(self, store: Database) -> None:
        """Take the store."""
        self._store = store

    def new_link(self, name: str, role: str, now: float) -> str:
        """Return the secret of a link that lets somebody in once, within LINK_SECONDS."""
        secret = secrets.token_urlsafe(32)
        with self._store.session() as session:
            session.add(LinkRow(hash=_hash(secret), name=name, role=role, expires=now + LINK_SECONDS))
        return secret

    def invited(self, secret: str, now: float) -> str | None:
        """Return the name of whom a link lets in, without using it up; None where it lets nobody in."""
        with self._store.session() as session:
            return session.scalar(sa.select(LinkRow.name).where(*_opens(secret, now)))

    def enter(self, secret: str, now: float) -> tuple[Person, str] | None:
        """Use a link up; return who came in and the secret of their session, or None."""
        with self._store.session() as session:
            used = sa.update(LinkRow).where(*_opens(secret, now)).values(used_at=now)
            # Of two who open it at once, one comes in.
            if not session.execute(used, execution_options={"synchronize_session": False}).rowcount:
                return None
            name, role = session.execute(
                sa.select(LinkRow.name, LinkRow.role).where(LinkRow.hash == _hash(secret))
            ).one()
        return self.begin(name, role, now)

    def begin(self, name: str, role: str, now: float) -> tuple[Person, str]:
        """Begin a session, and forget those that are over; return whose it is, and its secret."""
        secret, person = secrets.token_urlsafe(32), Person(name, role, secrets.token_urlsafe(32))
        with self._store.session() as session:
            over = sa.or_(SessionRow.expires < now, SessionRow.used_at < now - IDLE_SECONDS)
            session.execute(sa.delete(SessionRow).where(over))
            session.execute(sa.delete(LinkRow).where(LinkRow.expires < now))
            session.add(
                SessionRow(
                    hash=_hash(secret),
                    name=name,
                    role=role,
                    csrf=person.csrf,
                    expires=now + SESSION_SECONDS,
                    used_at=now,
                )
            )
        return person, secret

    def person(self, secret: str, now: float) -> Person | None:
        """Return whose session it is, and note that it is in use; None for one that is over."""
        goes_on = (SessionRow.expires > now, SessionRow.used_at > now - IDLE_SECONDS)
        with self._store.session() as session:
            row = session.scalar(sa.select(SessionRow).where(SessionRow.hash == _hash(secret), *goes_on))
            if row is None:
                return None
            row.used_at = now
            return Person(row.name, row.role, row.csrf)

    def end(self, secret: str) -> None:
        """End a session."""
        with self._store.session() as session:
            session.execute(sa.delete(SessionRow).where(SessionRow.hash == _hash(secret)))


def _opens(secret: str, now: float) -> tuple[sa.sql.ColumnElement, ...]:
    return LinkRow.hash == _hash(secret), LinkRow.used_at.is_(None), LinkRow.expires > now


def _hash(secret: str) -> str:
    # Of so many random bits, a plain hash can't be tried out.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
