"""How much concern a message raises, by probabilities and by patterns."""

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from ketamine_faq.nlu.concern import DANGER, Concern, Thresholds, concern_of, matched_intents, plain_turn, signs_of
from ketamine_faq.nlu.examples import POSSIBLE
from ketamine_faq.nlu.safety_gate import SafetyGate
from ketamine_faq.paths import PROJECT

AT = Thresholds(danger=0.5, danger_of_part=0.9, agreed=0.25, possible=0.3, possible_of_part=0.5, misuse=0.5)


def concern(whole: dict[str, float], *parts: dict[str, float], text: str = "x") -> Concern:
    """Return the concern that a message with these probabilities raises."""
    return concern_of(text, whole, list(parts), AT)


def test_the_configured_thresholds_are_ones_that_there_are():
    pipeline = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    Thresholds(**pipeline[-1]["thresholds"])


def test_the_whole_message_at_the_threshold_is_danger():
    assert concern({"crisis": 0.5, "none": 0.5}) == Concern(DANGER, "crisis", 0.5)
    assert concern({"emergency": 0.5, "none": 0.5}) == Concern(DANGER, "emergency", 0.5)
    assert concern({"crisis": 0.49, "none": 0.51}).degree == POSSIBLE


def test_all_dangers_to_life_count_together():
    assert concern({"crisis": 0.2, "crisis_of_other": 0.1, "emergency": 0.25}).degree == DANGER


def test_below_the_thresholds_there_is_no_concern():
    assert concern({"crisis": 0.2, "none": 0.8}, {"crisis": 0.4}) == Concern()


def test_what_is_possible_adds_to_the_doubt_and_never_to_the_danger():
    assert concern({"crisis": 0.1, "possible": 0.2, "none": 0.7}) == Concern(POSSIBLE)
    assert concern({"crisis": 0.1, "possible": 0.9}) == Concern(POSSIBLE)


def test_a_part_raises_danger_only_where_the_whole_agrees():
    assert concern({"crisis": 0.25, "none": 0.75}, {"crisis": 0.9}).degree == DANGER
    assert concern({"crisis": 0.24, "none": 0.76}, {"crisis": 0.99}).degree == POSSIBLE
    assert concern({"crisis": 0.25, "none": 0.75}, {"crisis": 0.89}).degree == POSSIBLE


def test_one_part_of_a_long_message_is_enough_for_doubt():
    assert concern({"none": 1.0}, {"none": 1.0}, {"emergency": 0.5}) == Concern(POSSIBLE)
    assert concern({"none": 1.0}, {"none": 1.0}, {"emergency": 0.49}) == Concern()


def test_which_danger_it_is_is_told_by_the_part_that_shows_it():
    found = concern({"crisis": 0.2, "emergency": 0.1, "none": 0.7}, {"none": 1.0}, {"emergency": 0.95})
    assert (found.degree, found.intent) == (DANGER, "emergency")


def test_in_doubt_it_is_the_writer():
    assert not concern({"crisis": 0.3, "crisis_of_other": 0.5}).of_other
    found = concern({"crisis": 0.2, "crisis_of_other": 0.5})
    assert (found.intent, found.of_other) == ("crisis", True)
    assert not concern({"crisis": 0.1, "crisis_of_other": 0.3, "emergency": 0.6}).of_other


def test_misuse_replaces_the_topic_and_yields_to_danger():
    assert concern({"misuse": 0.5, "none": 0.5}) == Concern(None, "misuse", 0.5)
    assert concern({"misuse": 0.6, "crisis": 0.35}) == Concern(POSSIBLE, "misuse", 0.6)
    assert concern({"misuse": 0.5, "emergency": 0.5}).intent == "emergency"


def test_a_body_weight_hides_no_danger_and_no_sure_misuse():
    text = "my son is 15 kg and swallowed some ketamine lozenges"
    assert concern({"none": 1.0}, text=text) == Concern(None, "personal_concern", 1.0)
    assert concern({"emergency": 0.6, "none": 0.4}, text=text).intent == "emergency"
    assert concern({"misuse": 0.8, "none": 0.2}, text=text).intent == "personal_concern"
    assert concern({"misuse": 0.95}, text=text).intent == "misuse"


def test_who_is_no_use_to_anybody_is_noticed_and_not_refused():
    for text in ("nobody would even notice", "I've been no use to anyone since"):
        assert concern({"misuse": 0.95}, text=text) == Concern(POSSIBLE)


def test_a_complaint_is_for_people():
    assert concern({"none": 1.0}, text="I've had enough of your clinic") == Concern(None, "contact", 1.0)


def test_a_pattern_is_danger_whatever_the_model_thinks():
    found = concern({"none": 1.0}, text="I'm going to kill myself")
    assert found == Concern(DANGER, "crisis", 1.0)
    assert concern({"emergency": 0.6, "crisis": 0.1}, text="I'm going to kill myself").intent == "crisis"


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


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("Yes I'm safe. Going to bed.", "turn_safe"),
        ("I'm quite safe, thank you", "turn_safe"),
        ("it's an EXPRESSION", "turn_safe"),
        ("I'm angry, not suicidal", "turn_safe"),
        ("I'll ask Pam to take the tablets round to her sister's", "turn_means_away"),
        ("how do i make it stop", "turn_what_now"),
        ("ok good night", "turn_leaving"),
        ("could get Kev to take the bolt", "turn_means_away"),
        ("i could go sit in my sisters room", "turn_goes_to"),
        ("it's me not her", "turn_is_self"),
        ("my husband says it helps", None),
        ("no hotlines. hate them", "turn_no_hotlines"),
        ("they want to send someone up, do i open for them", "turn_coming"),
        ("no. not suicide. i dont want to die", "turn_safe"),
        ("I have no wish to die at all", "turn_safe"),
        ("hahaha settle down mate", "turn_safe"),
        ("i see headlights", "turn_coming"),
        ("daz replied, reckons hes comin down in the hilux", "turn_coming"),
        ("Text Lifeline 0477 13 11 14", "turn_protects"),
        ("I've made up my mind about things", "turn_immediate"),
        ("made up my mind about ketamine", None),
        ("No. I am not thinking of that, thank you. How long is each visit?", "turn_safe"),
        ("I said No", "turn_safe"),
        ("no i'm not safe", None),
        ("mum's downstairs but she can't know", None),
        # What only sounds like a step that protects, or like help to write.
        ("i have my pills here", None),
        ("i took my pills", None),
        ("im going to take the tablets tonight", None),
        ("hes here with the gun", None),
        ("i texted my sister bye", None),
        ("what do i write in the note", None),
        ("im ok with dying", None),
        ("im not safe", None),
        ("No. I am not feeling safe", None),
        ("im never safe", None),
        ("how do i know im safe", None),
        ("im fine but i want to die", None),
        ("i am not ok", None),
    ],
)
def test_a_turn_that_is_plain_is_told_by_its_words(text: str, turn: str | None):
    assert plain_turn(text) == turn


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("No plan, I'm not stupid", set()),
        ("I have a plan", {"plan"}),
        ("at the end of my rope with this clinic", set()),
        ("there is a rope in the shed", {"means"}),
        ("shes taken them all", {"attempt"}),
        ("she took them away from me", set()),
        ("the voices are so loud", {"voices"}),
        ("they say i should do it to him first", {"violence", "voices"}),
        ("i'm scared i'll hurt my neighbour", {"violence"}),
        ("my neighbour wants to hurt me", set()),
        ("i want to kill the pain", set()),
        ("sometimes i cut myself", {"self_harm"}),
        ("i cut my wrist", {"attempt"}),
        ("im 14", {"child"}),
        ("im 14 weeks in", set()),
        ("im up at the lookout", {"means", "place"}),
        ("i keep thinking about the train line near the flat", {"means"}),
        ("took a heap of panadol 6 weeks ago", set()),
        ("my papers are in order", {"farewell"}),
        ("I can't do another year like this", {"despair"}),
    ],
)
def test_a_sign_is_told_from_what_only_has_its_words(text: str, signs: set[str]):
    assert signs_of(text) == signs


GATE = {"danger": 0.25, "danger_of_part": 0.98, "agreed": 0.1, "possible": 0.12, "danger_beside_question": 0.6}


@pytest.mark.parametrize(
    ("text", "life", "part", "topic", "degree"),
    [
        ("my sister cut me off and I'm a mess. does it mean less oxycodone?", 0.5, 0.8, "goals", "possible"),
        # A part that is sure, a sign, a danger that is sure, no question, or one that is handed over: still a danger.
        ("how often is it given? i wish i was dead", 0.5, 0.99, "schedule", "danger"),
        ("the tablets are in the drawer. how often is it given?", 0.5, 0.8, "schedule", "danger"),
        ("everybody would cope. how often is it given?", 0.7, 0.8, "schedule", "danger"),
        ("everybody would cope", 0.5, 0.8, "schedule", "danger"),
        ("everybody would cope. am I suitable?", 0.5, 0.8, "personal_concern", "danger"),
    ],
)
def test_a_question_that_is_surer_than_the_danger_is_answered(
    text: str, life: float, part: float, topic: str, degree: str
):
    read = {"concerns": [{"crisis": life}, {"crisis": part}], "clauses": text.split(". ")}
    message = Message(data={"text": text, "intent": {"name": topic, "confidence": 0.9}, **read})
    SafetyGate.create({"thresholds": GATE}).process([message])
    assert message.get("concern") == degree
    assert message.get("intent")["name"] == (topic if degree == POSSIBLE else "crisis")
