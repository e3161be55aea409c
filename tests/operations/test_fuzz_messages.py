"""Any Unicode at all, through the web channel, gets a whole reply: never an error, silence or an open end.

A run of CI sends some; `FUZZ_MESSAGES=20000 .venv/bin/python -m pytest tests/operations/test_fuzz_messages.py` sends
what docs/security.md speaks of, in a quarter of an hour.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketamine_faq.content import content
from tests.conversation import Bot, assert_closed

MESSAGES = int(os.environ.get("FUZZ_MESSAGES", "1000"))
BATCH = 50
CLIENTS = 8

# Whatever a keyboard, a script or a broken client may send, and what only looks like our own syntax.
lone_surrogates = st.integers(0xD800, 0xDFFF).map(chr)
any_text = st.text(st.characters() | lone_surrogates, max_size=300)  # NUL, private and unassigned characters too
commands = st.builds("/{}{}".format, st.sampled_from(["restart", "crisis", "session_start", "dosing", ""]), any_text)
structures = st.recursive(
    st.none() | st.booleans() | st.text(), lambda part: st.lists(part) | st.dictionaries(st.text(), part)
)
WORDS = ["what", "how", "dose", "pain", "depression", "die", "pills", "82kg", "mg/kg", "often", "my", "dad", "breathe"]
questions = st.builds(lambda words, noise: " ".join(words) + noise, st.lists(st.sampled_from(WORDS)), any_text)
messages = any_text | commands | structures.map(json.dumps) | questions | st.sampled_from(sorted(content().payloads()))


@given(st.lists(messages, min_size=BATCH, max_size=BATCH))
@settings(
    max_examples=max(1, MESSAGES // BATCH),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_message_gets_a_whole_reply(bot: Bot, batch: list[str]):
    # A few conversations, so that what came before differs.
    senders = [uuid4().hex for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        replies = list(clients.map(lambda turn: send(bot, senders[turn[0] % CLIENTS], turn[1]), enumerate(batch)))
    for message, (status, reply) in zip(batch, replies):
        assert status == 200, ascii(message)
        assert_closed(reply, ascii(message))


def send(bot: Bot, sender: str, message: str) -> tuple[int, Any]:
    """Return status and reply."""
    return bot.post(json.dumps({"sender": sender, "message": message}).encode())
