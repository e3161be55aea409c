"""The encoder: all-MiniLM-L6-v2 on onnxruntime, as minilm_graph.py writes it."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ketamine_faq.nlu.encoder_files import TOKENIZER, verified

WIDTH = 384
MAX_TOKENS = 128
# More texts than a message has parts are shared out among the cores.
MANY = 32


class MiniLM:
    """The encoder: texts to vectors."""

    def __init__(self, model: bytes) -> None:
        """Take what minilm_graph.py wrote; raises MissingModelError without the tokenizer."""
        self.fingerprint = hashlib.sha256(model).hexdigest()[:16]
        self._tokenizer = tokenizer()
        options = onnxruntime.SessionOptions()
        # One thread a message: workers scale by process, and short inputs gain nothing from more.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one L2-normalised row a text, float32, shape (len(texts), 384).

        Each text by itself: padding costs more than batches save, and a vector depends on nothing else.
        """
        if len(texts) > MANY:
            with ThreadPoolExecutor() as pool:
                return np.concatenate(list(pool.map(self._vector, texts)))
        return np.concatenate([np.zeros((0, WIDTH), dtype=np.float32), *map(self._vector, texts)])

    def _vector(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int32)
        (vector,) = self._session.run(["vector"], {"ids": ids})
        return vector


@cache
def tokenizer() -> Tokenizer:
    """Return the tokenizer, which cuts, and pads what it is given together; raises MissingModelError."""
    made = Tokenizer.from_file(str(verified(TOKENIZER)))
    made.enable_truncation(MAX_TOKENS)
    made.enable_padding()
    return made
