"""Steady visitors and enquiries while parts fail: `python -m benchmarks.faults --minutes 10`.

Two bots of one worker each behind the nginx of deploy/, on PostgreSQL and Redis, enquiries delivered to a webhook. One
after the other, the database and Redis are stopped for ten seconds, a worker and an action server are killed. It
reports enquiries that were confirmed and never arrived, and messages without a reply; both must be 0. Needs Debian's
postgresql, redis-server and nginx-light.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx

from ketamine_faq.content.texts import content
from tests.conftest import free_port, serve, wait_for, wait_until_ready
from tests.contact.test_endpoint import solved
from tests.contact.webhook_server import WebhookServer
from tests.operations.conftest import own_endpoints
from tests.operations.servers import Nginx, PostgreSQL, RedisServer
from tests.test_serve import children, command_line

QUESTIONS = (
    ("what dose for depression", "and for pain?", "how often?"),
    ("what are the side effects", "yes please", "how does it work"),
    ("i have CRPS, does it help", "i want to end my life", "is it safe"),
)
FORM = {"role": "patient", "email": "kim@example.com", "about": "When can I come?", "consent": True}
DOWN_SECONDS = 10
PAUSE_SECONDS = 0.5
TRIES = 3


class Load:
    """Visitors who talk to the bot and send enquiries, from `start` to `stop`."""

    def __init__(self, address: str, visitors: int) -> None:
        """Take the bot's address and how many come at a time."""
        self._address, self._stop = address, threading.Event()
        self._threads = [threading.Thread(target=self._visits) for _ in range(visitors)]
        self.answered: list[float] = []  # seconds each
        self.notices = 0
        self.unanswered: list[str] = []
        self.confirmed: list[str] = []

    def start(self) -> "Load":
        """Let them come."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> "Load":
        """Return when each has had their last answer."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self

    def goes_on(self) -> None:
        """Return when more has been answered than now; fail where nothing is."""
        before = len(self.answered)
        wait_for(lambda: len(self.answered) > before + len(self._threads), 60)

    def _visits(self) -> None:
        with httpx.Client(base_url=self._address, timeout=30, trust_env=False, verify=False) as client:
            while not self._stop.is_set():
                begun = self._reply(client, "/webhooks/rest/conversation", {})
                for message in random.choice(QUESTIONS):
                    self._asks(client, {"sender": begun and begun.json()["sender"], "message": message})
                    self._stop.wait(PAUSE_SECONDS * random.random())
                self._enquires(client)

    def _asks(self, client: httpx.Client, body: dict) -> None:
        began, reply = time.monotonic(), self._reply(client, "/webhooks/rest/webhook", body)
        if reply is None:
            return
        text = reply.json()[-1]["text"]
        if text.endswith(content().disclaimer):
            self.answered.append(time.monotonic() - began)
        else:
            self.unanswered.append("not closed")
        self.notices += text == content().failure

    def _reply(self, client: httpx.Client, path: str, body: dict) -> httpx.Response | None:
        try:
            reply = client.post(path, json=body)
            if reply.status_code == 200:
                return reply
            self.unanswered.append(f"{path} {reply.status_code}")
        except httpx.TransportError as error:
            self.unanswered.append(f"{path} {type(error).__name__}")
        return None

    def _enquires(self, client: httpx.Client) -> None:
        """Send a form again that was not confirmed, as a person does who is told so, and who gives up at some time."""
        form = {**FORM, "name": f"Visitor {uuid4().hex}"}
        for _ in range(TRIES):
            try:
                if "token" not in form:
                    challenge = client.get("/contact/challenge").json()
                    form |= {"token": challenge["token"], "solution": solved(challenge)}
                sent = client.post("/contact.json", json=form)
            except (httpx.TransportError, ValueError, KeyError):
                sent = None
            if sent is not None and sent.status_code == 201:
                self.confirmed.append(sent.json()["reference"])
                return
            if self._stop.wait(1):
                return


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
