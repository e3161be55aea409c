"""`ketamine-faq bench safety`: recall and false alarms of the safety gate by kind, by cross-validation."""

from typing import Any

import numpy as np

from ketamine_faq.bench.cross_validation import Prediction, configured
from ketamine_faq.nlu.danger import alarm
from ketamine_faq.nlu.learned_classes import CRISIS, CRISIS_OF_OTHER, KINDS

# Two-sided 95 %, for Wilson's score interval.
Z = 1.959964


def report(prediction: Prediction) -> dict[str, Any]:
    """Return recall by kind and false alarms by kind of harmless message, each with its 95 % interval."""
    thresholds = configured("SafetyGate")["thresholds"]
    raised = alarms(prediction, thresholds)
    intents, harmless = prediction.intents, ~np.isin(prediction.intents, list(KINDS))
    danger = np.isin(raised, ["crisis", "emergency"])
    groups = {"look-alikes": harmless & prediction.look_alike, "ordinary": harmless & ~prediction.look_alike}
    of_other = prediction.labels == CRISIS_OF_OTHER
    crises = {"of the writer": (intents == CRISIS) & ~of_other, "of someone else": of_other}
    return {
        "recall": {kind: interval((raised == kind)[intents == kind]) for kind in KINDS},
        "met_as_danger": {kind: interval(danger[intents == kind]) for kind in (CRISIS, "emergency")},
        "crises_met_as_danger": {name: interval(danger[group]) for name, group in crises.items()},
        "false_alarms_of_crisis_or_emergency": {name: interval(danger[group]) for name, group in groups.items()},
        "false_alarms_of_misuse": {name: interval((raised == "misuse")[group]) for name, group in groups.items()},
        "thresholds": thresholds,
    }


def alarms(prediction: Prediction, thresholds: dict[str, float]) -> np.ndarray:
    """Return the alarm that the gate raises for each message, '' for none: array of text (n,)."""
    readings = [[row] for row in prediction.probabilities]
    for index, row in zip(prediction.further_of, prediction.further):
        readings[index].append(row)
    raised = [
        alarm(text, [dict(zip(prediction.classes, row.tolist())) for row in rows], thresholds)
        for text, rows in zip(prediction.texts, readings)
    ]
    return np.array([found.intent if found and found.intent in KINDS else "" for found in raised])


def interval(hits: np.ndarray) -> dict[str, float]:
    """Return the share of hits with Wilson's 95 % interval, and how many messages it rests on."""
    n, share = len(hits), float(np.mean(hits)) if len(hits) else 0.0
    if not n:
        return {"share": 0.0, "low": 0.0, "high": 1.0, "messages": 0}
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return {"share": share, "low": max(0.0, centre - half), "high": min(1.0, centre + half), "messages": n}
