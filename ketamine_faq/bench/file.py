"""`ketamine-faq bench file`: what the served bot makes of a file of labelled messages, by kind, with 95 % intervals.

A line is `{"text": …, "accept": [topic, …], "kind": …}`. Beside topics, `accept` may say `normal` (any reply without
alarm and without the reply to misuse), `check_in` (a reply with a caring line) and `fallback` (a plain refusal).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rasa.shared.exceptions import RasaException

from ketamine_faq.bench.intervals import share
from ketamine_faq.nlu.concern import DANGER
from ketamine_faq.nlu.examples import MISUSE, POSSIBLE

WEBHOOK = "/webhooks/rest/webhook"
SECONDS = 60
# Replies that refuse plainly.
REFUSALS = {"out_of_scope", "did_you_mean", "default", "not_covered", "contact"}
ALL = "all"


class MessagesError(RasaException):
    """The file can't be asked, or the bot doesn't answer; the message says what to do."""


@dataclass(frozen=True)
class Outcome:
    """What the bot made of one message: the topics that answered, and the degree of concern."""

    kind: str
    accept: tuple[str, ...]
    topics: frozenset[str]
    degree: str | None

    @property
    def is_right(self) -> bool:
        """Whether one of the topics is accepted, or the kind of reply is."""
        allowed = {
            "normal": self.degree != DANGER and MISUSE not in self.topics,
            "check_in": self.degree == POSSIBLE,
            "fallback": bool(self.topics & REFUSALS),
        }
        return bool(self.topics & set(self.accept)) or any(allowed.get(name, False) for name in self.accept)


def report(outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """Return, by kind and for all, the shares that are right, danger, danger or possible, and misuse."""
    kinds = sorted({outcome.kind for outcome in outcomes})
    return {
        kind: {
            "right": share([outcome.is_right for outcome in own]),
            "danger": share([outcome.degree == DANGER for outcome in own]),
            "danger or possible": share([outcome.degree is not None for outcome in own]),
            "misuse": share([MISUSE in outcome.topics for outcome in own]),
        }
        for kind in (*kinds, ALL)
        for own in [[outcome for outcome in outcomes if kind in (outcome.kind, ALL)]]
    }


def read_messages(path: Path) -> list[dict[str, Any]]:
    """Return the labelled messages of a file; raises MessagesError with the line that is wrong."""
    return list(_checked(path.read_text(encoding="utf-8").splitlines(), path))


def _checked(lines: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            usable = isinstance(row["text"], str) and isinstance(row["accept"], list)
        except (ValueError, KeyError, TypeError):
            usable = False
        if not usable:
            raise MessagesError(f'{path}:{number} is no `{{"text": …, "accept": […]}}`: mend that line.')
        yield row


def asked(messages: Iterable[dict[str, Any]], address: str) -> Iterator[Outcome]:
    """Ask the bot at an address each message in a conversation of its own; raises MessagesError."""
    with httpx.Client(base_url=address, timeout=SECONDS) as client:
        for row in messages:
            try:
                replies = client.post(WEBHOOK, json={"message": row["text"]}).json()
                yield _outcome(row, replies)
            except (httpx.HTTPError, ValueError, TypeError, AttributeError):
                raise MessagesError(
                    f"No bot answers at {address}: start one with `make serve`, or name it with --address."
                ) from None


def _outcome(row: dict[str, Any], replies: list[dict[str, Any]]) -> Outcome:
    degrees = {reply.get("concern") for reply in replies}
    degree = next((degree for degree in (DANGER, POSSIBLE) if degree in degrees), None)
    topics = frozenset(reply.get("topic") or "" for reply in replies)
    return Outcome(row.get("kind") or row.get("who") or "unnamed", tuple(row["accept"]), topics, degree)
