"""Whether a message speaks of a crisis, an emergency or misuse: recall-first classifier and reviewed patterns.

docs/safety.md has the method, the error analysis and the hazard log.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from ketamine_faq.nlu.text_regression import TextRegression

PATTERNS = Path(__file__).with_name("safety_patterns.yml")

# The classes that the regression tells apart. A crisis is the writer's own or someone else's; all else is `none`.
CRISIS, CRISIS_OF_OTHER, NONE = "crisis", "crisis_of_other", "none"
KINDS = {CRISIS: (CRISIS, CRISIS_OF_OTHER), "emergency": ("emergency",), "misuse": ("misuse",)}

# A long message is also read in overlapping pieces of so many words: one sentence in it can raise the alarm.
PIECE = 30


@dataclass(frozen=True)
class Alarm:
    """What the gate found: the intent that wins, how sure it is (0 to 1), and whether someone else is in danger."""

    intent: str
    confidence: float
    of_other: bool = False


class SafetyModel:
    """Scores every kind of danger; an alarm is a score at its threshold, or a pattern."""

    def __init__(self, regression: TextRegression) -> None:
        """Take a fitted regression over the classes of KINDS and `none`; reads the patterns."""
        self._regression = regression
        self._columns = {
            kind: [regression.classes.index(label) for label in labels if label in regression.classes]
            for kind, labels in KINDS.items()
        }
        patterns = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
        self._patterns = {intent: re.compile("|".join(listed)) for intent, listed in patterns.items()}

    @classmethod
    def fit(cls, texts: list[str], vectors: np.ndarray, labels: list[str]) -> "SafetyModel":
        """Learn from texts, their unit vectors (float32, (n, d)) and their classes."""
        return cls(TextRegression.fit(texts, vectors, labels))

    def scores(self, texts: list[str], vectors: np.ndarray) -> dict[str, np.ndarray]:
        """Return the probability of each kind for each text: float arrays (n,)."""
        probabilities = self._regression.probabilities(texts, vectors)
        return {kind: probabilities[:, columns].sum(axis=1) for kind, columns in self._columns.items()}

    def alarm(self, texts: list[str], vectors: np.ndarray, thresholds: dict[str, float]) -> Alarm | None:
        """Return what one message raises; `texts` are the whole message and its pieces, with their vectors.

        Of several kinds the one furthest above its threshold wins, but misuse only where nobody is in danger.
        """
        scores = {kind: float(values.max()) for kind, values in self.scores(texts, vectors).items()}
        matched = self.matched(texts[0])
        for kind in matched & scores.keys():
            scores[kind] = max(scores[kind], 1.0)
        raised = [kind for kind in scores if scores[kind] >= thresholds[kind]]
        if raised:
            kind = max(raised, key=lambda kind: (kind != "misuse", scores[kind] / thresholds[kind]))
            return Alarm(kind, scores[kind], kind == CRISIS and self._of_other(texts[:1], vectors[:1]))
        intent = next(iter(matched), None)
        return Alarm(intent, 1.0) if intent else None

    def matched(self, text: str) -> set[str]:
        """Return the intents that have a pattern that the text matches."""
        plain = re.sub(r"['’`]", "", text.lower())
        return {intent for intent, pattern in self._patterns.items() if pattern.search(plain)}

    def _of_other(self, texts: list[str], vectors: np.ndarray) -> bool:
        classes, (row,) = self._regression.classes, self._regression.probabilities(texts, vectors)
        own, others = (row[classes.index(label)] if label in classes else 0 for label in KINDS[CRISIS])
        return bool(others > own)

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON."""
        self._regression.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "SafetyModel":
        """Read what `save` wrote; the patterns are the package's own."""
        return cls(TextRegression.load(folder))


def pieces(text: str) -> list[str]:
    """Return the text and, where it is long, its overlapping pieces."""
    words = text.split()
    if len(words) <= PIECE * 3 // 2:
        return [text]
    return [text, *(" ".join(words[start : start + PIECE]) for start in range(0, len(words), PIECE // 2))]
