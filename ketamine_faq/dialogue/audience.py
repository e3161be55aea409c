"""Whom a reply is written for: who the visitor is, and until they have said so, whom the page is for."""

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.content.texts import PAGE_AUDIENCE


def audience_of(tracker: DialogueStateTracker) -> str:
    """Return the audience. In danger the visitor's own words alone count, whatever the page says."""
    message = tracker.latest_message
    of_page = (message.metadata or {}).get(PAGE_AUDIENCE) if message else None
    return of_page if of_page and not _has_said(tracker) else str(tracker.get_slot("audience"))


def _has_said(tracker: DialogueStateTracker) -> bool:
    said = (event for event in tracker.events if isinstance(event, UserUttered))
    return any(entity["entity"] == "audience" for message in said for entity in message.entities)
