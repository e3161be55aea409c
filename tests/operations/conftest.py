"""A bot on PostgreSQL and Redis with two workers, served for all tests of operations."""

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from ketamine_faq.cli.main import app
from tests.conftest import free_port, own_endpoints, serve, wait_until_ready
from tests.contact.conftest import CACHED
from tests.operations.servers import PostgreSQL, RedisServer
from tests.programs import POSTGRESQL, REDIS

SECRET_KEY = "s" * 40


@dataclass
class SharedBot:
    """The served bot, and what stands behind it."""

    address: str
    metrics: str
    pid: int
    log: Path
    postgresql: PostgreSQL
    redis: RedisServer
    environment: dict[str, str]

    def says(self, message: str, sender: str) -> list[dict[str, Any]]:
        """What it replies."""
        reply = httpx.post(
            f"{self.address}/webhooks/rest/webhook", json={"sender": sender, "message": message}, timeout=60
        )
        assert reply.status_code == 200
        return reply.json()

    def begin(self) -> str:
        """A new conversation's id."""
        return httpx.post(f"{self.address}/webhooks/rest/conversation").json()["sender"]

    def get(self, path: str) -> httpx.Response:
        """Get a path."""
        return httpx.get(self.address + path, timeout=20)

    def entries(self) -> list[dict[str, Any]]:
        """The log's lines so far that are entries: the processes' first lines are Rasa's own."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def query(self, statement: str, **values: object) -> list[Any]:
        """Ask the database."""
        with sa.create_engine(self.postgresql.url).connect() as connection:
            return connection.execute(sa.text(statement), values).all()


@pytest.fixture(scope="session")
def shared_bot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedBot]:
    """The bot; every test leaves its servers running."""
    folder = tmp_path_factory.mktemp("shared")
    for program in (POSTGRESQL, REDIS):
        program.needed()
    postgresql, redis = PostgreSQL(folder), RedisServer(folder)
    port, metrics_port = free_port(), free_port()
    environment = {
        "DATABASE_URL": postgresql.url,
        "REDIS_URL": redis.url,
        "SECRET_KEY": SECRET_KEY,
        "SANIC_WORKERS": "2",
        "METRICS_PORT": str(metrics_port),
        # All that Rasa would say, for the tests of the log.
        "LOG_LEVEL": "DEBUG",
        "ENQUIRIES_DATABASE_URL": "",
        "MINIMUM_FILL_SECONDS": "0",
        "DOUBTFUL_ENQUIRIES_PER_HOUR": "2",
        "REFUSED_ENQUIRIES_PER_HOUR": "1000000",
    }
    log = folder / "output.txt"
    process = serve("--port", str(port), "--endpoints", str(own_endpoints(folder)), output=log, **environment)
    try:
        wait_until_ready(process, log)
        bot = f"http://127.0.0.1:{port}"
        metrics = f"http://127.0.0.1:{metrics_port}/metrics"
        yield SharedBot(bot, metrics, process.pid, log, postgresql, redis, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        redis.stop()
        postgresql.stop()


def run_on(bot: SharedBot, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What a command prints where the bot's stores are set, in one line."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENQUIRIES_DATABASE_URL"):
        monkeypatch.setenv(name, bot.environment[name])
    for cached in CACHED:
        cached.cache_clear()
    result = CliRunner().invoke(app, arguments)
    for cached in CACHED:
        cached.cache_clear()
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())
