"""Before the start: what is set wrongly is refused in one line, and what is merely down is waited for."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.storage.connection_check import check_connections
from tests.conversation import Bot, assert_closed
from tests.support.processes import free_port, own_endpoints, refused, serve, wait_for, wait_until_ready
from tests.support.servers import PostgreSQL, RedisServer
from tests.support.shared_bot import ALL_WELL, SECRET_KEY


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A PostgreSQL that asks the user `guarded` for a password."""
    server = PostgreSQL(tmp_path_factory.mktemp("connections"))
    rules = server.folder / "pg_hba.conf"
    rules.write_text("host all guarded all scram-sha-256\n" + rules.read_text())
    with sa.create_engine(server.url).connect() as connection:
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis."""
    server = RedisServer(tmp_path_factory.mktemp("connections"))
    yield server
    server.stop()


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch):
    """Check the connections of some settings."""

    def check(**environment: str) -> None:
        for name, value in {"SECRET_KEY": SECRET_KEY, "ENQUIRIES_DATABASE_URL": "", **environment}.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        check_connections()

    yield check
    settings.cache_clear()


def test_what_is_right_is_accepted(checked, postgresql: PostgreSQL, redis: RedisServer):
    checked(DATABASE_URL=postgresql.url.replace("bot@", "guarded:right@"), REDIS_URL=redis.url)


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [("bot@", "guarded:hidden@", "password"), ("bot@", "nobody@", "role"), ("/postgres", "/nothing", "database")],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "ENQUIRIES_DATABASE_URL"])
def test_what_postgresql_refuses_is_refused(
    checked, postgresql: PostgreSQL, name: str, right: str, wrong: str, reason: str
):
    with pytest.raises(SettingsError, match=f"{name} can't be used: .*{reason}") as refusal:
        checked(**{name: postgresql.url.replace(right, wrong)})
    assert "hidden" not in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(("right", "wrong"), [("redis://", "redis://:hidden@"), ("/0", "/99")])
def test_what_redis_refuses_is_refused(checked, redis: RedisServer, right: str, wrong: str):
    with pytest.raises(SettingsError, match="REDIS_URL can't be used: ") as refusal:
        checked(REDIS_URL=redis.url.replace(right, wrong))
    assert "hidden" not in str(refusal.value) and "\n" not in str(refusal.value)


def test_serve_says_so_in_one_line(postgresql: PostgreSQL):
    url = postgresql.url.replace("/postgres", "/nothing")
    line = refused("--port", str(free_port()), DATABASE_URL=url, SECRET_KEY=SECRET_KEY)
    assert "DATABASE_URL can't be used" in line


def test_a_database_that_is_down_at_the_first_start_is_taken_up_when_it_comes(model: Path, tmp_path: Path):
    postgresql = PostgreSQL(tmp_path)
    postgresql.stop()
    environment = {"DATABASE_URL": postgresql.url, "ENQUIRIES_DATABASE_URL": "", "SECRET_KEY": SECRET_KEY}
    port, log = free_port(), tmp_path / "output.txt"
    process = serve("--port", str(port), "--endpoints", str(own_endpoints(tmp_path)), output=log, **environment)
    try:
        wait_until_ready(process, log)
        bot = Bot(f"http://127.0.0.1:{port}", process.pid, log)
        assert readiness(bot) == ALL_WELL | {"conversations": "failed", "enquiries": "failed"}
        assert_closed(bot.visitor().asks("what dose for pain").replies)
        postgresql.start()
        # No visitor is needed for that, who might be sent to none that is not ready.
        wait_for(lambda: readiness(bot) == ALL_WELL, 20)
        visitor = bot.visitor().asks("what dose for pain").asks("and for depression?")
        assert visitor.replies[0]["topic"] == "dosing"
        with sa.create_engine(postgresql.url).connect() as connection:
            kept = connection.execute(
                sa.text("SELECT count(*) FROM events WHERE sender_id = :id"), {"id": visitor.sender}
            )
            assert kept.scalar() > 4
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        postgresql.stop()


def readiness(bot: Bot) -> dict[str, str]:
    """What /readyz says."""
    return httpx.get(f"{bot.address}/readyz", timeout=20).json()
