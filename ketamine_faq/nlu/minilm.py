"""The encoder: all-MiniLM-L6-v2 on onnxruntime, as minilm_graph.py writes it."""

from functools import cache

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ketamine_faq.nlu.encoder_files import TOKENIZER, verified

WIDTH = 384
MAX_TOKENS = 128
# Texts that are encoded in one go.
BATCH = 32


class MiniLM:
    """The encoder: texts to vectors."""

    def __init__(self, model: bytes) -> None:
        """Take what `graph` made; raises MissingModelError without the tokenizer."""
        self.model = model
        self._tokenizer = tokenizer()
        options = onnxruntime.SessionOptions()
        # One thread a message: workers scale by process, and short inputs gain nothing from more.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one L2-normalised row a text, float32, shape (len(texts), 384).

        Texts of like length are encoded together, so that padding costs little.
        """
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            vectors[batch] = self._encoded([texts[index] for index in batch])
        return vectors

    def _encoded(self, texts: list[str]) -> np.ndarray:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int32)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int32)
        (vectors,) = self._session.run(["vectors"], {"ids": ids, "mask": mask})
        return vectors


@cache
def tokenizer() -> Tokenizer:
    """Return the tokenizer, which cuts and pads; raises MissingModelError."""
    made = Tokenizer.from_file(str(verified(TOKENIZER)))
    made.enable_truncation(MAX_TOKENS)
    made.enable_padding()
    return made
