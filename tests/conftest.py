"""The bot that end-to-end tests talk to: trained once for the present sources, served as a visitor meets it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.model import ensure_model
from tests.conversation import Bot
from tests.support.installation import CACHED, Installation
from tests.support.processes import free_port, own_endpoints, serve, wait_until_ready


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that CI can run while it trains the model for the others."""
    for item in items:
        if "model" not in getattr(item, "fixturenames", ()):
            item.add_marker("without_model")


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the present sources; trained now if there is none."""
    return ensure_model()


@pytest.fixture(scope="session")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's endpoints with a store and an action server of the tests' own."""
    return own_endpoints(tmp_path_factory.mktemp("endpoints"))


@pytest.fixture(scope="session")
def bot(model: Path, endpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A served bot, by the command that people use; stopped as people stop it."""
    port = free_port()
    log = tmp_path_factory.mktemp("serve") / "output.txt"
    # Never the stores that a developer's own settings name.
    for name in ("DATABASE_URL", "REDIS_URL", "SMTP_HOST", "ENQUIRIES_EMAIL_TO", "ENQUIRIES_WEBHOOK_URL"):
        os.environ.pop(name, None)
    os.environ["ENQUIRIES_DATABASE_URL"] = f"sqlite:///{log.with_name('enquiries.db')}"
    process = serve("--port", str(port), "--endpoints", str(endpoints), "--enable-api", output=log)
    try:
        wait_until_ready(process, log)
        yield Bot(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A fresh installation."""
    yield Installation(tmp_path, monkeypatch)
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def content_copy(tmp_path: Path) -> Path:
    """A copy of content/ to plant faults in."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))
