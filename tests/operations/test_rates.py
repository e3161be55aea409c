"""More than can be answered at once is refused with a notice; what people and their clinics do never is."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from ketamine_faq.chat.channel import MAX_CONVERSATIONS, MAX_VERDICTS
from ketamine_faq.chat.turns_under_way import MAX_UNDER_WAY, MAX_WAITING, TooManyError, TurnsUnderWay
from ketamine_faq.content.texts import content
from ketamine_faq.serving.supervisor import LIMITS
from tests.conversation import Bot, Visitor, assert_closed
from tests.support.bare_server import DEAR, bare_server
from tests.support.contact_server import Served
from tests.support.processes import wait_for

CHAT = "/webhooks/rest/webhook"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The channels, with the limits that `serve` sets, but for who waits in line, for ever."""
    with bare_server(LIMITS, tmp_path_factory.mktemp("rates"), {"LONGEST_WAIT_SECONDS": 600}) as running:
        yield running


def outcome(server: Served, folder: Path, senders: list[str]) -> list[httpx.Response]:
    """What is replied to messages sent at once: those that are taken are answered when no more can be refused."""
    go = folder / "go"
    with ThreadPoolExecutor(len(senders)) as pool:
        turns = [pool.submit(server.post, CHAT, json={"sender": sender, "message": f"wait {go}"}) for sender in senders]
        taken = min(MAX_UNDER_WAY, sum(min(count, 1 + MAX_WAITING) for count in Counter(senders).values()))
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


@pytest.mark.parametrize("limit", [{"LONGEST_WAIT_SECONDS": 0.5}, {"MAX_IN_LINE": 0}])
def test_who_would_wait_for_long_is_refused_whoever_asks(limit: dict[str, float], tmp_path: Path):
    with bare_server(LIMITS, tmp_path, limit) as server:
        if "MAX_IN_LINE" in limit:
            assert_busy(server.post(CHAT, json={"sender": "me", "message": "hello"}), 503)
            return
        refused = outcome(server, tmp_path, [f"visitor {number}" for number in range(MAX_UNDER_WAY + 3)])
        assert len(refused) == 3
        for reply in refused:
            assert_busy(reply, 503)
        # Who was refused is in line no more.
        assert server.post(CHAT, json={"sender": "me", "message": "hello"}).status_code == 200


def test_beside_greedy_clients_of_one_address_a_visitor_of_another_is_answered(tmp_path: Path):
    clients, messages = 40, 10
    with bare_server(LIMITS | {"SANIC_PROXIES_COUNT": "1"}, tmp_path, {"LONGEST_WAIT_SECONDS": 1}) as server:

        def asks(client: httpx.Client, sender: str) -> int:
            return client.post(CHAT, json={"sender": sender, "message": DEAR}).status_code

        def client_at(address: str) -> httpx.Client:
            # One connection each: to open them takes the clients longer than the server to answer.
            return httpx.Client(base_url=server.address, headers={"X-Forwarded-For": address}, timeout=60)

        def is_greedy(number: int) -> list[int]:
            with client_at("192.0.2.1") as client:
                codes = []
                while not satisfied.is_set():
                    codes.append(asks(client, f"greedy {number}"))
                return codes

        satisfied = threading.Event()
        with ThreadPoolExecutor(clients) as pool:
            greedy = [pool.submit(is_greedy, number) for number in range(clients)]
            with client_at("192.0.2.2") as visitor:
                codes = [asks(visitor, "visitor") for _ in range(messages)]
            satisfied.set()
        assert codes == [200] * messages
        # The others were more than a worker could answer in time.
        assert {503} <= {code for client in greedy for code in client.result()} <= {200, 503}


def test_first_comes_who_has_had_least():
    now, begun = 0.0, []

    async def asks(turns: TurnsUnderWay, address: str, length: int = 10) -> None:
        async with turns.one_of(f"{address} {len(begun)} {length}", address, length):
            begun.append(address)
            await asyncio.sleep(0)

    async def talk() -> None:
        nonlocal now
        turns = TurnsUnderWay(clock=lambda: now)
        await asyncio.gather(*(asks(turns, "clinic", number) for number in range(MAX_UNDER_WAY)))
        await asyncio.gather(
            *(asks(turns, "clinic", 20 + number) for number in range(MAX_UNDER_WAY * 3)), asks(turns, "new")
        )
        now += 24 * 3600
        assert turns._had("clinic") < 0.01

    asyncio.run(talk())
    # After those that were begun already.
    assert begun.index("new") < MAX_UNDER_WAY * 3


def test_a_conversation_has_one_turn_at_a_time_and_none_is_left_over():
    async def talk() -> None:
        turns, under_way = TurnsUnderWay(), []

        async def asks(fails: bool) -> None:
            async with turns.one_of("me", "address", 1):
                under_way.append(1)
                assert len(under_way) == 1
                await asyncio.sleep(0)
                under_way.pop()
                if fails:
                    raise asyncio.TimeoutError

        results = await asyncio.gather(*(asks(number % 2) for number in range(9)), return_exceptions=True)
        kinds = Counter(type(result) for result in results)
        assert kinds == {type(None): 3, asyncio.TimeoutError: 3, TooManyError: 3}
        cancelled = asyncio.ensure_future(asks(False))
        await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        under_way.clear()
        await asks(False)
        assert not turns._line and not turns._under_way and not turns._of_conversation

    asyncio.run(talk())


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

    with ThreadPoolExecutor(17) as pool:
        list(pool.map(talks, [100] + [6] * 16))
