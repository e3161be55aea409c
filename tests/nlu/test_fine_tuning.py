"""Fine-tuning teaches the encoder to tell topics apart, and what learned nothing is not kept."""

from pathlib import Path

import numpy as np
import pytest

from ketamine_faq.nlu import adapter, adapter_training
from ketamine_faq.nlu.adapter import merged, read_adapter
from ketamine_faq.nlu.adapter_training import DidNotLearnError, make_adapter
from ketamine_faq.nlu.examples import Example, examples_fingerprint
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_encoder, packaged_weights
from tests.training_data import examples

INTENTS = ("dosing", "mechanism", "contact", "crisis")
OF_AN_INTENT = 64
# So few examples are gone through more often than all of them.
EPOCHS = 6


@pytest.fixture
def adapter_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the adapter is written."""
    monkeypatch.setattr(adapter, "ADAPTER", tmp_path / "adapter.npz")
    monkeypatch.setattr(adapter, "RECORD", tmp_path / "adapter.json")
    return tmp_path


def taught(monkeypatch: pytest.MonkeyPatch, lessons: list[Example]) -> None:
    """Have an adapter made from these examples."""
    monkeypatch.setattr(adapter_training, "read_examples", lambda: lessons)


def apartness(encoder: MiniLM, lessons: list[Example]) -> float:
    """Return by how much two texts of an intent are nearer to each other than two of different ones, in cosines."""
    intents = np.array([lesson.intent for lesson in lessons])
    vectors, same = encoder.encode([lesson.text for lesson in lessons]), intents[:, None] == intents
    cosines = vectors @ vectors.T
    return float(cosines[same].mean() - cosines[~same].mean())


@pytest.mark.usefixtures("adapter_elsewhere")
def test_intents_lie_further_apart_than_before(monkeypatch: pytest.MonkeyPatch):
    lessons = [e for intent in INTENTS for e in [e for e in examples() if e.intent == intent][:OF_AN_INTENT]]
    taught(monkeypatch, lessons)
    monkeypatch.setattr("ketamine_faq.nlu.fine_tuning.EPOCHS", EPOCHS)
    made = make_adapter()
    assert made["examples"] == len(lessons) == OF_AN_INTENT * len(INTENTS)
    assert made["fingerprint"] == examples_fingerprint(lessons)
    assert {"sha256", "made_on", "versions", "rank", "epochs", "learning_rate", "next_to_their_topic"} <= set(made)
    tuned = MiniLM(graph_of_bytes(merged(packaged_weights(), read_adapter())))
    assert apartness(tuned, lessons) > 1.5 * apartness(packaged_encoder(), lessons)


def test_one_that_learned_nothing_is_not_kept(adapter_elsewhere: Path, monkeypatch: pytest.MonkeyPatch):
    taught(monkeypatch, [Example("what is true of all four", intent) for intent in ("a", "b", "c", "d") * 16])
    with pytest.raises(DidNotLearnError, match="fine_tuning"):
        make_adapter()
    assert list(adapter_elsewhere.iterdir()) == []


def test_the_fingerprint_is_of_texts_topics_and_concerns_alone():
    known = examples_fingerprint([Example("what dose", "dosing", {"author": "a"}, "data/nlu.yml", 7)])
    assert examples_fingerprint([Example("what dose", "dosing")]) == known
    others = [Example("what doses", "dosing"), Example("what dose", "goals"), Example("what dose", "crisis")]
    others.append(Example("what dose", "dosing", {"concern": "possible"}))
    assert len({known, *(examples_fingerprint([other]) for other in others)}) == len(others) + 1
