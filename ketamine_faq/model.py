"""The trained model: where it is, and whether it is still what its sources make."""

import gzip
import hashlib
import os
import subprocess
import sys
import zlib
from pathlib import Path

from rasa.shared.exceptions import RasaException

from ketamine_faq import PROJECT
from ketamine_faq.content import content, topic_files
from ketamine_faq.nlu.encoder_files import verify_encoder

MODELS = PROJECT / "models"
# What a model is made of. Of the package, only what is stored in it: the rest takes effect without training.
SOURCES = (
    "config.yml",
    "domain.yml",
    "requirements.txt",
    "data",
    "content",
    "ketamine_faq/nlu",
    "ketamine_faq/content_importer.py",
)


class TrainingError(RasaException):
    """Rasa could not train; its own output has said why."""


def fingerprint(sources: tuple[str, ...] = SOURCES) -> str:
    """Return a hash of the sources, names and contents; by default of everything that the model is made of."""
    digest = hashlib.sha256()
    for path in sorted(_files(sources)):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def ensure_model() -> Path:
    """Return the model of the present sources, trained now if there is none or only part of one.

    Training prints Rasa's progress. Raises ContentError, SettingsError or MissingModelError before it begins, and
    TrainingError where Rasa fails.
    """
    content()
    topic_files()
    verify_encoder()
    path = MODELS / f"{fingerprint()}.tar.gz"
    if not is_whole(path):
        path.unlink(missing_ok=True)
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", path.name, "--out", str(MODELS)]
        if subprocess.run(command, cwd=PROJECT, env=quiet_environment(), check=False).returncode or not path.is_file():
            raise TrainingError("Training failed: mend what Rasa names above, then start again.")
    return path


def is_whole(path: Path) -> bool:
    """Tell whether a model's archive is there and can be read to its end: a full disk or a power cut leave half."""
    try:
        with gzip.open(path) as archive:
            while archive.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def quiet_environment() -> dict[str, str]:
    """Return the environment for Rasa's processes: nothing is reported to anyone, and no start-up chatter."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _files(sources: tuple[str, ...]) -> list[Path]:
    roots = [PROJECT / name for name in sources]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    return [file for file in files if file.is_file() and "__pycache__" not in file.parts]
