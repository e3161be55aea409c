"""The fine-tuned encoder answers as it was trained to: on onnxruntime, and again when it has been stored and read."""

from pathlib import Path

import numpy as np
import pytest

from ketamine_faq.nlu.fine_tuned_classifier import DidNotLearnError, FineTunedClassifier
from tests.training_data import examples

TOPICS = ("dosing", "mechanism", "contact", "goodbye")


def lessons(of_a_topic: int) -> tuple[list[str], list[str]]:
    """Return texts and labels: so many examples of each of a few topics."""
    chosen = [[example for example in examples() if example.intent == topic][:of_a_topic] for topic in TOPICS]
    return [e.text for topic in chosen for e in topic], [e.intent for topic in chosen for e in topic]


def test_it_learns_and_can_be_stored(tmp_path: Path):
    texts, labels = lessons(120)
    fitted = FineTunedClassifier.fit(texts, labels)
    before = fitted.probabilities(texts)
    assert np.mean(np.array(fitted.classes)[before.argmax(axis=1)] == labels) > 0.9
    fitted.save(tmp_path)
    assert np.abs(FineTunedClassifier.load(tmp_path).probabilities(texts) - before).max() < 0.02


def test_one_that_learned_nothing_is_refused():
    with pytest.raises(DidNotLearnError, match="LEARNING_RATE"):
        FineTunedClassifier.fit(["what is true of all four"] * 80, list(TOPICS) * 20)
