"""Rasa component: how likely each topic, subject and degree of concern is, for a message and its parts.

TopicDecision makes an intent of the topics, SafetyGate a degree of the concerns.
"""

import os
from concurrent.futures import ThreadPoolExecutor
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
from threadpoolctl import threadpool_limits

from ketamine_faq.nlu import MODEL_SOURCES, source_fingerprint
from ketamine_faq.nlu.examples import ASKS, Example, example_of, learned_examples
from ketamine_faq.nlu.message_parts import clauses, safety_readings
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import PooledModel
from ketamine_faq.nlu.second_labels import SecondLabels
from ketamine_faq.nlu.sentence_encoder import VECTORS, SentenceEncoder, Vectors, sentence_vector

# Attributes of a message. Probabilities by class of concern, of the message and of what is read beside it.
CONCERNS = "concerns"
# Confidences by topic, of the message and of its clauses.
CONFIDENCES = "confidences"
# Probabilities by subject of those that the article leaves out, of the same; and the clauses, as texts.
SUBJECT_PROBABILITIES, CLAUSES = "subject_probabilities", "clauses"
# In the parse data: what the message says if it comes after an alarm, and how sure that is, 0 to 1.
TURN = "turn"
# In the parse data: what is asked in danger, the likeliest of each group of askers, as
# `{group: {name, confidence, turn}}`.
ASKED = "asked"
# Turns that say nearly the same: a step that protects, being safe, what is told of a life, asking what to do.
TURN_KINDS = (
    {"turn_protects", "turn_means_away", "turn_goes_to", "turn_coming", "turn_reached"},
    {"turn_safe", "turn_other_safe"},
    {"turn_tells", "turn_pain", "turn_burden", "turn_nobody", "turn_ashamed"},
    {"turn_support_other", "turn_what_to_say", "turn_what_now", "turn_which_help"},
)
OF_A_KIND = set().union(*TURN_KINDS)
TOPICS_FOLDER, CONCERNS_FOLDER, TURNS_FOLDER = "topics", "concerns", "turns"
SECOND_LABELS_FOLDER = "second_labels"
# The topics whose replies name a subject, the weightiest first: of two such questions, it speaks for both. A subject is
# looked for where the confidence in one of them is so high.
NAMING, LEAST_TO_NAME = ("in_treatment", "personal_concern", "not_covered"), 0.2


class MessageModel:
    """The models of a message: of its topic, of its concern, and of what it says after an alarm.

    Topics are learned from what is no danger, concern from dangers, too, and turns from what is said after an alarm.
    """

    def __init__(self, ngrams: NGrams, topics: PooledModel, concerns: PooledModel, turns: PooledModel) -> None:
        """Take the fitted parts."""
        self.ngrams, self.topics, self.concerns, self.turns = ngrams, topics, concerns, turns

    @classmethod
    def fit(cls, examples: list[Example], vectors: np.ndarray) -> "MessageModel":
        """Learn from examples and their unit vectors (float32, (n, d))."""
        ngrams, rows = NGrams.fit([example.text for example in examples])

        def fitted(labels: list[str | None], balanced: bool) -> PooledModel:
            known = [index for index, label in enumerate(labels) if label]
            own = [label for label in labels if label]
            return PooledModel.fit(rows[known], vectors[known], own, balanced=balanced)

        # One to a core, the longest first: more at once would push each other's weights out of the cache.
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
            topics = pool.submit(fitted, [example.topic for example in examples], balanced=True)
            # Dangers are rarer in life than among the examples; weighed like all else, they would be heard anywhere.
            concerns = pool.submit(fitted, [example.concern for example in examples], balanced=False)
            # What is asked in danger has a model of its own, and its examples blur the turns for this one.
            own_turns = [example.turn if ASKS not in example.metadata else None for example in examples]
            turns = pool.submit(fitted, own_turns, balanced=True)
        return cls(ngrams, topics.result(), concerns.result(), turns.result())

    def save(self, folder: Path) -> None:
        """Write the models as arrays and JSON into an existing folder."""
        self.ngrams.save(folder)
        self.topics.save(folder / TOPICS_FOLDER)
        self.concerns.save(folder / CONCERNS_FOLDER)
        self.turns.save(folder / TURNS_FOLDER)

    @classmethod
    def load(cls, folder: Path) -> "MessageModel":
        """Read what `save` wrote."""
        models = (PooledModel.load(folder / name) for name in (TOPICS_FOLDER, CONCERNS_FOLDER, TURNS_FOLDER))
        return cls(NGrams.load(folder), *models)

    def concern_probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each class of concern: float array (n, classes)."""
        return self.concerns.probabilities(self.ngrams.rows(texts), vectors)

    def topic_confidences(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the confidence in each topic, 0 to 1: float array (n, topics)."""
        return self.topics.confidences(self.topics.probabilities(self.ngrams.rows(texts), vectors), vectors)

    def turn(self, text: str, vector: np.ndarray) -> dict[str, Any]:
        """Return the likeliest turn after an alarm, as `{name, confidence}`; `vector` is a row, (1, d).

        Turns of one kind count together: it is the likeliest of the likeliest kind, as sure as the kind is.
        """
        (row,) = self.turns.probabilities(self.ngrams.rows([text]), vector)
        by_turn = dict(zip(self.turns.classes, row.tolist()))
        kinds = [kind & by_turn.keys() for kind in TURN_KINDS] + [{turn} for turn in by_turn if turn not in OF_A_KIND]
        kind = max(kinds, key=lambda turns: sum(by_turn[turn] for turn in turns))
        return {"name": max(kind, key=by_turn.__getitem__), "confidence": sum(by_turn[turn] for turn in kind)}

    def clauses_differ(self, parts: list[str]) -> bool:
        """Tell whether the n-grams alone name more than one topic among the parts, or one that has many subjects."""
        named = set(self.topics.likeliest_by_ngrams(self.ngrams.rows(parts)))
        return len(named) > 1 or bool(named & set(NAMING))


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

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        model: MessageModel | None = None,
        second_labels: SecondLabels | None = None,
    ) -> None:
        """Keep what training and storing need; the models are None until trained."""
        self._model_storage, self._resource = model_storage, resource
        self._model, self._second_labels = model, second_labels

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
            models = MessageModel.load(folder), SecondLabels.load(folder / SECOND_LABELS_FOLDER)
            return cls(model_storage, resource, *models)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on all examples that have an intent, and store it."""
        messages = learned_examples(training_data)
        vectors = np.concatenate([sentence_vector(message) for message in messages])
        examples = [example_of(message) for message in messages]
        # Beside each other: one waits for the encoder while the other counts n-grams.
        with ThreadPoolExecutor(1) as beside:
            second_labels = beside.submit(SecondLabels.fit, examples)
            self._model = MessageModel.fit(examples, vectors)
            self._second_labels = second_labels.result()
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            self._second_labels.save(folder / SECOND_LABELS_FOLDER)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set CONCERNS, CONFIDENCES and SUBJECT_PROBABILITIES: lists of `{class: number}`, the whole message first."""
        for message in messages:
            if text := message.get(TEXT):
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        assert self._model and self._second_labels, "Rasa loads a component before it has messages to read."
        vectors = message.get(VECTORS)
        beside = [text, *safety_readings(text)]
        concerns = self._model.concern_probabilities(beside, _rows(vectors, beside))
        message.set(CONCERNS, _by_class(self._model.concerns.classes, concerns))
        message.set(TURN, self._model.turn(text, _rows(vectors, [text])), add_to_output=True)
        message.set(ASKED, self._second_labels.asked(text), add_to_output=True)
        asked, parts = [text], clauses(text)
        # Most clauses are no questions of their own, which n-grams tell in a tenth of the time that a vector takes.
        if parts and self._model.clauses_differ(parts):
            asked += parts
        confidences = self._model.topic_confidences(asked, _rows(vectors, asked))
        by_topic = _by_class(self._model.topics.classes, confidences)
        message.set(CONFIDENCES, by_topic)
        message.set(SUBJECT_PROBABILITIES, [self._subjects_of(*reading) for reading in zip(asked, by_topic)])
        message.set(CLAUSES, asked[1:])

    def _subjects_of(self, text: str, confidences: dict[str, float]) -> dict[str, float]:
        """Return the probability of each subject where the text may be answered by a reply that names one."""
        may_name = max(confidences.get(topic, 0.0) for topic in NAMING) >= LEAST_TO_NAME
        assert self._second_labels
        return self._second_labels.subjects(text) if may_name else {}


def _rows(vectors: Vectors, texts: list[str]) -> np.ndarray:
    return np.array([vectors[text] for text in texts])


def _by_class(classes: list[str], numbers: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(classes, row)) for row in numbers.tolist()]
