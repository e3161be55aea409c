"""Shares with their 95 % intervals, as every figure of the bench is told."""

from typing import Any

import numpy as np
from scipy.stats import binomtest


def share(hits: np.ndarray | list[bool]) -> dict[str, Any]:
    """Return the share of hits with Wilson's 95 % interval, and how many messages it rests on."""
    count = len(hits)
    if not count:
        return {"share": 0.0, "low": 0.0, "high": 1.0, "messages": 0}
    found = binomtest(int(np.sum(hits)), count)
    interval = found.proportion_ci(method="wilson")
    return {"share": found.statistic, "low": float(interval.low), "high": float(interval.high), "messages": count}
