"""The adapter: the same factors give the same bytes, and a file that is not the reviewed one is refused in one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from ketamine_faq.nlu import adapter
from ketamine_faq.nlu.adapter import Factors, adapter_bytes, merged, read_adapter, record, write_adapter
from ketamine_faq.nlu.encoder_files import MissingModelError
from ketamine_faq.nlu.minilm_graph import DENSE, LAYERS, packaged_weights

RANK = 4
MOST_BYTES = 4_000_000


def factors() -> Factors:
    """Return factors of two matrices."""
    random = np.random.default_rng(7)
    shapes = {"a.weight": (6, 9), "b.weight": (9, 6)}
    return {
        name: (random.normal(size=(rows, RANK)).astype(np.float32), random.normal(size=(RANK, columns)))
        for name, (rows, columns) in shapes.items()
    }


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An adapter of a test's own, in place of the repository's."""
    monkeypatch.setattr(adapter, "ADAPTER", tmp_path / "adapter.npz")
    monkeypatch.setattr(adapter, "RECORD", tmp_path / "adapter.json")
    write_adapter(factors(), {"examples": 7})
    return tmp_path


def refusal() -> str:
    """Return the one line with which the adapter is refused."""
    with pytest.raises(MissingModelError) as refused:
        read_adapter()
    line = str(refused.value)
    assert "\n" not in line
    assert "git checkout -- " in line and "ketamine-faq train --encoder" in line
    return line


def test_the_repositorys_own_is_whole_small_and_of_every_matrix():
    kept = read_adapter()
    assert set(kept) == {f"encoder.layer.{layer}.{name}.weight" for layer in range(LAYERS) for name in DENSE}
    assert len(adapter_bytes()) <= MOST_BYTES
    weights = packaged_weights()
    changed = merged(weights, kept)
    assert set(changed) == set(weights)
    assert all(changed[name].shape == weights[name].shape for name in kept)
    assert all((changed[name] != weights[name]).any() for name in kept)


def test_what_is_read_is_what_was_written_but_for_rounding(written: Path):
    assert record()["examples"] == 7
    for name, (down, up) in read_adapter().items():
        assert np.abs(down - factors()[name][0]).max() < 0.02
        assert np.abs(up - factors()[name][1]).max() < 0.02


def test_the_same_factors_give_the_same_bytes(written: Path):
    first = {path.name: path.read_bytes() for path in written.iterdir()}
    write_adapter(dict(reversed(factors().items())), {"examples": 7})
    assert {path.name: path.read_bytes() for path in written.iterdir()} == first


def test_a_missing_adapter_is_named_with_the_mend(written: Path):
    (written / "adapter.npz").unlink()
    assert "adapter.npz is missing" in refusal()


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: whole[:99] + b"?" + whole[100:]])
def test_a_damaged_adapter_is_named_with_the_mend(written: Path, damage):
    path = written / "adapter.npz"
    path.write_bytes(damage(path.read_bytes()))
    assert "adapter.npz is not the one of its record" in refusal()


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"examples": 7}', json.dumps({"sha256": "0" * 64})])
def test_a_record_that_is_missing_damaged_or_another_ones_is_named_with_the_mend(written: Path, text: str | None):
    path = written / "adapter.json"
    path.unlink() if text is None else path.write_text(text)
    assert "record" in refusal()
