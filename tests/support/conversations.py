"""A tracker store of Rasa's own, filled with conversations."""

import asyncio
from itertools import count
from pathlib import Path

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

HANDOFFS = {"not_covered", "out_of_scope", "did_you_mean", "personal_concern", "crisis", "emergency", "misuse"}


class Conversations:
    """A tracker store of Rasa's own, and the endpoints that name it."""

    def __init__(self, folder: Path) -> None:
        """Make an empty store in the folder."""
        self.endpoints, self._path = folder / "endpoints.yml", folder / "conversations.db"
        self.endpoints.write_text(f"tracker_store: {{type: SQL, dialect: sqlite, db: '{self._path}'}}\n")
        self._store = SQLTrackerStore(db=str(self._path))
        self._names = count()

    def had(self, *turns: tuple[str, ...], at: float, subject: str = "", name: str = "") -> None:
        """Keep a conversation: of each turn, what was typed and the topics that answered, the first its intent."""
        events: list[Event] = [ActionExecuted("action_session_start", timestamp=at), SessionStarted(timestamp=at)]
        for text, *topics in turns:
            entities = [{"entity": "subject", "value": subject}] if subject else []
            events.append(UserUttered(text, {"name": topics[0], "confidence": 1.0}, entities, timestamp=at))
            for topic in topics:
                events.append(ActionExecuted(f"utter_{topic}", timestamp=at))
                metadata = {"utter_action": f"utter_{topic}", "metadata": {"facts": [], "handoff": topic in HANDOFFS}}
                events.append(BotUttered("Curated.", metadata=metadata, timestamp=at))
        tracker = DialogueStateTracker.from_events(name or f"visitor-{next(self._names)}", events)
        asyncio.run(self._store.save(tracker))
