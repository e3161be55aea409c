"""Rasa's response generator (`nlg:` in endpoints.yml): no reply leaves it without the disclaimer."""

import logging
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.contact_link import contact_link
from ketamine_faq.dialogue.second_question_policy import second_topic

logger = logging.getLogger(__name__)

SUGGESTED = 3


class ResponseGenerator(TemplatedNaturalLanguageGenerator):
    """Fills in and closes the curated responses.

    A reply can be two answers: then the first goes without buttons and disclaimer, which close the second.
    """

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        """Take the domain's responses; raises ContentError where the disclaimer is missing."""
        super().__init__(domain.responses)
        self._content = content()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **_: Any
    ) -> dict[str, Any]:
        """Return the response that the slots select, completed; where there is none, the failure notice."""
        response = self._curated(utter_action, tracker, output_channel)
        if response is None:
            logger.error("No text for '%s': add it to content/ and train again.", utter_action)
            return {"text": self._content.failure}
        if second_topic(tracker) and utter_action == f"utter_{tracker.latest_message.intent['name']}":
            return response
        response["buttons"] = self._buttons(utter_action, response.get("metadata") or {}, tracker)
        response["text"] = self.closed(response.get("text") or "")
        return response

    def closed(self, text: str) -> str:
        """Return the text with the disclaimer at its end, and nowhere else."""
        disclaimer = self._content.disclaimer
        return "\n\n".join(part for part in (text.replace(disclaimer, "").strip(), disclaimer) if part)

    def _curated(self, utter_action: str, tracker: DialogueStateTracker, channel: str) -> dict[str, Any] | None:
        variables = self._content.variables(_entity(tracker, "subject"))
        slots = tracker.current_slot_values()
        variables["contact_link"] = slots.pop("contact_link", None) or variables["contact_form_url"]
        return self.generate_from_slots(utter_action, slots, channel, **variables)

    def _buttons(
        self, utter_action: str, metadata: dict[str, Any], tracker: DialogueStateTracker
    ) -> list[dict[str, str]]:
        topic = utter_action.removeprefix("utter_")
        topics = self._content.starters if metadata.get("starters") else self._content.next_topics(topic)
        if utter_action == "utter_did_you_mean":
            topics = self._likeliest(tracker)
        buttons = [self._content.service_button(name) for name in metadata.get("services", ())]
        buttons += [self._content.question_button(name) for name in topics]
        if metadata.get("handoff"):
            link = contact_link(tracker.current_slot_values())
            asks = metadata.get("asks")
            buttons += [self._content.contact_button(link)] if asks else self._content.contact_buttons(link)
        return buttons

    def _likeliest(self, tracker: DialogueStateTracker) -> list[str]:
        ranking = tracker.latest_message.parse_data.get("intent_ranking", [])
        named = [entry["name"] for entry in ranking if self._content.asks_about(entry["name"])]
        return named[:SUGGESTED]


def _entity(tracker: DialogueStateTracker, kind: str) -> str | None:
    return next(tracker.get_latest_entity_values(kind), None)
