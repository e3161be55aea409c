"""The encoder makes the packaged model's vectors, with products of bytes nearly so."""

import numpy as np
import onnxruntime
import pytest

from ketamine_faq.nlu.encoder_files import MODEL, verified
from ketamine_faq.nlu.minilm import WIDTH, MiniLM, tokenizer
from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_encoder, packaged_weights
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
    published = packaged_vectors(texts)
    assert (packaged_encoder().encode(texts) * published).sum(axis=1).min() > 0.9999
    of_bytes = (MiniLM(graph_of_bytes(packaged_weights())).encode(texts) * published).sum(axis=1)
    assert of_bytes.mean() > 0.99
    assert of_bytes.min() > 0.97


def test_vectors_are_unit_vectors_that_know_meaning():
    dose, amount, weather = packaged_encoder().encode(["what dose is given", "how much is administered", "rain later"])
    assert np.linalg.norm(dose) == pytest.approx(1, abs=1e-5)
    assert dose @ amount > dose @ weather + 0.2


def test_a_text_of_nothing_one_beyond_its_length_and_none_at_all_have_vectors():
    assert np.isfinite(packaged_encoder().encode(["", "word " * 3000])).all()
    assert packaged_encoder().encode([]).shape == (0, WIDTH)
