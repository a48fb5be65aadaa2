"""How sure a measured probability is: Wilson and Clopper-Pearson intervals, and how many trials a claim needs."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv, ndtri
from scipy.stats import binom


def wilson(successes: np.ndarray | int, trials: np.ndarray | int, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided score interval of a proportion (Wilson 1927): low and high.

    >>> low, high = wilson(81, 263)
    >>> float(low.round(4)), float(high.round(4))
    (0.2553, 0.3662)
    """
    n, z = np.asarray(trials, float), ndtri(0.5 + confidence / 2.0)
    p = np.asarray(successes, float) / n
    middle = (p + z**2 / (2.0 * n)) / (1.0 + z**2 / n)
    half = z / (1.0 + z**2 / n) * np.sqrt(p * (1.0 - p) / n + z**2 / (4.0 * n**2))
    return np.where(p == 0.0, 0.0, middle - half), np.where(p == 1.0, 1.0, middle + half)


def clopper_pearson(
    successes: np.ndarray | int, trials: np.ndarray | int, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided exact interval of a proportion (Clopper & Pearson 1934): low and high, never too narrow.

    >>> low, high = clopper_pearson(0, 20)
    >>> float(low), float(high.round(4))
    (0.0, 0.1684)
    """
    k, n = np.asarray(successes, float), np.asarray(trials, float)
    tail = (1.0 - confidence) / 2.0
    low = np.where(k > 0, betaincinv(np.maximum(k, 1.0), n - k + 1.0, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 1.0, np.maximum(n - k, 1.0), 1.0 - tail), 1.0)
    return low, high


def trials_needed(required: float, confidence: float = 0.95, failures: int = 0) -> int:
    """Fewest trials with at most so many failures that show a probability of at least `required`, one-sided.

    Without failures n = ln(1 - confidence) / ln(required), the success-run theorem.

    >>> trials_needed(0.95), trials_needed(0.99), trials_needed(0.95, failures=1)
    (59, 299, 93)
    """
    low, high = failures, failures + 1
    while binom.cdf(failures, high, 1.0 - required) > 1.0 - confidence:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = binom.cdf(failures, middle, 1.0 - required) <= 1.0 - confidence
        low, high = (low, middle) if enough else (middle, high)
    return high
