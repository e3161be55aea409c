"""Processes under test: `serve` started, waited for and looked at; ports and copies of the project."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
from pathlib import Path
from tempfile import TemporaryDirectory

from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import settings

START_SECONDS = 120


def copied_project(folder: Path) -> Path:
    """A copy of the project without its models, for a test that changes what others go by."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "docs", "models", "var")
    return Path(shutil.copytree(PROJECT, folder / "project", ignore=left_out))


def serve(*arguments: str, output: Path, project: Path = PROJECT, **environment: str) -> subprocess.Popen:
    """Start `ketamine-faq serve` with its output in a file, and with settings beside the tests' own."""
    command = [sys.executable, "-m", "ketamine_faq.cli", "serve", *arguments]
    # Whatever its port is, the form is where the tests' own settings have it.
    env = {"CONTACT_FORM_URL": str(settings().contact_form_url)} | quiet_environment() | environment
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


def refused(*arguments: str, project: Path = PROJECT, **environment: str) -> str:
    """The one line with which serve refuses to start; a bot may run beside, on the usual ports."""
    with TemporaryDirectory() as folder:
        if "--port" not in arguments:
            arguments = (*arguments, "--port", str(free_port()))
        if "--endpoints" not in arguments:
            arguments = (*arguments, "--endpoints", str(own_endpoints(Path(folder))))
        command = [sys.executable, "-m", "ketamine_faq.cli", "serve", *arguments]
        env = quiet_environment() | environment
        ended = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    return ended.stderr


def command(*arguments: str, project: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess:
    """Run `ketamine-faq` with these arguments."""
    line = [sys.executable, "-m", "ketamine_faq.cli", *arguments]
    env = quiet_environment() | environment
    return subprocess.run(line, cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_line(pid: int) -> str:
    """How a process was called."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def alive(pid: int) -> bool:
    """Whether a process is running still; one that has ended may wait for its parent to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def own_endpoints(folder: Path) -> Path:
    """The project's endpoints with an action server and a SQLite file of their own."""
    text = (PROJECT / "endpoints.yml").read_text(encoding="utf-8")
    text = re.sub(r"localhost:\d+", f"localhost:{free_port()}", text)
    path = folder / "endpoints.yml"
    path.write_text(text.replace("var/conversations.db", str(folder / "conversations.db")), encoding="utf-8")
    return path


# As /proc/net/tcp has it.
ESTABLISHED = "01"


def asked(server: int) -> bool:
    """Whether someone waits for the answer of a process that is stopped: the kernel took the connection for it."""
    port = int(re.search(r"--port (\d+)", command_line(server))[1])
    waiting = [line.split()[2:4] for line in Path("/proc/net/tcp").read_text().splitlines()]
    return [f"0100007F:{port:04X}", ESTABLISHED] in waiting
