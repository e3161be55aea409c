"""Rasa component: the topic that a message asks about, and the second one where it asks two."""

import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.nlu import source_fingerprint
from ketamine_faq.nlu.danger import CRISIS_OF_OTHER, pieces
from ketamine_faq.nlu.sentence_encoder import SentenceEncoder, sentence_vector, shared_encoder
from ketamine_faq.nlu.topic_model import TopicModel
from ketamine_faq.second_question_policy import SECOND_TOPIC

RANKED = 10
MOST_CLAUSES = 8
# The message's attribute with the class probabilities of the message and of its pieces, for the safety gate.
READINGS = "readings"
# Where one question may end and the next begin.
CLAUSE_END = re.compile(r"[?.;!\n]+|,?\s+(?:and|also|plus|then|as well as|&)\s+|,\s+", re.IGNORECASE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Names the intent by TopicModel; where no topic reaches `lost_threshold` it is one of `handoffs`, never a guess.

    Intents outside `answers` and `handoffs` (small talk, steering ...) are named as any other, but never second.
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
        """Return the defaults; config.yml says where its values come from."""
        return {"lost_threshold": 0.0, "handoffs": [], "second_threshold": 1.0, "answers": []}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: TopicModel | None = None
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
    ) -> "TopicClassifier":
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
    ) -> "TopicClassifier":
        """Load a trained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TopicModel.load(folder))

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
        """Set intent, ranking, READINGS and, where there is one, the second topic."""
        for message in messages:
            if text := message.get(TEXT):
                self._classify(message, text)
        return messages

    def _classify(self, message: Message, text: str) -> None:
        # The message, its pieces and its clauses in one go: a batch costs little more than a message.
        parts, questions = pieces(text), clauses(text)
        texts = [text, *parts, *questions]
        vectors = np.concatenate([sentence_vector(message), shared_encoder().encode(texts[1:])])
        probabilities = self._model.probabilities(texts, vectors)
        readings = [dict(zip(self._model.classes, row.tolist())) for row in probabilities[: 1 + len(parts)]]
        message.set(READINGS, readings)
        confidences = self._model.confidences(probabilities, vectors)
        ranking = self._ranking(confidences[0])
        topics = self._topics(confidences[1 + len(parts) :])
        if len(topics) == 2:
            ranking.sort(key=lambda entry: entry[INTENT_NAME_KEY] != topics[0])
            message.set(SECOND_TOPIC, topics[1], add_to_output=True)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:RANKED], add_to_output=True)

    def _ranking(self, confidences: np.ndarray) -> list[dict[str, Any]]:
        """Return all intents, likeliest first; a hand-off counts as sure as it is that no other topic fits."""
        order = np.argsort(-confidences)
        ranking = [_intent(self._model.classes[index], confidences[index]) for index in order]
        ranking = [entry for entry in ranking if entry[INTENT_NAME_KEY] != CRISIS_OF_OTHER]
        handoffs = [entry for entry in ranking if entry[INTENT_NAME_KEY] in self._config["handoffs"]]
        best = next((entry for entry in ranking if entry not in handoffs), None)
        if handoffs and best and (ranking[0] is handoffs[0] or self._is_lost(best)):
            handoffs[0][PREDICTED_CONFIDENCE_KEY] = 1.0 - best[PREDICTED_CONFIDENCE_KEY]
            ranking.sort(key=lambda entry: entry is not handoffs[0])
        return ranking

    def _is_lost(self, best: dict[str, Any]) -> bool:
        return best[PREDICTED_CONFIDENCE_KEY] < self._config["lost_threshold"]

    def _topics(self, confidences: np.ndarray) -> list[str]:
        """Return the answerable topics that clauses surely ask about, in their order."""
        sure = confidences.max(axis=1, initial=0.0) >= self._config["second_threshold"]
        named = [self._model.classes[index] for index in confidences[sure].argmax(axis=1)]
        return list(dict.fromkeys(name for name in named if name in self._config["answers"]))


def learned_class(example: Message) -> str:
    """Return the class of a training example: its intent, or CRISIS_OF_OTHER where its metadata says so."""
    of_other = (example.get("metadata") or {}).get("intent", {}).get("concerned") == "other"
    return CRISIS_OF_OTHER if of_other else example.get(INTENT)


def clauses(text: str) -> list[str]:
    """Return the parts of a text that may each be a question; none where there is only one."""
    parts = [part.strip() for part in CLAUSE_END.split(text)]
    parts = [part for part in parts if part]
    return parts[:MOST_CLAUSES] if len(parts) > 1 else []


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: float(confidence)}
