"""A server of the form for each test."""

from collections.abc import Iterator

import pytest

from tests.support.contact_server import Served, served
from tests.support.installation import Installation


@pytest.fixture
def server(installation: Installation) -> Iterator[Served]:
    """The form, served for the installation as it is set so far."""
    with served(installation.environment, installation.log) as running:
        yield running
