"""Rasa's response generator (`nlg:` in endpoints.yml): no reply leaves it without the disclaimer."""

import logging
from datetime import date
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from ketamine_faq.content.clinic import TOPICS_OF_ITS_OWN
from ketamine_faq.content.texts import CARER, PATIENT, content, written_for
from ketamine_faq.dialogue.contact_link import contact_link
from ketamine_faq.dialogue.follow_up import other_condition
from ketamine_faq.dialogue.second_question_policy import second_topic
from ketamine_faq.nlu.examples import DANGERS
from ketamine_faq.nlu.glossary import WORD, entries
from ketamine_faq.nlu.language_detector import LANGUAGE, OTHER_LANGUAGE
from ketamine_faq.nlu.subjects import NAMED_SUBJECTS

logger = logging.getLogger(__name__)

SUGGESTED = 3
# Where the clinic's own facts are the answer.
NOT_COVERED = "utter_not_covered"
# The replies that another language's line stands before; the English one stays, for who helps.
IN_LANGUAGE = (f"utter_{OTHER_LANGUAGE}", *(f"utter_{danger}" for danger in DANGERS))


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
        subjects = _subjects(tracker)
        answered = self._clinics_own(utter_action, subjects, tracker)
        variables = self._content.variables(*(name for name in subjects if name not in answered))
        slots = tracker.current_slot_values()
        variables["contact_link"] = slots.pop("contact_link", None) or variables["contact_form_url"]
        # Who asks about somebody else is a carer in this reply; in all that follow, only who says so.
        asked_for = CARER if slots["audience"] == PATIENT and _entity(tracker, "about") else slots["audience"]
        slots["audience"] = written_for(asked_for, self.responses.get(utter_action, []))
        if slots["topic"] and utter_action == f"utter_{slots['topic']}":
            slots["condition"] = other_condition(tracker) or slots["condition"]
        response = self.generate_from_slots(utter_action, slots, channel, **variables)
        if response and answered:
            # What is left of two subjects is handed over as ever.
            handed_over = [response["text"]] if utter_action != NOT_COVERED or len(answered) < len(subjects) else []
            response["text"] = "\n\n".join([*answered.values(), *handed_over])
            response["metadata"] = {**(response.get("metadata") or {}), "clinic": list(answered)}
        if response and (language := _parsed(tracker).get(LANGUAGE)) and utter_action in IN_LANGUAGE:
            own = self._content.in_language(language, danger=utter_action != f"utter_{OTHER_LANGUAGE}")
            response["text"] = "\n\n".join(part for part in (own, response["text"]) if part)
        word = _parsed(tracker).get(WORD)
        if response and word and utter_action == f"utter_{entries()[word]['topic']}":
            response["text"] = f"{entries()[word]['text']}\n\n{response['text']}"
        return response

    def _clinics_own(self, utter_action: str, subjects: list[str], tracker: DialogueStateTracker) -> dict[str, str]:
        """Return the clinic's own answers to the latest message, by subject or topic."""
        topic = utter_action.removeprefix("utter_")
        asked = subjects if utter_action == NOT_COVERED else [topic] if topic in TOPICS_OF_ITS_OWN else []
        text = tracker.latest_message.text or "" if tracker.latest_message else ""
        answers = {name: self._content.clinic.answer(name, text, date.today()) for name in asked}
        return {name: answer for name, answer in answers.items() if answer}

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


def _subjects(tracker: DialogueStateTracker) -> list[str]:
    """Return the ids of the uncovered subjects that the latest message asks about."""
    return _parsed(tracker).get(NAMED_SUBJECTS) or []


def _parsed(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return what NLU found in the latest message."""
    message = tracker.latest_message
    return (message.parse_data or {}) if message else {}


def _entity(tracker: DialogueStateTracker, kind: str) -> str | None:
    return next(tracker.get_latest_entity_values(kind), None)
