"""Locust's visitors: each holds one conversation after another, and checks every reply."""

import json
import os
import random
import uuid
from pathlib import Path

import gevent
from locust import FastHttpUser, constant, task

QUESTIONS = Path(__file__).parents[2] / "tests" / "questions.jsonl"
TEXTS = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
# What closes each reply; empty for a server that promises nothing.
CLOSING = os.environ.get("LOAD_CLOSING", "")
# Seconds that a visitor reads and types between two messages, on average; with none, what is measured is the server.
PAUSE = float(os.environ.get("LOAD_PAUSE", "0"))


class Visitor(FastHttpUser):
    """Holds conversations without end. The lighter of Locust's clients: it shares its cores with what it measures."""

    wait_time = constant(0)

    @task
    def conversation(self) -> None:
        """Greet, ask, press a button, follow up, give thanks."""
        self._sender = self._begin()
        self._says("hi there")
        for question in random.sample(TEXTS, 4):
            replies = self._says(question)
        buttons = [button["payload"] for reply in replies for button in reply.get("buttons", ()) if "url" not in button]
        if buttons:
            self._says(buttons[0])
        self._says("and for chronic pain?")
        self._says("thanks, that helps")

    def _begin(self) -> str:
        with self.client.post("/webhooks/rest/conversation", name="begin", catch_response=True) as answer:
            if answer.status_code == 404:  # stock Rasa, whose clients name themselves
                answer.success()
                return uuid.uuid4().hex
            return answer.json()["sender"]

    def _says(self, message: str) -> list[dict]:
        gevent.sleep(random.uniform(0.5, 1.5) * PAUSE)
        body = {"sender": self._sender, "message": message}
        with self.client.post("/webhooks/rest/webhook", json=body, name="message", catch_response=True) as answer:
            replies = answer.json() if answer.status_code == 200 else []
            if not replies:
                answer.failure(f"no reply ({answer.status_code})")
            elif not replies[-1].get("text", "").endswith(CLOSING):
                answer.failure("a reply without its end")
            return replies
