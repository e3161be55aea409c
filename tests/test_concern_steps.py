"""After an alarm the talk stays with the person, and knows when to let go: the stages, without a model."""

import random
import re
from dataclasses import replace

import pytest

from ketamine_faq.dialogue.concern_said import Said
from ketamine_faq.dialogue.concern_steps import (
    ASKED,
    EMERGENCY_STAGE,
    HELPED,
    HURDLES,
    IMMEDIATE,
    LEAVING,
    MAX_QUESTIONS,
    NOT_IMMEDIATE,
    ConcernState,
    step,
)
from ketamine_faq.nlu.concern import HEARD, names
from ketamine_faq.paths import PROJECT

CRISIS = Said("crisis", "tells", 0.5, "danger")
ACUTE = Said("crisis", "immediate", 0.8, "danger", frozenset({"means", "time"}))
OF_OTHER = Said("crisis", "other", 0.8, "danger", of_other=True)
EMERGENCY = Said("emergency", "emergency_worse", 0.5, "danger")
POSSIBLE = Said("schedule", "question", 0.5, "possible", topic="schedule")
QUESTION = Said("schedule", "question", 0.9, topic="schedule")


def says(turn: str, sureness: float = 0.9, **more) -> Said:
    """A message after an alarm."""
    return Said(more.pop("intent", "out_of_scope"), turn, sureness, **more)


def after(*messages: Said) -> ConcernState:
    """The state after these messages."""
    state = ConcernState()
    for message in messages:
        state = step(state, message)
    return state


def test_an_ordinary_talk_is_left_to_the_rules():
    assert after(QUESTION, says("thanks"), says("leaving")) == ConcernState()


def test_who_has_said_that_there_is_no_danger_is_not_asked_for_a_doubt_later():
    state = after(says("safe"), POSSIBLE, POSSIBLE)
    assert (state.stage, state.replies, state.questions) == (None, (), 0)


def test_the_first_alarm_asks_and_is_the_topic_crisis():
    state = after(CRISIS)
    assert (state.stage, state.replies, state.wording) == (ASKED, ("crisis",), None)


def test_means_or_a_time_go_to_immediate_at_once():
    state = after(ACUTE)
    assert (state.stage, state.replies, state.wording) == (IMMEDIATE, ("crisis",), "crisis_immediate")
    assert after(CRISIS, ACUTE).replies == ("crisis_immediate",)


@pytest.mark.parametrize("turn", ["safe", "unsafe", "refuses"])
def test_what_could_be_used_is_news_beside_no_sure_answer(turn: str):
    said = says(turn, 0.4, degree="possible", signs=frozenset({"means"}))
    assert after(CRISIS, said).replies == ("crisis_immediate",)
    assert after(CRISIS, replace(said, signs=frozenset())).stage == ASKED


def test_a_sign_that_was_named_before_is_no_news():
    again = says("tells", degree="danger", intent="crisis", signs=frozenset({"means"}))
    assert after(ACUTE, says("protects"), again).stage != IMMEDIATE


@pytest.mark.parametrize("turn", [*HURDLES, "what_now", "tells", "asks_bot", "refuses", "thanks"])
def test_what_is_said_gets_a_reply_of_its_own_and_the_state_stands(turn: str):
    state = after(CRISIS, says(turn))
    assert (state.stage, state.replies) == (ASKED, (f"crisis_{turn}",))


@pytest.mark.parametrize("turn", ["thanks", "tells", "refuses"])
def test_k_and_thanks_are_no_safe(turn: str):
    assert after(CRISIS, says(turn)).stage == ASKED


def test_who_is_safe_is_believed_and_the_question_is_answered():
    asked = Said("crisis", "tells", 0.5, "danger", topic="schedule")
    assert after(asked, says("safe")).replies == ("crisis_safe", "schedule")
    assert after(asked, says("safe")).stage is None
    # What comes with the word goes before what was asked first.
    assert after(asked, says("safe", intent="goals", topic="goals")).replies == ("crisis_safe", "goals")


def test_words_such_as_tablets_beside_safe_raise_nothing():
    safe = says("safe", intent="crisis", degree="danger", signs=frozenset({"means"}))
    assert after(CRISIS, safe).replies[0] == "crisis_safe"


def test_who_was_in_great_danger_is_not_let_go_at_a_word():
    assert after(ACUTE, says("safe")).replies == ("crisis_settling",)
    assert after(ACUTE, says("safe"), says("safe")).replies == ("crisis_safe",)


def test_it_asks_twice_at_most():
    state = after(CRISIS, says("safe"), CRISIS, says("safe"), CRISIS)
    assert state.questions == MAX_QUESTIONS
    assert (state.stage, state.wording) == (NOT_IMMEDIATE, "crisis_not_immediate")


def test_a_question_on_treatment_is_put_off_once_and_then_answered():
    assert after(CRISIS, QUESTION).replies == ("crisis_question",)
    state = after(CRISIS, QUESTION, QUESTION)
    assert (state.stage, state.replies) == (None, ())


def test_in_great_danger_no_question_is_answered():
    assert after(ACUTE, QUESTION, QUESTION, QUESTION).replies == ("crisis_question",)


def test_who_was_helped_or_came_back_is_answered():
    assert after(CRISIS, says("protects"), QUESTION) == after(CRISIS, says("protects"), QUESTION)
    for turn, stage in (("protects", HELPED), ("leaving", LEAVING)):
        assert after(CRISIS, says(turn)).stage == stage
        assert after(CRISIS, says(turn), QUESTION).replies == ()


@pytest.mark.parametrize("turn", ["refuses", "thanks", "tells", "unsafe", "nonsense"])
def test_while_somebody_may_act_the_reply_holds_on(turn: str):
    state = after(ACUTE, says(turn, 0.2 if turn == "nonsense" else 0.9))
    assert (state.stage, state.replies) == (IMMEDIATE, ("crisis_holds_on",))


def test_what_stands_in_the_way_is_answered_beside_a_danger_that_is_not_new():
    afraid = says("afraid", intent="crisis", degree="danger")
    assert after(CRISIS, afraid).replies == ("crisis_afraid",)
    armed = says("afraid", intent="crisis", degree="danger", signs=frozenset({"means"}))
    assert after(CRISIS, armed).replies == ("crisis_immediate",)


def test_who_asks_how_to_get_through_the_night_is_told():
    tonight = says("what_now", intent="crisis", degree="danger", signs=frozenset({"time"}))
    assert after(CRISIS, tonight).replies == ("crisis_what_now",)


def test_a_farewell_beside_a_step_that_protects_is_news():
    told = says("protects", intent="crisis", degree="danger", signs=frozenset({"farewell"}))
    assert after(CRISIS, told).stage == IMMEDIATE


@pytest.mark.parametrize("turn", ["afraid", "which_help", "what_now"])
def test_what_comes_back_to_an_alarm_that_is_over_is_taken_up(turn: str):
    assert after(CRISIS, says("safe"), says(turn)).replies == (f"crisis_{turn}",)
    assert after(CRISIS, says("safe"), says("protects")).stage == HELPED
    # But not where nothing was said before, or where it is not sure.
    assert after(says(turn)) == ConcernState()
    assert after(CRISIS, says("safe"), says(turn, 0.5)).replies == ()


def test_who_says_that_they_are_safe_is_not_asked_for_a_doubt():
    assert after(POSSIBLE, says("safe", degree="possible")).line is None


def test_a_doubt_about_a_clinicians_patient_adds_no_line():
    assert after(says("question", degree="possible", by_clinician=True)).line is None


def test_news_of_a_step_and_a_question_get_both_once_it_is_over():
    both = says("protects", intent="schedule", topic="schedule")
    assert after(CRISIS, says("protects"), both).replies == ("crisis_helped", "schedule")
    assert after(ACUTE, both).replies == ("crisis_helped",)


def test_a_helper_is_spoken_to_as_such():
    assert after(OF_OTHER).about_other
    assert after(OF_OTHER, says("support_other")).replies == ("crisis_support_other",)
    assert after(OF_OTHER, says("other_safe")).replies == ("crisis_other_safe",)
    assert after(CRISIS, says("other")).replies == ("crisis_other",)


def test_a_clinician_is_not_asked_and_goes_on():
    clinician = Said("crisis", "clinician", 0.9, "danger", of_other=True, by_clinician=True)
    state = after(clinician)
    assert (state.stage, state.replies, state.wording) == (None, ("crisis",), "crisis_clinician")
    assert after(clinician, QUESTION).replies == ()


def test_an_emergency_has_replies_of_its_own_and_ends_when_it_is_over():
    assert after(CRISIS, EMERGENCY).stage == EMERGENCY_STAGE
    assert after(EMERGENCY, says("emergency_wait")).replies == ("emergency_wait",)
    assert after(EMERGENCY, says("emergency_help")).replies == ("emergency_help",)
    better = after(EMERGENCY, says("emergency_better"))
    assert (better.stage, better.replies) == (HELPED, ("emergency_better",))
    assert after(EMERGENCY, says("emergency_better"), QUESTION).replies == ()


def test_who_has_taken_something_is_asked_nothing_before_that_is_seen_to():
    taken = Said("emergency", "tells", 0.5, "danger", frozenset({"attempt"}))
    assert after(taken, CRISIS).replies == ("emergency_goes_on",)
    assert after(taken, says("afraid")).replies == ("emergency_afraid",)
    assert after(taken, QUESTION, QUESTION, QUESTION).replies == ("emergency_goes_on",)
    assert after(taken, says("emergency_help"), QUESTION).replies == ()


def test_after_an_emergency_that_was_no_crisis_nobody_is_spoken_to_of_suicide():
    over = (EMERGENCY, says("emergency_better"))
    assert after(*over, says("protects")).replies == ("emergency_help",)
    assert after(*over, says("nonsense")).replies == ("emergency_better",)
    assert after(*over, says("thanks", intent="thanks")) == after(*over, QUESTION)
    assert after(*over, CRISIS).replies == ("crisis_not_immediate",)


def test_what_was_no_emergency_lets_a_question_through():
    assert after(EMERGENCY, QUESTION).replies == ("emergency_goes_on",)
    assert after(EMERGENCY, QUESTION, QUESTION).replies == ()
    assert after(EMERGENCY, CRISIS).stage == ASKED


def test_one_doubt_adds_a_line_and_a_second_asks():
    assert (after(POSSIBLE).line, after(POSSIBLE).replies) == ("check_in", ())
    state = after(POSSIBLE, QUESTION, POSSIBLE)
    assert (state.line, state.stage, state.replies) == ("ask", ASKED, ())
    assert after(POSSIBLE, QUESTION, POSSIBLE, says("unsafe")).replies == ("crisis_not_immediate",)
    # Who only goes on asking is answered.
    assert after(POSSIBLE, QUESTION, POSSIBLE, QUESTION).replies == ()


VIOLENT = Said("crisis", "tells", 0.5, "danger", frozenset({"violence"}))
HURTS = Said("crisis", "immediate", 0.5, "danger", frozenset({"self_harm", "means"}))


def test_who_tells_and_asks_nothing_is_asked_at_the_first_doubt():
    state = after(replace(POSSIBLE, intent="distress", topic=None))
    assert (state.stage, state.line) == (ASKED, "ask")


def test_what_could_be_used_and_is_still_near_comes_before_a_question_once():
    beside = after(ACUTE, says("protects"), QUESTION)
    assert (beside.stage, beside.replies) == (HELPED, ("crisis_question",))
    assert step(beside, QUESTION).replies == ()
    assert after(ACUTE, says("means_away"), QUESTION).replies == ()


@pytest.mark.parametrize("name", ["carer_threat", "carer_cuts"])
def test_a_carer_who_is_threatened_or_has_found_cuts_is_met_as_that_at_once(name: str):
    state = after(replace(OF_OTHER, heard=frozenset({name})))
    assert (state.stage, state.replies, state.wording) == (NOT_IMMEDIATE, ("crisis",), f"crisis_{name}")
    again = says("tells", heard=frozenset({name}))
    assert step(state, again).replies == (f"crisis_{name}",)


def test_sleepy_after_something_was_taken_is_sent_to_the_ambulance_again():
    taken = replace(EMERGENCY, heard=frozenset({"took_it"}), signs=frozenset({"attempt"}))
    assert after(taken, says("emergency_better")).replies == ("emergency_no_wait",)
    over = after(taken, says("tells", heard=frozenset({"emergency_arrived"})))
    assert over.stage == HELPED
    sleepy = step(over, says("tells", heard=frozenset({"emergency_sleepy"})))
    assert (sleepy.stage, sleepy.replies) == (EMERGENCY_STAGE, ("emergency_sleepy",))


def test_little_english_is_met_with_an_interpreter():
    assert after(CRISIS, says("tells", heard=frozenset({"emergency_interpreter"}))).replies == ("crisis_interpreter",)


def test_who_may_hurt_somebody_else_is_met_as_that_and_it_stays_urgent():
    state = after(CRISIS, VIOLENT)
    assert (state.stage, state.replies) == (IMMEDIATE, ("crisis_violence",))
    assert after(VIOLENT).wording == "crisis_violence"
    for turn, reply in (("tells", ""), ("protects", "_step"), ("afraid", "_afraid"), ("question", "_question")):
        state = after(VIOLENT, says(turn))
        assert (state.stage, state.replies) == (IMMEDIATE, (f"crisis_violence{reply}",))
    assert after(VIOLENT, CRISIS).replies == ("crisis_violence",)
    # Whom somebody else may hurt is no such talk, nor is it one for a patient of the writer's.
    assert after(says("tells", degree="danger", intent="crisis", of_other=True, signs=VIOLENT.signs)).stage == ASKED


def test_who_might_have_hurt_somebody_is_let_go_at_the_second_word():
    assert after(VIOLENT, says("safe")).replies == ("crisis_violence_settling",)
    state = after(VIOLENT, says("safe"), says("safe"))
    assert (state.stage, state.replies) == (None, ("crisis_violence_safe",))
    assert after(VIOLENT, says("safe"), says("safe"), CRISIS).wording is None


def test_at_a_height_the_edge_comes_first():
    at_edge = says("tells", degree="danger", intent="crisis", signs=frozenset({"means", "place"}))
    assert after(at_edge).wording == "crisis_immediate_place"
    assert after(CRISIS, at_edge).replies == ("crisis_immediate_place",)


def test_self_harm_is_asked_about_and_met_when_it_is_not_to_die():
    state = after(HURTS)
    assert (state.stage, state.wording, state.questions) == (ASKED, "crisis_self_harm_asked", 1)
    state = after(HURTS, says("safe"))
    assert (state.stage, state.replies) == (NOT_IMMEDIATE, ("crisis_self_harm",))
    assert after(HURTS, says("safe"), says("safe")).replies == ("crisis_safe",)
    tried = Said("crisis", "tells", 0.5, "danger", frozenset({"self_harm", "attempt"}))
    assert after(tried).stage == IMMEDIATE


def test_who_is_a_child_stays_one():
    young = says("question", intent="schedule", topic="schedule", signs=frozenset({"child"}))
    assert "child" in after(young, CRISIS).signs


@pytest.mark.parametrize("turn", ["names", "reached", "no_answer", "not_now", "pain"])
def test_a_person_who_could_come_is_taken_up(turn: str):
    state = after(ACUTE, says(turn))
    assert (state.stage, state.replies) == (IMMEDIATE, (f"crisis_{turn}",))


@pytest.mark.parametrize("turn", ["means_away", "goes_to", "coming"])
def test_a_step_is_heard_for_what_it_is(turn: str):
    step_taken = says(
        turn, intent="crisis", degree="danger", signs=frozenset({"means"} if turn == "means_away" else ())
    )
    assert after(CRISIS, step_taken).stage == HELPED
    assert after(ACUTE, step_taken).replies == (f"crisis_{turn}",)
    assert after(OF_OTHER, says(turn)).replies == ("crisis_helped",)


def test_who_was_taken_for_a_helper_is_spoken_to_again():
    state = after(OF_OTHER, says("is_self"))
    assert (state.about_other, state.replies) == (False, ("crisis_is_self",))


def test_despair_is_met_again_though_it_was_denied():
    despair = Said("schedule", "question", 0.5, "possible", frozenset({"despair"}), topic="schedule")
    asked = (POSSIBLE, POSSIBLE, says("safe"))
    assert (after(*asked, despair).line, after(*asked, despair).stage) == ("ask_again", ASKED)
    assert after(*asked, despair, says("safe"), despair).line == "check_in"


def test_who_wants_no_hotline_is_offered_people_without_an_alarm():
    assert after(says("no_hotlines", 1.0, intent="deny")).replies == ("crisis_no_hotlines",)


def hears(*names: str, **more) -> Said:
    """A message after an alarm of which something is heard."""
    return says("nonsense", 0.2, heard=frozenset(names), **more)


LIVE = replace(OF_OTHER, signs=frozenset({"farewell"}))


def test_a_carer_in_a_live_crisis_is_answered_and_gets_no_treatment_text():
    assert after(LIVE, hears("carer_far")).replies == ("crisis_carer_far",)
    assert after(LIVE, hears("carer_go_in")).replies == ("crisis_carer_go_in",)
    # Also where somebody is with them already.
    for helped in ((), (says("protects"),)):
        assert after(LIVE, *helped, QUESTION, QUESTION).replies == ("crisis_not_yet",)
        assert after(LIVE, *helped, QUESTION).about_other
    assert after(LIVE, hears("not_me")).replies == ("crisis_carer_not_me",)
    assert after(ACUTE, hears("not_me")).about_other


def test_once_help_has_them_a_carer_goes_is_told_what_to_say_and_asks_on():
    handed = (LIVE, hears("carer_after"))
    assert (after(*handed).stage, after(*handed).replies) == (HELPED, ("crisis_carer_after",))
    assert after(*handed, hears("carer_meets")).replies == ("crisis_carer_meets",)
    assert after(*handed, QUESTION).replies == ()
    assert after(LIVE, EMERGENCY, hears("carer_after"), hears("carer_support")).replies == ("crisis_carer_support",)


def test_a_clinician_is_spoken_to_as_such_until_it_is_closed():
    patient = Said("crisis", "clinician", 0.9, "danger", of_other=True, by_clinician=True)
    assert after(patient, hears("clinician_means")).replies == ("crisis_clinician_means",)
    assert after(patient, QUESTION, says("tells")).replies == ("crisis_clinician_goes_on",)
    assert after(patient, CRISIS).replies == ("crisis_clinician",)
    assert after(patient, hears("clinician_closed")).replies == ("crisis_clinician_closed",)
    # Nobody stays one who says that they are none, nor becomes one by a doctor whom they name.
    corrected = after(patient, says("is_self", 1.0))
    assert (corrected.patient, corrected.about_other, corrected.replies) == (False, False, ("crisis_is_self",))
    assert not after(ACUTE, says("clinician", 0.5)).patient
    assert not after(patient, hears("clinician_closed")).patient


def test_unwanted_pictures_after_a_birth_are_asked_about_once_and_are_no_danger():
    pictures = hears("had_baby", "images")
    assert (after(pictures).stage, after(pictures).wording) == (ASKED, "crisis_baby")
    told = hears("baby_horrified", intent="crisis", degree="danger", confidence=0.8, signs=frozenset({"means"}))
    assert (after(pictures, told).stage, after(pictures, told).replies) == (ASKED, ("crisis_baby_horrified",))
    assert after(pictures, hears("baby_removal")).replies == ("crisis_baby_removal",)
    assert after(pictures, hears("baby_belief")).stage == IMMEDIATE
    assert after(pictures, says("immediate", 1.0)).stage == IMMEDIATE
    assert after(pictures, says("unsafe", 1.0)).stage == IMMEDIATE
    assert after(pictures, says("safe", 1.0), hears("baby_number")).replies == ("crisis_baby_number",)
    assert after(hears("had_baby", "images", "baby_belief")).wording == "crisis_baby_urgent"
    # Who names suicide is met as ever.
    assert after(replace(pictures, intent="crisis", degree="danger")).wording != "crisis_baby"


def test_who_bargains_in_an_emergency_is_told_no_and_may_say_that_it_was_none():
    taken = Said("emergency", "tells", 0.5, "danger", frozenset({"attempt"}), heard=frozenset({"took_it"}))
    assert after(taken).wording == "emergency_took"
    for bargain in ("emergency_no_wait", "emergency_mistaken", "emergency_passed"):
        assert after(taken, hears(bargain)).replies == ("emergency_no_wait",)
    assert after(taken, hears("emergency_cost")).replies == ("emergency_cost",)
    wrong = after(EMERGENCY, hears("emergency_mistaken"))
    assert (wrong.stage, wrong.replies) == (None, ("emergency_mistaken",))
    assert after(EMERGENCY, hears("emergency_mistaken"), QUESTION).replies == ()
    both = hears("emergency_interpreter", "emergency_passed")
    assert after(EMERGENCY, hears("emergency_interpreter")).replies == ("emergency_interpreter",)
    assert (after(EMERGENCY, both).stage, after(EMERGENCY, both).replies) == (HELPED, ("emergency_interpreter_after",))


EVERY_TURN = ("safe", "unsafe", "immediate", "other", "clinician", "protects", "leaving", "question", "support_other")
EVERY_TURN += ("other_safe", "emergency_wait", "emergency_help", "emergency_better", "emergency_worse", "nonsense")
EVERY_TURN += (
    "names",
    "reached",
    "no_answer",
    "is_self",
    "voices",
    "not_now",
    "pain",
    "means_away",
    "goes_to",
    "coming",
)
EVERY_TURN += (*HURDLES, "what_now", "tells", "asks_bot", "refuses", "thanks")


@pytest.mark.parametrize("seed", range(50))
def test_from_everywhere_there_is_a_way_back_to_ordinary_questions(seed: int):
    chance = random.Random(seed)
    state = ConcernState()
    for _ in range(chance.randint(1, 25)):
        alarm = chance.choice([None, None, None, CRISIS, ACUTE, VIOLENT, OF_OTHER, EMERGENCY, POSSIBLE, QUESTION])
        state = step(state, alarm or says(chance.choice(EVERY_TURN), chance.choice([0.2, 0.5, 0.95])))
        assert state.questions <= MAX_QUESTIONS
    for message in (says("safe"), says("safe"), QUESTION):
        state = step(state, message)
    assert (state.stage, state.replies) == (None, ())


# How a talk comes to a stage; to none by never having had an alarm, or by one that is over.
ENTRANCES = (
    ("none", ()),
    ("none", (CRISIS, says("safe"))),
    ("asked", (CRISIS,)),
    ("not_immediate", (CRISIS, says("unsafe"))),
    ("immediate", (ACUTE,)),
    ("helped", (CRISIS, says("protects"))),
    ("leaving", (CRISIS, says("leaving"))),
    ("emergency", (EMERGENCY,)),
)


def test_the_drawing_in_the_docs_has_the_ways_from_stage_to_stage_that_the_code_goes():
    messages = (CRISIS, ACUTE, VIOLENT, HURTS, EMERGENCY, QUESTION, POSSIBLE, *(says(turn) for turn in EVERY_TURN))
    messages += tuple(hears(name) for name in names(HEARD))
    gone = {(stage, after(*entrance, message).stage or "none") for stage, entrance in ENTRANCES for message in messages}
    text = (PROJECT / "docs" / "safety.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", text, re.MULTILINE))
    # A second doubt asks, too.
    assert {way for way in gone if way[0] != way[1]} | {("none", "asked")} == drawn
