"""The conversations as Rasa's tracker store has them: what was typed, and which responses answered it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq.nlu.examples import POSSIBLE
from ketamine_faq.nlu.subjects import NAMED_SUBJECTS
from ketamine_faq.storage.conversations_database import ConversationsError, conversations_engine
from ketamine_faq.storage.database import first_line


@dataclass
class Turn:
    """A visitor's message, and the names of the responses that answered it, without `utter_`."""

    conversation: str
    at: float
    text: str
    intent: str
    subjects: list[str]
    answers: list[str] = field(default_factory=list)
    offers_contact: bool = False
    stage: str | None = None
    is_doubt: bool = False


def turns(endpoints: Path, since: float) -> list[Turn]:
    """Return what was asked since a time, conversation by conversation, each in its order.

    `endpoints` is the file that names Rasa's tracker store. Raises ConversationsError, ContentError.
    """
    event = SQLTrackerStore.SQLEvent
    query = (
        sa.select(event.sender_id, event.timestamp, event.data)
        .where(event.type_name.in_(["user", "bot"]), event.timestamp >= since)
        .order_by(event.sender_id, event.id)
    )
    found: list[Turn] = []
    try:
        with conversations_engine(endpoints).connect() as connection:
            for conversation, at, data in connection.execution_options(stream_results=True).execute(query):
                _take(found, conversation, at, json.loads(data))
    except SQLAlchemyError as error:
        raise ConversationsError(f"The tracker store of {endpoints} can't be read: {first_line(error)}") from None
    return found


def _take(found: list[Turn], conversation: str, at: float, event: dict[str, Any]) -> None:
    if event["event"] == "user":
        parsed = event.get("parse_data") or {}
        by_term = [entity["value"] for entity in parsed.get("entities", []) if entity["entity"] == "subject"]
        # Of before the subjects were learned, the terms tell.
        subjects = parsed.get(NAMED_SUBJECTS, by_term)
        intent = (parsed.get("intent") or {}).get("name") or ""
        found.append(Turn(conversation, at, event.get("text") or "", intent, subjects))
    elif found and found[-1].conversation == conversation:
        metadata = event.get("metadata") or {}
        found[-1].answers.append((metadata.get("utter_action") or "").removeprefix("utter_"))
        own = metadata.get("metadata") or {}
        found[-1].offers_contact |= bool(own.get("handoff"))
        found[-1].stage = own.get("stage") or found[-1].stage
        found[-1].is_doubt |= own.get("concern") == POSSIBLE
