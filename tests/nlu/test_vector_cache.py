"""Vectors are made once for each text and encoder, and a damaged file of them is no more than slow."""

from pathlib import Path

import numpy as np
import pytest

from ketamine_faq.nlu import vector_cache
from ketamine_faq.nlu.minilm import WIDTH
from ketamine_faq.nlu.minilm_graph import packaged_encoder
from ketamine_faq.nlu.vector_cache import cached_vectors

DOSE, COST, TIME = "what dose", "what does it cost", "how long is it"


class Encoder:
    """The packaged encoder, which notes what it is asked for."""

    def __init__(self, fingerprint: str = "one") -> None:
        """Begin with nothing asked."""
        self.fingerprint, self.asked = fingerprint, []

    def encode(self, texts: list[str]) -> np.ndarray:
        """Encode."""
        self.asked += texts
        return packaged_encoder().encode(texts)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where vectors are kept."""
    monkeypatch.setattr(vector_cache, "FOLDER", tmp_path / "vectors")
    return tmp_path / "vectors"


def test_what_is_kept_is_not_encoded_again_and_comes_out_the_same():
    encoder = Encoder()
    first = cached_vectors(encoder, [DOSE, COST, DOSE])
    assert encoder.asked == [DOSE, COST]
    second = cached_vectors(encoder, [TIME, COST, DOSE])
    assert encoder.asked == [DOSE, COST, TIME]
    assert first.dtype == second.dtype == np.float32
    assert (first[[0, 1]] == second[[2, 1]]).all() and (first[0] == first[2]).all()
    assert np.abs(second - packaged_encoder().encode([TIME, COST, DOSE])).max() < 1e-3


def test_the_vectors_of_another_encoder_are_deleted(folder: Path):
    cached_vectors(Encoder("one"), [DOSE])
    other = Encoder("other")
    cached_vectors(other, [DOSE])
    assert other.asked == [DOSE]
    assert [path.name for path in folder.iterdir()] == ["other.npz"]


def test_each_use_keeps_its_own(folder: Path):
    first, second = Encoder("one"), Encoder("other")
    for _ in range(2):
        cached_vectors(first, [DOSE])
        cached_vectors(second, [COST], "subjects")
    assert (first.asked, second.asked) == ([DOSE], [COST])


def test_texts_that_are_gone_are_forgotten_with_the_next_new_one():
    encoder = Encoder()
    cached_vectors(encoder, [DOSE, COST])
    cached_vectors(encoder, [COST, TIME])
    cached_vectors(encoder, [DOSE])
    assert encoder.asked == [DOSE, COST, TIME, DOSE]


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: b"?" * 99, lambda whole: whole[: len(whole) // 2]])
def test_a_damaged_file_is_made_anew(folder: Path, damage):
    cached_vectors(Encoder(), [DOSE, COST])
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    encoder = Encoder()
    cached_vectors(encoder, [DOSE, COST])
    assert encoder.asked == [DOSE, COST]
    cached_vectors(encoder, [DOSE, COST])
    assert encoder.asked == [DOSE, COST]


def test_no_texts_have_no_vectors():
    assert cached_vectors(Encoder(), []).shape == (0, WIDTH)
