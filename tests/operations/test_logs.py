"""The log has no word that a visitor typed, however a turn goes; yet it tells where a fault was."""

import json
import logging
import os
import signal
from urllib.parse import quote

import httpx
import pytest

from ketamine_faq.logs import JsonFormatter
from tests.support.processes import alive, children, command_line, wait_for
from tests.support.shared_bot import SharedBot

# Letters alone, so that nothing masks it.
MARKER = "zxqvmarkerword"


def test_no_word_of_a_visitor_is_in_any_output(shared_bot: SharedBot):
    sender = shared_bot.begin()
    for message in (f"what dose for {MARKER}", f"/{MARKER}", f"{MARKER} i want to die", f"my name is {MARKER}", MARKER):
        shared_bot.says(message, sender)
    not_handled(shared_bot, "postgresql")
    not_handled(shared_bot, "redis")
    action_server_killed(shared_bot)
    malformed(shared_bot)
    output = shared_bot.log.read_text()
    assert MARKER not in output
    # Rasa did say what it says at this level, and of the faults there are traces.
    assert output.count('"logger": "rasa.core.processor"') > 10
    assert "A message could not be handled" in output
    assert '"logger": "rasa.core.tracker_store", "' in output


def not_handled(bot: SharedBot, server: str) -> None:
    stopped = getattr(bot, server)
    stopped.stop()
    try:
        bot.says(f"{MARKER} while {server} is down", bot.begin())
    finally:
        stopped.start()
    wait_for(lambda: bot.get("/readyz").status_code == 200, 10)


def action_server_killed(bot: SharedBot) -> None:
    server = next(pid for pid in children(bot.pid) if "rasa_sdk" in command_line(pid))
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not alive(server), 10)
    sender = bot.begin()
    bot.says(f"what are the side effects of {MARKER}", sender)
    bot.says("yes please", sender)
    restarted = "The action server ended"
    wait_for(lambda: any(restarted in entry.get("message", "") for entry in bot.entries()), 20)


def malformed(bot: SharedBot) -> None:
    webhook = f"{bot.address}/webhooks/rest/webhook"
    for body in (f'{{"sender": "x", "message": "{MARKER}', f'["{MARKER}"]', f'{{"message": 1, "sender": "{MARKER}"}}'):
        assert httpx.post(webhook, content=body.encode()).status_code == 400
    httpx.post(webhook, json={"message": MARKER, "sender": f"{MARKER} \udc00".encode("utf-8", "replace").decode()})
    httpx.post(f"{bot.address}/webhooks/rest/feedback", json={"sender": MARKER, "topic": MARKER, "helpful": True})
    httpx.post(f"{bot.address}/contact.json", json={"about": MARKER, "sender": MARKER})
    httpx.get(f"{bot.address}/{MARKER}?message={MARKER}")
    httpx.request("BREW", f"{bot.address}/contact?topic={quote(MARKER)}")


@pytest.mark.parametrize("logger", ["rasa.core.processor", "sanic.error", "py.warnings", "ketamine_faqs"])
def test_of_a_library_only_the_place_is_written(logger: str):
    line = written(logger)
    assert MARKER not in line
    assert json.loads(line)["place"] == "/somewhere.py:7"
    assert json.loads(line)["error"] == "ValueError"


def test_our_own_words_are_written():
    assert MARKER in json.loads(written("ketamine_faq.contact.relay"))["message"]


def written(logger: str) -> str:
    """The line of an entry whose message, arguments and exception all quote the marker."""
    try:
        raise ValueError(MARKER)
    except ValueError as error:
        fault = (type(error), error, error.__traceback__)
    record = logging.LogRecord(logger, logging.ERROR, "/somewhere.py", 7, f"{MARKER} %s", (MARKER,), fault)
    return JsonFormatter().format(record)
