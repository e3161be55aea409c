"""Told to stop in the middle of a turn, the server finishes it and takes no new one."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conversation import Bot, assert_closed
from tests.support.processes import (
    asked,
    children,
    command_line,
    free_port,
    own_endpoints,
    serve,
    wait_for,
    wait_until_ready,
)
from tests.support.servers import RedisServer
from tests.support.shared_bot import SECRET_KEY


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of as many workers."""
    if request.param == 1:
        yield {}
        return
    redis = RedisServer(tmp_path)
    yield {"SANIC_WORKERS": str(request.param), "REDIS_URL": redis.url, "SECRET_KEY": SECRET_KEY}
    redis.stop()


def test_a_turn_under_way_is_answered_in_full(model: Path, tmp_path: Path, workers: dict[str, str]):
    port, log = free_port(), tmp_path / "output.txt"
    process = serve("--port", str(port), "--endpoints", str(own_endpoints(tmp_path)), output=log, **workers)
    try:
        wait_until_ready(process, log)
        finishes_the_turn(Bot(f"http://127.0.0.1:{port}", process.pid, log), process)
    finally:
        process.kill()


def finishes_the_turn(bot: Bot, process: subprocess.Popen) -> None:
    """Tell the server to stop while a turn waits for the action server, and read the reply."""
    actions = next(pid for pid in children(bot.pid) if "rasa_sdk" in command_line(pid))
    visitor = bot.visitor().asks("what dose for depression").asks("what are the side effects")
    with ThreadPoolExecutor() as pool:
        os.kill(actions, signal.SIGSTOP)
        try:
            turn = pool.submit(visitor.asks, "yes please")
            wait_for(lambda: turn.done() or asked(actions), 20)
            assert not turn.done()
            process.send_signal(signal.SIGTERM)
            wait_for(lambda: refuses(bot.address), 10)
            assert not turn.done()
        finally:
            os.kill(actions, signal.SIGCONT)
        replies = turn.result(30).replies
    assert_closed(replies)
    # The link has what only the action server puts there.
    assert any("topic=" in reply["text"] for reply in replies)
    assert process.wait(30) == 0
    assert "could not be handled" not in bot.log.read_text()


def refuses(address: str) -> bool:
    """Whether nobody new is let in."""
    try:
        httpx.get(f"{address}/healthz", timeout=2)
    except httpx.TransportError:
        return True
    return False
