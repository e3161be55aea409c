"""Character and word n-grams of texts, weighed by how telling they are."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
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
MIN_OCCURRENCES, FEW = 2, 100
STORED, STORED_WEIGHTS = "ngrams.json", "ngrams.npy"


class NGrams:
    """Rows of n-grams by sublinear tf-idf, unit length for each analyser; stored as JSON and an array.

    What scikit-learn's FeatureUnion of two TfidfVectorizers makes, which takes ten times as long for a single text.
    """

    def __init__(self, columns: list[dict[str, int]], weights: np.ndarray) -> None:
        """Take, for each analyser, the column of each n-gram that it knows, and each column's weight, float32."""
        self._columns, self._weights = columns, weights

    @classmethod
    def fit(cls, texts: list[str]) -> tuple["NGrams", sparse.csr_matrix]:
        """Learn from texts which n-grams there are and how rare each is; return them, and the texts' `rows`."""
        least = MIN_OCCURRENCES if len(texts) > FEW else 1
        columns: list[dict[str, int]] = []
        counted: list[list[tuple[np.ndarray, np.ndarray]]] = []
        occurrences = np.zeros(0, np.int64)
        for analyser in ANALYSERS:
            found, own = _count(analyser, texts)
            times = np.bincount(np.concatenate([kinds for kinds, _ in own]), minlength=len(found))
            kept = np.flatnonzero(times >= least)
            place = np.full(len(found), -1, np.int32)
            place[kept] = len(occurrences) + np.arange(len(kept))
            columns.append({ngram: int(place[kind]) for ngram, kind in found.items() if place[kind] >= 0})
            counted.append([(place[kinds], counts) for kinds, counts in own])
            occurrences = np.append(occurrences, times[kept])
        rarity = np.log((1 + len(texts)) / (1 + occurrences)) + 1
        ngrams = cls(columns, rarity.astype(np.float32))
        return ngrams, ngrams._matrix([ngrams._row([_known(*part) for part in parts]) for parts in zip(*counted)])

    def rows(self, texts: list[str]) -> sparse.csr_matrix:
        """Return one row a text, float32, shape (len(texts), number of n-grams)."""
        return self._matrix([self._row([_looked_up(*part) for part in self._parts(text)]) for text in texts])

    def _parts(self, text: str) -> Iterator[tuple[list[str], dict[str, int]]]:
        return ((analyser(text), columns) for analyser, columns in zip(ANALYSERS, self._columns))

    def _matrix(self, found: list[tuple[np.ndarray, np.ndarray]]) -> sparse.csr_matrix:
        ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
        empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
        columns, values = (np.concatenate(parts) for parts in zip(empty, *found))
        return sparse.csr_matrix((values, columns, ends), shape=(len(found), len(self._weights)))

    def _row(self, parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
        """Return a text's columns and their values, of the columns and counts that each analyser found."""
        values = [self._weighed(columns, counts) for columns, counts in parts]
        return np.concatenate([columns for columns, _ in parts]), np.concatenate(values)

    def _weighed(self, columns: np.ndarray, counts: np.ndarray) -> np.ndarray:
        values = (np.log(counts, dtype=np.float32) + 1) * self._weights[columns]
        return values / max(np.linalg.norm(values), np.finfo(np.float32).tiny)

    def save(self, folder: Path) -> None:
        """Write them into an existing folder."""
        (folder / STORED).write_text(json.dumps(self._columns), encoding="utf-8")
        np.save(folder / STORED_WEIGHTS, self._weights)

    @classmethod
    def load(cls, folder: Path) -> "NGrams":
        """Read what `save` wrote."""
        return cls(json.loads((folder / STORED).read_text(encoding="utf-8")), np.load(folder / STORED_WEIGHTS))


def _count(
    analyser: Callable[[str], list[str]], texts: list[str]
) -> tuple[dict[str, int], list[tuple[np.ndarray, np.ndarray]]]:
    """Return a number for each n-gram of the texts, and of each text the numbers of its n-grams and their counts."""
    kinds: dict[str, int] = {}
    counted = []
    for text in texts:
        counts = Counter(analyser(text))
        own = (kinds.setdefault(ngram, len(kinds)) for ngram in counts)
        counted.append((np.fromiter(own, np.int32, len(counts)), np.fromiter(counts.values(), np.float32, len(counts))))
    # In the order of the alphabet, so that the same texts in another order give the same columns.
    order = {kind: place for place, kind in enumerate(kinds[ngram] for ngram in sorted(kinds))}
    places = np.array([order[kind] for kind in range(len(kinds))], dtype=np.int32)
    numbered = {ngram: order[kind] for ngram, kind in kinds.items()}
    return numbered, [(places[own] if len(own) else own, counts) for own, counts in counted]


def _known(columns: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = columns >= 0
    return columns[known], counts[known]


def _looked_up(ngrams: list[str], known: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    counts = Counter(column for ngram in ngrams if (column := known.get(ngram)) is not None)
    return np.fromiter(counts.keys(), np.int32, len(counts)), np.fromiter(counts.values(), np.float32, len(counts))
