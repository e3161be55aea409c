"""Training leaves out what others' examples teach, and nothing that has changed since."""

from pathlib import Path

import pytest

from ketamine_faq.nlu import left_out
from ketamine_faq.nlu.examples import Example
from ketamine_faq.nlu.left_out import STORED, learned, leave_out
from tests.training_data import examples


def example(text: str, intent: str, author: int, **metadata: str) -> Example:
    """Return an example of one of three authors."""
    return Example(text, intent, {"author": str(author), **metadata})


KNOWN = [example(f"what does it cost {n}", "cost", n % 3) for n in range(60)]
KNOWN += [example(f"who are you then {n}", "bot", n % 3) for n in range(60)]
KNOWN += [example(f"i want to die {n}", "crisis", n % 3) for n in range(60)]
ODD = example("who are you then in crisis", "cost", 0)
TURN = example("what does it cost", "turn_cost", 1)
SUBJECT = example("what does it cost 7 times", "cost", 1, subject="cost")


def test_what_other_authors_teach_is_left_out(tmp_path: Path):
    stored = tmp_path / "left_out.txt"
    everything = [*KNOWN, ODD, TURN, SUBJECT]
    count = leave_out(everything, stored)
    kept = learned(everything, stored)
    assert count == len(everything) - len(kept) > len(KNOWN) / 2
    assert kept[-3:] == [ODD, TURN, SUBJECT]


def test_an_example_that_has_changed_is_learned_from(tmp_path: Path):
    stored = tmp_path / "left_out.txt"
    leave_out(KNOWN, stored)
    gone = next(known for known in KNOWN if known not in learned(KNOWN, stored))
    reworded = Example(gone.text + "?", gone.intent)
    relabelled = Example(gone.text, "contact")
    assert learned([gone, reworded, relabelled], stored) == [reworded, relabelled]


def test_without_a_list_all_are_learned_from(tmp_path: Path):
    assert learned(KNOWN, tmp_path / "none.txt") == KNOWN


@pytest.mark.parametrize("intent", sorted({known.intent for known in examples()}))
def test_every_intent_keeps_examples(intent: str):
    of_intent = [known for known in examples() if known.intent == intent]
    assert len(learned(of_intent)) >= len(of_intent) / 10


def test_the_list_names_examples_that_there_are():
    digests = {left_out._digest(known) for known in examples()}
    listed = STORED.read_text(encoding="ascii").split()
    assert sum(digest in digests for digest in listed) > 0.9 * len(listed)
