"""The opinions of two classifiers made into one: their geometric mean. docs/nlu.md compares it with other pools."""

import numpy as np

# Keeps a class that one of them rules out from being ruled out for good.
LEAST = 1e-9


def pooled(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the pooled probabilities of two float arrays (n, classes) whose rows sum to 1, as such an array."""
    weights = np.sqrt((first + LEAST) * (second + LEAST))
    return weights / weights.sum(axis=1, keepdims=True)
