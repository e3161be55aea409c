"""The staff's page, served for an installation, and people who are logged in at it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from ketamine_faq.staff.app import staff_app
from ketamine_faq.staff.logins import Logins
from ketamine_faq.storage.database import Database
from tests.support.contact_server import listen, running, set_up
from tests.support.installation import Installation

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Visit:
    """Somebody's browser at the page, without what a browser shows."""

    def __init__(self, address: str, **headers: str) -> None:
        """Take the server's address, and what a proxy in front adds."""
        self.client = httpx.Client(base_url=address, timeout=30, trust_env=False, headers=headers)

    def get(self, path: str) -> httpx.Response:
        """Get a path, and go nowhere else."""
        return self.client.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the session's own mark."""
        (csrf, *_) = CSRF.findall(self.get("/staff/enquiries").text)
        return self.client.post(path, data={"csrf": csrf, **fields})


class Staff:
    """The server, and its store."""

    def __init__(self, address: str, store: Database, log: Path) -> None:
        """Take where they are."""
        self.address, self.store, self.log = address, store, log

    def stranger(self, **headers: str) -> Visit:
        """Somebody who is not logged in."""
        return Visit(self.address, **headers)

    def person(self, role: str, name: str = "Kim Lee") -> Visit:
        """Somebody who has come in by a link."""
        visit = self.stranger()
        link = Logins(self.store).new_link(name, role, time.time())
        assert visit.client.post("/staff/login", data={"link": link}).status_code == 303
        return visit


@contextmanager
def staff_served(installation: Installation, endpoints: Path) -> Iterator[Staff]:
    """Serve the page for an installation as it is set so far."""
    with running(_serve, installation.environment, installation.log, str(endpoints)) as served:
        yield Staff(served.address, installation.store, served.log)


def _serve(ready: Any, environment: dict[str, str], log: str, endpoints: str) -> None:
    set_up(environment, log)
    listen(staff_app(Path(endpoints)), ready)
