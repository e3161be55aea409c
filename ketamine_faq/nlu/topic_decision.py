"""Rasa component: makes TopicClassifier's confidences into an intent, and a second topic where two are asked.

It also names the subjects of what the article leaves out, for the replies that hand over.
"""

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
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.nlu.entity_extractor import EntityExtractor
from ketamine_faq.nlu.glossary import WORD, entries, word_asked
from ketamine_faq.nlu.message_parts import is_question
from ketamine_faq.nlu.subjects import NAMED_SUBJECTS, SUBJECT, Subjects
from ketamine_faq.nlu.topic_classifier import CLAUSES, CONFIDENCES, NAMING, SUBJECT_PROBABILITIES, TopicClassifier

RANKED = 10
# A turn that names a condition for the last question; longer ones with both conditions ask something of their own.
STEERING, MAX_WORDS_OF_STEERING = "specify_condition", 5
# The topic of what the article leaves out.
NOT_COVERED = "not_covered"
MAX_SUBJECTS = 2
# What answers the bot, and is left behind where a question follows: 'Yes, I'm safe. Is it a drip?'
ANSWERING = ("affirm", "deny", "thanks")
# Who tells of a hard time and then asks, however long the story, gets kind words and the answer.
DISTRESS = "distress"
# Where a message keeps the topic of its second question; SecondQuestionPolicy answers it.
SECOND_TOPIC = "second_topic"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TopicDecision(GraphComponent, IntentClassifier):
    """Names the likeliest intent; where no topic reaches `no_topic_threshold` it is one of `handoffs`, never a guess.

    Confidences are made into the probability of being right: the logistic of `slope` times their log-odds plus
    `intercept`. Where the message names a subject that the article leaves out, not_covered weighs `subject_weight`
    times as much. A second topic is one of `asked_together` that a clause asks about with at least `second_threshold`,
    and to which the whole message gives at least `second_of_whole`.
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
            "second_of_whole": 0.1,
            "asked_together": [],
        }

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "TopicDecision":
        """Create the component with its thresholds."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the thresholds, and the topics that they are for."""
        self._config, self._subjects = config, Subjects.read()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and, where there is one, the second topic."""
        for message in messages:
            if confidences := message.get(CONFIDENCES):
                self._decide(message, *confidences)
                self._name_subjects(message)
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
        ranking: list[dict[str, Any]] = [
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

    def _decide(self, message: Message, whole: dict[str, float], *parts: dict[str, float]) -> None:
        names_subject = any(entity["entity"] == SUBJECT for entity in message.get(ENTITIES, []))
        ranking = self.ranking(whole, names_subject)
        if (word := word_asked(message.get(TEXT))) is not None:
            topic = entries()[word]["topic"]
            ranking = [{INTENT_NAME_KEY: topic, PREDICTED_CONFIDENCE_KEY: 1.0}, *_without(ranking, topic)]
            message.set(WORD, word, add_to_output=True)
        elif ranking[0][INTENT_NAME_KEY] == STEERING and _compares(message):
            ranking = _without(ranking, STEERING)
        asked = self._asked(message.get(CLAUSES), whole, parts)
        if ranking[0][INTENT_NAME_KEY] in ANSWERING and asked:
            answered = {INTENT_NAME_KEY: asked[0], PREDICTED_CONFIDENCE_KEY: self._config["second_threshold"]}
            ranking = [answered, *_without(ranking, asked[0], *ANSWERING)]
        first, second = self._two_topics(ranking[0][INTENT_NAME_KEY], asked)
        if second:
            # Both are answered, so the second is no rival that the bot would have to ask about.
            others = _without(ranking, first, second)
            ranking = [{INTENT_NAME_KEY: first, PREDICTED_CONFIDENCE_KEY: 1.0}, *others]
            # One reply of those that name subjects names both.
            if second not in NAMING or first not in NAMING:
                message.set(SECOND_TOPIC, second, add_to_output=True)
        if first == DISTRESS and asked:
            message.set(SECOND_TOPIC, asked[0], add_to_output=True)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:RANKED], add_to_output=True)

    def _two_topics(self, likeliest: str, asked: list[str]) -> tuple[str, str | None]:
        """Return the topics of two questions, in the order in which they are answered; of one, it and None.

        One of them is the whole message's. A hand-off is last, where its buttons are.
        """
        others = [name for name in asked if name != likeliest]
        if likeliest not in self._config["asked_together"] or not others:
            return likeliest, None
        two = [likeliest, others[0]]
        if set(two) <= set(NAMING):
            two.sort(key=NAMING.index)
        else:
            two.sort(key=lambda name: (name in self._config["handoffs"], asked.index(name) if name in asked else 0))
        return two[0], two[1]

    def _asked(self, clauses: list[str], whole: dict[str, float], parts: tuple[dict[str, float], ...]) -> list[str]:
        """Return the topics that parts surely ask about, as asked; an answer or a story may drown them in the whole."""
        found, drowned = [], max(whole, key=whole.__getitem__) in (*ANSWERING, DISTRESS)
        for clause, confidences in zip(clauses, parts):
            name, confidence = max(confidences.items(), key=lambda entry: entry[1])
            sure = self.calibrated(confidence) >= self._config["second_threshold"]
            heard = drowned or whole.get(name, 0.0) >= self._config["second_of_whole"]
            if is_question(clause) and sure and heard and name in self._config["asked_together"]:
                found.append(name)
        return list(dict.fromkeys(found))

    def _name_subjects(self, message: Message) -> None:
        """Set the subjects that the message asks about: of two parts that are handed over, each one's."""
        text, confidences = message.get(TEXT), message.get(CONFIDENCES)
        whole, *probabilities = message.get(SUBJECT_PROBABILITIES)
        named = [
            self._subjects.named(probability, self._terms(message, clause))
            for clause, confidence, probability in zip(message.get(CLAUSES), confidences[1:], probabilities)
            if is_question(clause) and self._hands_over(confidence)
        ]
        named = list(dict.fromkeys(name for name in named if name))
        if len(named) < 2:
            named = [self._subjects.named(whole, self._terms(message, text))]
        message.set(NAMED_SUBJECTS, [name for name in named[:MAX_SUBJECTS] if name], add_to_output=True)

    def _hands_over(self, confidences: dict[str, float]) -> bool:
        name, confidence = max(confidences.items(), key=lambda entry: entry[1])
        return name in NAMING and self.calibrated(confidence) >= self._config["second_threshold"]

    @staticmethod
    def _terms(message: Message, clause: str) -> list[str]:
        """Return the subjects whose terms stand in a clause of the message."""
        text = message.get(TEXT)
        entities = [entity for entity in message.get(ENTITIES, []) if entity["entity"] == SUBJECT]
        return [entity["value"] for entity in entities if text[entity["start"] : entity["end"]] in clause]

    def _is_lost(self, best: dict[str, Any]) -> bool:
        return best[PREDICTED_CONFIDENCE_KEY] < self._config["no_topic_threshold"]


def _without(ranking: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [entry for entry in ranking if entry[INTENT_NAME_KEY] not in names]


def _compares(message: Message) -> bool:
    """Tell whether a message names both conditions in a question of its own, which corrects nothing."""
    text = message.get(TEXT)
    conditions = [entity for entity in message.get(ENTITIES, []) if entity["entity"] == "condition"]
    named = {text[entity["start"] : entity["end"]].lower() for entity in conditions if entity["value"] == "both"}
    return len(named) > 1 and len(text.split()) > MAX_WORDS_OF_STEERING and is_question(text)
