"""`ketamine-faq bench safety`: dangers met and false alarms by degree of concern, by cross-validation."""

from typing import Any

import numpy as np

from ketamine_faq.bench.cross_validation import Prediction, configured
from ketamine_faq.bench.intervals import share
from ketamine_faq.nlu.concern import DANGER, Concern, Thresholds, concern_of
from ketamine_faq.nlu.examples import CRISIS, CRISIS_OF_OTHER, EMERGENCY, MISUSE, NONE, POSSIBLE

LOOK_ALIKE = "lookalike"


def report(prediction: Prediction) -> dict[str, Any]:
    """Return what share of each group of examples met each degree, with its 95 % interval."""
    thresholds = configured("SafetyGate")["thresholds"]
    found = concerns(prediction, Thresholds(**thresholds))
    danger = np.array([concern.degree == DANGER for concern in found])
    noticed = np.array([concern.degree is not None for concern in found])
    misuse = np.array([concern.intent == MISUSE for concern in found])
    return {
        "danger": {name: share(danger[group]) for name, group in _groups(prediction).items()},
        "danger or possible": {name: share(noticed[group]) for name, group in _groups(prediction).items()},
        "misuse": {name: share(misuse[group]) for name, group in _groups(prediction).items()},
        "thresholds": thresholds,
    }


def concerns(prediction: Prediction, thresholds: Thresholds) -> list[Concern]:
    """Return the concern that the gate finds in each message."""
    parts: list[list[dict[str, float]]] = [[] for _ in prediction.examples]
    for index, row in zip(prediction.further_of, prediction.further.tolist()):
        parts[index].append(dict(zip(prediction.concern_classes, row)))
    return [
        concern_of(example.text, dict(zip(prediction.concern_classes, row)), own, thresholds)
        for example, row, own in zip(prediction.examples, prediction.concerns.tolist(), parts)
    ]


def _groups(prediction: Prediction) -> dict[str, np.ndarray]:
    concern = np.array([example.concern for example in prediction.examples])
    look_alike = np.array([example.metadata.get("kind") == LOOK_ALIKE for example in prediction.examples])
    return {
        "crisis of the writer": concern == CRISIS,
        "crisis of someone else": concern == CRISIS_OF_OTHER,
        "emergency": concern == EMERGENCY,
        "misuse": concern == MISUSE,
        "possible": concern == POSSIBLE,
        "look-alikes": (concern == NONE) & look_alike,
        "ordinary": (concern == NONE) & ~look_alike,
    }
