"""Logistic regression over n-grams and sentence vectors; what both classifiers are made of."""

import json
import warnings
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

# Character n-grams see through typos, word n-grams see order; this is their weight beside the sentence vector.
NGRAM_WEIGHT = 0.7
INVERSE_REGULARISATION = 20.0
# An n-gram that occurs once is noise; of so few texts it may be all there is.
LEAST_OCCURRENCES, FEW = 2, 100
# The last digits of convergence cost minutes and change no answer.
MOST_ITERATIONS = 150


class TextRegression:
    """Multinomial logistic regression with balanced classes; stored as arrays and JSON, so reading runs nothing."""

    def __init__(self, classes: list[str], weights: np.ndarray, intercept: np.ndarray, ngrams: FeatureUnion) -> None:
        """Take the parts of a fitted model: float32 weights (features, classes) and intercept (classes,)."""
        self.classes = classes
        self._weights, self._intercept, self._ngrams = weights, intercept, ngrams

    @classmethod
    def fit(cls, texts: list[str], vectors: np.ndarray, labels: list[str]) -> "TextRegression":
        """Learn from texts, their unit vectors (float32, (n, d)) and their labels."""
        ngrams = _ngrams(LEAST_OCCURRENCES if len(texts) > FEW else 1).fit(texts)
        regression = LogisticRegression(C=INVERSE_REGULARISATION, class_weight="balanced", max_iter=MOST_ITERATIONS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            regression.fit(_features(ngrams, texts, vectors), labels)
        weights, intercept = regression.coef_, regression.intercept_
        if len(regression.classes_) == 2:  # scikit-learn stores one row for two classes
            weights, intercept = np.vstack([-weights, weights]) / 2, np.append(-intercept, intercept) / 2
        classes = [str(label) for label in regression.classes_]
        # Row by row as they are multiplied: SciPy would copy columns for each message.
        weights = np.ascontiguousarray(weights.T, dtype=np.float32)
        return cls(classes, weights, intercept.astype(np.float32), ngrams)

    def probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Return the probability of each of `classes`: float32 array (n, classes), rows sum to 1."""
        scores = _features(self._ngrams, texts, vectors) @ self._weights + self._intercept
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        vectorizers = [vectorizer for _, vectorizer in self._ngrams.transformer_list]
        vocabularies = [{term: int(i) for term, i in v.vocabulary_.items()} for v in vectorizers]
        (folder / "vocabularies.json").write_text(json.dumps(vocabularies), encoding="utf-8")
        np.savez(
            folder / "regression.npz",
            classes=np.array(self.classes),
            weights=self._weights,
            intercept=self._intercept,
            **{f"idf_{index}": vectorizer.idf_ for index, vectorizer in enumerate(vectorizers)},
        )

    @classmethod
    def load(cls, folder: Path) -> "TextRegression":
        """Read what `save` wrote."""
        ngrams = _ngrams()
        vocabularies = json.loads((folder / "vocabularies.json").read_text(encoding="utf-8"))
        with np.load(folder / "regression.npz") as arrays:
            for index, (_, vectorizer) in enumerate(ngrams.transformer_list):
                vectorizer.vocabulary_ = vocabularies[index]
                vectorizer.idf_ = arrays[f"idf_{index}"]
            return cls(arrays["classes"].tolist(), arrays["weights"], arrays["intercept"], ngrams)


def _features(ngrams: FeatureUnion, texts: list[str], vectors: np.ndarray) -> sparse.csr_matrix:
    return sparse.hstack([ngrams.transform(texts) * NGRAM_WEIGHT, vectors]).tocsr()


def _ngrams(least: int = 1) -> FeatureUnion:
    settings = {"sublinear_tf": True, "min_df": least, "dtype": np.float32}
    return FeatureUnion(
        [
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), **settings)),
            ("words", TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\b\w+\b", **settings)),
        ]
    )
