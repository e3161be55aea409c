"""More than can be answered at once is refused with a notice; what people and their clinics do never is."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from ketamine_faq.chat.channel import MAX_CONVERSATIONS, MAX_VERDICTS
from ketamine_faq.chat.turns_under_way import MAX_TURNS, MAX_WAITING
from ketamine_faq.content.texts import content
from ketamine_faq.serving.supervisor import LIMITS
from tests.conversation import Bot, Visitor, assert_closed
from tests.support.bare_server import bare_server
from tests.support.contact_server import Served
from tests.support.processes import wait_for

CHAT = "/webhooks/rest/webhook"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The channels, with the limits that `serve` sets."""
    with bare_server(LIMITS, tmp_path_factory.mktemp("rates")) as running:
        yield running


def outcome(server: Served, folder: Path, senders: list[str]) -> list[httpx.Response]:
    """What is replied to messages sent at once: those that are taken are answered when no more can be refused."""
    go = folder / "go"
    with ThreadPoolExecutor(len(senders)) as pool:
        turns = [pool.submit(server.post, CHAT, json={"sender": sender, "message": f"wait {go}"}) for sender in senders]
        taken = min(MAX_TURNS, sum(min(count, 1 + MAX_WAITING) for count in Counter(senders).values()))
        wait_for(lambda: sum(turn.done() for turn in turns) == len(senders) - taken, 60)
        refused = [turn.result() for turn in turns if turn.done()]
        go.touch()
        answered = [turn.result() for turn in turns if turn.result() not in refused]
    assert {reply.status_code for reply in answered} == {200}
    return refused


def assert_busy(reply: httpx.Response, status: int) -> None:
    """It is the notice that too much came at once, in the format of a reply."""
    assert reply.status_code == status and int(reply.headers["Retry-After"]) > 0
    (message,) = reply.json()
    assert message["text"] == content().busy
    assert_closed(reply.json())


def test_of_one_conversation_a_few_messages_wait_and_more_are_refused(server: Served, tmp_path: Path):
    refused = outcome(server, tmp_path, ["me"] * 12)
    assert len(refused) == 12 - 1 - MAX_WAITING
    for reply in refused:
        assert_busy(reply, 429)
    # What is answered is no longer counted.
    assert server.post(CHAT, json={"sender": "me", "message": "hello"}).status_code == 200


def test_more_than_a_worker_can_answer_soon_is_refused_whoever_asks(server: Served, tmp_path: Path):
    refused = outcome(server, tmp_path, [f"visitor {number}" for number in range(MAX_TURNS + 3)])
    assert len(refused) == 3
    for reply in refused:
        assert_busy(reply, 503)


def test_a_message_that_fails_is_no_longer_counted(server: Served):
    for _ in range(2 * (1 + MAX_WAITING)):
        assert server.post(CHAT, json={"sender": "one", "message": "fail"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "most", "within"),
    [("/webhooks/rest/conversation", "MAX_CONVERSATIONS", 200), ("/webhooks/rest/feedback", "MAX_VERDICTS", 422)],
)
def test_of_one_address_conversations_and_verdicts_are_bounded(path: str, most: str, within: int, tmp_path: Path):
    assert MAX_CONVERSATIONS > 10_000 and MAX_VERDICTS > 1000
    proxied = {"SANIC_PROXIES_COUNT": "1"}
    with bare_server(LIMITS | proxied, tmp_path, {most: 3}) as server:
        replies = [server.post(path, headers={"X-Forwarded-For": "192.0.2.1"}) for _ in range(5)]
        assert [reply.status_code for reply in replies] == [within] * 3 + [429] * 2
        assert server.post(path, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == within


def test_a_few_messages_at_once_in_one_conversation_are_all_answered_by_the_served_bot(bot: Bot):
    sender = bot.visitor().sender
    with ThreadPoolExecutor(1 + MAX_WAITING) as pool:
        asked = [pool.submit(Visitor(bot, sender).asks, "what dose for pain") for _ in range(1 + MAX_WAITING)]
    assert {turn.result().replies[0].get("topic") for turn in asked} == {"dosing"}


def test_a_clinic_behind_one_address_and_a_hasty_visitor_are_not_held_up(bot: Bot):
    def talks(turns: int) -> None:
        with httpx.Client(base_url=bot.address, timeout=60) as client:
            sender = client.post("/webhooks/rest/conversation").json()["sender"]
            for _ in range(turns):
                reply = client.post(CHAT, json={"sender": sender, "message": "what dose for pain"})
                assert (reply.status_code, reply.json()[0].get("topic")) == (200, "dosing")

    with ThreadPoolExecutor(33) as pool:
        list(pool.map(talks, [200] + [10] * 32))
