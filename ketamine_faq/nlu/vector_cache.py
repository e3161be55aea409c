"""Sentence vectors of training examples, kept by their texts: what has not changed is not encoded again."""

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from ketamine_faq.nlu.minilm import WIDTH, MiniLM
from ketamine_faq.paths import PROJECT

# Beside Rasa's own cache, and like it of no use but to save time.
FOLDER = PROJECT / ".rasa" / "vectors"
DIGEST_BYTES = 16


def cached_vectors(encoder: MiniLM, texts: list[str], use: str = "") -> np.ndarray:
    """Return the texts' unit vectors, float32 (n, 384), rounded to half precision whether they are new or kept.

    Each use has its own file. Those of other encoders for it are deleted.
    """
    path = FOLDER / use / f"{encoder.fingerprint}.npz"
    kept = _read(path)
    keys = [hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest() for text in texts]
    missing = {key: text for key, text in zip(keys, texts) if key not in kept}
    kept |= zip(missing, encoder.encode(list(missing.values())).astype(np.float16))
    if missing:
        _write(path, {key: kept[key] for key in keys})
    return np.array([kept[key] for key in keys], dtype=np.float32).reshape(-1, WIDTH)


def _read(path: Path) -> dict[bytes, np.ndarray]:
    try:
        with np.load(path) as stored:
            return dict(zip((row.tobytes() for row in stored["keys"]), stored["vectors"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # absent or damaged: it is made anew
        return {}


def _write(path: Path, vectors: dict[bytes, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    part = path.with_suffix(".part.npz")
    np.savez(part, keys=keys, vectors=np.array(list(vectors.values())))
    part.replace(path)
    for other in path.parent.glob("*.npz"):
        if other != path:
            other.unlink()
