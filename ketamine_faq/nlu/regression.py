"""Multinomial logistic regression, stored as arrays, so that reading it runs nothing."""

import warnings
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

# Sparse n-grams by sag, dense vectors by lbfgs: docs/nlu.md. The last digits of convergence change no answer.
OF_SPARSE, OF_DENSE = ("sag", 25), ("lbfgs", 40)
SEED = 20261123
# For the whole process: several are fitted at once, and what one thread had put back would be another's to hear.
warnings.filterwarnings("ignore", category=ConvergenceWarning)


class Regression:
    """The probability of each class, from a row of features."""

    def __init__(self, classes: list[str], weights: np.ndarray, intercept: np.ndarray) -> None:
        """Take a fitted model: sorted classes, float32 weights (features, classes) and intercept (classes,)."""
        self.classes, self._weights, self._intercept = classes, weights, intercept

    @classmethod
    def fit(
        cls,
        features: np.ndarray | sparse.csr_matrix,
        labels: list[str],
        inverse_regularisation: float,
        *,
        balanced: bool,
    ) -> "Regression":
        """Learn from features, float32 (n, features), and their labels; `balanced`: each class weighs the same."""
        solver, iterations = OF_SPARSE if sparse.issparse(features) else OF_DENSE
        regression = LogisticRegression(
            C=inverse_regularisation,
            class_weight="balanced" if balanced else None,
            solver=solver,
            max_iter=iterations,
            random_state=SEED,
        )
        regression.fit(features, labels)
        weights, intercept = regression.coef_, regression.intercept_
        if len(regression.classes_) == 2:  # scikit-learn stores one row for two classes
            weights, intercept = np.vstack([-weights, weights]) / 2, np.append(-intercept, intercept) / 2
        classes = [str(label) for label in regression.classes_]
        # Row by row as they are multiplied: SciPy would copy columns for each message.
        return cls(classes, np.ascontiguousarray(weights.T, dtype=np.float32), intercept.astype(np.float32))

    def probabilities(self, features: np.ndarray | sparse.csr_matrix) -> np.ndarray:
        """Return the probability of each of `classes`: float32 array (n, classes), rows sum to 1."""
        scores = features @ self._weights + self._intercept
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        """Write the model, with weights of half precision, which costs nothing."""
        np.savez(
            path, classes=np.array(self.classes), weights=self._weights.astype(np.float16), intercept=self._intercept
        )

    @classmethod
    def load(cls, path: Path) -> "Regression":
        """Read what `save` wrote."""
        with np.load(path) as stored:
            return cls(stored["classes"].tolist(), stored["weights"].astype(np.float32), stored["intercept"])
