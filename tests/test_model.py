"""A damaged model is trained anew where one can be written, and else refused in one line."""

import gzip
import subprocess
from pathlib import Path

import pytest

from ketamine_faq import model
from ketamine_faq.model import DamagedModelError, ensure_model, fingerprint
from tests.support.servers import mounted


def damaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The model of the present sources, of which a folder has a half."""
    monkeypatch.setattr(model, "MODELS", folder)
    path = folder / f"{fingerprint()}.tar.gz"
    path.write_bytes(gzip.compress(b"a model")[:-10])
    return path


def test_it_is_trained_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def trains(command: list[str], **_: object) -> subprocess.CompletedProcess:
        """Stand in for Rasa, which takes minutes."""
        folder, name = (command[command.index(option) + 1] for option in ("--out", "--fixed-model-name"))
        Path(folder, name).write_bytes(gzip.compress(b"a model"))
        return subprocess.CompletedProcess(command, 0)

    path = damaged(tmp_path, monkeypatch)
    monkeypatch.setattr(subprocess, "run", trains)
    assert ensure_model() == path
    assert gzip.decompress(path.read_bytes()) == b"a model"
    assert "is damaged, and is trained anew" in caplog.text
    monkeypatch.setattr(subprocess, "run", None)
    assert ensure_model() == path


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with mounted(tmp_path / "models", "size=1m") as folder:
        path = damaged(folder, monkeypatch)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with pytest.raises(DamagedModelError) as refusal:
            ensure_model()
    assert str(path) in str(refusal.value) and "deploy it again" in str(refusal.value)
    assert "\n" not in str(refusal.value)
