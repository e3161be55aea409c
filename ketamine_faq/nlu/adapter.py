"""What fine-tuning has learned, kept in the repository: a low-rank change of each of the encoder's matrices.

`ketamine-faq train --encoder` writes it beside its record, which says how it was made and what it measured.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from ketamine_faq.nlu.encoder_files import MissingModelError

ADAPTER = Path(__file__).with_name("adapter.npz")
RECORD = Path(__file__).with_name("adapter.json")
# A matrix of (in, out) changes by the product of its two factors, (in, rank) and (rank, out), by the matrix's name.
Factors = dict[str, tuple[np.ndarray, np.ndarray]]

MEND = f"restore both, `git checkout -- {ADAPTER.parent}/adapter.*`, or make them anew, `ketamine-faq train --encoder`"
LARGEST_BYTE = 127


def write_adapter(factors: Factors, record: dict[str, Any]) -> None:
    """Write the factors as bytes, and the record with their checksum. The same factors give the same files."""
    stored = {}
    for name, (down, up) in sorted(factors.items()):
        # One scale for each of the rank's dimensions, in either factor.
        for part, values in ((f"{name}.down", down.T), (f"{name}.up", up)):
            scales = np.maximum(np.abs(values).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / LARGEST_BYTE
            stored[part] = np.round(values / scales).astype(np.int8)
            stored[f"{part}.scale"] = scales.astype(np.float32)
    file = io.BytesIO()
    np.savez(file, **stored)
    ADAPTER.write_bytes(file.getvalue())
    record = {**record, "sha256": hashlib.sha256(file.getvalue()).hexdigest()}
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def record() -> dict[str, Any]:
    """Return how the adapter was made; raises MissingModelError."""
    try:
        return dict(json.loads(RECORD.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise MissingModelError(f"The adapter's record {RECORD} is missing or damaged: {MEND}.") from None


def adapter_bytes() -> bytes:
    """Return the adapter's file, its checksum verified; raises MissingModelError."""
    expected = record().get("sha256")
    try:
        stored = ADAPTER.read_bytes()
    except OSError:
        raise MissingModelError(f"The encoder's adapter {ADAPTER} is missing: {MEND}.") from None
    if hashlib.sha256(stored).hexdigest() != expected:
        raise MissingModelError(f"The encoder's adapter {ADAPTER} is not the one of its record: {MEND}.")
    return stored


def read_adapter() -> Factors:
    """Return the factors that are kept in the repository; raises MissingModelError."""
    with np.load(io.BytesIO(adapter_bytes())) as stored:
        parts = {part: stored[part] * stored[f"{part}.scale"] for part in stored.files if not part.endswith("scale")}
    names = sorted({part.rpartition(".")[0] for part in parts})
    return {name: (parts[f"{name}.down"].T, parts[f"{name}.up"]) for name in names}


def merged(weights: dict[str, np.ndarray], factors: Factors) -> dict[str, np.ndarray]:
    """Return an encoder's weights with the change that the factors make."""
    return weights | {name: weights[name] + down @ up for name, (down, up) in factors.items()}
