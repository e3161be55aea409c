"""The opinions of two classifiers made into one: the logarithmic pool, a weighted geometric mean."""

import numpy as np

# The fine-tuned encoder's part; the rest is the regression's. docs/nlu.md has what other parts and the plain mean give.
FINE_TUNED_PART = 0.7
# Keeps a class that one of them rules out from being ruled out for good.
LEAST = 1e-9


def pooled(regression: np.ndarray, fine_tuned: np.ndarray) -> np.ndarray:
    """Return the pooled probabilities of two float arrays (n, classes) whose rows sum to 1, as such an array."""
    logs = (1 - FINE_TUNED_PART) * np.log(regression + LEAST) + FINE_TUNED_PART * np.log(fine_tuned + LEAST)
    weights = np.exp(logs)
    return weights / weights.sum(axis=1, keepdims=True)
