"""`ketamine-faq serve`: Rasa, its action server and the enquiries' relay, started, watched and stopped together."""

import contextlib
import ctypes
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import Counter
from rasa.shared.exceptions import RasaException

from ketamine_faq.contact.origin import allowed_origins
from ketamine_faq.logs import CONFIGURATION, set_up_logs
from ketamine_faq.model import ensure_model, quiet_environment
from ketamine_faq.operations.metrics import StorageCollector, serve_metrics
from ketamine_faq.paths import PROJECT
from ketamine_faq.serving.restarts import Restarts
from ketamine_faq.serving.scratch import scratch_folder
from ketamine_faq.settings import load_env_file, settings
from ketamine_faq.storage.connection_check import check_connections
from ketamine_faq.yaml_file import read

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost")
# Sanic waits up to 15 for the turns that are under way.
STOP_SECONDS = 20
# Room for all figures; and for a model with the copies that workers unpack, in sizes of its file.
FIGURES_BYTES, MODEL_COPIES = 16_000_000, 10
# Rasa that answers nothing for so long hangs, in an endless loop or on a store. Not less: where visitors come as fast
# as they are answered, who has no connection yet waits for several rounds of them all.
POLL_SECONDS, SILENT_SECONDS = 5, 60
# Until the first answer it is asked more often: a Rasa that hangs right after it began to answer would be taken for one
# that is loading.
FIRST_POLL_SECONDS = 0.2
# What is set for the server of visitors unless the environment does.
LIMITS = {
    # A message is 2,000 characters at most, a form some 9,000, of up to 12 bytes; Sanic would take bodies of 100 MB.
    "SANIC_REQUEST_MAX_SIZE": "128000",
    # Seconds for a request's headers; for its body and reply.
    "SANIC_REQUEST_TIMEOUT": "15",
    "SANIC_RESPONSE_TIMEOUT": "30",
    # Seconds that a conversation waits for a worker that died in its turn; Rasa's own would be a minute.
    "TICKET_LOCK_LIFETIME": "10",
}
# A database that does not answer must not hold up every visitor.
POSTGRESQL_SECONDS = "3"
PR_SET_PDEATHSIG = 1
# A worker answers one message at a time: more threads of its linear algebra only wait for each other, busily.
# glibc's malloc keeps what loading the model has freed, some 150 MB a worker, unless told to give it back.
WORKER = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "524288",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}

RESTARTED = Counter("ketamine_faq_restarts", "Parts of `serve` that ended or hung, and were started again", ["part"])


class ServerError(RasaException):
    """The server can't start or can't go on; the message says why and what to do."""


class Server:
    """The three processes behind one address."""

    def __init__(self, host: str, port: int, endpoints: Path, enable_api: bool) -> None:
        """Take the address; raises ServerError where the management API would be open to others."""
        if enable_api and host not in LOOPBACK:
            raise ServerError(f"--enable-api would let all who reach {host} replace the model: drop one.")
        self._host, self._port, self._endpoints, self._enable_api = host, port, endpoints, enable_api
        self._actions_port = _actions_port(endpoints)
        self._processes: dict[str, subprocess.Popen] = {}
        self._pulse = Pulse(f"http://{host}:{port}/healthz")
        self._stopping = False

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM.

        Raises ServerError, ContentError, SettingsError, MissingModelError, TrainingError, DamagedModelError.
        """
        load_env_file()
        # The form is ours, at the port that is served, unless the settings say where else.
        os.environ.setdefault("CONTACT_FORM_URL", f"http://localhost:{self._port}/contact")
        settings()
        # What is written below, by whatever part, is for the owner's eyes only.
        os.umask(0o077)
        os.environ.setdefault("PGCONNECT_TIMEOUT", POSTGRESQL_SECONDS)
        set_up_logs()
        if self._port == self._actions_port:
            raise ServerError(f"Port {self._port} is the action server's: choose another with --port.")
        self._require_free(self._host, self._port, "choose another with --port")
        self._require_free(LOOPBACK[0], self._actions_port, f"choose another in {self._endpoints}, action_endpoint")
        check_connections()
        self._model = ensure_model()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._request_stop)
        room = self._model.stat().st_size * MODEL_COPIES
        with scratch_folder(FIGURES_BYTES) as self._figures, scratch_folder(room) as self._scratch:
            commands = {"The action server": self._actions_command(), "Rasa": self._rasa_command(self._own_model())}
            commands["The relay"] = [sys.executable, "-m", "ketamine_faq.contact"]
            for name in commands:
                RESTARTED.labels(name)  # a figure from the start, 0
            self._serve(commands)

    def _own_model(self) -> Path:
        """Return a copy of the model: what becomes of its file while we serve is then no matter."""
        try:
            return Path(shutil.copy2(self._model, self._scratch))
        except OSError as error:
            raise ServerError(f"The model can't be copied to {self._scratch} ({error.strerror}).") from None

    def _serve(self, commands: dict[str, list[str]]) -> None:
        try:
            self._serve_metrics()
            for name, command in commands.items():
                self._start(name, command)
            self._wait_until_ready()
            self._watch(commands)
        finally:
            self._stop()

    def _rasa_command(self, model: Path) -> list[str]:
        command = ["run", "--model", str(model), "--endpoints", str(self._endpoints)]
        address = ["--interface", self._host, "--port", str(self._port)]
        origins = allowed_origins()
        cors = ["--cors", *origins] if origins else []
        return self._rasa(*command, *address, *cors, *(["--enable-api"] if self._enable_api else []))

    def _actions_command(self) -> list[str]:
        # Rasa's own `rasa run actions` does the same, once it has imported all of Rasa's command line.
        options = ["--actions", "actions", "--port", str(self._actions_port)]
        return [sys.executable, "-m", "rasa_sdk", *options, "--logging-config_file", str(CONFIGURATION)]

    def _serve_metrics(self) -> None:
        host, port = settings().metrics_host, settings().metrics_port
        if port in (self._port, self._actions_port):
            raise ServerError(f"METRICS_PORT: {port} is taken by the bot itself, choose another.")
        try:
            if port:
                serve_metrics(host, port, str(self._figures), RESTARTED, StorageCollector(self._endpoints))
        except OSError as error:
            raise ServerError(f"METRICS_PORT: {host}:{port} can't be used ({error.strerror}).") from None

    def _environment(self, name: str) -> dict[str, str]:
        environment = quiet_environment() | {"PROMETHEUS_MULTIPROC_DIR": str(self._figures)}
        if name == "Rasa":
            # It unpacks the model there.
            environment = WORKER | LIMITS | environment | {"TMPDIR": str(self._scratch)}
        if name == "The action server":
            # Of itself it would be open to every network, and run as many workers as Rasa does.
            environment |= {"SANIC_HOST": "127.0.0.1", "SANIC_WORKERS": "1"}
        return environment

    @staticmethod
    def _rasa(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "ketamine_faq.serving.rasa", *arguments]

    def _start(self, name: str, command: list[str]) -> None:
        if name == "Rasa":
            self._pulse.end()
            self._pulse = Pulse(self._pulse.url).start()
        # A session of its own: Ctrl-C in the terminal reaches only us, and we stop them in order.
        self._processes[name] = subprocess.Popen(
            command, cwd=PROJECT, env=self._environment(name), start_new_session=True, preexec_fn=_die_with_parent
        )

    def _wait_until_ready(self) -> None:
        address = f"http://{self._host}:{self._port}"
        while not self._stopping:
            self._raise_if_ended("Rasa")
            ready = _model_state(f"{address}/readyz")
            if ready == "failed":
                raise ServerError(f"Rasa can't use the model {self._model}: see its output above.")
            if ready:
                print(f"Ready: {address}/webhooks/rest/webhook  (Ctrl-C stops)", flush=True)
                return
            time.sleep(0.2)

    def _watch(self, commands: dict[str, list[str]]) -> None:
        restarts = Restarts()
        while not self._stopping:
            for name, process in list(self._processes.items()):
                if process.poll() is None:
                    continue
                if restarts.too_many():
                    raise ServerError(f"{name} keeps ending (exit code {process.returncode}): see its output above.")
                logger.error("%s ended (exit code %s) and is started again.", name, process.returncode)
                self._start_again(name, commands[name])
            if self._pulse.has_stopped():
                logger.error("Rasa no longer answers: it is killed and started again.")
                self._start_again("Rasa", commands["Rasa"])
            time.sleep(0.2)

    def _start_again(self, name: str, command: list[str]) -> None:
        RESTARTED.labels(name).inc()
        _kill_group(self._processes[name])
        self._processes[name].wait()
        self._start(name, command)

    def _raise_if_ended(self, name: str) -> None:
        code = self._processes[name].poll()
        if code is not None:
            raise ServerError(f"{name} ended before it was ready (exit code {code}): see its output above.")

    def _request_stop(self, *_: object) -> None:
        self._stopping = True

    def _stop(self) -> None:
        # Rasa first, and then what a turn that is under way may still need.
        rasa = self._processes.pop("Rasa", None)
        self._end([rasa] if rasa else [])
        self._end(self._processes.values())

    @staticmethod
    def _end(processes: Iterable[subprocess.Popen]) -> None:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.error("Process %d did not stop in time and is killed.", process.pid)
            _kill_group(process)
            process.wait()

    @staticmethod
    def _require_free(host: str, port: int, mend: str) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise ServerError(f"Port {port} can't be used ({error.strerror}): {mend}.") from None


class Pulse:
    """Asks every now and then, in a thread, whether a Rasa is alive that was started just now."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the address of its /healthz."""
        self.url, self._clock = url, clock
        self._answered_at: float | None = None
        self._over = threading.Event()

    def start(self) -> "Pulse":
        """Ask from now on."""
        threading.Thread(target=self._poll, daemon=True).start()
        return self

    def end(self) -> None:
        """Ask no more."""
        self._over.set()

    def has_stopped(self) -> bool:
        """Tell whether nothing was answered for SILENT_SECONDS. Who has not answered yet is loading, however long."""
        return self._answered_at is not None and self._clock() - self._answered_at > SILENT_SECONDS

    def beat(self) -> None:
        """Note an answer."""
        self._answered_at = self._clock()

    def _poll(self) -> None:
        while not self._over.wait(FIRST_POLL_SECONDS if self._answered_at is None else POLL_SECONDS):
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url, timeout=SILENT_SECONDS):
                self.beat()


def _actions_port(endpoints: Path) -> int:
    try:
        return urlsplit(read(endpoints)["action_endpoint"]["url"]).port or 80
    except (KeyError, TypeError):
        raise ServerError(f"{endpoints} names no action server: add `action_endpoint: {{url: ...}}`.") from None


def _kill_group(process: subprocess.Popen) -> None:
    # Workers whose parent is gone would keep the port; and one that is still loading lets SIGTERM pass.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    # Where the supervisor is killed outright, the kernel ends its processes (Linux only; a no-op elsewhere).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _model_state(url: str) -> str:
    """Return what /readyz says of the model, whatever else may be down; empty as long as it says nothing."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return json.load(reply)["model"]
    except urllib.error.HTTPError as error:
        return json.load(error)["model"]
    except OSError:
        return ""
