"""The conversations as Rasa's tracker store has them: what was typed, and which responses answered it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import read_endpoint_config
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq import PROJECT
from ketamine_faq.content import read

# What SQLTrackerStore is configured with and a reader needs. `login_db` would lead to another database.
ADDRESS = ("dialect", "port", "db", "username", "password", "query")


class ConversationsError(RasaException):
    """The conversations can't be read; the message says why in one line, without a password."""


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
        with _engine(endpoints).connect() as connection:
            for conversation, at, data in connection.execution_options(stream_results=True).execute(query):
                _take(found, conversation, at, json.loads(data))
    except SQLAlchemyError as error:
        # Of a driver's message, the first line says what is wrong.
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        raise ConversationsError(f"The tracker store of {endpoints} can't be read: {reason}") from None
    return found


def _take(found: list[Turn], conversation: str, at: float, event: dict[str, Any]) -> None:
    if event["event"] == "user":
        parsed = event.get("parse_data") or {}
        subjects = [entity["value"] for entity in parsed.get("entities", []) if entity["entity"] == "subject"]
        intent = (parsed.get("intent") or {}).get("name") or ""
        found.append(Turn(conversation, at, event.get("text") or "", intent, subjects))
    elif found and found[-1].conversation == conversation:
        metadata = event.get("metadata") or {}
        found[-1].answers.append((metadata.get("utter_action") or "").removeprefix("utter_"))
        found[-1].offers_contact |= bool((metadata.get("metadata") or {}).get("handoff"))


def _engine(endpoints: Path) -> Engine:
    read(endpoints)  # says what is wrong with the file, and where; Rasa would only log it
    config = read_endpoint_config(str(endpoints), "tracker_store")
    if config is None or (config.type or "").lower() != "sql":
        raise ConversationsError(f"{endpoints} names no tracker store of `type: SQL`, which is what insights read.")
    address = {name: value for name, value in config.kwargs.items() if name in ADDRESS}
    try:
        url = make_url(SQLTrackerStore.get_db_url(host=config.url, **address))
        if url.get_backend_name() == "sqlite":
            # `serve` runs Rasa in the project's folder. SQLite would make a file that is not there.
            path = PROJECT / (url.database or "")
            if not path.is_file():
                raise ConversationsError(f"There are no conversations yet: {path} is made by `ketamine-faq serve`.")
            url = url.set(database=str(path))
        return sa.create_engine(url, hide_parameters=True, **create_engine_kwargs(url))
    except (SQLAlchemyError, ImportError, ValueError) as error:
        # The type alone: the message can quote the address, with its password.
        reason = f"its address can't be used ({type(error).__name__})"
        raise ConversationsError(f"The tracker store of {endpoints} can't be read: {reason}.") from None
