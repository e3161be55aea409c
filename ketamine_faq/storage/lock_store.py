"""Rasa's lock store, in Redis where the settings name one; endpoints.yml says so in the way that Rasa documents."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockStore
from redis import Redis
from redis.exceptions import RedisError

from ketamine_faq.settings import settings
from ketamine_faq.storage.redis_client import redis_client

# How often a message looks whether those before it in its conversation are answered.
WAIT_SECONDS = 0.05


class MemoryLocks(InMemoryLockStore):
    """Rasa's turns in a conversation, one after the other, for any number that arrive at once at one worker."""

    def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = WAIT_SECONDS,
    ) -> AbstractAsyncContextManager[TicketLock]:
        """Wait for the conversation's turn. Rasa looks once a second: as long would last each turn of several."""
        return super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)

    def issue_ticket(self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME) -> int:
        """Return a ticket's number. Rasa never serves an expired one: each outlives all before it.

        So whoever waits for a turn that hangs is served, too.
        """
        before = len(self.get_or_create_lock(conversation_id).tickets)
        return super().issue_ticket(conversation_id, lock_lifetime * (before + 1))

    def update_lock(self, conversation_id: str) -> None:
        """Drop expired tickets, and the lock with the last: who holds one is told, and doesn't wait for ever."""
        super().update_lock(conversation_id)
        if not self.is_someone_waiting(conversation_id):
            self.delete_lock(conversation_id)

    def is_ready(self) -> bool:
        """Tell that turns can be taken: in memory, always."""
        return True


class RedisLocks(MemoryLocks):
    """For several workers: whose turn it is in a worker takes the conversation's lock in Redis, too.

    Rasa's own for Redis reads and writes its tickets in a dozen commands a turn, and lets two workers write over each
    other's.
    """

    def __init__(self, redis: Redis) -> None:
        """Take the Redis that the workers share."""
        super().__init__()
        self._redis = redis

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = WAIT_SECONDS,
    ) -> AsyncIterator[TicketLock]:
        """Wait for the conversation's turn; what a worker that died holds ends with its lifetime."""
        of_all = self._redis.lock(f"turn:{conversation_id}", timeout=lock_lifetime)
        async with super().lock(conversation_id, lock_lifetime, wait_time_in_seconds) as ticket:
            while not of_all.acquire(blocking=False):
                await asyncio.sleep(wait_time_in_seconds)
            try:
                yield ticket
            finally:
                # The reply is there: if it took longer, or Redis has gone meanwhile, the lock ends by itself.
                with suppress(RedisError):
                    of_all.release()

    def is_ready(self) -> bool:
        """Tell that Redis answers; raises RedisError where it doesn't."""
        return self._redis.ping()


class ConversationLocks:
    """Makes the locks in Redis where REDIS_URL is set, else in memory."""

    def __new__(cls, endpoint_config: Any = None) -> LockStore:
        """Return the store; raises SettingsError."""
        return RedisLocks(redis_client()) if settings().redis_url else MemoryLocks()
