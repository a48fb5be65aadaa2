"""Search theory: what an effort of looking finds, and where to spend it (Koopman 1946, 1957; de Guenin 1961).

`coverage` is the coverage factor C = sweep width x track length / area.
"""

from __future__ import annotations

import numpy as np
from scipy.special import erf


def coverage_factor(sweep_width: float, speed: float, duration: float, area: float) -> float:
    """C = W v t / A, any consistent units.

    >>> round(coverage_factor(0.5, 40.0, 2.0, 98.0), 6)
    0.408163
    """
    return sweep_width * speed * duration / area


def random_search(coverage: np.ndarray | float) -> np.ndarray:
    """P(detect) of random search: 1 - exp(-C) (Koopman 1946).

    >>> float(random_search(1.0).round(3))
    0.632
    """
    return -np.expm1(-np.asarray(coverage, float))


def inverse_cube(coverage: np.ndarray | float) -> np.ndarray:
    """P(detect) of parallel sweeps under the inverse cube law of sighting: erf(sqrt(pi) C / 2) (Koopman 1946).

    >>> float(inverse_cube(1.0).round(2))
    0.79
    """
    return erf(np.sqrt(np.pi) / 2.0 * np.asarray(coverage, float))


def definite_range(coverage: np.ndarray | float) -> np.ndarray:
    """P(detect) of parallel sweeps with a definite range law: min(1, C) (Koopman 1946)."""
    return np.minimum(np.asarray(coverage, float), 1.0)


def optimal_effort(prior: np.ndarray, rate: np.ndarray, effort: float) -> tuple[np.ndarray, float]:
    """Split an effort over cells (n,) so that 1 - exp(-rate x effort) finds most: (efforts (n,), P(success)).

    Cells with prior x rate above a common level get ln(prior rate / level) / rate (de Guenin 1961). The level is exact:
    cells enter by falling prior x rate until the effort is spent.

    >>> split, p = optimal_effort(np.array([0.5, 0.3, 0.2]), np.array([0.5, 1.0, 2.0]), 2.0)
    >>> split.round(3).tolist(), round(p, 4)
    ([0.904, 0.635, 0.461], 0.4433)
    """
    prior, rate = np.asarray(prior, float), np.asarray(rate, float)
    order = np.argsort(-prior * rate, kind="stable")
    order = order[(prior * rate)[order] > 0.0]
    log_gain, each = np.log((prior * rate)[order]), 1.0 / rate[order]
    level = (np.cumsum(each * log_gain) - effort) / np.cumsum(each)
    last = int(np.flatnonzero(log_gain > level).max(initial=0))
    split = np.zeros(prior.size)
    if order.size:
        split[order] = np.maximum(log_gain - level[last], 0.0) * each
    return split, float((prior * random_search(rate * split)).sum())
