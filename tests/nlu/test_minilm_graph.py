"""The encoder of int8 products makes the packaged model's vectors."""

import numpy as np
import onnxruntime
import pytest

from ketamine_faq.nlu.encoder_files import MODEL, verified
from ketamine_faq.nlu.minilm import WIDTH, tokenizer
from ketamine_faq.nlu.minilm_graph import packaged_encoder
from tests.training_data import examples


def packaged_vectors(texts: list[str]) -> np.ndarray:
    """Return the unit vectors of the packaged file as it is, float32 (n, 384), one text at a time."""
    session = onnxruntime.InferenceSession(str(verified(MODEL)), providers=["CPUExecutionProvider"])
    vectors = []
    for text in texts:
        ids = np.array([tokenizer().encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        vectors.append(session.run(["last_hidden_state"], inputs)[0].mean(axis=1)[0])
    return np.array([vector / np.linalg.norm(vector) for vector in vectors])


def test_its_vectors_are_those_of_the_packaged_file():
    texts = [example.text for example in examples()][::500]
    cosines = (packaged_encoder().encode(texts) * packaged_vectors(texts)).sum(axis=1)
    assert cosines.mean() > 0.998
    assert cosines.min() > 0.98


def test_vectors_are_unit_vectors_that_know_meaning():
    dose, amount, weather = packaged_encoder().encode(["what dose is given", "how much is administered", "rain later"])
    assert np.linalg.norm(dose) == pytest.approx(1, abs=1e-5)
    assert dose @ amount > dose @ weather + 0.2


def test_a_text_of_nothing_one_beyond_its_length_and_none_at_all_have_vectors():
    assert np.isfinite(packaged_encoder().encode(["", "word " * 3000])).all()
    assert packaged_encoder().encode([]).shape == (0, WIDTH)
