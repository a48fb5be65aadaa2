"""Confirmation and base rates: k of n sensors, who is behind an alarm, and pairs that agree by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom


def p_k_of_n(k: int, n: int, p_each: np.ndarray | float) -> np.ndarray:
    """P(at least k of n independent sensors report), each with probability `p_each`.

    >>> float(p_k_of_n(2, 3, 0.05).round(5))
    0.00725
    """
    return np.asarray(binom.sf(k - 1, n, np.asarray(p_each, float)))


@dataclass(frozen=True)
class AlarmMix:
    """Alarms an hour, and the shares of them that are hostile and that are people."""

    per_hour: float
    share_hostile: float
    share_person: float


def alarm_mix(p_detect: float, hostile_per_h: float, civilian_per_h: float, nuisance_per_h: float) -> AlarmMix:
    """Who is behind an alarm: people sensed alike, plus nuisance (Bayes).

    >>> round(alarm_mix(0.8, 0.1, 1.0, 12.0).share_hostile, 4)
    0.0062
    """
    hostile, people = p_detect * hostile_per_h, p_detect * (hostile_per_h + civilian_per_h)
    total = people + nuisance_per_h
    return AlarmMix(total, hostile / total, people / total)


def chance_pairs(rate1_per_h: float, rate2_per_h: float, window_s: float) -> float:
    """Pairs an hour of two independent alarm streams that fall within a window of each other by chance: 2 w l1 l2.

    >>> round(chance_pairs(0.5, 0.5, 60.0), 5)
    0.00833
    """
    return 2.0 * window_s / 3600.0 * rate1_per_h * rate2_per_h
