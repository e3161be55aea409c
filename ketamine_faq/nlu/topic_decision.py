"""Rasa component: makes TopicClassifier's confidences into an intent, and a second topic where two are asked."""

import math
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
)
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.nlu.entity_extractor import EntityExtractor
from ketamine_faq.nlu.topic_classifier import CONFIDENCES, TopicClassifier

RANKED = 10
# The entity for what the article leaves out, and the topic that says so.
SUBJECT, NOT_COVERED = "subject", "not_covered"
# Where a message keeps the topic of its second question; SecondQuestionPolicy answers it.
SECOND_TOPIC = "second_topic"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TopicDecision(GraphComponent, IntentClassifier):
    """Names the likeliest intent; where no topic reaches `no_topic_threshold` it is one of `handoffs`, never a guess.

    Confidences are made into the probability of being right: the logistic of `slope` times their log-odds plus
    `intercept`. Where the message names a subject that the article leaves out, not_covered weighs `subject_weight`
    times as much. A second topic is one of `asked_together` that a clause asks about with at least `second_threshold`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for the confidences, and for the subjects that are named."""
        return [TopicClassifier, EntityExtractor]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: confidences as they come. config.yml says where its values are from."""
        return {
            "slope": 1.0,
            "intercept": 0.0,
            "subject_weight": 1.0,
            "no_topic_threshold": 0.0,
            "handoffs": [],
            "second_threshold": 1.0,
            "asked_together": [],
        }

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "TopicDecision":
        """Create the component with its thresholds."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the thresholds, and the topics that they are for."""
        self._config = config

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and, where there is one, the second topic."""
        for message in messages:
            if confidences := message.get(CONFIDENCES):
                self._decide(message, *confidences)
        return messages

    def calibrated(self, confidence: float) -> float:
        """Return the probability of being right, 0 to 1, that a confidence of TopicClassifier stands for."""
        inside = min(max(confidence, 1e-6), 1 - 1e-6)
        log_odds = math.log(inside / (1 - inside))
        return 1 / (1 + math.exp(-self._config["slope"] * log_odds - self._config["intercept"]))

    def ranking(self, confidences: dict[str, float], names_subject: bool) -> list[dict[str, Any]]:
        """Return all intents, likeliest first; a hand-off is at least as sure as it is that no other topic fits."""
        weighed = dict(confidences)
        if names_subject and NOT_COVERED in weighed:
            weighed[NOT_COVERED] = min(1.0, weighed[NOT_COVERED] * self._config["subject_weight"])
        likeliest = sorted(weighed.items(), key=lambda entry: -entry[1])
        ranking = [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: self.calibrated(confidence)}
            for name, confidence in likeliest
        ]
        handoffs = [entry for entry in ranking if entry[INTENT_NAME_KEY] in self._config["handoffs"]]
        best = next((entry for entry in ranking if entry not in handoffs), None)
        if handoffs and best and (ranking[0] is handoffs[0] or self._is_lost(best)):
            none_fits = 1.0 - best[PREDICTED_CONFIDENCE_KEY]
            handoffs[0][PREDICTED_CONFIDENCE_KEY] = max(handoffs[0][PREDICTED_CONFIDENCE_KEY], none_fits)
            ranking.sort(key=lambda entry: entry is not handoffs[0])
        return ranking

    def _decide(self, message: Message, whole: dict[str, float], *clauses: dict[str, float]) -> None:
        names_subject = any(entity["entity"] == SUBJECT for entity in message.get(ENTITIES, []))
        ranking = self.ranking(whole, names_subject)
        topics = self._topics(clauses)
        if len(topics) > 1 and ranking[0][INTENT_NAME_KEY] in topics:
            first, second = topics[:2]
            # Both are answered, so the second is no rival that the bot would have to ask about.
            others = [entry for entry in ranking if entry[INTENT_NAME_KEY] not in (first, second)]
            ranking = [{INTENT_NAME_KEY: first, PREDICTED_CONFIDENCE_KEY: 1.0}, *others]
            message.set(SECOND_TOPIC, second, add_to_output=True)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:RANKED], add_to_output=True)

    def _is_lost(self, best: dict[str, Any]) -> bool:
        return best[PREDICTED_CONFIDENCE_KEY] < self._config["no_topic_threshold"]

    def _topics(self, clauses: tuple[dict[str, float], ...]) -> list[str]:
        """Return the topics that clauses surely ask about, as asked; a hand-off is last, where its buttons are."""
        likeliest = [max(clause.items(), key=lambda entry: entry[1]) for clause in clauses]
        sure = [name for name, value in likeliest if self.calibrated(value) >= self._config["second_threshold"]]
        asked = dict.fromkeys(name for name in sure if name in self._config["asked_together"])
        return sorted(asked, key=lambda name: name in self._config["handoffs"])
