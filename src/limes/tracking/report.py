"""Tracks as rows of `TRACK`: one Gaussian over the modes, class probabilities, how many, status."""

from __future__ import annotations

import numpy as np
from numba import njit

from limes.columns import CLASSES, TRACK, empty
from limes.tracking.motion import blend_into
from limes.tracking.registration import doubt_of
from limes.tracking.state import FIRST, HEIGHT, HITS, IDENT, LAST, PEOPLE, STATUS, TOLD, Bias, State, Tracks

PERSON, GROUP_CLASS, CLUTTER = CLASSES.index("person"), CLASSES.index("group"), CLASSES.index("clutter")

UNTOLD_SD = 0.5
"""Standard deviation of how many a track is when no sensor said."""


@njit(cache=True, nogil=True)
def summarise(count: int, tracks: Tracks, bias: Bias) -> tuple[np.ndarray, np.ndarray]:
    """Mean (count, 4) and covariance (count, 4, 4) of each track over its modes, the doubt about the biases included."""
    out_mean, out_cov = np.empty((count, 4)), np.empty((count, 4, 4))
    own, cross = np.empty((4, 4)), np.empty((4, 3))
    for i in range(count):
        blend_into(tracks.mean[i], tracks.cov[i], tracks.weight[i], out_mean[i], out_cov[i])
        if len(bias.mean):
            doubt_of(tracks.lean[i], bias, -1, own, cross)
            for k in range(4):
                for j in range(4):
                    out_cov[i, k, j] += own[k, j]
    return out_mean, out_cov


def member_rows(state: State, time: float, table: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Rows of `TRACK` of all live tracks, each member of a group its own; `clutter` is the probability of not existing."""
    live = state.live()
    mean, cov = summarise(state.count, state.tracks, state.bias)
    out = empty(TRACK, state.count)
    out["time"] = time
    for k, name in enumerate(("x", "y", "vx", "vy")):
        out[name] = mean[:, k]
    out["covariance"], out["existence"] = cov, live.existence
    for name, column in (("track", IDENT), ("hits", HITS), ("status", STATUS)):
        out[name] = live.whole[:, column]
    for name, column in (("first", FIRST), ("last", LAST), ("height", HEIGHT)):
        out[name] = live.real[:, column]
    people, sd = how_many(live)
    out["count"], out["count_low"], out["count_high"] = people, np.maximum(people - 1.645 * sd, 1.0), people + 1.645 * sd
    out["classes"] = class_probabilities(live, table, family, people)
    return out


def how_many(live: Tracks) -> tuple[np.ndarray, np.ndarray]:
    """How many each track is, by what sensors told, and its standard deviation: (n,), (n,)."""
    told, people = live.real[:, TOLD], live.real[:, PEOPLE]
    mean = np.where(told > 0.0, people / np.maximum(told, 1e-9), 1.0)
    return np.maximum(mean, 1.0), np.where(told > 0.0, np.sqrt(np.maximum(mean - 1.0, 0.0) / np.maximum(told, 1e-9)), UNTOLD_SD)


def class_probabilities(live: Tracks, table: np.ndarray, family: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Probability of each class, (n, classes), summing to one with clutter = 1 - existence."""
    modes = table[:, 3].astype(int)
    families = np.stack([live.weight[:, modes == f].sum(axis=1) for f in range(modes.max() + 1)], axis=1)
    out = np.where(family >= 0, families[:, family] * live.kinds, 0.0) * live.existence[:, None]
    out[:, CLUTTER] = 1.0 - live.existence
    return out
