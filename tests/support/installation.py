"""An installation of its own: its settings and its store."""

import time
from pathlib import Path

import pytest

from ketamine_faq.contact.form import validated
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import Database, database
from ketamine_faq.storage.secret_key import secret_key

FORM = {
    "role": "patient",
    "name": "Kim Nguyen",
    "email": "kim@example.com",
    "phone": "",
    "about": "How do I make a first appointment?",
    "topic": "dosing",
    "practice": "",
    "provider_number": "",
    "leave_empty": "",
}


CACHED = (settings, secret_key, database)


class Installation:
    """The environment of the processes under test, which is that of the test, too."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set what every installation needs; forms may be filled in as fast as tests are."""
        self.folder, self._monkeypatch = folder, monkeypatch
        self.environment: dict[str, str] = {}
        self.log = folder / "output.txt"
        self.log.touch()
        self.set(
            secret_key="k" * 32,
            enquiries_database_url=f"sqlite:///{folder / 'enquiries.db'}",
            minimum_fill_seconds="0",
            smtp_security="none",
        )

    def set(self, **values: object) -> None:
        """Change settings."""
        for name, value in values.items():
            self.environment[name.upper()] = str(value)
            self._monkeypatch.setenv(name.upper(), str(value))
        for cached in CACHED:
            cached.cache_clear()

    @property
    def store(self) -> Database:
        """The store."""
        return database()

    def enquire(
        self, token: str = "token", marks: tuple[str, ...] = (), origin: str | None = None, **fields: str
    ) -> str:
        """Keep an enquiry as the server does, and return its reference."""
        enquiry, errors = validated({**FORM, "consent": True, **fields})
        assert not errors
        return Enquiries(self.store).add(enquiry, token, time.time(), marks, origin=origin)
