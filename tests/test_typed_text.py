"""What visitors type is only text, whatever it looks like."""

import contextlib
import json
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamine_faq.chat.typed_text import MAX_MARKS, TooLongError, typed_text
from ketamine_faq.content.texts import MAX_CHARACTERS, content
from tests.conversation import Bot, assert_closed
from tests.support.odd_texts import ODD


@given(st.text(max_size=MAX_CHARACTERS // 20))  # a character can become 18
@settings(max_examples=500, deadline=None)
def test_any_text_becomes_a_line_that_is_no_command(raw: str):
    text = typed_text(raw)
    assert text
    assert not text.startswith("/")
    assert text == typed_text(text)


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("mail jo.bloggs@example.com please", "mail [email] please"),
        ("ring 0412 345 678 after five", "ring [phone number] after five"),
        ("ring (02) 9876 5432", "ring [phone number]"),
        ("ring +61 412 345 678", "ring [phone number]"),
        ("medicare 2123 45670 1", "medicare [Medicare number]"),
        ("0.5 mg/kg over 40 minutes", "0.5 mg/kg over 40 minutes"),
        ("since 2019, 82 kg", "since 2019, 82 kg"),
    ],
)
def test_details_are_masked_and_figures_are_not(raw: str, masked: str):
    assert typed_text(raw) == masked


def test_what_is_too_long_is_refused_whole():
    assert typed_text("x" * MAX_CHARACTERS)
    with pytest.raises(TooLongError):
        typed_text("x" * (MAX_CHARACTERS + 1))


def cost(text: str) -> float:
    """The processor's seconds that a text takes, or its refusal."""
    began = time.process_time()
    with contextlib.suppress(TooLongError):
        typed_text(text)
    return time.process_time() - began


@given(st.characters(), st.characters(), st.characters(categories=("Mn", "Mc", "Me", "Lm", "Sk")))
@settings(max_examples=200, deadline=None)
def test_a_run_of_anything_costs_what_words_cost(one: str, other: str, mark: str):
    most = 50 * max(cost(("how does it work for chronic pain " * 100)[:MAX_CHARACTERS]), 0.0005)
    for run in (one, mark, one + mark, one + other + mark, f"{one} {other}"):
        text = (run * MAX_CHARACTERS)[:MAX_CHARACTERS]
        # Tried again where the machine was slow.
        assert cost(text) < most or cost(text) < most, ascii(run)


def test_what_is_far_too_long_is_not_looked_at():
    # To bring these into a normal form would take minutes.
    assert cost("\u0345\u0300\u0316\u0334" * 100_000) < 0.1


def test_of_marks_no_more_are_kept_than_a_script_needs():
    text = typed_text("q" + "\u0345\u0300\u0316\u0334" * 100 + "w")
    assert text[0] == "q" and text[-1] == "w" and len(text) == 2 + MAX_MARKS
    for word in ("cà phê Nguyễn", "שָׁלוֹם", "ที่นี่", "हिन्दी", "বাংলা"):
        typed = unicodedata.normalize("NFD", word)
        assert typed_text(typed) == unicodedata.normalize("NFKC", word)


def test_signs_arrive_as_they_were_typed():
    assert typed_text("temp > 38 and BP < 120 & rising") == "temp > 38 and BP < 120 & rising"


def test_hidden_characters_do_not_hide_a_word():
    assert typed_text("sui\u200bcid\u202eal\x00") == "suicidal"


@pytest.mark.parametrize("message", ODD)
def test_odd_text_is_answered_as_text(bot: Bot, message: str):
    visitor = bot.visitor().asks("what dose for pain").asks(message)
    assert visitor.slots["condition"] == "pain"  # nothing was reset or executed


# What costs the pipeline most, by trying.
DEAR = ["£", "🙂", "(", "£ ", "££ ", "a1 ", "z, ", "\u0301", "中", "zq x ", "0 ", "k1ll ", "s u i ", "a@ ", "no no "]


@pytest.mark.parametrize("unit", DEAR)
def test_the_dearest_messages_are_understood_within_a_second(bot: Bot, unit: str):
    # Else there would be the failure notice: `serve` gives up what takes longer (ketamine_faq/serving/clock.py).
    visitor = bot.visitor().asks((unit * MAX_CHARACTERS)[:MAX_CHARACTERS])
    assert visitor.text not in (content().failure, content().too_long)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_danger_anywhere_in_the_longest_message_is_met(bot: Bot, share: float):
    around = "Could you tell me how the treatment for pain differs from the one for depression, and who decides? " * 120
    danger = " I am going to kill myself tonight. "
    cut = int(share * (MAX_CHARACTERS - len(danger)))
    message = around[:cut] + danger + around[cut : MAX_CHARACTERS - len(danger)]
    bot.visitor().asks(message).gets("crisis")
    assert bot.visitor().asks(message.replace(danger, " ")).actions != ["utter_crisis"]


def test_a_message_that_is_too_long_is_said_not_to_be_read(bot: Bot):
    visitor = bot.visitor().asks("how does it work and why is that so, please tell me " * 40)
    assert visitor.text == content().too_long and f"{MAX_CHARACTERS:,}" in visitor.text
    assert content().variables()["lifeline"] in visitor.text
    # By which the widget tells it from an answer, and puts the numbers first.
    assert visitor.replies[0]["error"]


def test_the_question_on_a_button_counts_as_the_button_when_it_is_typed(bot: Bot):
    title = content().question_button("not_covered")["title"]
    bot.visitor().asks(title).gets("not_covered")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'"text"', b'{"sender": 1, "message": "x"}', b"\xff\xfe"])
def test_a_request_that_is_none_is_refused_with_a_reply(bot: Bot, body: bytes):
    status, replies = bot.post(body)
    assert status == 400
    assert_closed(replies)


def test_a_message_without_a_sender_has_a_conversation_of_its_own(bot: Bot):
    _, first = bot.post(json.dumps({"message": "hello"}).encode())
    _, second = bot.post(json.dumps({"message": "hello"}).encode())
    assert first[0]["recipient_id"] != second[0]["recipient_id"]
