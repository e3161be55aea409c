"""A served bot on PostgreSQL and Redis, and what stands behind it."""

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from ketamine_faq.cli.main import app
from tests.support.installation import CACHED
from tests.support.processes import (
    children,
    command_line,
)
from tests.support.servers import PostgreSQL, RedisServer

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


def rasa_and_workers(bot: SharedBot) -> tuple[int, list[int]]:
    """Rasa's process and those of its two workers."""
    (rasa,) = [pid for pid in children(bot.pid) if "rasa run --model" in command_line(pid)]
    workers = children(rasa)
    assert len(workers) == 2
    return rasa, workers


def is_ready(bot: SharedBot) -> bool:
    """Whether the bot is there."""
    try:
        return bot.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


ALL_WELL = {"model": "ok", "conversations": "ok", "enquiries": "ok", "locks": "ok"}


def figures(bot: SharedBot) -> dict[str, float]:
    """Every figure, summed over its labels but for what it is of."""
    with urllib.request.urlopen(bot.metrics, timeout=10) as reply:
        families = list(text_string_to_metric_families(reply.read().decode()))
    values: dict[str, float] = {}
    for sample in (sample for family in families for sample in family.samples):
        of = next((sample.labels[label] for label in ("topic", "kind", "part", "status") if label in sample.labels), "")
        name = f"{sample.name}:{of}" if of else sample.name
        values[name] = values.get(name, 0) + sample.value
    return values
