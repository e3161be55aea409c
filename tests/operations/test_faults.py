"""Parts fail under load: every message is answered, no enquiry that was confirmed is lost, and all is well again."""

import os
import shutil
import signal
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest

from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from ketamine_faq.paths import PROJECT
from ketamine_faq.storage.database import Database
from tests.conversation import Bot, assert_closed
from tests.support.installation import FORM
from tests.support.load import Load
from tests.support.processes import (
    START_SECONDS,
    alive,
    asked,
    children,
    command_line,
    copied_project,
    free_port,
    own_endpoints,
    serve,
    wait_for,
    wait_until_ready,
)
from tests.support.programs import FAKETIME
from tests.support.servers import Nginx, mounted
from tests.support.shared_bot import SharedBot, is_ready, rasa_and_workers

VISITORS = 4
DAY = 24 * 3600
# What is asked at each time that the clock jumps to. Ahead, a session has ended and a new one begins; back, it goes on,
# and "and for …?" can only be answered by who knows what was asked before.
CLOCKS = {
    2 * DAY: {"what dose for depression": "dosing", "how often?": "schedule"},
    -2 * DAY: {"and for pain?": "schedule", "and for depression?": "schedule"},
    0: {"what dose for depression": "dosing", "and for pain?": "dosing"},
    -1 * DAY: {"and for depression?": "dosing", "how often?": "schedule"},
}


def part(pid: int, name: str) -> int:
    """The process of a part of `serve`, by its command line."""
    return next(child for child in children(pid) if name in command_line(child))


def interrupt(server: str) -> Callable[[SharedBot, Load], None]:
    """What stops a server for as long as several more messages are answered."""

    def fault(bot: SharedBot, load: Load) -> None:
        stopped = getattr(bot, server)
        stopped.stop()
        try:
            load.goes_on()
        finally:
            stopped.start()

    return fault


def kill_action_server(bot: SharedBot, load: Load) -> None:
    """Kill it; `serve` starts it again."""
    server = part(bot.pid, "rasa_sdk")
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not alive(server), 10)
    load.goes_on()
    wait_for(lambda: hands_over(bot), START_SECONDS)


def hands_over(bot: SharedBot) -> bool:
    """Whether the action server is there: only it puts the topic into the text's link."""
    sender = bot.begin()
    for message in ("what dose for depression", "what are the side effects"):
        bot.says(message, sender)
    return "topic=" in bot.says("yes please", sender)[0]["text"]


@pytest.mark.parametrize(
    "fault",
    [interrupt("postgresql"), interrupt("redis"), kill_action_server],
    ids=["postgresql", "redis", "action server"],
)
def test_under_load_all_are_answered_and_no_enquiry_is_lost(shared_bot: SharedBot, fault):
    load = Load(shared_bot.address, VISITORS).start()
    try:
        load.goes_on()
        fault(shared_bot, load)
        wait_for(lambda: is_ready(shared_bot), 20)
        load.goes_on()
        confirmed = len(load.confirmed)
        wait_for(lambda: len(load.confirmed) > confirmed, 30)
    finally:
        load.stop()
    assert load.unanswered == []
    assert set(load.confirmed) <= {reference for (reference,) in shared_bot.query("SELECT reference FROM enquiries")}
    replies = shared_bot.says("what dose for pain", shared_bot.begin())
    assert replies[0]["topic"] == "dosing"


def test_a_worker_killed_in_the_middle_of_a_turn_leaves_it_to_another(shared_bot: SharedBot, tmp_path: Path):
    sender = shared_bot.begin()
    for message in ("what dose for depression", "what are the side effects"):
        shared_bot.says(message, sender)
    rasa, (spared, doomed) = rasa_and_workers(shared_bot)
    actions = part(shared_bot.pid, "rasa_sdk")
    held = [spared, actions]
    with ThreadPoolExecutor() as pool:
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        try:
            # As deploy/ has it; both of the bots that it knows are the one.
            nginx = Nginx(tmp_path, (shared_bot.address.removeprefix("http://"),) * 2)
            body = {"sender": sender, "message": "yes please"}
            turn = pool.submit(httpx.post, f"{nginx.address}/webhooks/rest/webhook", json=body, timeout=60)
            wait_for(lambda: turn.done() or asked(actions), 20)
            assert not turn.done(), turn.result().text
            os.kill(doomed, signal.SIGKILL)
        finally:
            for pid in held:
                os.kill(pid, signal.SIGCONT)
        reply = turn.result(60)
    nginx.stop()
    assert reply.status_code == 200
    assert_closed(reply.json())
    assert "topic=" in reply.json()[0]["text"]
    # The next turn waits for no lock of the dead.
    assert shared_bot.says("and for pain?", sender)[0]["topic"]
    wait_for(lambda: doomed not in children(rasa) and len(children(rasa)) == 2, 10)
    # Another has come in its place, and answers as soon as it has loaded its model.
    os.kill(spared, signal.SIGSTOP)
    try:
        assert shared_bot.says("and how often?", sender)[0]["topic"] == "schedule"
    finally:
        os.kill(spared, signal.SIGCONT)


@contextmanager
def own_bot(folder: Path, project: Path = PROJECT, **environment: str) -> Iterator[Bot]:
    """A bot on SQLite."""
    port, log = free_port(), folder / "output.txt"
    environment |= {"ENQUIRIES_DATABASE_URL": f"sqlite:///{folder / 'enquiries.db'}", "MINIMUM_FILL_SECONDS": "0"}
    arguments = ("--port", str(port), "--endpoints", str(own_endpoints(folder)))
    process = serve(*arguments, output=log, project=project, **environment)
    try:
        wait_until_ready(process, log)
        yield Bot(f"http://127.0.0.1:{port}", process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def enquires(bot: Bot) -> httpx.Response:
    """Send a form as the widget does."""
    token = httpx.get(f"{bot.address}/contact/challenge").json()["token"]
    return httpx.post(f"{bot.address}/contact.json", json={**FORM, "consent": True, "token": token}, timeout=60)


def answers(bot: Bot, sender: str, message: str) -> str | None:
    """The topic of the answer to a message; None where it is the failure notice."""
    reply = httpx.post(f"{bot.address}/webhooks/rest/webhook", json={"sender": sender, "message": message}, timeout=60)
    assert reply.status_code == 200
    assert_closed(reply.json())
    return reply.json()[0].get("topic")


def test_a_full_disk_and_a_clock_that_jumps(model: Path, tmp_path: Path):
    """One test, since a bot takes its time to start: each step is a promise of its own."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {
        "LD_PRELOAD": str(FAKETIME.needed()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    # All that the bot writes is on it: stores, log, and what it unpacks. With less room than half a gigabyte, no
    # conversation would be kept from the start.
    with mounted(tmp_path / "disk", "size=700m") as disk, own_bot(disk, TMPDIR=str(disk), **faked) as bot:
        assert answers(bot, "me", "what dose for depression") == "dosing"
        with_the_disk_full(bot, disk)
        # The bot looks every few seconds whether there is room again.
        names = count()
        wait_for(lambda: remembers(bot, f"visitor {next(names)}"), 30)
        assert answers(bot, "me", "and for pain?") == "dosing"
        assert enquires(bot).status_code == 201
        for jump, questions in CLOCKS.items():
            clock.write_text(f"{jump:+}")
            for question, topic in questions.items():
                assert answers(bot, "me", question) == topic, (jump, question)
            assert enquires(bot).status_code == 201
        received = [item.row.received_at for item in listed(Database(f"sqlite:///{disk / 'enquiries.db'}"))]
    assert len(received) == 5 and 3 * DAY < max(received) - min(received) < 5 * DAY


def remembers(bot: Bot, visitor: str) -> bool:
    """Whether a second message is understood by the first."""
    answers(bot, visitor, "what dose for depression")
    return answers(bot, visitor, "and for pain?") == "dosing"


def with_the_disk_full(bot: Bot, disk: Path) -> None:
    """Not a byte more can be written: visitors are answered, told that a form was not kept, and Rasa can begin anew."""
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    visitor_is_answered(bot)
    told = enquires(bot)
    assert (told.status_code, told.json()) == (503, {"text": words().failure("unavailable")})
    rasa = part(bot.pid, "rasa run --model")
    os.kill(rasa, signal.SIGKILL)
    wait_for(lambda: not alive(rasa), 10)
    wait_for(lambda: is_up(bot), START_SECONDS)
    visitor_is_answered(bot)
    filler.unlink()


def visitor_is_answered(bot: Bot) -> None:
    """Ask as someone who has asked nothing yet."""
    someone = uuid4().hex
    assert answers(bot, someone, "what dose for pain") == "dosing"
    for message in ("yes please", "how does it work"):
        answers(bot, someone, message)


def is_up(bot: Bot) -> bool:
    """Whether it takes connections."""
    try:
        return httpx.get(f"{bot.address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_who_writes_while_the_classifier_fails_is_told_of_the_emergency_number_and_the_form(
    model: Path, tmp_path: Path
):
    project = copied_project(tmp_path)
    with tarfile.open(model) as archive:
        archive.extractall(tmp_path / "model")
    # Of another size than the vectors: it can be read, and fails with each message.
    path = next((tmp_path / "model").rglob("of_vectors.npz"))
    with np.load(path) as stored:
        np.savez(path, **{**stored, "weights": stored["weights"][1:]})
    (project / "models").mkdir()
    with tarfile.open(project / "models" / model.name, "w:gz") as archive:
        archive.add(tmp_path / "model", "")
    with own_bot(tmp_path, project) as bot:
        for message in ("what dose for pain", "I want to kill myself"):
            visitor = bot.visitor().asks(message)
            assert visitor.text == content().failure
            assert visitor.replies[0]["error"]
        assert all(content().variables()[name] in visitor.text for name in ("emergency", "contact_form_url"))


def test_a_model_that_is_damaged_while_it_is_served_harms_nobody(model: Path, tmp_path: Path):
    project = copied_project(tmp_path)
    (project / "models").mkdir()
    own = shutil.copy2(model, project / "models" / model.name)
    own.with_name("zz-damaged-by-a-test.tar.gz").write_bytes(own.read_bytes()[:100_000])
    with own_bot(tmp_path, project) as bot:
        os.truncate(own, 1_000_000)
        assert answers(bot, "me", "what dose for pain") == "dosing"
        rasa = part(bot.pid, "rasa run --model")
        os.kill(rasa, signal.SIGKILL)
        wait_for(lambda: not alive(rasa), 10)
        wait_for(lambda: is_up(bot), START_SECONDS)
        assert answers(bot, "me", "and for depression?") == "dosing"
