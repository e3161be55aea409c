"""Processes under test, forked from one that has everything loaded; each can be told to die at its n-th step."""

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from sanic import Sanic

from ketamine_faq.contact.blueprint import contact_blueprint
from ketamine_faq.contact.delivery import configured_delivery
from ketamine_faq.contact.page import form_page
from ketamine_faq.contact.relay import Relay
from ketamine_faq.contact.words import words
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import Settings, settings
from ketamine_faq.storage.database import database

PACKAGE = PROJECT / "ketamine_faq"
CODE = tuple(str(PACKAGE / name) for name in ("contact", "storage/database.py", "storage/rate_limit.py"))

# Read once, for all that are forked; the settings are each one's own.
words(), form_page("", {}, {}), settings.cache_clear()

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.support.contact_server"])


@dataclass(frozen=True)
class Served:
    """The contact form, served."""

    address: str
    process: multiprocessing.process.BaseProcess
    log: Path

    @property
    def _client(self) -> httpx.Client:
        # Without TLS settings, which cost more than all the rest.
        return httpx.Client(base_url=self.address, timeout=30, trust_env=False, verify=False)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Get a path."""
        return self._client.get(path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Post to a path."""
        return self._client.post(path, **options)

    def options(self, path: str, **options: Any) -> httpx.Response:
        """Ask what may be sent to a path, as a browser does before it sends."""
        return self._client.options(path, **options)

    def was_killed(self) -> bool:
        """Tell whether it killed itself."""
        self.process.join(30)
        return self.process.exitcode == -signal.SIGKILL


@contextmanager
def served(environment: Mapping[str, str], log: Path, kill_at: int | None = None) -> Iterator[Served]:
    """Serve the form, with its output in a file; with `kill_at`, until so many steps into a request."""
    with running(_serve, environment, log, kill_at) as server:
        yield server


@contextmanager
def running(serve, environment: Mapping[str, str], log: Path, *arguments: Any) -> Iterator[Served]:
    """Run a function that serves: it is given a pipe to say its port to, the environment, the log and the arguments."""
    ready, ready_child = context.Pipe(duplex=False)
    process = context.Process(target=serve, args=(ready_child, dict(environment), str(log), *arguments))
    process.start()
    ready_child.close()
    try:
        yield Served(f"http://127.0.0.1:{ready.recv()}", process, log)
    finally:
        process.terminate()
        process.join(30)


def relayed(environment: Mapping[str, str], log: Path, kill_at: int | None = None) -> int | None:
    """Run the relay until nothing is due, or it kills itself; return its exit code."""
    process = context.Process(target=_relay, args=(dict(environment), str(log), kill_at))
    process.start()
    process.join(60)
    return process.exitcode


def _serve(ready, environment: dict[str, str], log: str, kill_at: int | None) -> None:
    set_up(environment, log)
    app = Sanic("contact_form")
    app.blueprint(contact_blueprint(_nothing_said), url_prefix="/")
    if kill_at:
        _kill_at(kill_at, "_admit")
    listen(app, ready)


def listen(app: Sanic, ready) -> None:
    """Run an app at a port of the system's choice, and say the port once it answers."""
    listening = socket.create_server(("127.0.0.1", 0))

    @app.after_server_start
    async def say_ready(*_: Any) -> None:
        ready.send(listening.getsockname()[1])

    app.run(sock=listening)


async def _nothing_said(*_: Any) -> list[dict[str, str]]:
    return []


def _relay(environment: dict[str, str], log: str, kill_at: int | None) -> None:
    set_up(environment, log)
    relay = Relay(configured_delivery(settings()))
    database()

    async def run() -> None:
        while await relay.step():
            pass

    if kill_at:
        _kill_at(kill_at, "step")
    asyncio.run(run())


def set_up(environment: dict[str, str], log: str) -> None:
    """Take the environment, no setting that another test has left, and write all output to a file."""
    for name in map(str.upper, Settings.__fields__):
        os.environ.pop(name, None)
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    logging.basicConfig(level=logging.DEBUG)


def _kill_at(step: int, beginning: str) -> None:
    """Die at the n-th step from the first call of a function: each new line of our code, each statement and commit."""
    seen = 0
    lines = set()
    begun = False

    def note(*_: Any) -> None:
        nonlocal seen
        seen += begun
        if seen >= step:
            os.kill(os.getpid(), signal.SIGKILL)

    def trace(frame, event: str, _: Any):
        nonlocal begun
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        begun = begun or frame.f_code.co_name == beginning
        line = (frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and begun and line not in lines:
            lines.add(line)
            note()
        return trace

    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(database().engine, event, note)
    threading.settrace(trace)
    sys.settrace(trace)
