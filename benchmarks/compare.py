"""Ours against Rasa's default pipeline, on the same data, machine and run: benchmarks/README.md."""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT
from ketamine_faq.serving.supervisor import WORKER

QUESTIONS = PROJECT / "tests" / "questions.jsonl"
CLIENTS = (1, 8, 32)
MESSAGES = 400
# A visitor's conversation, for as many visitors as there are messages: long enough to be read and written back.
TURNS = 5
START_SECONDS = 180
# Of each network of the default pipeline, by its configuration.
EPOCHS = 100


@dataclass(frozen=True)
class Contestant:
    """A way to build the bot: its configuration, and the module and the files that it is served with."""

    name: str
    serving: str
    config: str
    credentials: str
    endpoints: str
    environment: dict[str, str]


CONTESTANTS = (
    Contestant(
        "default",
        "rasa",
        "benchmarks/default_config.yml",
        "rest:\n",
        "action_endpoint:\n  url: http://localhost:5055\n",
        {},
    ),
    Contestant(
        "ours",
        "ketamine_faq.serving.rasa",
        "config.yml",
        (PROJECT / "credentials.yml").read_text(encoding="utf-8"),
        "nlg:\n  type: ketamine_faq.dialogue.response_generator.ResponseGenerator\n",
        WORKER,
    ),
)


def train(contestant: Contestant, folder: Path, epochs: int = EPOCHS) -> dict[str, float]:
    """Train one contestant from nothing into `folder`, unless its model is there; return what the training took.

    `epochs` are those of the default pipeline's networks: with fewer it answers worse, and no faster.

    The processor's time, unlike the clock's, forgives other work on the machine.
    """
    taken = folder / f"{contestant.name}.json"
    if not taken.is_file():
        began, used = time.monotonic(), _children_seconds()
        text = Path(PROJECT / contestant.config).read_text(encoding="utf-8")
        config = folder / f"{contestant.name}_config.yml"
        config.write_text(text.replace(f"epochs: {EPOCHS}", f"epochs: {epochs}"), encoding="utf-8")
        options = ["--config", str(config), "--out", str(folder), "--fixed-model-name", contestant.name, "--force"]
        if _call("rasa", "train", *options).wait():
            raise SystemExit(f"Training {contestant.name} failed: run `rasa train --config {config}` to see why.")
        figures = {"training_seconds": time.monotonic() - began, "training_cpu_seconds": _children_seconds() - used}
        taken.write_text(json.dumps(figures), encoding="utf-8")
    return json.loads(taken.read_text(encoding="utf-8"))


def measure(contestant: Contestant, folder: Path, port: int) -> dict[str, float]:
    """Serve the contestant's model of `folder` and measure it."""
    (folder / "credentials.yml").write_text(contestant.credentials)
    (folder / "endpoints.yml").write_text(contestant.endpoints)
    model = str(folder / f"{contestant.name}.tar.gz")
    command = ["run", "--model", model, "--port", str(port), "--interface", "127.0.0.1", "--enable-api"]
    files = ["--credentials", f"{folder}/credentials.yml", "--endpoints", f"{folder}/endpoints.yml"]
    began = time.monotonic()
    server = _call(contestant.serving, *command, *files, **contestant.environment)
    try:
        _first_answer(port)
        cold_start = time.monotonic() - began
        return {
            "cold_start_seconds": cold_start,
            **asyncio.run(_loads(port)),
            "memory_megabytes": _resident_megabytes(server.pid),
            "accuracy": _accuracy(port),
        }
    finally:
        server.terminate()
        server.wait(30)


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _call(module: str, *arguments: str, **environment: str) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=PROJECT, env=quiet_environment() | environment, **quiet)


def _first_answer(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.post(_webhook(port), json={"sender": "first", "message": "hello"}, timeout=60).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit(f"No answer within {START_SECONDS} s: is port {port} free?")


async def _loads(port: int) -> dict[str, float]:
    """Return latencies in milliseconds with one client, and messages a second with several."""
    figures: dict[str, float] = {}
    texts = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    for clients in CLIENTS:
        seconds, waits = await _load(port, clients, texts)
        figures[f"messages_a_second_{clients}"] = MESSAGES / seconds
        if clients == 1:
            figures |= {f"p{p}_ms": float(np.percentile(waits, p)) * 1000 for p in (50, 95, 99)}
    return figures


async def _load(port: int, clients: int, texts: list[str]) -> tuple[float, list[float]]:
    waits: list[float] = []
    numbers = iter(range(MESSAGES))

    async def visitor(client: httpx.AsyncClient) -> None:
        for number in numbers:
            sender = f"{clients}-{number // TURNS}"
            began = time.monotonic()
            body = {"sender": sender, "message": texts[number % len(texts)]}
            (await client.post(_webhook(port), json=body, timeout=120)).raise_for_status()
            waits.append(time.monotonic() - began)

    async with httpx.AsyncClient() as client:
        began = time.monotonic()
        await asyncio.gather(*(visitor(client) for _ in range(clients)))
        return time.monotonic() - began, waits


def _accuracy(port: int) -> float:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    address = f"http://127.0.0.1:{port}/model/parse"
    named = [httpx.post(address, json={"text": row["text"]}, timeout=60).json()["intent"]["name"] for row in rows]
    return float(np.mean([name in row["accept"] for name, row in zip(named, rows)]))


def _resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _webhook(port: int) -> str:
    return f"http://127.0.0.1:{port}/webhooks/rest/webhook"


def main() -> None:
    """Measure both contestants and print a table with the ratios, and JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--models", type=Path, help="folder for the models; those that are there aren't trained again")
    parser.add_argument(
        "--epochs", type=int, default=EPOCHS, help="of the default pipeline, whose training takes hours"
    )
    parser.add_argument("--port", type=int, default=5105)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.models or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        # All of the training first: what is compared is then served within minutes, on a machine in one state.
        trained = {contestant.name: train(contestant, folder, arguments.epochs) for contestant in CONTESTANTS}
        served = {contestant.name: measure(contestant, folder, arguments.port) for contestant in CONTESTANTS}
    figures = {name: trained[name] | served[name] for name in trained}
    table = Table("measure", "default", "ours", "ours / default")
    for name, ours in figures["ours"].items():
        default = figures["default"][name]
        table.add_row(name, f"{default:.3g}", f"{ours:.3g}", f"{ours / default:.2f}")
    Console().print(table)
    if arguments.json:
        arguments.json.parent.mkdir(exist_ok=True, parents=True)
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
