"""How often something came within the hour: counted in Redis by all workers together, or in the memory of the one."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from redis import RedisError
from sanic.request import Request

from ketamine_faq.settings import settings
from ketamine_faq.storage.redis_client import redis_client

WINDOW_SECONDS = 3600
# More visitors at once than a clinic has; of more, those not seen for longest are forgotten.
MAX_KEYS = 10_000
IPV6_PREFIX = 64


class RateLimit:
    """Counts of the last hour by key, such as an address, in memory and bounded."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Count up to `most` a key: beyond, all that matters is that it is more."""
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        # Requests are counted in threads.
        self._counting = threading.Lock()

    def count(self, key: str) -> int:
        """Note that the key came, and return how often it did within the hour, this time included."""
        with self._counting:
            now = self._clock()
            times = self._seen.setdefault(key, deque(maxlen=self._most + 1))
            self._seen.move_to_end(key)
            times.append(now)
            while times[0] <= now - WINDOW_SECONDS:
                times.popleft()
            if len(self._seen) > MAX_KEYS:
                self._seen.popitem(last=False)
            return len(times)

    def seen(self, key: str) -> int:
        """Return how often the key came within the hour, without noting it."""
        with self._counting:
            since = self._clock() - WINDOW_SECONDS
            return sum(time > since for time in self._seen.get(key, ()))

    def is_exceeded(self, key: str) -> bool:
        """Note that the key came, and tell whether it did more often than it may."""
        return self.count(key) > self._most


class SharedRateLimit(RateLimit):
    """Counts in Redis, each key's for an hour from its first; while Redis is away, every worker counts its own."""

    def __init__(self, name: str, most: int) -> None:
        """Take a name of its own among the limits, and what to count up to."""
        super().__init__(most)
        self._name = name
        self._redis = redis_client()

    def count(self, key: str) -> int:
        """Note that the key came, and return how often it did, this time included."""
        own = super().count(key)
        try:
            with self._redis.pipeline() as pipeline:
                pipeline.incr(f"{self._name}:{key}")
                pipeline.expire(f"{self._name}:{key}", WINDOW_SECONDS, nx=True)
                return pipeline.execute()[0]
        except RedisError:
            return own

    def seen(self, key: str) -> int:
        """Return how often the key came, without noting it."""
        try:
            return int(self._redis.get(f"{self._name}:{key}") or 0)
        except RedisError:
            return super().seen(key)


def rate_limit(name: str, most: int) -> RateLimit:
    """Return a limit that all workers count for together."""
    return SharedRateLimit(name, most) if settings().redis_url else RateLimit(most)


def address_of(request: Request) -> str:
    """Return what a visitor's address counts as: the proxy's word where Sanic is told to trust one."""
    return counted_as(request.remote_addr or request.ip)


def counted_as(address: str) -> str:
    """Return the address, of IPv6 its network: one customer of a provider has 2 ** 64 addresses or more."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, IPV6_PREFIX), strict=False))
