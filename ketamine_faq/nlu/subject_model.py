"""Which subject a message asks about, of those that the article leaves out: learned from the examples that name one.

It reads by the encoder as it is packaged. What fine-tuning has learned tells topics apart, and takes all subjects for
one: docs/nlu.md has what either gives.
"""

from pathlib import Path

from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.regression import Regression
from ketamine_faq.nlu.vector_cache import cached_vectors

INVERSE_REGULARISATION = 10.0
# Whose vectors they are, among those that are kept.
USE = "subjects"
STORED_ENCODER, STORED = "general.onnx", "of_vectors.npz"


class SubjectModel:
    """The probability of each subject of a text."""

    def __init__(self, model: bytes, regression: Regression) -> None:
        """Take the encoder, as minilm_graph.py writes it, and a fitted regression over its vectors."""
        self._model, self._encoder, self._regression = model, MiniLM(model), regression

    @classmethod
    def fit(cls, texts: list[str], subjects: list[str]) -> "SubjectModel":
        """Learn from texts and the subject of each, two subjects at least; raises MissingModelError."""
        # Only to train: it brings onnx.
        from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_weights

        model = graph_of_bytes(packaged_weights())
        vectors = cached_vectors(MiniLM(model), texts, USE)
        return cls(model, Regression.fit(vectors, subjects, INVERSE_REGULARISATION, balanced=False))

    def probabilities(self, text: str) -> dict[str, float]:
        """Return the probability of each subject."""
        (row,) = self._regression.probabilities(self._encoder.encode([text]))
        return dict(zip(self._regression.classes, row.tolist()))

    def save(self, folder: Path) -> None:
        """Write the model into a folder, made if need be."""
        folder.mkdir(exist_ok=True)
        (folder / STORED_ENCODER).write_bytes(self._model)
        self._regression.save(folder / STORED)

    @classmethod
    def load(cls, folder: Path) -> "SubjectModel":
        """Read what `save` wrote."""
        return cls((folder / STORED_ENCODER).read_bytes(), Regression.load(folder / STORED))
