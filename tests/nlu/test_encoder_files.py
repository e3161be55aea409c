"""Only the reviewed weights are loaded; what is missing or strange is said in one line."""

import dataclasses

import numpy as np
import pytest
from safetensors.numpy import load_file

from ketamine_faq.nlu.encoder_files import (
    FLOAT_WEIGHTS,
    MODEL,
    MissingModelError,
    verified,
    verify_encoder,
    word_embeddings,
)
from ketamine_faq.nlu.sentence_encoder import shared_encoder


def test_the_files_are_the_reviewed_ones():
    verify_encoder()


def test_other_bytes_are_refused():
    with pytest.raises(MissingModelError, match="make setup"):
        verified(dataclasses.replace(MODEL, sha256="0" * 64))


def test_a_missing_package_is_named():
    with pytest.raises(MissingModelError, match="no_such_package"):
        verified(dataclasses.replace(MODEL, package="no_such_package"))


def test_the_mapped_word_embeddings_are_those_of_the_file():
    stored = load_file(verified(FLOAT_WEIGHTS))["embeddings.word_embeddings.weight"]
    assert np.array_equal(word_embeddings(), stored)


def test_vectors_are_unit_vectors_that_know_meaning():
    dose, amount, weather = shared_encoder().encode(["what dose is given", "how much is administered", "rain later"])
    assert np.linalg.norm(dose) == pytest.approx(1, abs=1e-5)
    assert dose @ amount > dose @ weather + 0.2


def test_a_vector_does_not_depend_on_its_neighbours():
    alone = shared_encoder().encode(["how often"])
    among = shared_encoder().encode(["a long message about something else entirely " * 5, "how often"])
    assert np.abs(alone[0] - among[1]).max() < 1e-3
