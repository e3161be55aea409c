"""Rasa's response generator (`nlg:` in endpoints.yml): no reply leaves it without the disclaimer."""

import copy
import logging
from datetime import date
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.nlg.response import ResponseVariationFilter
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from ketamine_faq.content.clinic import TOPICS_OF_ITS_OWN
from ketamine_faq.content.texts import CARER, PATIENT, content, written_for
from ketamine_faq.dialogue.asked import ANSWER
from ketamine_faq.dialogue.audience import audience_of
from ketamine_faq.dialogue.concern_state import AROUND, concern_state, said_wordings
from ketamine_faq.dialogue.concern_steps import ASKED, CHILD, HELPED, LEAVING, ConcernState
from ketamine_faq.dialogue.contact_link import contact_link
from ketamine_faq.dialogue.guidance import CLOSE, guided
from ketamine_faq.dialogue.second_question_policy import second_topic
from ketamine_faq.nlu.concern import DANGER
from ketamine_faq.nlu.examples import CRISIS, EMERGENCY, POSSIBLE
from ketamine_faq.nlu.glossary import WORD, entries
from ketamine_faq.nlu.language_detector import LANGUAGE, OTHER_LANGUAGE
from ketamine_faq.nlu.subjects import NAMED_SUBJECTS

logger = logging.getLogger(__name__)

SUGGESTED = 3
# This reply names a number already: a caring line would say it twice.
WITH_NUMBER = "utter_distress"
# Replies that are made of words of their own where all have been said.
COMPOSED_APART = ("violence", "safe", "clinician", "baby", "threat", "holds_on")
# Whom to call beside an answer that names nobody.
NEAREST = "lifeline"
# Where the clinic's own facts are the answer; and what another language's line stands before, with those of a danger.
NOT_COVERED, IN_OTHER_LANGUAGE = "utter_not_covered", f"utter_{OTHER_LANGUAGE}"


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
        state = concern_state(tracker)
        response = self._curated(utter_action, tracker, output_channel, state)
        if response is None:
            logger.error("No text for '%s': add it to content/ and train again.", utter_action)
            return {"text": self._content.failure}
        metadata = response.setdefault("metadata", {})
        metadata |= {"concern": _degree(tracker, state), "stage": state.stage}
        if ANSWER in utter_action and state.stage == ASKED:
            # What was asked is answered, and the question on safety still stands.
            metadata["answers"] = "other" if state.about_other else "self"
        if _is_first_of_two(utter_action, tracker, state):
            return response
        response["buttons"] = self._buttons(utter_action, metadata, tracker)
        text = response.get("text") or ""
        # A question that the state has counted is always asked; else whoever goes on would answer what nobody has said.
        if state.line and (utter_action != WITH_NUMBER or state.line != "check_in"):
            text = f"{text}\n\n{self._content.line(state.line, tracker.sender_id)}"
            response["buttons"] += self._content.answer_buttons("self") if state.line.startswith("ask") else []
        response["text"] = self.closed(text)
        return response

    def closed(self, text: str) -> str:
        """Return the text with the disclaimer at its end, and nowhere else."""
        disclaimer = self._content.disclaimer
        return "\n\n".join(part for part in (text.replace(disclaimer, "").strip(), disclaimer) if part)

    def _curated(
        self, utter_action: str, tracker: DialogueStateTracker, channel: str, state: ConcernState
    ) -> dict[str, Any] | None:
        named = _parsed(tracker).get(NAMED_SUBJECTS) or []
        own = self._clinics_own(utter_action, named, tracker)
        variables = self._content.variables(*(subject for subject in named if subject not in own))
        slots = self._slots(utter_action, tracker)
        variables["contact_link"] = slots.pop("contact_link", None) or variables["contact_form_url"]
        if state.stage or state.replies:
            writer = CHILD if CHILD in state.signs else "self"
            slots["concerned"] = "other" if state.about_other else writer
        is_first_alarm = state.wording and utter_action in (f"utter_{CRISIS}", f"utter_{EMERGENCY}")
        source = f"utter_{state.wording}" if is_first_alarm else utter_action
        said = said_wordings(tracker)
        response = self._unsaid(source, channel, slots, said)
        if response is None:
            return None
        response = self._fill_response(response, slots, **variables)
        if own:
            # What is left of two subjects is handed over as ever.
            left = utter_action != NOT_COVERED or len(own) < len(named)
            response["text"] = "\n\n".join([*own.values(), *([response["text"]] if left else [])])
            response["metadata"] = {**(response.get("metadata") or {}), "clinic": list(own)}
        text = response.get("text") or ""
        if utter_action.startswith(f"utter_{CRISIS}"):
            message = (tracker.latest_message.text if tracker.latest_message else "") or ""
            text, around = guided(text, message, state, said)
            written = response.get("metadata") or {}
            added = [EMERGENCY] if any(name.startswith(CLOSE) for name in around) else []
            services = [*added, *written.get("services", ())]
            # An answer may name nobody: someone to call or text is always in reach.
            services = services or ([NEAREST] if ANSWER in utter_action else [])
            response["metadata"] = {**written, AROUND: around, "services": services}
        response["text"] = "\n\n".join([*self._before(utter_action, tracker), text])
        return response

    def _slots(self, utter_action: str, tracker: DialogueStateTracker) -> dict[str, Any]:
        """Return the slots that select a variation: as the latest message means them."""
        slots = tracker.current_slot_values()
        # Who asks about somebody else is a carer in this reply; in all that follow, only who says so.
        audience = audience_of(tracker)
        is_carer = audience == PATIENT and _entity(tracker, "about")
        audience = CARER if is_carer else audience
        return slots | {"audience": written_for(audience, self.responses.get(utter_action, []))}

    def _before(self, utter_action: str, tracker: DialogueStateTracker) -> list[str]:
        """Return what stands before a reply: a line in the visitor's language, or the meaning of a word."""
        parsed, parts = _parsed(tracker), []
        danger = utter_action.startswith((f"utter_{CRISIS}", f"utter_{EMERGENCY}"))
        if parsed.get(LANGUAGE) and (danger or utter_action == IN_OTHER_LANGUAGE):
            parts.append(self._content.in_language(parsed[LANGUAGE], danger=danger))
        word = entries().get(str(parsed.get(WORD)))
        if word and utter_action == f"utter_{word['topic']}":
            parts.append(word["text"])
        return [part for part in parts if part]

    def _clinics_own(self, utter_action: str, subjects: list[str], tracker: DialogueStateTracker) -> dict[str, str]:
        """Return the clinic's own answers to the latest message, by subject or topic."""
        topic = utter_action.removeprefix("utter_")
        asked = subjects if utter_action == NOT_COVERED else [topic] if topic in TOPICS_OF_ITS_OWN else []
        text = (tracker.latest_message.text if tracker.latest_message else "") or ""
        answers = {name: self._content.clinic.answer(name, text, date.today()) for name in asked}
        return {name: answer for name, answer in answers.items() if answer}

    def _unsaid(self, action: str, channel: str, slots: dict[str, Any], said: set[str]) -> dict[str, Any] | None:
        """Return a wording that the talk has not had; after an alarm one is made where all have been said."""
        if action not in self.responses:
            return None
        # Rasa gives the responses when a model is loaded, after this was made.
        fitting = self._fitting(action, channel, slots)
        if slots.get("concerned") == CHILD:
            fitting += self._fitting(action, channel, slots | {"concerned": "self"})
        fresh = next((response for response in fitting if response.get("id") not in said), None)
        kind = action.removeprefix("utter_").partition("_")[0]
        if fitting and not fresh and kind in (CRISIS, EMERGENCY):
            fresh = self._content.composed(_kind_of_composed(action, kind, slots), said)
        return copy.deepcopy(fresh or next(iter(fitting), None))

    def _fitting(self, action: str, channel: str, slots: dict[str, Any]) -> list[dict[str, Any]]:
        return list(ResponseVariationFilter(self.responses).responses_for_utter_action(action, channel, slots))

    def _buttons(
        self, utter_action: str, metadata: dict[str, Any], tracker: DialogueStateTracker
    ) -> list[dict[str, str]]:
        topic = utter_action.removeprefix("utter_")
        topics = self._content.starters if metadata.get("starters") else self._content.next_topics(topic)
        if utter_action == "utter_did_you_mean":
            topics = self._likeliest(tracker)
        buttons = [self._content.service_button(name) for name in metadata.get("services", ())]
        buttons += self._content.answer_buttons(metadata.get("answers"))
        buttons += [self._content.question_button(name) for name in topics]
        if metadata.get("handoff"):
            link = contact_link(tracker.current_slot_values())
            asks = metadata.get("asks")
            buttons += [self._content.contact_button(link)] if asks else self._content.contact_buttons(link)
        if metadata["concern"] == DANGER and topic.startswith(CRISIS):
            buttons.append(self._content.other_lines_button())
        return buttons

    def _likeliest(self, tracker: DialogueStateTracker) -> list[str]:
        ranking = tracker.latest_message.parse_data.get("intent_ranking", [])
        named = [entry["name"] for entry in ranking if self._content.has_question(entry["name"])]
        return named[:SUGGESTED]


def _kind_of_composed(action: str, kind: str, slots: dict[str, Any]) -> str:
    """Return of which parts a reply is made: by what it says, and whom it speaks to."""
    if kind == EMERGENCY:
        return kind
    named = next((name for name in COMPOSED_APART if name in action.partition(ANSWER)[0]), None)
    of_other = slots.get("concerned") == "other"
    return "carer" if of_other and named in (None, "holds_on") else named or kind


def _is_first_of_two(utter_action: str, tracker: DialogueStateTracker, state: ConcernState) -> bool:
    if state.replies:
        return len(state.replies) > 1 and utter_action == f"utter_{state.replies[0]}"
    return bool(second_topic(tracker)) and utter_action == f"utter_{tracker.latest_message.intent['name']}"


def _degree(tracker: DialogueStateTracker, state: ConcernState) -> str | None:
    """Return how much concern a reply shows: what the widget makes a card of, and what is counted."""
    if state.replies:
        if state.wording or state.stage not in (None, HELPED, LEAVING):
            return DANGER
        return POSSIBLE if state.stage else None
    parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
    return POSSIBLE if state.line or parsed.get("concern") == POSSIBLE else None


def _parsed(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return what NLU found in the latest message."""
    message = tracker.latest_message
    return (message.parse_data or {}) if message else {}


def _entity(tracker: DialogueStateTracker, kind: str) -> str | None:
    return next(tracker.get_latest_entity_values(kind), None)
