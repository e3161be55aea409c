"""A conversation with the served bot, in sentences: `visitor.asks('how often?').gets('schedule')`."""

import json
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from ketamine_faq.content.texts import content


@dataclass(frozen=True)
class Bot:
    """A served bot."""

    address: str
    pid: int
    log: Path

    def visitor(self) -> "Visitor":
        """A new visitor with a conversation of their own."""
        return Visitor(self, uuid4().hex)

    def post(self, body: bytes, path: str = "/webhooks/rest/webhook") -> tuple[int, Any]:
        """Return status and JSON of any request body at all."""
        request = urllib.request.Request(self.address + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urllib.request.urlopen(self.address + path, timeout=60) as reply:
            return json.load(reply)


@dataclass
class Visitor:
    """Someone in conversation with the bot."""

    bot: Bot
    sender: str
    replies: list[dict[str, Any]] = field(default_factory=list)

    def asks(self, message: str) -> "Visitor":
        """Send a message; the reply must be there, and closed by the disclaimer."""
        status, self.replies = self.bot.post(json.dumps({"sender": self.sender, "message": message}).encode())
        assert status == 200
        assert_closed(self.replies, message)
        return self

    presses = asks

    @property
    def text(self) -> str:
        """The whole reply."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def buttons(self) -> list[dict[str, str]]:
        """The buttons under the reply."""
        return [button for reply in self.replies for button in reply.get("buttons", [])]

    @property
    def payloads(self) -> list[str]:
        """What the buttons send."""
        return [button["payload"] for button in self.buttons]

    @property
    def actions(self) -> list[str]:
        """The responses that made the reply, by the tracker."""
        return [said["action"] for said in self.said]

    @property
    def said(self) -> list[dict[str, Any]]:
        """Each response that made the reply, by the tracker: its text, action, id and metadata, concern and stage."""
        events = self._tracker()["events"]
        last_user = max(index for index, event in enumerate(events) if event["event"] == "user")
        bots = [event for event in events[last_user:] if event["event"] == "bot"]
        return [_said(event["text"], event["metadata"]) for event in bots]

    @property
    def slots(self) -> dict[str, Any]:
        """What the bot remembers."""
        return self._tracker()["slots"]

    def gets(self, *topics: str, **slots: str) -> "Visitor":
        """Check which responses answered, in order, and for which condition and audience."""
        assert self.actions == [f"utter_{topic}" for topic in topics], self.text
        assert {name: self.slots[name] for name in slots} == slots
        return self

    def _tracker(self) -> dict[str, Any]:
        return self.bot.get(f"/conversations/{self.sender}/tracker")


def _said(text: str, metadata: dict[str, Any]) -> dict[str, Any]:
    own = metadata.get("metadata") or {}
    return {
        "text": text,
        "action": metadata["utter_action"],
        "id": metadata.get("id"),
        "metadata": own,
        "concern": own.get("concern"),
        "stage": own.get("stage"),
    }


def assert_closed(replies: list[dict[str, Any]], context: str = "") -> None:
    """Check the promise of every reply: it is there, and ends with the disclaimer, which it says once."""
    disclaimer = content().disclaimer
    texts = [reply.get("text") or "" for reply in replies]
    assert texts, f"no reply: {context}"
    assert texts[-1].endswith(disclaimer), f"not closed: {context}"
    assert sum(text.count(disclaimer) for text in texts) == 1, f"disclaimer said twice: {context}"
    assert texts[-1] != disclaimer, f"nothing but the disclaimer: {context}"
