"""Character and word n-grams of texts, weighed by how telling they are."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

# Characters see through typos, words see order.
OF_CHARACTERS: Callable[[str], list[str]] = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)).build_analyzer()
OF_WORDS: Callable[[str], list[str]] = CountVectorizer(ngram_range=(1, 2), token_pattern=r"\b\w+\b").build_analyzer()
ANALYSERS = (OF_CHARACTERS, OF_WORDS)
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
        matrices, weights = [], []
        for analyser in ANALYSERS:
            found, counts = _count(analyser, texts)
            occurrences = np.bincount(counts.indices, minlength=len(found))
            kept = np.flatnonzero(occurrences >= least)
            first = sum(map(len, columns))
            columns.append({found[kind]: first + place for place, kind in enumerate(kept)})
            rarity = np.log((1 + len(texts)) / (1 + occurrences[kept])) + 1
            weights.append(rarity.astype(np.float32))
            matrix = counts[:, kept]
            matrix.data = (np.log(matrix.data) + 1) * weights[-1][matrix.indices]
            matrices.append(normalize(matrix, copy=False))
        return cls(columns, np.concatenate(weights)), sparse.hstack(matrices, format="csr")

    def rows(self, texts: list[str]) -> sparse.csr_matrix:
        """Return one row a text, float32, shape (len(texts), number of n-grams)."""
        found = [self._row([_looked_up(*part) for part in self._parts(text)]) for text in texts]
        return _matrix(found, len(self._weights))

    def _parts(self, text: str) -> Iterator[tuple[list[str], dict[str, int]]]:
        return ((analyser(text), columns) for analyser, columns in zip(ANALYSERS, self._columns))

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


def _count(analyser: Callable[[str], list[str]], texts: list[str]) -> tuple[list[str], sparse.csr_matrix]:
    """Return the n-grams of the texts, sorted, and how often each is in each text: float32 (texts, n-grams)."""
    kinds: dict[str, int] = {}

    def numbers(text: str) -> list[int]:
        return [kinds.setdefault(ngram, len(kinds)) for ngram in analyser(text)]

    of_word = cache(numbers)
    counted = []
    for text in texts:
        # No n-gram of characters goes beyond a word, and the same words come again and again.
        of_words = map(of_word, text.lower().split()) if analyser is OF_CHARACTERS else [numbers(text)]
        counted.append(_arrays(Counter(chain.from_iterable(of_words))))
    # In the order of the alphabet, so that the same texts in another order give the same columns.
    found = sorted(kinds)
    place = np.empty(len(found), np.int32)
    place[[kinds[ngram] for ngram in found]] = np.arange(len(found))
    matrix = _matrix(counted, len(found))
    matrix.indices = place[matrix.indices]
    return found, matrix


def _matrix(found: list[tuple[np.ndarray, np.ndarray]], width: int) -> sparse.csr_matrix:
    """Return one row for each pair of columns and values."""
    ends = np.cumsum([0, *(len(columns) for columns, _ in found)])
    empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
    columns, values = (np.concatenate(parts) for parts in zip(empty, *found))
    return sparse.csr_matrix((values, columns, ends), shape=(len(found), width))


def _looked_up(ngrams: list[str], known: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    counts = Counter(column for ngram in ngrams if (column := known.get(ngram)) is not None)
    return _arrays(counts)


def _arrays(counts: Counter[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.fromiter(counts.keys(), np.int32, len(counts)), np.fromiter(counts.values(), np.float32, len(counts))
