"""The second label of a message: which subject it asks about that the article leaves out, and what is asked in danger.

Both are learned from the examples whose metadata names one. They are read by the encoder as it is packaged: what
fine-tuning has learned tells topics apart, and takes all subjects for one. docs/nlu.md has what either gives.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ketamine_faq.nlu.examples import ASKS, SUBJECT, Example
from ketamine_faq.nlu.message_parts import sentences
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import PooledModel
from ketamine_faq.nlu.regression import Regression
from ketamine_faq.nlu.vector_cache import cached_vectors

# Inverse regularisations of what is learned over vectors: of subjects, and of what is asked.
OF_SUBJECTS, OF_ASKED = 10.0, 100.0
# Beside the whole message its last sentences are read, each of which counts so much.
MAX_SENTENCES, OF_SENTENCE = 4, 0.6
# Whose vectors they are, among those that are kept.
USE = "second_labels"
STORED_ENCODER, STORED_SUBJECTS, STORED_NGRAMS, STORED_ASKED = "general.onnx", "subjects.npz", "ngrams", "asked"
STORED_TURNS = "turns.json"


class SecondLabels:
    """The probability of each subject of a text, and of all that it may ask in danger."""

    def __init__(
        self,
        model: bytes,
        subjects: Regression | None = None,
        ngrams: NGrams | None = None,
        asked: dict[str, PooledModel] | None = None,
        turns: dict[str, str] | None = None,
    ) -> None:
        """Take the encoder, as minilm_graph.py writes it, and what was fitted to its vectors.

        `asked` has a model for each group of askers, whose classes are `group.name`, `ngrams` are what all of them
        have, and `turns` the turn after an alarm that each name's examples are.
        """
        self._model, self._encoder, self._subjects = model, MiniLM(model), subjects
        self._ngrams, self._asked, self._turns = ngrams, asked or {}, turns or {}

    @classmethod
    def fit(cls, examples: Iterable[Example]) -> "SecondLabels":
        """Learn from the examples that have such labels; raises MissingModelError. One value alone teaches nothing."""
        # Only to train: it brings onnx.
        from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_weights

        labelled = [example for example in examples if example.metadata.keys() & {SUBJECT, ASKS}]
        model = graph_of_bytes(packaged_weights())
        vectors = cached_vectors(MiniLM(model), [example.text for example in labelled], USE)
        about = {i: example.metadata[SUBJECT] for i, example in enumerate(labelled) if SUBJECT in example.metadata}
        subjects = None
        if len(set(about.values())) > 1:
            subjects = Regression.fit(vectors[list(about)], list(about.values()), OF_SUBJECTS, balanced=False)
        asks = {i: example.metadata[ASKS] for i, example in enumerate(labelled) if ASKS in example.metadata}
        if not asks:
            return cls(model, subjects)
        ngrams, rows = NGrams.fit([labelled[i].text for i in asks])
        of_asked, groups = vectors[list(asks)], np.array([name.partition(".")[0] for name in asks.values()])
        names, asked = np.array(list(asks.values())), {}
        for group in sorted(set(groups)):
            own = np.flatnonzero(groups == group)
            values = names[own].tolist()
            if len(set(values)) > 1:
                fitted = PooledModel.fit(rows[own], of_asked[own], values, balanced=False, of_vectors=OF_ASKED)
                asked[str(group)] = fitted
        return cls(model, subjects, ngrams, asked, {asks[i]: labelled[i].intent for i in asks})

    def subjects(self, text: str) -> dict[str, float]:
        """Return the probability of each subject; none where none was learned."""
        if self._subjects is None:
            return {}
        (row,) = self._subjects.probabilities(self._encoder.encode([text]))
        return dict(zip(self._subjects.classes, row.tolist()))

    def asked(self, text: str) -> dict[str, dict[str, Any]]:
        """Return what the text asks in danger by group of askers, as `{group: {name, confidence, turn}}`.

        The groups are told apart by the talk: each has its likeliest, as sure as it is among the group's own. Of
        several sentences one may be what is asked: it counts less than the whole. `turn` is that of its examples.
        """
        if self._ngrams is None:
            return {}
        parts = [text, *sentences(text)[-MAX_SENTENCES:]]
        rows, vectors = self._ngrams.rows(parts), self._encoder.encode(parts)
        weights = np.array([1.0, *[OF_SENTENCE] * (len(parts) - 1)])[:, None]
        likeliest = {}
        for group, model in self._asked.items():
            sureness = model.probabilities(rows, vectors) * weights
            name = model.classes[sureness.max(axis=0).argmax()]
            likeliest[group] = {"name": name, "confidence": float(sureness.max()), "turn": self._turns[name]}
        return likeliest

    def save(self, folder: Path) -> None:
        """Write the model into a folder, made if need be."""
        folder.mkdir(exist_ok=True)
        (folder / STORED_ENCODER).write_bytes(self._model)
        if self._subjects:
            self._subjects.save(folder / STORED_SUBJECTS)
        if self._ngrams:
            (folder / STORED_NGRAMS).mkdir(exist_ok=True)
            self._ngrams.save(folder / STORED_NGRAMS)
            (folder / STORED_TURNS).write_text(json.dumps(self._turns), encoding="utf-8")
        for group, model in self._asked.items():
            (folder / STORED_ASKED).mkdir(exist_ok=True)
            model.save(folder / STORED_ASKED / group)

    @classmethod
    def load(cls, folder: Path) -> "SecondLabels":
        """Read what `save` wrote."""
        subjects, ngrams = folder / STORED_SUBJECTS, folder / STORED_NGRAMS
        model = (folder / STORED_ENCODER).read_bytes()
        of_subjects = Regression.load(subjects) if subjects.is_file() else None
        if not ngrams.is_dir():
            return cls(model, of_subjects)
        asked = {path.name: PooledModel.load(path) for path in sorted((folder / STORED_ASKED).glob("*"))}
        turns = json.loads((folder / STORED_TURNS).read_text(encoding="utf-8"))
        return cls(model, of_subjects, NGrams.load(ngrams), asked, turns)
