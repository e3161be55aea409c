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
from ketamine_faq.nlu.sentence_encoder import SentenceEncoder, sentence_vector, shared_encoder
from ketamine_faq.nlu.topic_model import TopicModel
from ketamine_faq.second_question_policy import SECOND_TOPIC

RANKED = 10
# Where one question may end and the next begin.
CLAUSE_END = re.compile(r"[?.;!\n]+|,?\s+(?:and|also|plus|then|as well as|&)\s+|,\s+", re.IGNORECASE)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Names the intent by TopicModel; below `lost_threshold` it is one of `lost_topics`, never a guess."""

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
        return {"lost_threshold": 0.0, "lost_topics": [], "second_threshold": 1.0, "answers": []}

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
            [example.get(INTENT) for example in examples],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and, where there is one, the second topic."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            ranking = self._ranking(self._model.predict([text], sentence_vector(message))[0])
            first, second = self._two_questions(text)
            if second:
                ranking.sort(key=lambda entry: entry[INTENT_NAME_KEY] != first)
                message.set(SECOND_TOPIC, second, add_to_output=True)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKED], add_to_output=True)
        return messages

    def _ranking(self, confidences: np.ndarray) -> list[dict[str, Any]]:
        order = np.argsort(-confidences)
        ranking = [_intent(self._model.classes[index], confidences[index]) for index in order]
        if confidences[order[0]] < self._config["lost_threshold"]:
            lost = next(entry for entry in ranking if entry[INTENT_NAME_KEY] in self._config["lost_topics"])
            ranking.remove(lost)
            ranking.insert(0, _intent(lost[INTENT_NAME_KEY], 1.0 - confidences[order[0]]))
        return ranking

    def _two_questions(self, text: str) -> tuple[str | None, str | None]:
        clauses = [clause.strip() for clause in CLAUSE_END.split(text)]
        clauses = [clause for clause in clauses if clause]
        if len(clauses) < 2:
            return None, None
        confidences = self._model.predict(clauses, shared_encoder().encode(clauses))
        topics: list[str] = []
        for row in confidences:
            topic = self._model.classes[row.argmax()]
            if row.max() >= self._config["second_threshold"] and topic in self._config["answers"]:
                topics.append(topic)
        distinct = list(dict.fromkeys(topics))
        return (distinct[0], distinct[1]) if len(distinct) == 2 else (None, None)


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: float(confidence)}
