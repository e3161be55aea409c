"""Many messages at once in one conversation: each has its turn, in order and soon, in one worker as in several."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from rasa.core.lock_store import LockStore
from redis import Redis

from ketamine_faq.storage.lock_store import MemoryLocks, RedisLocks
from tests.support.shared_bot import SharedBot

# Some ask a served bot.
pytestmark = pytest.mark.usefixtures("model")

# Not one of them may wait as long as Rasa's own: a second for each before it.
MANY, SECONDS = 30, 10


@pytest.fixture(params=["memory", "redis"])
def workers(request: pytest.FixtureRequest) -> list[LockStore]:
    """The lock stores of as many workers as there can be: one, or two that share a Redis."""
    if request.param == "memory":
        return [MemoryLocks()]
    bot: SharedBot = request.getfixturevalue("shared_bot")
    return [RedisLocks(Redis.from_url(bot.redis.url)) for _ in range(2)]


async def take_turns(locks: LockStore, taken: list[int], numbers: range) -> None:
    """Have one turn for each number, all at once; each a while long, and never two at a time."""

    async def turn(number: int) -> None:
        async with locks.lock("a conversation", 10):
            taken.append(number)
            await asyncio.sleep(0.01)
            assert taken[-1] == number

    await asyncio.wait_for(asyncio.gather(*(turn(number) for number in numbers)), SECONDS)


def test_each_of_many_has_its_turn(workers: list[LockStore]):
    taken: list[int] = []
    with ThreadPoolExecutor(len(workers)) as pool:
        shares = [range(first, MANY, len(workers)) for first in range(len(workers))]
        for done in [pool.submit(asyncio.run, take_turns(*share)) for share in zip(workers, [taken] * 2, shares)]:
            done.result()
    assert sorted(taken) == list(range(MANY))
    for share in shares:
        assert [number for number in taken if number in share] == list(share)


def test_who_waits_for_a_worker_that_died_is_served(workers: list[LockStore]):
    taken: list[int] = []

    async def one_dies_and_another_waits() -> None:
        dead = workers[0].lock("a conversation", 1)
        await dead.__aenter__()
        await take_turns(workers[-1], taken, range(1))

    asyncio.run(one_dies_and_another_waits())
    assert taken == [0]


def test_a_ticket_that_is_lost_is_told_of(workers: list[LockStore], monkeypatch: pytest.MonkeyPatch):
    async def turn() -> None:
        async with workers[0].lock("a conversation", 1):
            raise AssertionError("somebody else's turn")

    async def clock_jumps() -> None:
        workers[0].issue_ticket("a conversation", 60)
        waiting = asyncio.create_task(turn())
        await asyncio.sleep(0)
        monkeypatch.setattr(time, "time", lambda: later)
        with pytest.raises(Exception, match="Could not acquire lock"):
            await asyncio.wait_for(waiting, SECONDS)

    later = time.time() + 3600
    asyncio.run(clock_jumps())


@pytest.mark.parametrize("served", ["bot", "shared_bot"])
def test_messages_at_once_are_all_answered(served: str, request: pytest.FixtureRequest):
    bot = request.getfixturevalue(served)
    body = {"sender": f"in a hurry, {uuid4()}", "message": "what dose for depression"}
    began = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: httpx.post(f"{bot.address}/webhooks/rest/webhook", json=body), range(5)))
    assert [reply.json()[0]["topic"] for reply in replies] == ["dosing"] * 5
    assert time.monotonic() - began < 4
