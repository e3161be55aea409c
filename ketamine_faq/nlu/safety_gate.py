"""Rasa component, last in the pipeline: a crisis, an emergency or misuse wins over every other intent."""

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

from ketamine_faq.nlu.danger import Alarm, alarm
from ketamine_faq.nlu.learned_classes import CRISIS, KINDS
from ketamine_faq.nlu.topic_classifier import READINGS, TopicClassifier
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyGate(GraphComponent, IntentClassifier):
    """Overrules the intent where TopicClassifier's readings of the message, or a pattern, raise an alarm.

    With a crisis it sets the entity `concerned` (self or other), so that the reply speaks to the right person; with a
    weight the entity `weight`, so that no later answer of the conversation has a figure to make a dose of.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the class probabilities."""
        return [TopicClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: alarm at even odds. config.yml has the chosen thresholds."""
        return {"thresholds": dict.fromkeys(KINDS, 0.5)}

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "SafetyGate":
        """Create the component with its thresholds."""
        return cls(config["thresholds"])

    def __init__(self, thresholds: dict[str, float]) -> None:
        """Take the probability of each kind of danger from which it raises the alarm."""
        self._thresholds = thresholds

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent of each message that raises an alarm."""
        for message in messages:
            if message.get(TEXT) and (raised := alarm(message.get(TEXT), message.get(READINGS), self._thresholds)):
                _overrule(message, raised)
        return messages


def _overrule(message: Message, raised: Alarm) -> None:
    intent = {INTENT_NAME_KEY: raised.intent, PREDICTED_CONFIDENCE_KEY: raised.confidence}
    message.set(INTENT, intent, add_to_output=True)
    others = [entry for entry in message.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] != raised.intent]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
    message.set(SECOND_TOPIC, None, add_to_output=True)
    if raised.intent == CRISIS:
        _add_entity(message, "concerned", "other" if raised.of_other else "self")
    elif raised.intent not in KINDS:
        _add_entity(message, "weight", "named")


def _add_entity(message: Message, entity: str, value: str) -> None:
    whole = {"start": 0, "end": len(message.get(TEXT)), "extractor": SafetyGate.__name__}
    message.set(ENTITIES, [*message.get(ENTITIES, []), {"entity": entity, "value": value, **whole}], add_to_output=True)
