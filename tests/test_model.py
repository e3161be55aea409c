"""A model that was only half written is no model."""

from pathlib import Path

from ketamine_faq.model import is_whole


def test_half_a_model_is_told_from_a_whole_one(model: Path, tmp_path: Path):
    assert is_whole(model)
    stored = model.read_bytes()
    for part in (
        stored[: len(stored) // 2],
        stored[:-1],
        b"",
        b"no archive",
        b"\0".join((stored[:1000], stored[1001:])),
    ):
        copy = tmp_path / "copy.tar.gz"
        copy.write_bytes(part)
        assert not is_whole(copy)
    assert not is_whole(tmp_path / "absent.tar.gz")
