"""The bot that end-to-end tests talk to: trained once for the present sources, served as a visitor meets it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ketamine_faq.model import ensure_model
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import settings
from tests.conversation import Bot
from tests.programs import MISSED

START_SECONDS = 120
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
    process = serve("--port", str(port), "--endpoints", str(endpoints), "--enable-api", output=log)
    try:
        wait_until_ready(process, log)
        yield Bot(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def own_endpoints(folder: Path) -> Path:
    """The project's endpoints with an action server and a SQLite file of their own."""
    text = (PROJECT / "endpoints.yml").read_text(encoding="utf-8")
    text = re.sub(r"localhost:\d+", f"localhost:{free_port()}", text)
    path = folder / "endpoints.yml"
    path.write_text(text.replace("var/conversations.db", str(folder / "conversations.db")), encoding="utf-8")
    return path


def copied_project(folder: Path) -> Path:
    """A copy of the project without its models, for a test that changes what others go by."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "docs", "models", "var")
    return Path(shutil.copytree(PROJECT, folder / "project", ignore=left_out))


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


def serve(*arguments: str, output: Path, project: Path = PROJECT, **environment: str) -> subprocess.Popen:
    """Start `ketamine-faq serve` with its output in a file, and with settings beside the tests' own."""
    command = [sys.executable, "-m", "ketamine_faq.cli", "serve", *arguments]
    # Whatever its port is, the form is where the tests' own settings have it.
    env = {"CONTACT_FORM_URL": str(settings().contact_form_url)} | os.environ | environment
    with output.open("w") as file:
        return subprocess.Popen(command, cwd=project, env=env, stdout=file, stderr=subprocess.STDOUT)


def wait_until_ready(process: subprocess.Popen, output: Path) -> None:
    """Return when the server has said that it is ready; fail with its output when it ends or takes too long."""
    wait_for(lambda: "Ready:" in output.read_text() or process.poll() is not None, START_SECONDS)
    assert process.poll() is None, output.read_text()[-3000:]


def wait_for(condition, seconds: float) -> None:
    """Return when the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not _holds(condition):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(0.05)


def _holds(condition) -> bool:
    try:
        return bool(condition())
    except urllib.error.URLError:
        return False


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
