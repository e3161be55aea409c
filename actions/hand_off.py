"""The action that prepares the contact form for what the conversation was about."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from ketamine_faq.contact_link import contact_link


class ActionHandOff(Action):
    """Sets `contact_link`: the form's address with topic and audience, and nothing that was typed."""

    def name(self) -> str:
        """Return the name that domain.yml and the rules know."""
        return "action_hand_off"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the slot; the text that shows it is content's, and has the plain address where this never ran."""
        return [SlotSet("contact_link", contact_link(tracker.current_slot_values()))]
