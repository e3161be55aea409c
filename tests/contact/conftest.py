"""A server of the form for each test, one that takes mails, and a database server for each file of tests."""

from collections.abc import Iterator

import pytest

from tests.support.contact_server import Served, served
from tests.support.installation import Installation
from tests.support.mail_server import MailServer
from tests.support.servers import PostgreSQL


@pytest.fixture
def server(installation: Installation) -> Iterator[Served]:
    """The form, served for the installation as it is set so far."""
    with served(installation.environment, installation.log) as running:
        yield running


@pytest.fixture
def mail_server(installation: Installation) -> Iterator[MailServer]:
    """A real mail server, set as the destination."""
    with MailServer() as running:
        installation.set(enquiries_email_to="staff@example.com", smtp_host="127.0.0.1", smtp_port=running.port)
        yield running


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own, by its URL."""
    server = PostgreSQL(tmp_path_factory.mktemp("postgresql"))
    yield server.url
    server.stop()
