"""`ketamine-faq train --encoder`: fine-tunes the encoder, and keeps what it learns in the repository."""

from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
from rasa.shared.exceptions import RasaException

from ketamine_faq.nlu.adapter import Factors, merged, record, write_adapter
from ketamine_faq.nlu.examples import Example, examples_fingerprint, read_examples
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_weights

# Of so many of its own examples an encoder that learned anything has most next to their topic.
CHECKED, MIN_RIGHT = 2000, 0.6


class DidNotLearnError(RasaException):
    """The encoder came out of fine-tuning no wiser than it went in."""


def make_adapter() -> dict[str, Any]:
    """Fine-tune, write the adapter and its record, and return the record.

    The same examples give the same adapter on the same kind of processor; on another, the last digits of TensorFlow's
    products differ. Raises ExamplesError, MissingModelError and DidNotLearnError; then nothing is written.
    """
    from ketamine_faq.nlu import fine_tuning  # TensorFlow

    examples = read_examples()
    texts = [example.text for example in examples]
    factors = fine_tuning.fine_tuned_factors(texts, [e.topic for e in examples], [e.concern for e in examples])
    made: dict[str, Any] = {
        "examples": len(examples),
        "fingerprint": examples_fingerprint(examples),
        "made_on": date.today().isoformat(),
        "rank": fine_tuning.RANK,
        "epochs": fine_tuning.EPOCHS,
        "learning_rate": fine_tuning.LEARNING_RATE,
        "versions": {name: version(name) for name in ("numpy", "tensorflow", "tokenizers")},
        "next_to_their_topic": next_to_their_topic(factors, examples),
    }
    right = made["next_to_their_topic"]
    if right < MIN_RIGHT:
        raise DidNotLearnError(
            f"The encoder has {right:.0%} of its own examples next to their topic: see fine_tuning.py."
        )
    write_adapter(factors, made)
    return record()


def next_to_their_topic(factors: Factors, examples: list[Example]) -> float:
    """Return the share of a sample of the examples that are nearer to their topic's centre than to any other's."""
    topical = [example for example in examples if example.topic]
    sample = topical[:: max(1, len(topical) // CHECKED)]
    vectors = MiniLM(graph_of_bytes(merged(packaged_weights(), factors))).encode([example.text for example in sample])
    names, owners = np.unique([str(example.topic) for example in sample], return_inverse=True)
    centres = np.array([vectors[owners == index].mean(axis=0) for index in range(len(names))])
    return round(float(((vectors @ centres.T).argmax(axis=1) == owners).mean()), 3)
