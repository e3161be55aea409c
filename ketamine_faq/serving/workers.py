"""Several workers on one port, each replaced when it dies: Sanic of itself would go on with those that are left."""

import logging
import multiprocessing
import signal
import sys
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

from sanic.server import serve
from sanic.server.socket import bind_socket

from ketamine_faq.serving.connection_balance import EvenConnections
from ketamine_faq.serving.restarts import Restarts

logger = logging.getLogger(__name__)

fork = multiprocessing.get_context("fork")


class Workers:
    """The processes that answer, from `run` to SIGTERM or SIGINT."""

    def __init__(self, settings: dict[str, Any], number: int) -> None:
        """Take what Sanic gives a server, and how many there are to be."""
        self._listening = bind_socket(settings["host"], settings["port"], backlog=settings["backlog"])
        # Listeners of the main process, for which `serve` has no parameter: Rasa has none.
        kept = {name: value for name, value in settings.items() if name not in ("main_start", "main_stop")}
        self._settings = kept | {"sock": self._listening, "host": None, "port": None, "run_multiple": True}
        self._number, self._stopping = number, False
        self._connections = EvenConnections(number)
        self._processes: dict[int, BaseProcess] = {}

    def run(self) -> None:
        """Return when all have ended, as they were told to; exits with 1 where they can't go on."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop())
        restarts = Restarts()
        for worker in range(self._number):
            self._start(worker)
        while self._processes:
            wait([process.sentinel for process in self._processes.values()])
            for worker, process in [item for item in self._processes.items() if not item[1].is_alive()]:
                del self._processes[worker]
                if self._stopping:
                    continue
                # One that a signal ended may go on as another; one that failed, as it was loading, would fail again.
                if (process.exitcode or 0) > 0 or restarts.too_many():
                    self._stop()
                    sys.exit(1)
                logger.error("A worker ended (exit code %s) and is replaced.", process.exitcode)
                self._start(worker)

    def _start(self, worker: int) -> None:
        process = fork.Process(target=_work, args=(self._settings, self._connections, worker), daemon=True)
        process.start()
        self._processes[worker] = process
        if self._stopping:  # told so meanwhile, when it was in no list yet
            process.terminate()

    def _stop(self) -> None:
        self._stopping = True
        # Whoever comes now is refused, and doesn't wait for one that will not answer.
        self._listening.close()
        for process in self._processes.values():
            process.terminate()


def serve_workers(settings: dict[str, Any], workers: int) -> None:
    """Stand in for Sanic's serve_multiple."""
    Workers(settings, workers).run()


def _work(settings: dict[str, Any], connections: EvenConnections, worker: int) -> None:
    # Until Sanic sets its own, a worker that is still loading ends at once; its parent's would end the others.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    serve(**settings | {"connections": connections.kept_by(worker, settings["app"])})
