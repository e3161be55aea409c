"""Rasa component: how likely each topic, each subject and each degree of concern is, for a message and its parts.

TopicDecision makes an intent of the topics and names the subjects, SafetyGate makes a degree of the concerns.
"""

from pathlib import Path
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
from ketamine_faq.nlu.examples import Example, example_of, learned_examples
from ketamine_faq.nlu.message_parts import clauses, safety_readings
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import PooledModel
from ketamine_faq.nlu.sentence_encoder import VECTORS, SentenceEncoder, Vectors, sentence_vector

# Attributes of a message. Probabilities by class of concern, of the message and of what is read beside it.
CONCERNS = "concerns"
# Confidences by topic, of the message and of its clauses.
CONFIDENCES = "confidences"
# Probabilities by subject of those that the article leaves out, of the same.
SUBJECT_PROBABILITIES = "subject_probabilities"
TOPICS_FOLDER, CONCERNS_FOLDER, SUBJECTS_FOLDER = "topics", "concerns", "subjects"


class MessageModel:
    """The models of a message: of its topic, learned from what is no danger, of its concern, from all, of its subject.

    The subject is learned from the examples whose metadata names one; without any, there is no such model.
    """

    def __init__(
        self, ngrams: NGrams, topics: PooledModel, concerns: PooledModel, subjects: PooledModel | None = None
    ) -> None:
        """Take the fitted parts."""
        self.ngrams, self.topics, self.concerns, self.subjects = ngrams, topics, concerns, subjects

    @classmethod
    def fit(cls, examples: list[Example], vectors: np.ndarray) -> "MessageModel":
        """Learn from examples and their unit vectors (float32, (n, d))."""
        ngrams, rows = NGrams.fit([example.text for example in examples])
        topical = [index for index, example in enumerate(examples) if example.topic]
        topics = PooledModel.fit(rows[topical], vectors[topical], [examples[index].topic for index in topical])
        # Dangers are rarer in life than among the examples; weighed the same as all else, they would be heard anywhere.
        concerns = PooledModel.fit(rows, vectors, [example.concern for example in examples], balanced=False)
        about = {index: name for index, example in enumerate(examples) if (name := example.metadata.get("subject"))}
        subjects = None
        if len(set(about.values())) > 1:
            subjects = PooledModel.fit(rows[list(about)], vectors[list(about)], list(about.values()), balanced=False)
        return cls(ngrams, topics, concerns, subjects)

    def save(self, folder: Path) -> None:
        """Write the models as arrays and JSON into an existing folder."""
        self.ngrams.save(folder)
        self.topics.save(folder / TOPICS_FOLDER)
        self.concerns.save(folder / CONCERNS_FOLDER)
        if self.subjects:
            self.subjects.save(folder / SUBJECTS_FOLDER)

    @classmethod
    def load(cls, folder: Path) -> "MessageModel":
        """Read what `save` wrote."""
        folders = [folder / name for name in (TOPICS_FOLDER, CONCERNS_FOLDER, SUBJECTS_FOLDER)]
        return cls(NGrams.load(folder), *(PooledModel.load(path) for path in folders if path.is_dir()))

    def concern_probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each class of concern: float array (n, classes)."""
        return self.concerns.probabilities(self.ngrams.rows(texts), vectors)

    def topic_confidences(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the confidence in each topic, 0 to 1: float array (n, topics)."""
        return self.topics.confidences(self.topics.probabilities(self.ngrams.rows(texts), vectors), vectors)

    def subject_probabilities(self, texts: list[str], vectors: np.ndarray) -> list[dict[str, float]]:
        """Return the probability of each subject for each text: empty where there is no such model."""
        if not self.subjects:
            return [{} for _ in texts]
        return _by_class(self.subjects.classes, self.subjects.probabilities(self.ngrams.rows(texts), vectors))

    def clauses_differ(self, parts: list[str]) -> bool:
        """Tell whether the n-grams alone name more than one topic among the parts, or more than one subject."""
        rows = self.ngrams.rows(parts)
        models = [model for model in (self.topics, self.subjects) if model]
        return any(len(set(model.likeliest_by_ngrams(rows))) > 1 for model in models)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Trains and runs MessageModel. It decides nothing, so that a threshold can change without training again."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the sentence vectors."""
        return [SentenceEncoder]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when a file that the model is made of has changed."""
        return source_fingerprint(MODEL_SOURCES)

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: MessageModel | None = None) -> None:
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
            return cls(model_storage, resource, MessageModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on all examples that have an intent, and store it."""
        messages = learned_examples(training_data)
        vectors = np.concatenate([sentence_vector(message) for message in messages])
        self._model = MessageModel.fit([example_of(message) for message in messages], vectors)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set CONCERNS and CONFIDENCES: lists of `{class: number}`, the whole message first."""
        for message in messages:
            if text := message.get(TEXT):
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        vectors = message.get(VECTORS)
        beside = [text, *safety_readings(text)]
        concerns = self._model.concern_probabilities(beside, _rows(vectors, beside))
        message.set(CONCERNS, _by_class(self._model.concerns.classes, concerns))
        asked, parts = [text], clauses(text)
        # Most clauses are no questions of their own, which n-grams tell in a tenth of the time that a vector takes.
        if parts and self._model.clauses_differ(parts):
            asked += parts
        confidences = self._model.topic_confidences(asked, _rows(vectors, asked))
        message.set(CONFIDENCES, _by_class(self._model.topics.classes, confidences))
        message.set(SUBJECT_PROBABILITIES, self._model.subject_probabilities(asked, _rows(vectors, asked)))


def _rows(vectors: Vectors, texts: list[str]) -> np.ndarray:
    return np.array([vectors[text] for text in texts])


def _by_class(classes: list[str], numbers: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(classes, row)) for row in numbers.tolist()]
