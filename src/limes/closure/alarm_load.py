"""Alarm load on one operator: what the alarm standards count, for any list of alarm times."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.stats import poisson

FLOOD_STARTS, FLOOD_ENDS = 10, 5
"""A flood starts in a period with more than ten alarms and ends in one with fewer than five (ANSI/ISA-18.2-2009)."""

MONITOR_DETECTION = MappingProxyType({1: 0.85, 4: 0.74, 6: 0.58, 9: 0.53})
"""Share of walkers with an umbrella noticed on so many monitors (UK Police Scientific Development Branch): a ceiling."""

_LIMITS = (
    ("alarms per operator per day", {"acceptable": 150, "manageable": 300}),
    ("alarms per operator per hour (average)", {"acceptable": 6, "manageable": 12}),
    ("alarms per operator per 10 minutes (average)", {"acceptable": 1, "manageable": 2}),
    ("hours with more than 30 alarms, percent", {"target_below": 1}),
    ("10-minute periods with more than 10 alarms, percent", {"target_below": 1}),
    ("most alarms in one 10-minute period", {"target_at_most": 10}),
    ("time in flood, percent", {"target_below": 1}),
    ("share of ten most frequent sources, percent", {"target_at_most_low": 1, "target_at_most_high": 5}),
    ("chattering and fleeting alarms", {"target": 0}),
    ("stale alarms (over 24 h) on any day", {"target_below": 5}),
    ("priority split low/medium/high, percent (3 levels)", {"target": (80, 15, 5)}),
    ("priority split with a top level, percent (4 levels)", {"target": (80, 15, 5, 1)}),
    ("unauthorised suppression or setting changes", {"target": 0}),
)

LIMITS = tuple((name, MappingProxyType(limit)) for name, limit in _LIMITS)
"""Targets of the performance table of ANSI/ISA-18.2-2009 and EEMUA 191: name and limits of each measure."""


@dataclass(frozen=True)
class Load:
    """Alarms in each fixed period (n,), whether it counts as flood (n,), periods in flood, and the most in one period."""

    counts: np.ndarray
    flood: np.ndarray
    in_flood: int
    most: int


def alarm_load(times: np.ndarray, window: float = 600.0, windows: int | None = None) -> Load:
    """Count alarms (times in s from 0) in fixed periods of `window` s and mark the floods.

    >>> load = alarm_load(np.array([0.0, *range(600, 612), 1300.0]), 600.0, 3)
    >>> load.counts.tolist(), load.flood.tolist()
    ([1, 12, 1], [False, True, False])
    """
    index = (np.asarray(times, float) // window).astype(np.int64)
    counts = np.bincount(index, minlength=windows or 0)[:windows]
    flood, state = np.zeros(len(counts), bool), False
    for i, count in enumerate(counts):
        state = count > FLOOD_STARTS or (state and count >= FLOOD_ENDS)
        flood[i] = state
    return Load(counts, flood, int(flood.sum()), int(counts.max(initial=0)))


def p_period_over(rate_per_h: float, limit: int = FLOOD_STARTS, window: float = 600.0) -> float:
    """P(a period holds more than `limit` alarms) when they come at random at a mean rate (Poisson).

    >>> round(p_period_over(30.0), 4)
    0.0137
    """
    return float(poisson.sf(limit, rate_per_h * window / 3600.0))
