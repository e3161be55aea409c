"""Which topic a message asks about, and how sure that is: shared/findings.md, 'Telling intents apart'."""

from pathlib import Path

import numpy as np

from ketamine_faq.nlu.text_regression import TextRegression


class TopicModel:
    """Regression over n-grams and sentence vectors, scaled by the similarity to the nearest training example.

    The scaling tells questions that no topic answers from those that one does: a probability only compares topics.
    """

    def __init__(self, regression: TextRegression, known: np.ndarray) -> None:
        """Take a fitted regression and the vectors of the texts that it was fitted on, float32, (n, d)."""
        self._regression, self._known = regression, known

    @classmethod
    def fit(cls, texts: list[str], vectors: np.ndarray, labels: list[str]) -> "TopicModel":
        """Learn from texts, their unit vectors (float32, (n, d)) and their labels."""
        return cls(TextRegression.fit(texts, vectors, labels), vectors)

    @property
    def classes(self) -> list[str]:
        """The topics, in the order of the columns of `predict`."""
        return self._regression.classes

    def predict(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the confidence in each of `classes`: float array (n, classes), rows at most 1 in sum."""
        nearest = np.clip((vectors @ self._known.T).max(axis=1, keepdims=True), 0, 1)
        return nearest * self._regression.probabilities(texts, vectors)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON."""
        self._regression.save(folder)
        np.save(folder / "known.npy", self._known.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> "TopicModel":
        """Read what `save` wrote."""
        return cls(TextRegression.load(folder), np.load(folder / "known.npy").astype(np.float32))
