"""The action that prepares the contact form for what the conversation was about."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from ketamine_faq.dialogue.contact_link import contact_link


class ActionHandOff(Action):
    """Sets `contact_link`, the form's address with topic and audience and nothing that was typed, and offers it."""

    def name(self) -> str:
        """Return the name that domain.yml and the rules know."""
        return "action_hand_off"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the slots; the text that shows the link is content's, with the plain address where this never ran."""
        link = contact_link(tracker.current_slot_values())
        return [SlotSet("contact_link", link), SlotSet("offer", "contact_form")]
