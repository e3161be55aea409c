"""Workers: those that can't live end all of them, with a code that `serve` sees; those that live share the visitors."""

import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import httpx

from ketamine_faq.paths import PROJECT
from ketamine_faq.serving.connection_balance import MAX_ABOVE
from ketamine_faq.serving.restarts import MAX_RESTARTS
from tests.support.processes import free_port, wait_for

RUN = """
import os, signal, sys, time
from sanic import Sanic
from ketamine_faq.serving import workers

def serve(**settings):
    print("worker", flush=True)
    {does}

workers.serve = serve
settings = {{"app": Sanic("tested"), "host": "127.0.0.1", "port": {port}, "backlog": 1, "main_start": None}}
workers.serve_workers(settings, 2)
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
TELLS_WHICH = """
import os, sanic.app
from sanic import Sanic, response
from ketamine_faq.serving.workers import serve_workers

app = Sanic("tested")
app.config.KEEP_ALIVE_TIMEOUT = 60

@app.get("/")
async def which(_):
    return response.text(str(os.getpid()))

sanic.app.serve_multiple = serve_workers
app.run("127.0.0.1", {port}, workers=2)
"""
CONNECTIONS = 20
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
    assert MAX_RESTARTS < ended.stdout.count("worker") <= MAX_RESTARTS + 2
    assert ended.stderr.count("is replaced") == MAX_RESTARTS


def test_connections_that_last_come_to_be_spread_over_the_workers():
    address = f"http://127.0.0.1:{free_port()}/"
    server = subprocess.Popen([sys.executable, "-c", TELLS_WHICH.format(port=httpx.URL(address).port)], cwd=PROJECT)
    try:
        with ExitStack() as stack:
            clients = [stack.enter_context(httpx.Client()) for _ in range(CONNECTIONS)]
            wait_for(lambda: _answers(address), 20)

            def are_spread() -> bool:
                workers = Counter(client.get(address).text for client in clients)
                return len(workers) == 2 and max(workers.values()) <= CONNECTIONS / 2 + MAX_ABOVE

            wait_for(are_spread, 20)
    finally:
        server.terminate()
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False
