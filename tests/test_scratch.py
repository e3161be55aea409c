"""Where the server's own files lie: in memory, if there is room, and no longer than the server."""

import tempfile
from pathlib import Path

import pytest

from ketamine_faq.serving import scratch
from ketamine_faq.serving.scratch import IN_MEMORY, scratch_folder

# Above all numbers that Linux gives to processes.
NOBODY = 2**22 + 1


def test_it_is_in_memory_and_goes_with_the_server():
    with scratch_folder(1000) as folder:
        assert folder.parent == IN_MEMORY
        (folder / "a file").touch()
        # Another server leaves it alone.
        with scratch_folder(1000) as other:
            assert folder.exists() and folder != other
    assert not folder.exists()


def test_where_there_is_no_room_it_is_on_the_disk():
    with scratch_folder(2**60) as folder:
        assert folder.parent == Path(tempfile.gettempdir())


def test_what_a_killed_server_left_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scratch, "IN_MEMORY", tmp_path)
    left, others = tmp_path / f"{scratch.PREFIX}{NOBODY}-x", tmp_path / "somebody-else's"
    left.mkdir()
    (left / "a model").touch()
    others.mkdir()
    with scratch_folder(1000):
        assert not left.exists() and others.exists()
