"""The page served for each test, with stores of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.conversations import Conversations
from tests.support.installation import Installation
from tests.support.staff_server import Staff, staff_served


@pytest.fixture
def endpoints(tmp_path: Path) -> Path:
    """The endpoints of an empty tracker store."""
    return Conversations(tmp_path).endpoints


@pytest.fixture
def staff(installation: Installation, endpoints: Path) -> Iterator[Staff]:
    """The page, for an installation as it is set so far."""
    with staff_served(installation, endpoints) as served:
        yield served
