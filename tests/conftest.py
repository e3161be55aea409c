"""The bot that end-to-end tests talk to: trained once for the present sources, served as a visitor meets it."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.model import ensure_model
from tests.conversation import Bot
from tests.support.installation import CACHED, Installation
from tests.support.processes import copied_project, free_port, own_endpoints, serve, wait_until_ready
from tests.support.programs import MISSED

# Of each file, in a small project.
FEW_BLOCKS, FEW_EXAMPLES = 4, 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that CI can run while it trains the model for the others, and those of them that take a moment."""
    for item in items:
        if "model" not in getattr(item, "fixturenames", ()):
            item.add_marker("without_model")
            if not item.get_closest_marker("slow"):
                item.add_marker("fast")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line each which programs were missing, and how to install them."""
    for program in sorted(MISSED, key=lambda program: program.package):
        terminalreporter.write_line(f"Not tested: what needs {program.package}. To install it: {program.mend}")


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
    # All visitors of the tests write from one address.
    os.environ["DOUBTFUL_ENQUIRIES_PER_HOUR"] = "10000"
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


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A copy of the project with a handful of examples of each intent, which trains in seconds."""
    project = copied_project(tmp_path)
    for path in (project / "data").glob("*/*.yml"):
        _keep_few(path)
    return project


def _keep_few(path: Path) -> None:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["nlu"] = data["nlu"][:FEW_BLOCKS]
    for block in data["nlu"]:
        block["examples"] = "".join(block["examples"].splitlines(keepends=True)[:FEW_EXAMPLES])
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
