"""When an alarm is raised, by probabilities and by patterns."""

import pytest
from ketamine_faq.nlu.danger import Alarm, alarm, matched_intents

HALF = {"crisis": 0.5, "emergency": 0.5, "misuse": 0.5}


def test_a_kind_at_its_threshold_raises_the_alarm():
    assert alarm("x", [{"crisis": 0.5}], HALF) == Alarm("crisis", 0.5)
    assert alarm("x", [{"crisis": 0.49, "goals": 0.51}], HALF) is None


def test_a_crisis_of_the_writer_and_of_another_count_together():
    assert alarm("x", [{"crisis": 0.1, "crisis_of_other": 0.5}], HALF) == Alarm("crisis", pytest.approx(0.6), True)


def test_in_doubt_it_is_the_writer():
    assert not alarm("x", [{"crisis": 0.3, "crisis_of_other": 0.5}], HALF).of_other
    assert alarm("x", [{"crisis": 0.2, "crisis_of_other": 0.5}], HALF).of_other


def test_one_piece_of_a_long_message_is_enough():
    assert alarm("x", [{"goals": 1.0}, {"emergency": 0.9}], HALF) == Alarm("emergency", 0.9)


def test_misuse_yields_to_danger():
    assert alarm("x", [{"misuse": 1.0, "emergency": 0.0}, {"emergency": 0.6}], HALF).intent == "emergency"


def test_misuse_wins_where_danger_is_far_less_likely():
    low = {"crisis": 0.1, "emergency": 0.1, "misuse": 0.3}
    assert alarm("x", [{"misuse": 0.8, "crisis": 0.15}], low).intent == "misuse"
    assert alarm("x", [{"misuse": 0.5, "crisis": 0.3}], low).intent == "crisis"


def test_a_body_weight_hides_no_danger():
    low = {"crisis": 0.15, "emergency": 0.15, "misuse": 0.3}
    text = "my son is 15 kg and swallowed some ketamine lozenges"
    assert alarm(text, [{"emergency": 0.2}], low).intent == "emergency"
    assert alarm(text, [{"misuse": 0.8}], low).intent == "personal_concern"
    assert alarm(text, [{"misuse": 0.95}], low).intent == "misuse"


def test_a_pattern_raises_the_alarm_whatever_the_classifier_thinks():
    assert alarm("I'm going to kill myself", [{"goals": 1.0}], HALF).intent == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "I’m 82 kg, how many mg",
        "dose for 70kg?",
        "she weighs 60 kilos",
        "a 150 pound person",
        "0.5 x 90 =?",
        "84*0.5 is",
    ],
)
def test_a_body_weight_is_a_question_about_one_person(text: str):
    assert matched_intents(text) == {"personal_concern"}


@pytest.mark.parametrize(
    "text",
    ["is it 0.5 mg/kg over 40 minutes", "mg per kg?", "0.5mg/kg x2/week", "my back is killing me", "dying to know"],
)
def test_a_pattern_does_not_match_what_only_sounds_alike(text: str):
    assert matched_intents(text) == set()
