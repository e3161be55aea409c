"""The trained model: where it is, and whether it is still what its sources make."""

import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
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


class DamagedModelError(RasaException):
    """The model's file is not whole."""


def fingerprint(sources: tuple[str, ...] = SOURCES) -> str:
    """Return a hash of the sources, names and contents; by default of everything that the model is made of."""
    digest = hashlib.sha256()
    for path in sorted(_files(sources)):
        digest.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def ensure_model() -> Path:
    """Return the model of the present sources, trained now if there is none.

    Training prints Rasa's progress. Raises ContentError, SettingsError or MissingModelError before it begins,
    TrainingError where Rasa fails, and DamagedModelError.
    """
    content()
    topic_files()
    verify_encoder()
    path = MODELS / f"{fingerprint()}.tar.gz"
    if not path.is_file():
        _train(path)
    verify_model(path)
    return path


def verify_model(path: Path) -> None:
    """Read a model's file to its end, where its checksum is; raises DamagedModelError."""
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error):
        raise DamagedModelError(f"The model {path} is damaged: delete it, and it is trained anew.") from None


def quiet_environment() -> dict[str, str]:
    """Return the environment for Rasa's processes: nothing is reported to anyone, and no start-up chatter."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _train(path: Path) -> None:
    # Beside its place: Rasa writes it there bit by bit, and half a model would be taken for one at the next start.
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=path.parent) as folder:
        command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", path.name, "--out", folder]
        code = subprocess.run(command, cwd=PROJECT, env=quiet_environment(), check=False).returncode
        made = Path(folder) / path.name
        if code or not made.is_file():
            raise TrainingError("Training failed: mend what Rasa names above, then start again.")
        made.replace(path)


def _files(sources: tuple[str, ...]) -> list[Path]:
    roots = [PROJECT / name for name in sources]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    return [file for file in files if file.is_file() and "__pycache__" not in file.parts]
