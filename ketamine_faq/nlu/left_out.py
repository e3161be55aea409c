"""Examples that training leaves out, for they teach nothing: models of other authors' examples know them already.

They stay in data/ for what else examples serve: fine-tuning, cross-validation, `examples find`. docs/nlu.md has what
leaving them out costs and saves.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.model_selection import GroupKFold

from ketamine_faq.nlu.examples import DATA, Example
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import OF_NGRAMS
from ketamine_faq.nlu.regression import Regression

# One digest a line, in rising order. A text that changes, or its topic or concern, is learned from again.
STORED = DATA / "left_out.txt"
DIGEST_BYTES = 6
FOLDS = 3
# The probability that n-grams must give to an example's own topic and to its own concern.
SURE = 0.9


def learned(examples: list[Example], stored: Path = STORED) -> list[Example]:
    """Return the examples that training learns from, in their order: all where no list is stored."""
    left_out = set(stored.read_text(encoding="ascii").split()) if stored.is_file() else set()
    return [example for example in examples if _digest(example) not in left_out]


def leave_out(examples: list[Example], stored: Path = STORED) -> int:
    """Find the examples that are known without being learned, write the list of them, and return how many they are."""
    rows = NGrams.fit([example.text for example in examples])[1]
    known = _known(rows, examples, lambda example: example.concern, balanced=False)
    known &= _known(rows, examples, lambda example: example.topic, balanced=True)
    digests = {_digest(example) for example, is_known in zip(examples, known) if is_known and _may_go(example)}
    stored.write_text("".join(f"{digest}\n" for digest in sorted(digests)), encoding="ascii")
    return len(digests)


def _known(
    rows: sparse.csr_matrix, examples: list[Example], label_of: Callable[[Example], str | None], *, balanced: bool
) -> np.ndarray:
    """Tell which examples a model of other batches' examples is sure of; those that have no label count as such."""
    labels = np.array([label_of(example) or "" for example in examples])
    labelled = np.flatnonzero(labels != "")
    known = labels == ""
    batches = [examples[index].batch for index in labelled]
    for seen, held in GroupKFold(FOLDS).split(labelled, groups=batches):
        seen, held = labelled[seen], labelled[held]
        model = Regression.fit(rows[seen], labels[seen].tolist(), OF_NGRAMS, balanced=balanced)
        of_classes = model.probabilities(rows[held])
        own = labels[held][:, None] == np.array(model.classes)
        known[held] = (of_classes * own).sum(axis=1) >= SURE
    return known


def _may_go(example: Example) -> bool:
    """Turns after an alarm are few, and subjects are learned by a model of their own."""
    return not example.turn and "subject" not in example.metadata


def _digest(example: Example) -> str:
    label = f"{example.text}\0{example.topic}\0{example.concern}"
    return hashlib.blake2b(label.encode(), digest_size=DIGEST_BYTES).hexdigest()
