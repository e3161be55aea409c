"""Fine-tuning teaches the encoder to tell topics apart, and training says so where it could not."""

import numpy as np
import pytest

from ketamine_faq.nlu import sentence_encoder
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.minilm_graph import packaged_encoder
from ketamine_faq.nlu.sentence_encoder import DidNotLearnError, fitted_graph
from tests.training_data import examples

TOPICS = ("dosing", "mechanism", "contact", "goodbye")


@pytest.fixture(autouse=True)
def _fine_tuned(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sentence_encoder, "LEAST_FOR_FINE_TUNING", 1)


def lessons(of_a_topic: int) -> tuple[list[str], list[str]]:
    """Return texts and labels: so many examples of each of a few topics."""
    chosen = [[example for example in examples() if example.intent == topic][:of_a_topic] for topic in TOPICS]
    return [e.text for topic in chosen for e in topic], [e.intent for topic in chosen for e in topic]


def apartness(encoder: MiniLM, texts: list[str], labels: list[str]) -> float:
    """Return by how much two texts of a topic are nearer to each other than two of different ones, in cosines."""
    vectors, same = encoder.encode(texts), np.array(labels)[:, None] == np.array(labels)
    cosines = vectors @ vectors.T
    return float(cosines[same].mean() - cosines[~same].mean())


def test_topics_lie_further_apart_than_before():
    texts, labels = lessons(120)
    tuned = MiniLM(fitted_graph(texts, labels))
    assert apartness(tuned, texts, labels) > 2 * apartness(packaged_encoder(), texts, labels)


def test_one_that_learned_nothing_is_refused():
    with pytest.raises(DidNotLearnError, match="fine_tuning"):
        fitted_graph(["what is true of all four"] * 80, list(TOPICS) * 20)
