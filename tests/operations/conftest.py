"""A bot on PostgreSQL and Redis with two workers, served for all tests of operations."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import free_port, own_endpoints, serve, wait_until_ready
from tests.support.programs import POSTGRESQL, REDIS
from tests.support.servers import PostgreSQL, RedisServer
from tests.support.shared_bot import SECRET_KEY, SharedBot


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
