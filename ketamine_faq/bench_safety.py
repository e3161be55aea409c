"""`ketamine-faq bench safety`: recall and false alarms of the safety gate by kind, by cross-validation."""

from typing import Any

import numpy as np
import yaml

from ketamine_faq import PROJECT
from ketamine_faq.crossval import Prediction
from ketamine_faq.nlu.danger import KINDS, matched_intents

# Two-sided 95 %, for Wilson's score interval.
Z = 1.959964


def configured_thresholds() -> dict[str, float]:
    """Return the thresholds that config.yml gives the safety gate."""
    pipeline = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(component["thresholds"] for component in pipeline if component["name"].endswith("SafetyGate"))


def report(prediction: Prediction, thresholds: dict[str, float]) -> dict[str, Any]:
    """Return recall by kind and false alarms by kind of harmless message, each with its 95 % interval."""
    raised = alarms(prediction, thresholds)
    intents, harmless = prediction.intents, ~np.isin(prediction.intents, list(KINDS))
    any_danger = raised["crisis"] | raised["emergency"]
    return {
        "recall": {kind: interval(raised[kind][intents == kind]) for kind in KINDS},
        "seen_as_some_danger": {kind: interval((any_danger | raised["misuse"])[intents == kind]) for kind in KINDS},
        "false_alarms_of_crisis_or_emergency": {
            "look-alikes": interval(any_danger[harmless & prediction.look_alike]),
            "ordinary": interval(any_danger[harmless & ~prediction.look_alike]),
        },
        "false_alarms_of_misuse": {
            "look-alikes": interval(raised["misuse"][harmless & prediction.look_alike]),
            "ordinary": interval(raised["misuse"][harmless & ~prediction.look_alike]),
        },
        "thresholds": thresholds,
    }


def alarms(prediction: Prediction, thresholds: dict[str, float]) -> dict[str, np.ndarray]:
    """Return for each kind which messages raise its alarm, by score or by pattern: bool arrays (n,)."""
    matched = [matched_intents(text) for text in prediction.texts]
    return {
        kind: (kind_scores(prediction, kind) >= thresholds[kind]) | np.array([kind in found for found in matched])
        for kind in KINDS
    }


def kind_scores(prediction: Prediction, kind: str) -> np.ndarray:
    """Return the probability of a kind of danger for each message: float array (n,)."""
    columns = [prediction.classes.index(name) for name in KINDS[kind]]
    return prediction.probabilities[:, columns].sum(axis=1)


def threshold_for(prediction: Prediction, kind: str, recall: float) -> float:
    """Return the highest threshold at which the out-of-fold messages of a kind are found with this recall."""
    own = kind_scores(prediction, kind)[prediction.intents == kind]
    return float(np.quantile(own, 1 - recall, method="lower"))


def interval(hits: np.ndarray) -> dict[str, float]:
    """Return the share of hits with Wilson's 95 % interval, and how many messages it rests on."""
    n, share = len(hits), float(np.mean(hits)) if len(hits) else 0.0
    if not n:
        return {"share": 0.0, "low": 0.0, "high": 1.0, "messages": 0}
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return {"share": share, "low": max(0.0, centre - half), "high": min(1.0, centre + half), "messages": n}
