"""Rasa component, last in the pipeline: a crisis, an emergency or misuse wins over every other intent."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
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
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.nlu import source_fingerprint
from ketamine_faq.nlu.safety_model import CRISIS, CRISIS_OF_OTHER, KINDS, NONE, Alarm, SafetyModel, pieces
from ketamine_faq.nlu.sentence_encoder import SentenceEncoder, sentence_vector, shared_encoder
from ketamine_faq.second_question_policy import SECOND_TOPIC


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyGate(GraphComponent, IntentClassifier):
    """Overrules the intent where SafetyModel raises an alarm.

    With a crisis it sets the entity `concerned` (self or other), so that the reply speaks to the right person.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the sentence vectors."""
        return [SentenceEncoder]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when any file that the pipeline is made of has changed."""
        return source_fingerprint()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: alarm at even odds. config.yml has the chosen thresholds."""
        return {"thresholds": dict.fromkeys(KINDS, 0.5)}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: SafetyModel | None = None
    ) -> None:
        """Keep what training and storing need; `model` is None until it is trained."""
        self._config, self._model_storage, self._resource, self._model = config, model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SafetyGate":
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "SafetyGate":
        """Load a trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, SafetyModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the examples of all intents, and store it."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = SafetyModel.fit(
            [example.get(TEXT) for example in examples],
            np.concatenate([sentence_vector(example) for example in examples]),
            [safety_label(example) for example in examples],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrule the intent of each message that raises an alarm."""
        for message in messages:
            if not message.get(TEXT):
                continue
            texts = pieces(message.get(TEXT))
            vectors = np.concatenate([sentence_vector(message), shared_encoder().encode(texts[1:])])
            alarm = self._model.alarm(texts, vectors, self._config["thresholds"])
            if alarm:
                _overrule(message, alarm)
        return messages


def safety_label(example: Message) -> str:
    """Return the class that the gate learns from a training example: its kind of danger, or `none`."""
    intent = example.get(INTENT)
    if intent not in KINDS:
        return NONE
    of_other = (example.get("metadata") or {}).get("intent", {}).get("concerned") == "other"
    return CRISIS_OF_OTHER if intent == CRISIS and of_other else intent


def _overrule(message: Message, alarm: Alarm) -> None:
    intent = {INTENT_NAME_KEY: alarm.intent, PREDICTED_CONFIDENCE_KEY: alarm.confidence}
    message.set(INTENT, intent, add_to_output=True)
    ranking = [entry for entry in message.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] != alarm.intent]
    message.set(INTENT_RANKING_KEY, [intent, *ranking], add_to_output=True)
    message.set(SECOND_TOPIC, None, add_to_output=True)
    if alarm.intent == CRISIS:
        whole = {"start": 0, "end": len(message.get(TEXT)), "extractor": "SafetyGate"}
        concerned = {"entity": "concerned", "value": "other" if alarm.of_other else "self", **whole}
        message.set(ENTITIES, [*message.get(ENTITIES, []), concerned], add_to_output=True)
