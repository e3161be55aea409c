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
    assert f"{form}?topic=schedule&audience=patient" in [button.get("url") for button in visitor.buttons]


def test_visitor_in_crisis_is_asked_and_answered(visitor: Visitor):
    visitor.asks("i dont want to be alive anymore").gets("crisis", concerned="self")
    assert {"tel:000", "tel:131114", "sms:0477131114"} <= {button.get("url") for button in visitor.buttons}
    visitor.asks("thanks, I'm ok").gets("crisis_safe")
    visitor.asks("how does ketamine work").gets("mechanism")


@pytest.mark.parametrize(
    "message",
    ["im ok truly, it was a figure of speech", "I'm safe, my sister has come over", "sorry, bad joke, I am fine"],
)
def test_visitor_who_is_safe_says_so_in_a_sentence(visitor: Visitor, message: str):
    visitor.asks("I want to kill myself").gets("crisis").asks(message).gets("crisis_safe", concerned="self")


def test_helper_says_that_the_other_is_safe(visitor: Visitor):
    of_self = visitor.asks("I want to kill myself").asks("yes").gets("crisis_safe").text
    visitor.asks("my husband says he is going to kill himself tonight").gets("crisis", concerned="other")
    of_other = visitor.asks("yes, he is safe and I am sitting with him").gets("crisis_safe", concerned="other").text
    assert of_other != of_self


def test_visitor_in_crisis_who_is_not_safe(visitor: Visitor):
    visitor.asks("I want to kill myself").gets("crisis")
    visitor.asks("no").gets("crisis_unsafe")


def test_visitor_in_crisis_asks_for_the_form_by_its_button(visitor: Visitor):
    visitor.asks("I want to kill myself").gets("crisis")
    visitor.presses("/contact").gets("contact")
    assert content().variables()["emergency"] in visitor.text


@pytest.mark.parametrize("message", ["idk", "lol", "help", "bye", "whatever", "the weather is nice"])
@pytest.mark.parametrize(("word", "topic"), [("yes", "crisis_safe"), ("no", "crisis_unsafe")])
def test_an_unclear_word_after_a_crisis_is_asked_back_with_the_numbers(
    visitor: Visitor, message: str, word: str, topic: str
):
    visitor.asks("I want to kill myself").gets("crisis")
    visitor.asks(message).gets("crisis_unclear", concerned="self")
    assert {"tel:000", "tel:131114", "sms:0477131114"} <= {button.get("url") for button in visitor.buttons}
    visitor.asks(word).gets(topic)


def test_visitor_asks_on_after_an_unclear_word(visitor: Visitor):
    visitor.asks("my husband says he is going to kill himself tonight").gets("crisis", concerned="other")
    for message in ("she is on venlafaxine, does it matter", "lol", "idk"):
        visitor.asks(message).gets("crisis_unclear", concerned="other")
    visitor.asks("how often is it given").gets("schedule")
    visitor.asks("lol").gets("out_of_scope")


@pytest.mark.parametrize("message", ["what do I do while I wait", "should I give her some water", "idk"])
def test_what_is_asked_in_an_emergency_gets_the_numbers_again(visitor: Visitor, message: str):
    visitor.asks("she has collapsed and won't wake up").gets("emergency")
    visitor.asks(message)
    assert visitor.actions in (["utter_emergency_goes_on"], ["utter_emergency"])
    assert "tel:000" in {button.get("url") for button in visitor.buttons}


@pytest.mark.parametrize("word", ["yes", "no", "thanks"])
def test_an_emergency_is_not_over_with_a_word(visitor: Visitor, word: str):
    visitor.asks("he has stopped breathing").gets("emergency")
    visitor.asks(word).gets("emergency_goes_on")
    visitor.asks("how does ketamine work").gets("mechanism")


@pytest.mark.parametrize("message", ["no thanks, I want to kill myself", "yes please, before I jump off the bridge"])
def test_a_crisis_behind_a_yes_or_no_is_met(visitor: Visitor, message: str):
    visitor.asks("what does it cost").gets("not_covered")
    visitor.asks(message).gets("crisis")


def test_helper_of_someone_in_crisis_is_spoken_to(visitor: Visitor):
    visitor.asks("my husband says he is going to kill himself tonight").gets("crisis", concerned="other")


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
    assert f"{form}?topic=dosing&audience=carer" in [
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
