"""A message that takes too long is given up, and the worker is well again."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamine_faq.content.texts import content
from ketamine_faq.serving import clock
from ketamine_faq.serving.clock import SECONDS, LateError, timed
from tests.conversation import assert_closed
from tests.support.bare_server import ENDLESS, bare_server

CHAT = "/webhooks/rest/webhook"


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """The clock's own handler, as `serve` sets it, for one test."""
    before = signal.signal(signal.SIGPROF, clock._give_up)
    yield
    signal.signal(signal.SIGPROF, before)


def test_what_takes_too_long_is_given_up_and_what_comes_next_has_all_its_time():
    @timed
    def counts(most: float) -> int:
        number = 0
        while number < most:
            number += 1
        return number

    began = time.process_time()
    with pytest.raises(LateError):
        counts(float("inf"))
    assert time.process_time() - began < 3 * SECONDS
    assert counts(1000) == 1000
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_the_visitor_gets_the_notice_and_the_next_one_an_answer(tmp_path: Path):
    with bare_server({}, tmp_path) as server:
        reply = server.post(CHAT, json={"sender": "me", "message": ENDLESS})
        assert reply.status_code == 200 and reply.json()[0]["text"] == content().failure
        assert_closed(reply.json())
        assert server.post(CHAT, json={"sender": "me", "message": "hello"}).json()[0]["text"] == "an answer"
