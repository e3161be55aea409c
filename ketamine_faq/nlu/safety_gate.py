"""Rasa component, last in the pipeline: says how much concern a message raises; danger wins over the topic."""

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.content.topics import ANSWERS, topics
from ketamine_faq.nlu.concern import DANGER, Concern, Thresholds, concern_of, life_of, plain_turn, signs_of
from ketamine_faq.nlu.examples import CRISIS, DANGERS, POSSIBLE
from ketamine_faq.nlu.message_parts import is_question
from ketamine_faq.nlu.topic_classifier import CLAUSES, CONCERNS, NAMING, TURN, TopicClassifier
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC

# In the parse data: the degree, `danger` or `possible`; the kinds of sign; the topic that a danger has put aside.
CONCERN, SIGNS, PUT_ASIDE = "concern", "signs", "put_aside"
CONTACT, PERSONAL_CONCERN, OTHER_LANGUAGE = "contact", "personal_concern", "other_language"
# Less sure than this, the topic is not worth coming back to; from this on, it is what the message asks.
SURE_TOPIC, SURE_QUESTION = 0.5, 0.7
# A part that is so sure is a danger, whatever is asked beside it.
SURE_OF_PART = 0.9


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyGate(GraphComponent, IntentClassifier):
    """Sets CONCERN, and overrules the intent where the message is a danger or misuse, or names a weight.

    With a crisis it sets the entity `concerned` (self or other), so that the reply speaks to the right person; with a
    weight the entity `weight`, so that no later answer of the conversation has a figure to make a dose of.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the class probabilities."""
        return [TopicClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults. config.yml has the chosen thresholds."""
        return {"thresholds": {}}

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "SafetyGate":
        """Create the component with its thresholds."""
        return cls(Thresholds(**config["thresholds"]))

    def __init__(self, thresholds: Thresholds) -> None:
        """Take the probabilities from which a degree begins."""
        self._thresholds = thresholds
        # Whoever asks for another language is told how to get an interpreter, with the ambulance's number.
        self._answers = {topic.id for topic in topics() if topic.group == ANSWERS} | {OTHER_LANGUAGE}

    def process(self, messages: list[Message]) -> list[Message]:
        """Say how much concern each message raises, and overrule its intent where that is called for."""
        for message in messages:
            if message.get(TEXT):
                whole, *parts = message.get(CONCERNS)
                if turn := plain_turn(message.get(TEXT)):
                    message.set(TURN, {"name": turn, "confidence": 1.0}, add_to_output=True)
                message.set(SIGNS, sorted(signs_of(message.get(TEXT))), add_to_output=True)
                found = concern_of(message.get(TEXT), whole, parts, self._thresholds)
                _note(message, Concern(POSSIBLE) if self._is_rather_a_question(message, found, parts) else found)
        return messages

    def _is_rather_a_question(self, message: Message, found: Concern, parts: list[dict[str, float]]) -> bool:
        """Tell whether a message surely asks about treatment, and its danger is unsure as a whole and in each part."""
        topic = message.get(INTENT) or {}
        unsure = self._thresholds.danger <= found.confidence < self._thresholds.danger_beside_question
        plain = message.get(SIGNS) or any(life_of(part) >= SURE_OF_PART for part in parts)
        if found.degree != DANGER or not unsure or plain:
            return False
        sure = topic.get(INTENT_NAME_KEY) in self._answers and topic[PREDICTED_CONFIDENCE_KEY] >= SURE_QUESTION
        return sure and (topic.get(INTENT_NAME_KEY) == OTHER_LANGUAGE or _asks(message))


def _note(message: Message, found: Concern) -> None:
    if found.degree:
        message.set(CONCERN, found.degree, add_to_output=True)
    if not found.intent:
        return
    if found.intent in DANGERS:
        topic = message.get(INTENT) or {}
        # What is told of oneself looks like these topics, too.
        told = topic.get(INTENT_NAME_KEY) in (*NAMING, CONTACT) and not _asks(message)
        if not told and topic.get(PREDICTED_CONFIDENCE_KEY, 0.0) >= SURE_TOPIC:
            message.set(PUT_ASIDE, topic[INTENT_NAME_KEY], add_to_output=True)
    intent = {INTENT_NAME_KEY: found.intent, PREDICTED_CONFIDENCE_KEY: found.confidence}
    message.set(INTENT, intent, add_to_output=True)
    others = [entry for entry in message.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] != found.intent]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
    message.set(SECOND_TOPIC, None, add_to_output=True)
    if found.intent == CRISIS:
        _add_entity(message, "concerned", "other" if found.of_other else "self")
    elif found.intent == PERSONAL_CONCERN:
        _add_entity(message, "weight", "named")


def _asks(message: Message) -> bool:
    return any(map(is_question, (message.get(TEXT), *message.get(CLAUSES, ()))))


def _add_entity(message: Message, entity: str, value: str) -> None:
    whole = {"start": 0, "end": len(message.get(TEXT)), "extractor": SafetyGate.__name__}
    message.set(ENTITIES, [*message.get(ENTITIES, []), {"entity": entity, "value": value, **whole}], add_to_output=True)
