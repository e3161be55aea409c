"""One connection to each database that is set, before the bot starts: what will never work is told in one line."""

import logging
import re
from collections.abc import Iterator

import sqlalchemy as sa
from redis import Redis, RedisError
from redis.exceptions import AuthenticationError, ResponseError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.storage.database import first_line
from ketamine_faq.storage.redis_client import redis_client

logger = logging.getLogger(__name__)

# PostgreSQL has codes for these, but none that reaches who couldn't connect. All else may be over in a moment.
FOR_GOOD = re.compile("authentication failed|does not exist|no password supplied|no pg_hba.conf entry|not permitted")


def check_connections() -> None:
    """Connect once to each database of the settings.

    Raises SettingsError where one refuses us, with its reason. One that is merely down is noted in the log: the bot
    starts without it, and takes it up when it is there.
    """
    for name, url in _postgresql_urls():
        _connect_to_postgresql(name, url)
    if settings().redis_url:
        _connect_to_redis(redis_client())


def _postgresql_urls() -> Iterator[tuple[str, str]]:
    shared, enquiries = settings().database_url, settings().enquiries_database_url
    if shared:
        yield "DATABASE_URL", shared
    if enquiries != shared and make_url(enquiries).get_backend_name() == "postgresql":
        yield "ENQUIRIES_DATABASE_URL", enquiries


def _connect_to_postgresql(name: str, url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    try:
        engine.connect().close()
    except OperationalError as error:
        # It names user, host and database, and no password.
        reason = first_line(error)
        if FOR_GOOD.search(reason):
            raise SettingsError(f"{name} can't be used: {reason}") from None
        _wait_for(name, reason)


def _connect_to_redis(client: Redis) -> None:
    try:
        client.ping()
    except (AuthenticationError, ResponseError) as error:
        raise SettingsError(f"REDIS_URL can't be used: {error}") from None
    except RedisError as error:
        _wait_for("REDIS_URL", str(error))
    finally:
        client.close()


def _wait_for(name: str, reason: str) -> None:
    logger.error("%s: it does not answer, and is taken up as soon as it does. %s", name, reason)
