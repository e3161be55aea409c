"""When a message raises an alarm: class probabilities at their thresholds, joined with reviewed patterns.

docs/safety.md has the method, the error analysis and the hazard log.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from ketamine_faq.nlu.learned_classes import CRISIS, CRISIS_OF_OTHER, KINDS

PATTERNS = Path(__file__).with_name("safety_patterns.yml")

SURE_MISUSE = 0.9
MISUSE_HANDICAP = 2
# Who may be in danger themself is not spoken to as a helper: someone else must be so many times as likely.
SELF_IN_DOUBT = 2


@dataclass(frozen=True)
class Alarm:
    """What was found: the intent that wins, how sure it is (0 to 1), and whether someone else is in danger."""

    intent: str
    confidence: float
    of_other: bool = False


def scores(probabilities: dict[str, float]) -> dict[str, float]:
    """Return the probability of each kind of danger, from those of all classes."""
    return {kind: sum(probabilities.get(name, 0.0) for name in classes) for kind, classes in KINDS.items()}


def alarm(text: str, readings: list[dict[str, float]], thresholds: dict[str, float]) -> Alarm | None:
    """Return what a message raises; `readings` are the class probabilities of the message and of its pieces.

    Of several kinds the likeliest wins, but misuse only where it is far likelier than danger. A pattern of another
    intent wins over misuse that is less likely than SURE_MISUSE.
    """
    highest = {kind: max(scores(reading)[kind] for reading in readings) for kind in KINDS}
    matched = matched_intents(text)
    highest |= dict.fromkeys(matched & highest.keys(), 1.0)
    raised = [kind for kind in KINDS if highest[kind] >= thresholds[kind]]
    other = next(iter(matched - KINDS.keys()), None)
    if raised and not (other and raised == ["misuse"] and highest["misuse"] < SURE_MISUSE):
        kind = max(raised, key=lambda kind: highest[kind] / (MISUSE_HANDICAP if kind == "misuse" else 1))
        whole = readings[0]
        of_other = whole.get(CRISIS_OF_OTHER, 0.0) > whole.get(CRISIS, 0.0) * SELF_IN_DOUBT
        return Alarm(kind, highest[kind], kind == CRISIS and of_other)
    return Alarm(other, 1.0) if other else None


def matched_intents(text: str) -> set[str]:
    """Return the intents that have a pattern that the text matches."""
    plain = re.sub(r"['’`]", "", text.lower())
    return {intent for intent, pattern in _patterns().items() if pattern.search(plain)}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern]:
    listed = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    return {intent: re.compile("|".join(patterns)) for intent, patterns in listed.items()}
