"""Steady visitors and enquiries, for tests and benchmarks that make parts fail."""

import random
import threading
import time
from uuid import uuid4

import httpx

from ketamine_faq.content.texts import content
from tests.support.contact_forms import solved
from tests.support.processes import wait_for

QUESTIONS = (
    ("what dose for depression", "and for pain?", "how often?"),
    ("what are the side effects", "yes please", "how does it work"),
    ("i have CRPS, does it help", "i want to end my life", "is it safe"),
)


FORM = {"role": "patient", "email": "kim@example.com", "about": "When can I come?", "consent": True}


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
