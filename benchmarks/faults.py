"""Steady visitors and enquiries while parts fail: `python -m benchmarks.faults --minutes 10`.

Two bots of one worker each behind the nginx of deploy/, on PostgreSQL and Redis, enquiries delivered to a webhook. One
after the other, the database and Redis are stopped for ten seconds, a worker and an action server are killed. It
reports enquiries that were confirmed and never arrived, and messages without a reply; both must be 0. Needs Debian's
postgresql, redis-server and nginx-light.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.support.load import Load
from tests.support.processes import children, command_line, free_port, own_endpoints, serve, wait_for, wait_until_ready
from tests.support.servers import Nginx, PostgreSQL, RedisServer
from tests.support.webhook_server import WebhookServer

DOWN_SECONDS = 10


def main() -> None:
    """Run it and print what became of everything; exits with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--visitors", type=int, default=8)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        webhook = stack.enter_context(WebhookServer())
        postgresql, redis = PostgreSQL(folder), RedisServer(folder)
        stack.callback(postgresql.stop)
        stack.callback(redis.stop)
        bots = [_bot(folder / name, stack, postgresql, redis, webhook) for name in ("a", "b")]
        nginx = Nginx(folder, (bots[0][1], bots[1][1]), limited=False)
        stack.callback(nginx.stop)
        load = Load(nginx.address, options.visitors).start()
        try:
            for name, fault in _faults(postgresql, redis, bots).items():
                time.sleep(options.minutes * 60 / 5)
                print(f"{name} ({len(load.answered)} answered, {len(load.unanswered)} not, so far)", flush=True)
                fault()
            time.sleep(options.minutes * 60 / 5)
        finally:
            load.stop()
        sys.exit(_report(load, webhook))


def _bot(folder: Path, stack: ExitStack, postgresql: PostgreSQL, redis: RedisServer, webhook: WebhookServer):
    """Serve a bot; return the process and its address."""
    folder.mkdir()
    port, log = free_port(), folder / "output.txt"
    environment = {
        "CONVERSATION_MEGABYTES_PER_DAY": "1000000",
        "DATABASE_URL": postgresql.url,
        "REDIS_URL": redis.url,
        "ENQUIRIES_DATABASE_URL": "",
        "SECRET_KEY": "s" * 40,
        "SANIC_PROXIES_COUNT": "1",
        "MINIMUM_FILL_SECONDS": "0",
        "DOUBTFUL_ENQUIRIES_PER_HOUR": "1000000",
        "REFUSED_ENQUIRIES_PER_HOUR": "1000000",
        "ENQUIRIES_WEBHOOK_URL": webhook.url,
        "ENQUIRIES_WEBHOOK_SECRET": "w" * 40,
    }
    bot = serve("--port", str(port), "--endpoints", str(own_endpoints(folder)), output=log, **environment)
    stack.callback(bot.wait, 60)
    stack.callback(bot.send_signal, signal.SIGTERM)
    wait_until_ready(bot, log)
    return bot, f"127.0.0.1:{port}"


def _faults(postgresql: PostgreSQL, redis: RedisServer, bots) -> dict[str, Callable[[], None]]:
    def interrupt(server: PostgreSQL | RedisServer) -> None:
        server.stop()
        time.sleep(DOWN_SECONDS)
        server.start()

    def kill(bot, part: str) -> None:
        os.kill(next(pid for pid in children(bot.pid) if part in command_line(pid)), signal.SIGKILL)

    return {
        "PostgreSQL is stopped and started": lambda: interrupt(postgresql),
        "Redis is stopped and started": lambda: interrupt(redis),
        "A worker is killed": lambda: kill(bots[0][0], "rasa run --model"),
        "An action server is killed": lambda: kill(bots[1][0], "rasa_sdk"),
    }


def _report(load: Load, webhook: WebhookServer) -> bool:
    """Print the figures and tell whether anything was lost."""

    def lost() -> set[str]:
        return set(load.confirmed) - {post.json["reference"] for post in webhook.posts}

    try:
        wait_for(lambda: not lost(), 120)
    except AssertionError:
        print("Not every enquiry arrived within two minutes.")
    seconds = sorted(load.answered)
    at = {share: seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.99, 1)}
    quantiles = ", ".join(f"{share:.0%} within {reached:.2f} s" for share, reached in at.items())
    print(f"messages answered: {len(seconds)} ({quantiles}), {load.notices} of them with the failure notice")
    print(f"messages without a reply: {len(load.unanswered)} {load.unanswered[:5] or ''}")
    print(f"enquiries confirmed: {len(load.confirmed)}; delivered: {len(webhook.posts)}; lost: {len(lost())}")
    return bool(lost() or load.unanswered)


if __name__ == "__main__":
    main()
