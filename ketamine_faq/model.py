"""The trained model: where it is, and whether it is still what its sources make."""

import gzip
import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from rasa.shared.exceptions import RasaException

from ketamine_faq.content.check import require_clean_content
from ketamine_faq.nlu.adapter import adapter_bytes, record
from ketamine_faq.nlu.encoder_files import verify_encoder
from ketamine_faq.paths import PROJECT

logger = logging.getLogger(__name__)

MODELS = PROJECT / "models"
# What a model is made of. Of the package, only what is stored in it: the rest takes effect without training.
SOURCES = (
    "config.yml",
    "domain.yml",
    "requirements.txt",
    "data",
    "content",
    "ketamine_faq/nlu",
    "ketamine_faq/importer.py",
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
    """Return the model of the present sources, trained now if there is none, or if its file is damaged.

    Training prints Rasa's progress. Raises ContentError, SettingsError, ExamplesError or MissingModelError before it
    begins, TrainingError where Rasa fails, and DamagedModelError where none can be put in the place of a damaged one.
    """
    require_clean_content()
    verify_encoder()
    adapter_bytes()
    path = MODELS / f"{fingerprint()}.tar.gz"
    damaged = path.is_file() and not _is_whole(path)
    if damaged and not os.access(path.parent, os.W_OK):
        raise DamagedModelError(f"The model {path} is damaged, and none can be written in its place: deploy it again.")
    if damaged:
        logger.error("The model %s is damaged, and is trained anew.", path)
    if damaged or not path.is_file():
        _train(path)
    return path


def quiet_environment() -> dict[str, str]:
    """Return the environment for Rasa's processes: nothing is reported to anyone, and no start-up chatter."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _is_whole(path: Path) -> bool:
    """Read a model's file to its end, where its checksum is."""
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _train(path: Path) -> None:
    _compare_with_adapter()
    # Beside its place: Rasa writes it there bit by bit, and half a model would be taken for one at the next start.
    path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=path.parent) as folder:
        command = [sys.executable, "-m", "ketamine_faq.serving.training", "train", "--skip-validation"]
        command += ["--fixed-model-name", path.name, "--out", folder]
        code = subprocess.run(command, cwd=PROJECT, env=quiet_environment(), check=False).returncode
        made = Path(folder) / path.name
        if code or not made.is_file():
            raise TrainingError("Training failed: mend what Rasa names above, then start again.")
        made.replace(path)


def _compare_with_adapter() -> None:
    """Say so where the encoder has learned from other examples. Whether that matters is for the tests to measure."""
    # Only to train: it brings more of Rasa.
    from ketamine_faq.nlu.examples import examples_fingerprint, read_examples

    examples, made = read_examples(), record()
    if examples_fingerprint(examples) != made.get("fingerprint"):
        logger.warning(
            "The encoder's adapter is of %s examples of %s; there are %s now, and training goes on with it. "
            "docs/nlu.md says when to make a new one.",
            made.get("examples"),
            made.get("made_on"),
            len(examples),
        )


def _files(sources: tuple[str, ...]) -> list[Path]:
    roots = [PROJECT / name for name in sources]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    return [file for file in files if file.is_file() and "__pycache__" not in file.parts]
