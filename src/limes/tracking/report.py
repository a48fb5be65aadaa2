"""Tracks as rows of `TRACK`: one Gaussian over the modes, class probabilities, status."""

from __future__ import annotations

import numpy as np
from numba import njit

from limes.columns import CLASSES, TRACK, empty
from limes.tracking.motion import moments
from limes.tracking.state import FIRST, HEIGHT, HITS, IDENT, LAST, STATUS, Columns

_CLUTTER = CLASSES.index("clutter")


@njit(cache=True, nogil=True)
def summarise(count: int, mean: np.ndarray, cov: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (count, 4) and covariance (count, 4, 4) of each track over its modes."""
    out_mean, out_cov = np.empty((count, 4)), np.empty((count, 4, 4))
    for i in range(count):
        moments(mean[i], cov[i], weight[i], out_mean[i], out_cov[i])
    return out_mean, out_cov


def track_rows(columns: Columns, time: float, table: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Rows of `TRACK` of all live tracks; `clutter` is the probability that the track does not exist."""
    n = columns.count
    mean, cov = summarise(n, columns.mean, columns.cov, columns.weight)
    out = empty(TRACK, n)
    out["time"] = time
    for k, name in enumerate(("x", "y", "vx", "vy")):
        out[name] = mean[:, k]
    out["covariance"] = cov
    out["existence"] = columns.existence[:n]
    out["track"], out["hits"], out["status"] = (columns.whole[:n, k] for k in (IDENT, HITS, STATUS))
    out["first"], out["last"], out["height"] = (columns.real[:n, k] for k in (FIRST, LAST, HEIGHT))
    out["classes"] = class_probabilities(columns, table, family)
    out["count"] = out["count_low"] = out["count_high"] = 1.0
    return out


def class_probabilities(columns: Columns, table: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Probability of each class, (n, classes), summing to one with clutter = 1 - existence."""
    n = columns.count
    modes = table[:, 3].astype(int)
    families = np.stack([columns.weight[:n, modes == f].sum(axis=1) for f in range(modes.max() + 1)], axis=1)
    out = np.where(family >= 0, families[:, family] * columns.kinds[:n], 0.0) * columns.existence[:n, None]
    out[:, _CLUTTER] = 1.0 - columns.existence[:n]
    return out
