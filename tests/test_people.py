"""What real people ask: two questions, what the article leaves out named, follow-ups in haste, languages."""

import pytest

from ketamine_faq.content.texts import content
from ketamine_faq.settings import settings
from tests.conversation import Bot, Visitor


@pytest.fixture
def visitor(bot: Bot) -> Visitor:
    """A new visitor."""
    return bot.visitor()


def phrase(subject: str) -> str:
    """How a subject is named."""
    return content().variables(subject)["subject"]


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("will my fund give me anything back for it", "funding"),
        ("do you take people with fibromyalgia and ocd", "ocd"),
    ],
)
def test_what_is_not_covered_is_named_without_its_term(visitor: Visitor, message: str, subject: str):
    visitor.asks(message)
    assert phrase(subject) in visitor.text, visitor.text


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ("How often is it given? And does it cost a lot?", ["schedule", "not_covered"]),
        ("can I drive home after, and how does it work in the brain", ["mechanism", "not_covered"]),
        (
            "I have had this back since a fall at work in 2014 and I'm tired of it. What dose is used for pain? My "
            "wife read about it in the paper. And how long does one drip go for?",
            ["dosing", "session_length"],
        ),
    ],
)
def test_two_questions_get_two_answers(visitor: Visitor, message: str, topics: list[str]):
    visitor.asks(message).gets(*topics)


def test_two_that_are_not_covered_are_one_reply_that_names_both(visitor: Visitor):
    visitor.asks("what does it cost, and can I drive home after it?").gets("not_covered")
    assert phrase("cost") in visitor.text and phrase("driving") in visitor.text


def test_a_yes_after_an_answer_and_a_hand_off_is_for_the_form(visitor: Visitor):
    visitor.asks("How often is it given? And does it cost a lot?").asks("yes please").gets("contact_form")


def test_the_other_condition_is_the_one_that_was_not_asked_about(visitor: Visitor):
    visitor.asks("what dose for depression").gets("dosing", condition="depression")
    of_pain = visitor.asks("not that, the other one").gets("dosing", condition="pain").text
    visitor.asks("how often?").gets("schedule", condition="pain")
    visitor.asks("and vice versa?").gets("schedule", condition="depression")
    assert of_pain == visitor.asks("what dose for pain").text


@pytest.mark.parametrize("again", ["say that again", "again please", "can you repeat that"])
def test_an_answer_is_said_again(visitor: Visitor, again: str):
    first = visitor.asks("what dose for depression").text
    assert visitor.asks(again).text == first


@pytest.mark.parametrize(
    ("haste", "topic"),
    [
        ("how mcuh", "dosing"),
    ],
)
def test_what_is_typed_in_haste_is_understood(visitor: Visitor, haste: str, topic: str):
    visitor.asks("what is it meant to achieve for depression").gets("goals")
    visitor.asks(haste).gets(topic, condition="pain" if "pian" in haste else "depression")


@pytest.mark.parametrize(("word", "topic"), [("induction", "schedule"), ("central sensitisation", "goals")])
def test_the_meaning_of_a_word_stands_before_its_answer(visitor: Visitor, word: str, topic: str):
    visitor.asks(f"what do you mean by {word}?").gets(topic)
    assert visitor.text.lower().startswith(f"'{word}'")


@pytest.mark.parametrize("word", ["i suppose so", "fine, if i must", "go on then"])
def test_a_grudging_yes_is_a_yes(visitor: Visitor, word: str):
    visitor.asks("what does it cost").asks(word).gets("contact_form")


def test_a_question_that_names_both_conditions_corrects_nothing(visitor: Visitor):
    visitor.asks("how often for depression").gets("schedule")
    visitor.asks("which takes longer in a day, the one for depression or the one for chronic pain")
    assert visitor.actions != ["utter_schedule"], visitor.text


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("¿cuánto cuesta el tratamiento?", "es"),
        ("tedavi ne kadar sürüyor", "tr"),
        ("这个治疗多少钱", "zh-hans"),
        ("هزینه درمان چقدر است", "fa"),
    ],
)
def test_another_language_gets_its_line(visitor: Visitor, message: str, code: str):
    visitor.asks(message).gets("other_language")
    assert visitor.text.startswith(content().in_language(code, danger=False))
    assert "tel:131450" in {button.get("url") for button in visitor.buttons}


def test_a_danger_in_another_language_gets_its_numbers(visitor: Visitor):
    visitor.asks("ya no puedo más, quiero morir").gets("crisis")
    assert visitor.text.startswith(content().in_language("es", danger=True))


def test_privacy_is_told_from_the_settings(visitor: Visitor):
    visitor.asks("is what I type here recorded, and for how long").gets("privacy")
    assert f"{settings().conversations_kept_days} days" in visitor.text
    assert f"{settings().enquiries_kept_days} days" in visitor.text
