"""How confidences become an intent: calibrated, a hand-off where no topic fits, a second topic where two are asked."""

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.nlu.glossary import WORD
from ketamine_faq.nlu.subjects import NAMED_SUBJECTS
from ketamine_faq.nlu.topic_classifier import CLAUSES, CONFIDENCES, SUBJECT_PROBABILITIES
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC, TopicDecision

LISTS = {"handoffs": ["not_covered", "out_of_scope"], "asked_together": ["dosing", "schedule", "not_covered"]}


def decided(
    *confidences: dict[str, float],
    entities: tuple[str, ...] = (),
    text: str = "a message",
    subjects: tuple[dict[str, float], ...] = (),
    **config: Any,
) -> Message:
    """A message of these confidences and subjects, the whole's first, as it is decided; each clause is a question."""
    component = TopicDecision.create(TopicDecision.get_default_config() | LISTS | config)
    named = [{"entity": entity, "value": "cost", "start": 0, "end": len(text)} for entity in entities]
    read = {
        CONFIDENCES: list(confidences),
        SUBJECT_PROBABILITIES: list(subjects or [{} for _ in confidences]),
        CLAUSES: ["what of it?" for _ in confidences[1:]],
    }
    return component.process([Message(data={"text": text, "entities": named, **read})])[0]


def intent(message: Message) -> str:
    """What it was decided to be."""
    return message.get("intent")["name"]


def test_the_likeliest_topic_is_the_intent_and_stands_first_in_the_ranking():
    message = decided({"schedule": 0.2, "dosing": 0.7})
    assert intent(message) == "dosing"
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["dosing", "schedule"]


def test_a_message_that_nothing_was_read_of_has_no_intent():
    component = TopicDecision.create(TopicDecision.get_default_config())
    assert component.process([Message(data={"text": ""})])[0].get("intent") is None


def test_where_no_topic_is_likely_the_likeliest_hand_off_answers():
    sure, unsure = {"dosing": 0.5, "not_covered": 0.2}, {"dosing": 0.29, "not_covered": 0.2, "out_of_scope": 0.1}
    assert intent(decided(sure, no_topic_threshold=0.3)) == "dosing"
    lost = decided(unsure, no_topic_threshold=0.3)
    assert intent(lost) == "not_covered"
    # As sure as it is that no topic fits.
    assert lost.get("intent")["confidence"] == pytest.approx(0.71, abs=0.01)


def test_a_subject_that_the_article_leaves_out_weighs_for_the_hand_off_that_says_so():
    confidences = {"dosing": 0.5, "not_covered": 0.3}
    assert intent(decided(confidences, subject_weight=2.0)) == "dosing"
    assert intent(decided(confidences, entities=("subject",), subject_weight=2.0)) == "not_covered"


def test_confidences_become_probabilities_that_keep_their_order():
    component = TopicDecision.create(TopicDecision.get_default_config() | {"slope": 2.0, "intercept": -1.0})
    values = [component.calibrated(confidence) for confidence in (0.0, 0.2, 0.5, 0.8, 1.0)]
    assert values == sorted(values) and 0 < values[0] < values[-1] < 1
    assert component.calibrated(0.5) == pytest.approx(0.2689, abs=1e-3)


BOTH = {"dosing": 0.5, "schedule": 0.4, "not_covered": 0.05}
DOSING, SCHEDULE, COST = ({name: 0.95, "about_service": 0.01} for name in ("dosing", "schedule", "not_covered"))


def test_two_surely_asked_topics_are_both_answered_in_their_order():
    message = decided(BOTH, SCHEDULE, DOSING, second_threshold=0.9)
    assert (intent(message), message.get(SECOND_TOPIC)) == ("schedule", "dosing")


def test_a_hand_off_is_answered_last_for_it_has_buttons():
    message = decided({"not_covered": 0.6, "dosing": 0.3}, COST, DOSING, second_threshold=0.9)
    assert (intent(message), message.get(SECOND_TOPIC)) == ("dosing", "not_covered")


@pytest.mark.parametrize(
    "clauses",
    [
        (DOSING, DOSING),
        (DOSING, {"schedule": 0.89}),
        (DOSING, {"about_service": 0.99}),
        (SCHEDULE, COST),  # the whole message asks for neither
    ],
    ids=["the same twice", "unsure", "not asked together", "not what the whole asks"],
)
def test_else_there_is_no_second_topic(clauses: tuple[dict[str, float], ...]):
    assert decided({"dosing": 0.9, "schedule": 0.05}, *clauses, second_threshold=0.9).get(SECOND_TOPIC) is None


@pytest.mark.parametrize("answer", ["affirm", "deny", "thanks"])
def test_an_answer_does_not_drown_the_question_that_follows(answer: str):
    message = decided({answer: 0.99}, {"dosing": 0.9}, second_threshold=0.7)
    assert intent(message) == "dosing"
    assert answer not in [entry["name"] for entry in message.get("intent_ranking")]
    # One that isn't sure stays an answer.
    assert intent(decided({answer: 0.99}, {"dosing": 0.5}, second_threshold=0.7)) == answer


def test_a_sad_story_with_a_question_gets_kind_words_and_the_answer():
    message = decided({"distress": 0.99}, {"dosing": 0.9}, second_threshold=0.7)
    assert (intent(message), message.get(SECOND_TOPIC)) == ("distress", "dosing")
    assert decided({"distress": 0.99}, {"dosing": 0.5}, second_threshold=0.7).get(SECOND_TOPIC) is None


def test_two_hand_offs_are_one_reply_that_names_both_subjects():
    cost, driving = {"cost": 0.9, "driving": 0.05}, {"cost": 0.05, "driving": 0.9}
    message = decided({"not_covered": 0.9}, COST, COST, subjects=(cost, cost, driving), second_threshold=0.9)
    assert (intent(message), message.get(SECOND_TOPIC)) == ("not_covered", None)
    assert message.get(NAMED_SUBJECTS) == ["cost", "driving"]


def test_of_two_hand_offs_the_weightier_speaks():
    mine = {"personal_concern": 0.95}
    both = {"not_covered": 0.6, "personal_concern": 0.5}
    together = {"asked_together": ["not_covered", "personal_concern"]}
    message = decided(both, COST, mine, second_threshold=0.9, **together)
    assert (intent(message), message.get(SECOND_TOPIC)) == ("personal_concern", None)


def test_the_subject_is_what_was_learned_unless_a_term_says_otherwise():
    unsure = ({"cost": 0.3, "driving": 0.4},)
    assert decided({"not_covered": 0.9}, subjects=unsure).get(NAMED_SUBJECTS) == ["driving"]
    assert decided({"not_covered": 0.9}, subjects=unsure, entities=("subject",)).get(NAMED_SUBJECTS) == ["cost"]
    assert decided({"not_covered": 0.9}, subjects=({"driving": 0.1},)).get(NAMED_SUBJECTS) == []


def test_the_meaning_of_a_word_is_asked_of_its_topic():
    message = decided({"dosing": 0.9, "schedule": 0.1}, text="what do you mean by induction?")
    assert (intent(message), message.get(WORD)) == ("schedule", "induction")
    assert decided({"dosing": 0.9}, text="how often in induction").get(WORD) is None
