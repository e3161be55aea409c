"""Rasa component: a message in another language is answered by a line in that language, and its danger is told."""

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.nlu.examples import CRISIS
from ketamine_faq.nlu.language import is_danger, language_of
from ketamine_faq.nlu.topic_classifier import CONCERNS
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC, TopicDecision

# In the parse data: the code of the language.
LANGUAGE = "language"
OTHER_LANGUAGE = "other_language"
# 'Gracias' is understood.
COURTESIES = ("thanks", "goodbye", "affirm", "deny")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageDetector(GraphComponent, IntentClassifier):
    """Sets LANGUAGE and the intent other_language. Of a word of danger, SafetyGate makes a crisis: it comes after."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for what it overrules."""
        return [TopicDecision]

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "LanguageDetector":
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Note the language of each message that isn't in English."""
        for message in messages:
            text = message.get(TEXT) or ""
            is_courtesy = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) in COURTESIES
            if (language := language_of(text)) and not is_courtesy:
                _note(message, language, text)
        return messages


def _note(message: Message, language: str, text: str) -> None:
    message.set(LANGUAGE, language, add_to_output=True)
    intent = {INTENT_NAME_KEY: OTHER_LANGUAGE, PREDICTED_CONFIDENCE_KEY: 1.0}
    others = [entry for entry in message.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] != OTHER_LANGUAGE]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)
    message.set(SECOND_TOPIC, None, add_to_output=True)
    # Only ever raised: what the models hear in another language may be chance, and may be a danger.
    if is_danger(language, text):
        message.set(CONCERNS, [{name: float(name == CRISIS) for name in (message.get(CONCERNS) or [{CRISIS: 0.0}])[0]}])
