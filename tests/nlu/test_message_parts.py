"""Long messages are read in pieces, several questions in clauses."""

from itertools import pairwise

import pytest

from ketamine_faq.chat.typed_text import MAX_CHARACTERS
from ketamine_faq.nlu.message_parts import (
    LEAST_OVERLAP,
    MAX_CLAUSES,
    MAX_PIECES,
    PIECE,
    clauses,
    is_question,
    pieces,
    safety_readings,
)


@pytest.mark.parametrize("count", [2 * PIECE, 7 * PIECE, MAX_PIECES * PIECE, 1000])
def test_pieces_cover_a_long_text_and_overlap(count: int):
    words = [str(number) for number in range(count)]
    parts = [part.split() for part in pieces(" ".join(words))]
    assert {word for part in parts for word in part} == set(words)
    for part, following in pairwise(parts):
        assert len(set(part) & set(following)) >= min(LEAST_OVERLAP, len(following))
    assert pieces("a short one") == []


def test_pieces_are_short_until_there_would_be_too_many():
    assert max(len(part.split()) for part in pieces("word " * (MAX_PIECES * PIECE // 2))) == PIECE


@pytest.mark.parametrize("unit", ["how does it work ", "! ", "a1,2; ", "0123456789", "中文"])
def test_the_longest_message_costs_a_bounded_number_of_pieces_and_is_read_to_its_end(unit: str):
    text = (unit * MAX_CHARACTERS)[:MAX_CHARACTERS].strip()
    parts = pieces(text)
    assert 1 < len(parts) <= MAX_PIECES
    assert text.startswith(parts[0]) and text.endswith(parts[-1])
    assert sum(map(len, parts)) >= len(text.replace(" ", ""))


def test_two_questions_are_two_clauses():
    assert clauses("what dose, and how often?") == ["what dose", "how often?"]
    assert clauses("how often") == []


def test_clauses_are_bounded():
    assert len(clauses("how often? " * 1000)) == MAX_CLAUSES


@pytest.mark.parametrize(
    "text",
    [
        "how long is it? my back went in 2014, I drove trucks, and I have been on everything since",
        "my back went in 2014, I drove trucks, and I have been on everything since. how long is it?",
        "my back went in 2014. how long is it? I drove trucks, and I have been on everything since.",
    ],
)
def test_the_question_of_a_story_comes_first(text: str):
    first, *others = clauses(text)
    assert first == "how long is it?" and not any(map(is_question, others))


def test_a_comma_alone_parts_no_question():
    long = "do you think it would help me, with the bad back, the knees and everything that came after the army"
    assert clauses(long) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("no thanks, I'd rather be gone", "I'd rather be gone"),
        ("Yes please! Before it is too late", "Before it is too late"),
        ("k1ll mys3lf", "kill myself"),
        ("s u i c i d a l", "suicidal"),
        ("d.e.a.d by monday", "dead by monday"),
    ],
)
def test_what_a_message_hides_is_read_too(text: str, hidden: str):
    assert safety_readings(text) == [hidden]


@pytest.mark.parametrize(
    "text", ["no", "yes please", "thanks!", "0.5 mg/kg over 40min", "pt 64kg, q2/52", "how does it work"]
)
def test_what_hides_nothing_is_read_once(text: str):
    assert safety_readings(text) == []
