"""Which class a message belongs to, and how sure that is: docs/nlu.md has what each part gains."""

from pathlib import Path

import numpy as np

from ketamine_faq.nlu.fine_tuned_classifier import FineTunedClassifier
from ketamine_faq.nlu.text_regression import TextRegression


class TopicModel:
    """Two classifiers that err differently, averaged: the fine-tuned encoder, and regression over n-grams and vectors.

    The confidence is the probability scaled by the similarity to the nearest training example, by the base encoder's
    vectors. That tells questions that no class answers from those that one does; a probability only compares classes.
    """

    def __init__(self, regression: TextRegression, fine_tuned: FineTunedClassifier, known: np.ndarray) -> None:
        """Take both fitted classifiers and the unit vectors of the texts that they were fitted on, float32, (n, d)."""
        self._regression, self._fine_tuned, self._known = regression, fine_tuned, known

    @classmethod
    def fit(cls, texts: list[str], vectors: np.ndarray, labels: list[str]) -> "TopicModel":
        """Learn from texts, their unit vectors (float32, (n, d)) and their labels."""
        return cls(TextRegression.fit(texts, vectors, labels), FineTunedClassifier.fit(texts, labels), vectors)

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of the columns of `probabilities` and `confidences`."""
        return self._regression.classes

    def probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each of `classes`: float array (n, classes), rows sum to 1."""
        return (self._regression.probabilities(texts, vectors) + self._fine_tuned.probabilities(texts)) / 2

    def nearness(self, vectors: np.ndarray) -> np.ndarray:
        """Return the cosine to the nearest training example, 0 to 1: float array (n, 1)."""
        return np.clip((vectors @ self._known.T).max(axis=1, keepdims=True), 0, 1)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON."""
        self._regression.save(folder)
        self._fine_tuned.save(folder)
        np.save(folder / "known.npy", self._known.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> "TopicModel":
        """Read what `save` wrote."""
        known = np.load(folder / "known.npy").astype(np.float32)
        return cls(TextRegression.load(folder), FineTunedClassifier.load(folder), known)
