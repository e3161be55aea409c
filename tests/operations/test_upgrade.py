"""An upgrade as docs/operations.md has it: one bot after the other is stopped and started, and no turn is dropped."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.load import Load
from tests.support.processes import free_port, own_endpoints, serve, wait_until_ready
from tests.support.servers import Nginx
from tests.support.shared_bot import SharedBot

VISITORS = 3


class OneOfTwo:
    """A bot of one worker, as deploy/ has two, which can be stopped and started again in its place."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        """Start it."""
        folder.mkdir()
        self._port, self._log, self._endpoints = free_port(), folder / "output.txt", own_endpoints(folder)
        self._environment = environment | {"SANIC_WORKERS": "1", "METRICS_PORT": str(free_port())}
        self.address = f"127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start it, and return when it is ready."""
        arguments = ("--port", str(self._port), "--endpoints", str(self._endpoints))
        self._process = serve(*arguments, output=self._log, **self._environment)
        wait_until_ready(self._process, self._log)

    def stop(self) -> int:
        """Tell it to stop, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


@pytest.fixture
def bots(shared_bot: SharedBot, tmp_path: Path) -> Iterator[list[OneOfTwo]]:
    """Two of them, on the database and the Redis of the shared one."""
    running: list[OneOfTwo] = []
    try:
        for name in ("a", "b"):
            running.append(OneOfTwo(tmp_path / name, shared_bot.environment))
        yield running
    finally:
        for bot in running:
            bot.stop()


def test_an_upgrade_drops_no_turn(bots: list[OneOfTwo], shared_bot: SharedBot, tmp_path: Path):
    nginx = Nginx(tmp_path, (bots[0].address, bots[1].address), limited=False)
    load = Load(nginx.address, VISITORS).start()
    try:
        for bot in bots:
            load.goes_on()
            assert bot.stop() == 0
            load.goes_on()
            bot.start()
            # Else it would keep away from it for some seconds still, and with the other down have nobody.
            nginx.reload()
        load.goes_on()
    finally:
        load.stop()
        nginx.stop()
    assert load.unanswered == [] and load.notices == 0
    assert set(load.confirmed) <= {reference for (reference,) in shared_bot.query("SELECT reference FROM enquiries")}
