"""The training data: enough of it, varied, and none of it used for measuring."""

from collections import Counter

import pytest
import yaml

from ketamine_faq.content.topics import topics
from ketamine_faq.nlu.examples import POSSIBLE
from ketamine_faq.paths import PROJECT
from tests.held_out import BENCH, UNLIKE_ANYTHING, rows_of
from tests.training_data import examples, normalised

LEAST = 120
LEAST_UNANSWERED = 400
LEAST_DANGERS = {"crisis": 600, "emergency": 300, "misuse": 300}
LEAST_LOOK_ALIKES = 900
LEAST_POSSIBLE = 300


def test_every_topic_has_enough_examples():
    counts = Counter(example.intent for example in examples())
    ids = [topic.id for topic in topics()]
    assert {name: counts[name] for name in ids if counts[name] < LEAST} == {}
    assert counts["not_covered"] + counts["out_of_scope"] >= LEAST_UNANSWERED


def test_the_safety_gate_has_enough_examples_and_look_alikes():
    counts = Counter(example.intent for example in examples())
    assert {kind: counts[kind] for kind, least in LEAST_DANGERS.items() if counts[kind] < least} == {}
    harmless = [example for example in examples() if example.intent not in LEAST_DANGERS]
    assert sum(example.metadata.get("kind") == "lookalike" for example in harmless) >= LEAST_LOOK_ALIKES
    assert sum(example.concern == POSSIBLE for example in harmless) >= LEAST_POSSIBLE


def test_each_example_behind_the_typical_ones_says_who_wrote_it_and_when():
    behind = [example for example in examples() if example.file != "data/nlu.yml"]
    assert [example.place for example in behind if not {"author", "batch"} <= set(example.metadata)] == []


def test_no_example_hides_an_entity_annotation():
    assert [example.place for example in examples() if "](" in example.text or "]{" in example.text] == []


def held_out() -> set[str]:
    """Every message that the tests measure with."""
    questions = yaml.safe_load((PROJECT / "tests" / "questions.yml").read_text(encoding="utf-8")).values()
    messages = [row["text"] for path in (PROJECT / "tests").glob("*.jsonl") for row in rows_of(path)]
    texts = [*questions, *UNLIKE_ANYTHING, *messages]
    return {normalised(text) for text in texts}


def test_nothing_that_measures_is_trained_on():
    assert held_out() & {normalised(example.text) for example in examples()} == set()


@pytest.mark.skipif(not BENCH.is_file(), reason="only where the brief lies beside the project")
def test_none_of_the_bench_is_trained_on():
    bench = {normalised(row["text"]) for row in rows_of(BENCH)}
    assert bench & {normalised(example.text) for example in examples()} == set()
