"""Rasa component: how sure it is of each topic, for a message and its parts. TopicDecision makes an intent of that."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.nlu import MODEL_SOURCES, source_fingerprint
from ketamine_faq.nlu.danger import learned_class
from ketamine_faq.nlu.message_parts import clauses, safety_readings
from ketamine_faq.nlu.sentence_encoder import VECTORS, SentenceEncoder, sentence_vector
from ketamine_faq.nlu.topic_model import TopicModel

# Attributes of a message. Probabilities by class, of the message and of its other readings: for the safety gate.
READINGS = "readings"
# Confidences by class, of the message and of its clauses: for the decision.
CONFIDENCES = "confidences"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Trains and runs TopicModel. It decides nothing, so that a threshold can change without training again."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the sentence vectors."""
        return [SentenceEncoder]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when a file that the model is made of has changed."""
        return source_fingerprint(MODEL_SOURCES)

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: TopicModel | None = None) -> None:
        """Keep what training and storing need; `model` is None until it is trained."""
        self._model_storage, self._resource, self._model = model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TopicClassifier":
        """Create an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "TopicClassifier":
        """Load a trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, TopicModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on all examples that have an intent, and store it."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = TopicModel.fit(
            [example.get(TEXT) for example in examples],
            np.concatenate([sentence_vector(example) for example in examples]),
            [learned_class(example) for example in examples],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set READINGS and CONFIDENCES: lists of `{class: number}`, the whole message first."""
        for message in messages:
            if vectors := message.get(VECTORS):
                self._read(message, vectors)
        return messages

    def _read(self, message: Message, vectors: dict[str, np.ndarray]) -> None:
        text, rows = message.get(TEXT), np.array(list(vectors.values()))
        probabilities = self._model.probabilities(list(vectors), rows)
        confidences = self._model.confidences(probabilities, rows)
        readings, asked = ([text, *parts] for parts in (safety_readings(text), clauses(text)))
        message.set(READINGS, self._by_class(probabilities, vectors, readings))
        message.set(CONFIDENCES, self._by_class(confidences, vectors, asked))

    def _by_class(
        self, numbers: np.ndarray, vectors: dict[str, np.ndarray], texts: list[str]
    ) -> list[dict[str, float]]:
        rows = dict(zip(vectors, numbers.tolist()))
        return [dict(zip(self._model.classes, rows[text])) for text in texts]
