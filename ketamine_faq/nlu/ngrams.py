"""Character and word n-grams of texts, weighed by how telling they are."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

# Characters see through typos, words see order.
ANALYSERS: tuple[Callable[[str], list[str]], ...] = (
    CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)).build_analyzer(),
    CountVectorizer(ngram_range=(1, 2), token_pattern=r"\b\w+\b").build_analyzer(),
)
# An n-gram of a single text is noise; of so few texts it may be all there is.
LEAST_OCCURRENCES, FEW = 2, 100
STORED, STORED_WEIGHTS = "ngrams.json", "ngrams.npy"


class NGrams:
    """Rows of n-grams by sublinear tf-idf, unit length for each analyser; stored as JSON and an array.

    What scikit-learn's FeatureUnion of two TfidfVectorizers makes, which takes ten times as long for a single text.
    """

    def __init__(self, columns: list[dict[str, int]], weights: np.ndarray) -> None:
        """Take, for each analyser, the column of each n-gram that it knows, and each column's weight, float32."""
        self._columns, self._weights = columns, weights

    @classmethod
    def fit(cls, texts: list[str]) -> "NGrams":
        """Learn from texts which n-grams there are and how rare each is."""
        least = LEAST_OCCURRENCES if len(texts) > FEW else 1
        columns: list[dict[str, int]] = []
        occurrences: list[int] = []
        for analyser in ANALYSERS:
            counts = Counter(ngram for text in texts for ngram in set(analyser(text)))
            known = sorted(ngram for ngram, count in counts.items() if count >= least)
            columns.append({ngram: len(occurrences) + index for index, ngram in enumerate(known)})
            occurrences += [counts[ngram] for ngram in known]
        rarity = np.log((1 + len(texts)) / (1 + np.array(occurrences))) + 1
        return cls(columns, rarity.astype(np.float32))

    def rows(self, texts: list[str]) -> sparse.csr_matrix:
        """Return one row a text, float32, shape (len(texts), number of n-grams)."""
        found = [self._row(text) for text in texts]
        ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
        empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
        columns, values = (np.concatenate(parts) for parts in zip(empty, *found))
        return sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(self._weights)))

    def _row(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        parts = [self._part(analyser(text), columns) for analyser, columns in zip(ANALYSERS, self._columns)]
        return np.concatenate([columns for columns, _ in parts]), np.concatenate([values for _, values in parts])

    def _part(self, ngrams: list[str], known: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
        counts = Counter(column for ngram in ngrams if (column := known.get(ngram)) is not None)
        columns = np.fromiter(counts.keys(), np.int32, len(counts))
        values = (np.log(np.fromiter(counts.values(), np.float32, len(counts))) + 1) * self._weights[columns]
        return columns, values / max(np.linalg.norm(values), np.finfo(np.float32).tiny)

    def save(self, folder: Path) -> None:
        """Write them into an existing folder."""
        (folder / STORED).write_text(json.dumps(self._columns), encoding="utf-8")
        np.save(folder / STORED_WEIGHTS, self._weights)

    @classmethod
    def load(cls, folder: Path) -> "NGrams":
        """Read what `save` wrote."""
        return cls(json.loads((folder / STORED).read_text(encoding="utf-8")), np.load(folder / STORED_WEIGHTS))
