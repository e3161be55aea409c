"""The action that prepares the contact form for what the conversation was about."""

from typing import Any
from urllib.parse import urlencode

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from ketamine_faq.settings import settings


class ActionHandOff(Action):
    """Sets `contact_link`: the form's address with topic and audience, and nothing that was typed."""

    def name(self) -> str:
        """Return the name that domain.yml and the rules know."""
        return "action_hand_off"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the slot; the text that shows it is content's, and has the plain address where this never ran."""
        known = {slot: tracker.get_slot(slot) for slot in ("topic", "audience")}
        query = urlencode({slot: value for slot, value in known.items() if value})
        form = str(settings().contact_form_url)
        return [SlotSet("contact_link", f"{form}{'&' if '?' in form else '?'}{query}" if query else form)]
