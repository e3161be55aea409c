"""Workers that can't live end all of them, with a code that `serve` sees: nothing is replaced for ever."""

import subprocess
import sys
from pathlib import Path

from ketamine_faq import PROJECT
from ketamine_faq.restarts import MOST
from tests.conftest import free_port

RUN = """
import os, signal, sys, time
from ketamine_faq import workers

def serve(**settings):
    print("worker", flush=True)
    {does}

workers.serve = serve
workers.serve_workers({{"host": "127.0.0.1", "port": {port}, "backlog": 1, "main_start": None}}, 2)
"""
# Whoever comes first fails, once the other is there, which says so by a folder beside.
FIRST_FAILS = """
    try:
        os.mkdir({flag!r})
    except FileExistsError:
        os.mkdir({flag!r} + ".other")
        time.sleep(60)
    while not os.path.exists({flag!r} + ".other"):
        time.sleep(0.01)
    sys.exit(1)
"""
IS_KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


def run(does: str) -> subprocess.CompletedProcess:
    """Run two workers that do so, until all have ended."""
    command = [sys.executable, "-c", RUN.format(does=does, port=free_port())]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=50, check=False)


def test_one_that_fails_as_it_loads_ends_the_others(tmp_path: Path):
    ended = run(FIRST_FAILS.format(flag=str(tmp_path / "flag")))
    assert ended.returncode == 1
    assert ended.stdout.count("worker") == 2


def test_what_is_killed_is_replaced_and_not_for_ever():
    ended = run(IS_KILLED)
    assert ended.returncode == 1
    assert MOST < ended.stdout.count("worker") <= MOST + 2
    assert ended.stderr.count("is replaced") == MOST
