"""The check on the examples finds what stands twice, what contradicts itself and where length means danger."""

import pytest

from ketamine_faq.nlu.example_check import check_examples, danger_by_length, normalised
from ketamine_faq.nlu.examples import Example
from tests.training_data import examples


def faults(*messages: tuple[str, str]) -> list[str]:
    """Return the faults of messages, each a text and an intent, as people read them."""
    listed = [Example(text, intent, {}, "data/x.yml", line) for line, (text, intent) in enumerate(messages, 1)]
    return [str(fault) for fault in check_examples(listed)]


def test_the_projects_own_examples_are_clean():
    assert [str(fault) for fault in check_examples(list(examples()))][:20] == []


def test_one_that_stands_twice_is_named_with_both_places_whatever_its_case_and_signs():
    assert faults(("What dose?", "dosing"), ("what  dose", "dosing")) == [
        "data/x.yml:2: it stands at data/x.yml:1, too; delete one of them."
    ]


def test_one_text_of_two_intents_is_named():
    assert faults(("what dose", "dosing"), ("What dose!", "schedule")) == [
        "data/x.yml:2: it is schedule here and dosing at data/x.yml:1; keep the right one."
    ]


@pytest.mark.parametrize(
    "other", ["how much of this do people get", "how much of do people get", "so how much of it do people get"]
)
def test_one_that_is_a_word_apart_is_named(other: str):
    assert faults(("how much of it do people get", "dosing"), (other, "dosing")) == [
        "data/x.yml:2: it is one word apart from data/x.yml:1; delete one of them, or reword it."
    ]


@pytest.mark.parametrize("other", ["how much of this do patients get", "how of it much do people get"])
def test_one_that_is_further_apart_is_not(other: str):
    assert faults(("how much of it do people get", "dosing"), (other, "dosing")) == []


def test_short_messages_may_differ_by_a_word():
    assert faults(("how much is it", "dosing"), ("how long is it", "dosing")) == []


def test_near_duplicates_of_two_intents_are_what_tells_them_apart():
    assert faults(("how much of it do people get", "dosing"), ("how often do people get it now", "schedule")) == []
    assert faults(("how much of it do people get", "dosing"), ("how soon of it do people get", "onset")) == []


def test_a_length_that_means_danger_is_named():
    dangers = [(f"{number} dark words", "crisis") for number in range(3)]
    harmless = [(f"{number} plain words", "goals") for number in range(12)]
    assert faults(*dangers, *harmless) == []
    (fault,) = faults(*dangers, *harmless[:-1])
    assert fault.startswith("data/: of 14 examples with 1 to 10 words 21% are dangers; add harmless ones")


def test_danger_is_counted_by_length():
    texts = [("a b", "crisis"), ("a b", "goals"), ("w " * 11, "misuse"), ("w " * 300, "goals"), ("", "goals")]
    counted = danger_by_length([Example(text, intent) for text, intent in texts])
    assert list(counted.values()) == [(1, 3), (1, 1), (0, 0), (0, 1)]


def test_what_is_nothing_but_signs_is_told_by_them():
    assert normalised("?!") == "?!"
    assert normalised("I'm  OK.") == "im ok"
