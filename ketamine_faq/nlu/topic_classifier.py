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
from ketamine_faq.nlu.learned_classes import learned_class, learned_examples
from ketamine_faq.nlu.message_parts import clauses, safety_readings
from ketamine_faq.nlu.sentence_encoder import VECTORS, SentenceEncoder, Vectors, is_fine_tuned, sentence_vector
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
        examples = learned_examples(training_data)
        self._model = TopicModel.fit(
            [example.get(TEXT) for example in examples],
            np.concatenate([sentence_vector(example) for example in examples]),
            [learned_class(example) for example in examples],
            by_nearness=not is_fine_tuned(len(examples)),
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set READINGS and CONFIDENCES: lists of `{class: number}`, the whole message first."""
        for message in messages:
            if text := message.get(TEXT):
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        vectors, parts = message.get(VECTORS), clauses(text)
        readings = self._probabilities([text, *safety_readings(text)], vectors)
        message.set(READINGS, self._by_class(readings))
        asked = readings[:1]
        # Most clauses are no questions of their own, which n-grams tell in a tenth of the time that a vector takes.
        if len(set(self._model.likeliest_by_ngrams(parts))) > 1:
            asked = np.concatenate([asked, self._probabilities(parts, vectors)])
        rows = np.array([vectors[part] for part in (text, *parts)[: len(asked)]])
        message.set(CONFIDENCES, self._by_class(self._model.confidences(asked, rows)))

    def _probabilities(self, texts: list[str], vectors: Vectors) -> np.ndarray:
        return self._model.probabilities(texts, np.array([vectors[text] for text in texts]))

    def _by_class(self, numbers: np.ndarray) -> list[dict[str, float]]:
        return [dict(zip(self._model.classes, row)) for row in numbers.tolist()]
