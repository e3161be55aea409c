"""`python -m benchmarks.load`: the bot by workers and stores under load, beside Rasa's default configuration."""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.compare import CONTESTANTS, train
from ketamine_faq.content.texts import content
from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT
from tests.support.processes import free_port, own_endpoints
from tests.support.servers import PostgreSQL, RedisServer

# Apart from the bot's own libraries, whose pins it does not share.
LOCUST = ["uv", "tool", "run", "--quiet", "--from", "locust==2.32.10", "locust"]
# Clients at once, and the seconds between two messages of one. Clients that never pause measure the server; people
# read and type.
LOADS = {"1": (1, 0), "8": (8, 0), "32": (32, 0), "32 people": (32, 5)}
WORKERS = (1, 2, 4)
EARLY, LATE = range(3, 8), range(196, 201)
START_SECONDS = 300

# All of the load comes from one address, and what is not kept would cost less.
UNBOUNDED = {"CONVERSATION_MEGABYTES_PER_DAY": "1000000"}


@contextmanager
def served(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[tuple[subprocess.Popen, float]]:
    """Serve until the block ends; give the process and the seconds to its first answer."""
    began = time.monotonic()
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=quiet_environment() | UNBOUNDED | environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        while not _answers(port, "first"):
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise SystemExit(f"The server did not answer: see {folder / 'server.log'}")
            time.sleep(0.1)
        yield process, time.monotonic() - began
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int, sender: str) -> bool:
    try:
        return bool(_says(port, sender, "hello"))
    except httpx.HTTPError:
        return False


def _says(port: int, sender: str, message: str) -> list[Any]:
    body = {"sender": sender, "message": message}
    reply = httpx.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body, timeout=60)
    return reply.raise_for_status().json()


def load(port: int, clients: int, pause: int, seconds: int, folder: Path, closing: str) -> dict[str, float]:
    """Return messages a second, percentiles of a message in milliseconds, and failures, with so many clients."""
    figures = folder / f"clients{clients}_{pause}"
    command = [*LOCUST, "--headless", "--only-summary", "--users", str(clients), "--spawn-rate", str(clients)]
    command += ["--run-time", f"{seconds}s", "--csv", str(figures), "--exit-code-on-error", "0"]
    command += ["--locustfile", str(Path(__file__).with_name("locustfile.py")), "--host", f"http://127.0.0.1:{port}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"LOAD_CLOSING": closing, "LOAD_PAUSE": str(pause)}
    subprocess.run(command, env=environment, check=True, cwd=PROJECT, **quiet)
    with figures.with_name(f"{figures.name}_stats.csv").open() as file:
        (row,) = [row for row in csv.DictReader(file) if row["Name"] == "message"]
    named = {"messages_a_second": "Requests/s", "p50_ms": "50%", "p95_ms": "95%", "p99_ms": "99%"}
    return {name: float(row[column]) for name, column in named.items()} | {"failures": int(row["Failure Count"])}


def growth(port: int, conversations: int = 3) -> float:
    """Return how many times a late turn of a long conversation costs an early one: medians over some conversations."""
    early, late = [], []
    for _ in range(conversations):
        sender = uuid4().hex
        for turn in range(1, LATE[-1] + 1):
            began = time.perf_counter()
            _says(port, sender, "how often is it given")
            taken = time.perf_counter() - began
            early += [taken] * (turn in EARLY)
            late += [taken] * (turn in LATE)
    return median(late) / median(early)


def megabytes_a_worker(pid: int) -> float:
    """Return the proportional set size of the largest of the server's processes: shared pages count in part."""
    processes = subprocess.run(["ps", "-e", "-o", "pid=,pgid="], capture_output=True, text=True, check=True).stdout
    families = _family(pid)
    groups = {line.split()[0] for line in processes.splitlines() if int(line.split()[1]) in families}
    return max(_proportional(int(number)) for number in groups | {str(pid)}) / 1024


def _family(pid: int) -> set[int]:
    """The process and its children, each of which leads a group of its own."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid, *map(int, children)}


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def measure(
    command: list[str], port: int, folder: Path, seconds: int, closing: str, **environment: str
) -> dict[str, Any]:
    """Serve by this command and return its figures."""
    with served(command, port, folder, **environment) as (process, cold_start):
        return {
            "cold_start_seconds": cold_start,
            **{name: load(port, *clients, seconds, folder, closing) for name, clients in LOADS.items()},
            "turn_200_by_turn_5": growth(port),
            "megabytes_a_worker": megabytes_a_worker(process.pid),
        }


def default(folder: Path, models: Path, seconds: int) -> dict[str, Any]:
    """Measure Rasa's default configuration, as its own documentation runs it."""
    contestant, port = CONTESTANTS[0], free_port()
    train(contestant, models)
    (folder / "credentials.yml").write_text(contestant.credentials)
    (folder / "endpoints.yml").write_text(contestant.endpoints)
    command = [sys.executable, "-m", "rasa", "run", "--model", str(models / f"{contestant.name}.tar.gz")]
    command += ["--credentials", str(folder / "credentials.yml"), "--endpoints", str(folder / "endpoints.yml")]
    return measure([*command, "--port", str(port), "--interface", "127.0.0.1"], port, folder, seconds, "")


def ours(folder: Path, workers: int, postgresql: bool, seconds: int) -> dict[str, Any]:
    """Measure the bot with so many workers, on SQLite or on a PostgreSQL of its own.

    More than one take turns by a Redis, whatever the database.
    """
    port, environment, servers = free_port(), {"SANIC_WORKERS": str(workers), "SECRET_KEY": "l" * 40}, []
    if postgresql:
        servers.append(PostgreSQL(folder))
        environment["DATABASE_URL"] = servers[-1].url
    else:
        environment["ENQUIRIES_DATABASE_URL"] = f"sqlite:///{folder / 'enquiries.db'}"
    if postgresql or workers > 1:
        servers.append(RedisServer(folder))
        environment["REDIS_URL"] = servers[-1].url
    command = [sys.executable, "-m", "ketamine_faq.cli", "serve", "--port", str(port)]
    command += ["--endpoints", str(own_endpoints(folder))]
    try:
        return measure(command, port, folder, seconds, content().disclaimer, **environment)
    finally:
        for server in servers:
            server.stop()


def main() -> None:
    """Measure all, print a table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument(
        "--models", type=Path, default=PROJECT / "results" / "models", help="folder of the default model"
    )
    parser.add_argument("--seconds", type=int, default=30, help="how long each number of clients lasts")
    parser.add_argument("--workers", type=int, nargs="*", default=WORKERS)
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    figures = {}
    cases: dict[str, Callable[..., dict[str, Any]]] = {"Rasa's default": partial(default, models=arguments.models)}
    for postgresql, stores in ((False, "SQLite"), (True, "PostgreSQL and Redis")):
        for workers in arguments.workers:
            cases[f"{stores}, {workers} workers"] = partial(ours, workers=workers, postgresql=postgresql)
    for name, case in cases.items():
        with tempfile.TemporaryDirectory(prefix="load-") as folder:
            figures[name] = case(Path(folder), seconds=arguments.seconds)
            print(name, json.dumps(figures[name]), flush=True)
    Console(width=160).print(_table(figures))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(figures, indent=1))


def _table(figures: dict[str, Any]) -> Table:
    table = Table(
        "served", "clients", "messages/s", "p50 ms", "p95 ms", "p99 ms", "failures", "MB a worker", "cold start s"
    )
    for name, found in figures.items():
        for clients in LOADS:
            under = found[clients]
            rounded = [f"{under[key]:.3g}" for key in ("messages_a_second", "p50_ms", "p95_ms", "p99_ms", "failures")]
            own = [f"{found['megabytes_a_worker']:.0f}", f"{found['cold_start_seconds']:.1f}"]
            table.add_row(name, clients, *rounded, *own)
    return table


if __name__ == "__main__":
    main()
