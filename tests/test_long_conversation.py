"""A long conversation costs no more a turn than a short one, and forgets nothing that it goes by."""

import json
import sqlite3
from pathlib import Path

import yaml

from ketamine_faq.storage.tracker_store import LONGEST_SESSION
from tests.conversation import Bot

TURNS = 30


def test_a_long_conversation_begins_anew_and_keeps_its_slots(bot: Bot, endpoints: Path):
    visitor = bot.visitor()
    visitor.asks("I'm a GP").asks("what dose for chronic pain")
    for _ in range(TURNS):
        visitor.asks("how often is it given").gets("schedule", audience="referrer", condition="pain")
    sessions = events_by_session(endpoints, visitor.sender)
    assert len(sessions) > 1
    assert max(map(len, sessions)) < LONGEST_SESSION + 20
    asked = [event for session in sessions for event in session if event["event"] == "user"]
    assert len(asked) == TURNS + 2


def events_by_session(endpoints: Path, sender: str) -> list[list[dict]]:
    """The stored events of a conversation, by session."""
    file = yaml.safe_load(endpoints.read_text())["tracker_store"]["db"]
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (sender,)).fetchall()
    sessions: list[list[dict]] = [[]]
    for (data,) in rows:
        event = json.loads(data)
        if event["event"] == "session_started":
            sessions.append([])
        sessions[-1].append(event)
    return sessions[1:]
