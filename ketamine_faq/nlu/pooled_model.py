"""Which class a message belongs to, and how sure that is: docs/nlu.md has what each part gains."""

from pathlib import Path

import numpy as np
from scipy import sparse

from ketamine_faq.nlu.pooling import pooled
from ketamine_faq.nlu.regression import Regression

# By cross-validation on the training data; the same serve HINT3's small sets.
OF_NGRAMS, OF_VECTORS = 20.0, 3.0
STORED_OF_NGRAMS, STORED_OF_VECTORS, STORED_NEAREST = "of_ngrams.npz", "of_vectors.npz", "nearest.npz"


class PooledModel:
    """Two regressions that err differently, pooled: one over n-grams, one over sentence vectors.

    The confidence in a class is the root of its probability. Where the encoder came as it is, that is scaled by the
    similarity to the class's nearest training example, which tells questions that no class answers: a probability only
    compares classes. A fine-tuned encoder has every message near some example, and what no class answers is a class.
    """

    def __init__(self, of_ngrams: Regression, of_vectors: Regression, nearest: "NearestExamples | None" = None) -> None:
        """Take the fitted parts, and the training vectors where nearness to them counts."""
        self._of_ngrams, self._of_vectors, self._nearest = of_ngrams, of_vectors, nearest

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        vectors: np.ndarray,
        labels: list[str],
        *,
        balanced: bool = True,
        by_nearness: bool = False,
        of_vectors: float = OF_VECTORS,
    ) -> "PooledModel":
        """Learn from texts' n-grams (NGrams.rows), their unit vectors (float32, (n, d)) and their labels.

        `balanced`: each class weighs the same, however many examples it has. `by_nearness`: scale confidences by it,
        as is right for vectors of an encoder that was not fine-tuned. `of_vectors`: the inverse of the regularisation
        of the regression over vectors.
        """
        by_ngrams = Regression.fit(rows, labels, OF_NGRAMS, balanced=balanced)
        by_vectors = Regression.fit(vectors, labels, of_vectors, balanced=balanced)
        nearest = NearestExamples.of(vectors, labels) if by_nearness else None
        return cls(by_ngrams, by_vectors, nearest)

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of the columns of `probabilities` and `confidences`: sorted."""
        return self._of_vectors.classes

    def probabilities(self, rows: sparse.csr_matrix, vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each of `classes`: float array (n, classes), rows sum to 1."""
        return pooled(self._of_ngrams.probabilities(rows), self._of_vectors.probabilities(vectors))

    def likeliest_by_ngrams(self, rows: sparse.csr_matrix) -> list[str]:
        """Return the class of each text that the n-grams alone name."""
        return [self.classes[index] for index in self._of_ngrams.probabilities(rows).argmax(axis=1)]

    def confidences(self, probabilities: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        """Return the confidence in each of `classes`, 0 to 1: float array (n, classes)."""
        roots = np.sqrt(probabilities)
        return roots * self._nearest.nearness(vectors) if self._nearest else roots

    def save(self, folder: Path) -> None:
        """Write the model as arrays into a folder, made if need be."""
        folder.mkdir(exist_ok=True)
        self._of_ngrams.save(folder / STORED_OF_NGRAMS)
        self._of_vectors.save(folder / STORED_OF_VECTORS)
        if self._nearest:
            self._nearest.save(folder / STORED_NEAREST)

    @classmethod
    def load(cls, folder: Path) -> "PooledModel":
        """Read what `save` wrote."""
        regressions = Regression.load(folder / STORED_OF_NGRAMS), Regression.load(folder / STORED_OF_VECTORS)
        stored = folder / STORED_NEAREST
        return cls(*regressions, NearestExamples.load(stored) if stored.is_file() else None)


class NearestExamples:
    """The training examples' vectors, by class."""

    def __init__(self, vectors: np.ndarray, owners: np.ndarray) -> None:
        """Take unit vectors, float32 (n, d), and the class of each, (n,): its index, in rising order, none left out."""
        self._vectors, self._owners = vectors, owners

    @classmethod
    def of(cls, vectors: np.ndarray, labels: list[str]) -> "NearestExamples":
        """Take them in any order, with their labels."""
        owners = np.unique(labels, return_inverse=True)[1]
        order = np.argsort(owners, kind="stable")
        return cls(vectors[order], owners[order])

    def nearness(self, vectors: np.ndarray) -> np.ndarray:
        """Return the cosine of each unit vector to the nearest known one of each class, 0 to 1: (n, classes)."""
        starts = np.searchsorted(self._owners, np.arange(self._owners[-1] + 1))
        return np.clip(np.maximum.reduceat(vectors @ self._vectors.T, starts, axis=1), 0, 1)

    def save(self, path: Path) -> None:
        """Write them, in half precision."""
        np.savez(path, vectors=self._vectors.astype(np.float16), owners=self._owners)

    @classmethod
    def load(cls, path: Path) -> "NearestExamples":
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls(stored["vectors"].astype(np.float32), stored["owners"])
