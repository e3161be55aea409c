"""Conversations over several turns, as visitors have them."""

import pytest

from ketamine_faq.content.texts import content
from tests.conversation import Bot, Visitor
from tests.held_out import rows


@pytest.fixture
def visitor(bot: Bot) -> Visitor:
    """A new visitor."""
    return bot.visitor()


def test_visitor_changes_condition_topic_and_audience(visitor: Visitor):
    visitor.asks("what dose for depression").gets("dosing", condition="depression", audience="patient")
    visitor.asks("and for pain?").gets("dosing", condition="pain")
    visitor.asks("how often?").gets("schedule", condition="pain")
    visitor.asks("I'm a GP by the way").gets("schedule", condition="pain", audience="referrer")
    visitor.asks("sorry, I meant depression").gets("schedule", condition="depression", audience="referrer")
    visitor.asks("both").gets("schedule", condition="both", audience="referrer")


def test_each_condition_has_its_own_answer(visitor: Visitor):
    texts = {visitor.asks(message).text for message in ("what dose?", "for depression", "for pain", "both")}
    assert len(texts) == 3  # nothing named and both named are answered alike


def test_visitor_greets_and_asks(visitor: Visitor):
    visitor.asks("hi there, how long does one infusion take for nerve pain?").gets("session_length", condition="pain")


def test_visitor_thanks_and_asks(visitor: Visitor):
    visitor.asks("thanks for that! and how does it actually work in the brain?").gets("mechanism")


def test_visitor_takes_up_the_contact_form(visitor: Visitor):
    visitor.asks("how often is it given").asks("what does it cost").gets("not_covered")
    visitor.asks("yes please").gets("contact_form")
    assert "topic=schedule" in visitor.text


def test_visitor_declines_the_contact_form_and_asks_on(visitor: Visitor):
    visitor.asks("does it have side effects").gets("not_covered")
    visitor.asks("no thanks").gets("handoff_declined")
    visitor.asks("ok so how often would someone have it").gets("schedule")


def test_visitor_asks_something_unrelated_in_between(visitor: Visitor):
    visitor.asks("what dose for depression").gets("dosing", condition="depression")
    visitor.asks("what's the weather doing in Cairns").gets("out_of_scope")
    visitor.asks("and for pain?").gets("dosing", condition="pain")


def test_visitor_says_yes_when_nothing_was_offered(visitor: Visitor):
    visitor.asks("yes").gets("default")


def test_visitor_names_a_condition_first(visitor: Visitor):
    visitor.asks("it's about chronic pain").gets("specify_condition", condition="pain")
    visitor.asks("how long does one session go for?").gets("session_length", condition="pain")


def test_visitor_rejects_one_condition_for_the_other(visitor: Visitor):
    visitor.asks("what dose for pain").asks("no not for pain, for depression").gets("dosing", condition="depression")


def test_visitor_asks_two_questions_at_once(visitor: Visitor):
    visitor.asks("what dose, and how often, for pain?").gets("dosing", "schedule", condition="pain")


def test_visitor_asks_one_question_that_is_answered_and_one_that_is_not(visitor: Visitor):
    visitor.asks("what does it cost, and how does it work in the brain?").gets("mechanism", "not_covered")
    assert "/affirm" in visitor.payloads


def test_visitor_presses_the_button_under_an_answer(visitor: Visitor):
    visitor.asks("how much is given for depression?")
    assert 1 <= len(visitor.buttons) <= 3
    payload = visitor.payloads[0]
    visitor.presses(payload).gets(payload.removeprefix("/"), condition="depression")


def test_hand_off_names_what_was_asked_and_links_the_form(visitor: Visitor):
    visitor.asks("what about side effects?").gets("not_covered")
    assert content().variables("side_effects")["subject"] in visitor.text
    form = content().variables()["contact_form_url"]
    assert form in visitor.text
    visitor.asks("how often is it given?").asks("and the side effects?").gets("not_covered")
    assert f"{form}#topic=schedule&audience=patient" in [button.get("url") for button in visitor.buttons]


def numbers(visitor: Visitor) -> set[str | None]:
    """What the buttons under the reply call or text."""
    return {button.get("url") for button in visitor.buttons}


def test_visitor_in_crisis_is_asked_and_believed(visitor: Visitor):
    visitor.asks("i dont want to be alive anymore").gets("crisis")
    assert {"tel:000", "tel:131114", "sms:0477131114"} <= numbers(visitor)
    assert visitor.replies[0]["concern"] == "danger"
    visitor.asks("I'm safe, it came out wrong").gets("crisis_safe")
    visitor.asks("how does ketamine work").gets("mechanism")


@pytest.mark.parametrize("message", ["I'm safe, my sister has come over", "i am quite safe, thank you", "/turn_safe"])
def test_visitor_who_is_safe_says_so(visitor: Visitor, message: str):
    visitor.asks("I wish I was dead").gets("crisis").asks(message)
    assert visitor.actions[0] in ("utter_crisis_safe", "utter_crisis_helped")


@pytest.mark.parametrize(
    ("payload", "topic"),
    [
        ("/turn_unsafe", "crisis_not_immediate"),
        ("/turn_immediate", "crisis_immediate"),
        ("/turn_other", "crisis_other"),
        ("/other_lines", "other_lines"),
    ],
)
def test_the_buttons_answer_the_question(visitor: Visitor, payload: str, topic: str):
    visitor.asks("I wish I was dead").gets("crisis")
    assert payload in visitor.payloads
    visitor.presses(payload)
    assert visitor.actions in ([f"utter_{topic}"], ["utter_crisis_stay"])


def test_the_question_that_was_asked_before_is_answered(visitor: Visitor):
    visitor.asks("how often is it given? i wish i was dead").gets("crisis")
    visitor.presses("/turn_safe")
    assert visitor.actions[0] == "utter_crisis_safe"
    visitor.asks("how does ketamine work").gets("mechanism")


def test_visitor_who_is_safe_and_asks_is_answered(visitor: Visitor):
    visitor.asks("No, I'm fine, just tired. How often is it given?").gets("schedule")


def test_what_comes_back_to_an_alarm_that_is_over_is_taken_up(visitor: Visitor):
    visitor.asks("i want to kill myself").asks("im safe now").gets("crisis_safe")
    visitor.asks("how often is it given").gets("schedule")
    visitor.asks("will they tell my boss").gets("crisis_self_asked_what_if_they_tell_others")
    visitor.asks("mum has my pills now").gets("crisis_means_away")
    visitor.asks("and what is the dose for depression").gets("dosing")


def test_who_says_that_nobody_would_notice_is_never_refused(visitor: Visitor):
    visitor.asks("gonna vibe alone with my anxiety, nobody would even notice")
    assert "misuse" not in [reply["topic"] for reply in visitor.replies]
    assert {reply.get("concern") for reply in visitor.replies} & {"possible", "danger"}


def test_helper_of_someone_in_crisis_is_spoken_to(visitor: Visitor):
    of_self = visitor.asks("I wish I was dead").gets("crisis").text
    other = visitor.bot.visitor().asks("my husband says he is going to kill himself tonight")
    assert other.actions == ["utter_crisis"] and other.text != of_self
    other.presses("/turn_other_safe").gets("crisis_other_safe")


@pytest.mark.parametrize("message", ["idk", "lol", "help", "bye", "whatever", "the weather is nice", "k", "thanks"])
def test_a_word_after_a_crisis_stays_with_the_person(visitor: Visitor, message: str):
    visitor.asks("I want to kill myself").gets("crisis")
    visitor.asks(message)
    assert all(action.startswith("utter_crisis") for action in visitor.actions), visitor.actions
    assert numbers(visitor) & {"tel:000", "tel:131114", "sms:0477131114"}


def test_no_text_comes_twice(visitor: Visitor):
    messages = ("I want to kill myself", "idk", "idk", "leave me alone", "what do i do", "what do i do", "k", "k")
    texts = [visitor.asks(message).text for message in messages]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("message", ["what do I do while I wait", "should I give her some water", "idk"])
def test_what_is_asked_in_an_emergency_gets_the_numbers_again(visitor: Visitor, message: str):
    visitor.asks("she has collapsed and won't wake up").gets("emergency")
    visitor.asks(message)
    assert all(action.startswith("utter_emergency") for action in visitor.actions), visitor.actions
    assert "tel:000" in numbers(visitor)


@pytest.mark.parametrize("word", ["yes", "no", "thanks"])
def test_an_emergency_is_not_over_with_a_word(visitor: Visitor, word: str):
    visitor.asks("he has stopped breathing").gets("emergency")
    visitor.asks(word)
    assert all(action.startswith("utter_emergency") for action in visitor.actions), visitor.actions


@pytest.mark.parametrize("message", ["no thanks, I want to kill myself", "yes please, before I jump off the bridge"])
def test_a_crisis_behind_a_yes_or_no_is_met(visitor: Visitor, message: str):
    visitor.asks("what does it cost").gets("not_covered")
    visitor.asks(message).gets("crisis")


def test_crisis_wins_while_a_hand_off_is_offered(visitor: Visitor):
    visitor.asks("what does it cost").gets("not_covered")
    visitor.asks("forget it, I'm going to end my life").gets("crisis")


# So vague that no training makes all of them clear; and of so many questions of strangers, some are unclear to each.
VAGUE = (
    "what about it",
    "is one enough",
    "does it change",
    "how does it go",
    "for how",
    "so what would that come to",
    "the same",
    "in that case",
    "before",
    "is that it",
    "by whom",
    "how come",
)


def test_crisis_wins_while_the_bot_asks_what_was_meant(bot: Bot):
    messages = (*VAGUE, *(row["text"] for row in rows("exam_questions.jsonl")))
    visitors = (bot.visitor().asks(message) for message in messages)
    unsure = next(visitor for visitor in visitors if visitor.actions == ["utter_did_you_mean"])
    assert len([payload for payload in unsure.payloads if payload.startswith("/")]) >= 2
    unsure.asks("forget it, I'm going to end my life").gets("crisis")


def test_a_carer_is_spoken_to_as_one_and_reads_what_patients_do_elsewhere(visitor: Visitor):
    plain = visitor.asks("how is it given for depression, what dose").text
    visitor.asks("I'm a carer, what dose for depression").gets("dosing", audience="carer", condition="depression")
    assert visitor.text == plain
    form = content().variables()["contact_form_url"]
    assert f"{form}#topic=dosing&audience=carer" in [
        button.get("url") for button in visitor.asks("my mum has been on lithium, would it suit her").buttons
    ]
    visitor.gets("personal_concern")
    assert "looks after them" in visitor.text


def test_who_asks_about_somebody_else_is_a_carer_in_that_reply_alone(visitor: Visitor):
    visitor.asks("would he be suitable, he's had a stent and he takes warfarin").gets("personal_concern")
    assert "looks after them" in visitor.text
    visitor.gets("personal_concern", audience="patient")


def test_a_clinician_who_says_she_stays_a_clinician(visitor: Visitor):
    visitor.asks("I'm a GP").asks("can she have it with lithium, she's had six agents").gets(
        "personal_concern", audience="referrer"
    )
    assert "one patient's case" in visitor.text
