"""The conversation that goes along with an enquiry, as Rasa has stored it: masked, and only what was said."""

import logging

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, UserUttered

logger = logging.getLogger(__name__)

# The latest turns: what led to the enquiry.
MAX_TURNS = 100


async def conversation(tracker_store: TrackerStore, conversation_id: str) -> list[dict[str, str]]:
    """Return what visitor and bot said, in order, as {who, text}; [] where it can't be read."""
    try:
        tracker = await tracker_store.retrieve_full_tracker(conversation_id)
    except Exception as error:
        # The enquiry matters more than what goes along with it.
        logger.error("A conversation could not be read for an enquiry: %s", type(error).__name__)
        return []
    if tracker is None:
        return []
    who = {UserUttered: "visitor", BotUttered: "bot"}
    said = [{"who": who[type(event)], "text": event.text or ""} for event in tracker.events if type(event) in who]
    return said[-MAX_TURNS:]
