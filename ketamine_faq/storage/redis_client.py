"""The Redis that several workers share."""

from redis import Redis

from ketamine_faq.settings import settings

# One that hangs must not hold up every visitor for long.
REDIS_SECONDS = 2


def redis_client() -> Redis:
    """Return a client of the Redis at REDIS_URL, which connects at first use."""
    return Redis.from_url(str(settings().redis_url), socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
