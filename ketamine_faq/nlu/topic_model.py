"""Which class a message belongs to, and how sure that is: docs/nlu.md has what each part gains."""

from pathlib import Path

import numpy as np

from ketamine_faq.nlu.fine_tuned_classifier import FineTunedClassifier
from ketamine_faq.nlu.pooling import pooled
from ketamine_faq.nlu.text_regression import TextRegression

# On few examples a fine-tuned encoder is the worse of the two: docs/nlu.md.
LEAST_FOR_FINE_TUNING = 1000


class TopicModel:
    """Two classifiers that err differently, pooled: the fine-tuned encoder, and regression over n-grams and vectors.

    Where there are too few examples to fine-tune an encoder on, regression alone.

    The confidence in a class is the root of its probability, scaled by the similarity to the class's nearest training
    example, by the base encoder's vectors. That tells questions that no class answers from those that one does: a
    probability only compares classes. The root gives the similarity its weight.
    """

    def __init__(
        self, regression: TextRegression, fine_tuned: FineTunedClassifier | None, known: np.ndarray, owners: np.ndarray
    ) -> None:
        """Take both fitted classifiers, the unit vectors that they know, float32 (n, d), and the class of each, (n,).

        `owners` are indices of `classes` in rising order.
        """
        self._regression, self._fine_tuned, self._known, self._owners = regression, fine_tuned, known, owners

    @classmethod
    def fit(cls, texts: list[str], vectors: np.ndarray, labels: list[str]) -> "TopicModel":
        """Learn from texts, their unit vectors (float32, (n, d)) and their labels."""
        regression = TextRegression.fit(texts, vectors, labels)
        owners = np.searchsorted(regression.classes, labels)
        order = np.argsort(owners, kind="stable")
        fine_tuned = FineTunedClassifier.fit(texts, labels) if len(texts) >= LEAST_FOR_FINE_TUNING else None
        return cls(regression, fine_tuned, vectors[order], owners[order])

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of the columns of `probabilities` and `confidences`: sorted."""
        return self._regression.classes

    def probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each of `classes`: float array (n, classes), rows sum to 1."""
        probabilities = self._regression.probabilities(texts, vectors)
        return pooled(probabilities, self._fine_tuned.probabilities(texts)) if self._fine_tuned else probabilities

    def confidences(self, probabilities: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """Return the confidence in each of `classes`, 0 to 1: float array (n, classes)."""
        return np.sqrt(probabilities) * nearness(vectors, self._known, self._owners)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON."""
        self._regression.save(folder)
        if self._fine_tuned:
            self._fine_tuned.save(folder)
        np.savez(folder / "known.npz", vectors=self._known.astype(np.float16), owners=self._owners)

    @classmethod
    def load(cls, folder: Path) -> "TopicModel":
        """Read what `save` wrote."""
        with np.load(folder / "known.npz") as stored:
            known, owners = stored["vectors"].astype(np.float32), stored["owners"]
        return cls(TextRegression.load(folder), FineTunedClassifier.load(folder), known, owners)


def nearness(vectors: np.ndarray, known: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """Return the cosine of each vector to the nearest known one of each class, 0 to 1: float array (n, classes).

    `owners` has the class of each known vector, in rising order and with none left out.
    """
    starts = np.searchsorted(owners, np.arange(owners[-1] + 1))
    return np.clip(np.maximum.reduceat(vectors @ known.T, starts, axis=1), 0, 1)
