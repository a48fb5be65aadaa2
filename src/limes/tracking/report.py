"""Tracks as rows of `TRACK`: one Gaussian over the modes, class probabilities, how many, status."""

from __future__ import annotations

import math

import numpy as np

from limes.columns import CLASSES, TRACK
from limes.tracking.compiled import entry, inner, light
from limes.tracking.motion import blend_into
from limes.tracking.registration import own_doubt
from limes.tracking.state import FIRST, HEIGHT, HITS, IDENT, LAST, PEOPLE, STATUS, TOLD, Bias, State, Tracks, copy_matrix

CLUTTER = CLASSES.index("clutter")

Z90 = 1.645
"""Half width of a 90 % interval, standard deviations."""

UNTOLD_SD = 0.5
"""Standard deviation of how many a track is when no sensor said."""


UNLIKELY = 0.05
"""Modes that together are no more probable than this are left out of what is reported of a track: a thing that goes straight
could always swerve, but to widen its ellipse for that each time would make it too large in 19 cases of 20."""


@light
def likely(weight: np.ndarray, out: np.ndarray) -> None:
    """Write the weights of the modes without the least probable ones, `UNLIKELY` in all.

    >>> out = np.zeros(3)
    >>> likely(np.array([0.03, 0.95, 0.02]), out)
    >>> out.tolist()
    [0.0, 0.95, 0.0]
    """
    left = UNLIKELY
    for m in range(len(weight)):
        out[m] = weight[m]
    for _ in range(len(weight)):
        least = -1
        for m in range(len(weight)):
            if out[m] > 0.0 and (least < 0 or out[m] < out[least]):
                least = m
        if out[least] > left:
            break
        left -= out[least]
        out[least] = 0.0


@entry
def summarise(count: int, tracks: Tracks, bias: Bias) -> tuple[np.ndarray, np.ndarray]:
    """Mean (count, 4) and covariance (count, 4, 4) of each track over its modes, the doubt about the biases included."""
    return moments(count, tracks, bias)


@inner
def moments(count: int, tracks: Tracks, bias: Bias) -> tuple[np.ndarray, np.ndarray]:
    """Mean (count, 4) and covariance (count, 4, 4) of each track over its modes, the doubt about the biases included."""
    out_mean, out_cov = np.zeros((count, 4)), np.zeros((count, 4, 4))
    own, share = np.zeros((4, 4)), np.zeros(tracks.weight.shape[1])
    for i in range(count):
        likely(tracks.weight[i], share)
        blend_into(tracks.mean[i], tracks.cov[i], share, out_mean[i], out_cov[i])
        if len(bias.mean):
            own_doubt(tracks.lean[i], bias, own)
            for k in range(4):
                for j in range(4):
                    out_cov[i, k, j] += own[k, j]
    return out_mean, out_cov


@light
def how_many(told: float, people: float) -> tuple[float, float]:
    """How many a track is, by what sensors told (their weight and sum), and its standard deviation."""
    if told <= 0.0:
        return 1.0, UNTOLD_SD
    mean = max(people / told, 1.0)
    return mean, math.sqrt((mean - 1.0) / told)


@entry
def write_rows(
    count: int, time: float, tracks: Tracks, bias: Bias, table: np.ndarray, family: np.ndarray, out: np.ndarray
) -> None:
    """Write the first `count` tracks as rows of `TRACK`, zeros before; the probability of clutter is 1 - existence."""
    mean, cov = moments(count, tracks, bias)
    share = np.zeros(len(table))
    for i in range(count):
        row, real, whole, existence = out[i], tracks.real[i], tracks.whole[i], tracks.existence[i]
        row["time"], row["track"], row["status"], row["hits"] = time, whole[IDENT], whole[STATUS], whole[HITS]
        row["x"], row["y"], row["vx"], row["vy"] = mean[i, 0], mean[i, 1], mean[i, 2], mean[i, 3]
        row["first"], row["last"], row["height"], row["existence"] = real[FIRST], real[LAST], real[HEIGHT], existence
        copy_matrix(cov[i], row["covariance"])
        for m in range(len(table)):
            share[m] = 0.0
        for m in range(len(table)):
            share[int(table[m, 3])] += tracks.weight[i, m]
        for c in range(len(family)):
            if family[c] >= 0:
                row["classes"][c] = share[family[c]] * tracks.kinds[i, c] * existence
        row["classes"][CLUTTER] = 1.0 - existence
        number, sd = how_many(real[TOLD], real[PEOPLE])
        row["count"], row["count_low"], row["count_high"] = number, max(number - Z90 * sd, 1.0), number + Z90 * sd


def member_rows(state: State, time: float, table: np.ndarray, family: np.ndarray) -> np.ndarray:
    """Rows of `TRACK` of all live tracks, each member of a group its own, under their own numbers."""
    out = np.zeros(state.count, TRACK)
    write_rows(state.count, time, state.tracks, state.bias, table, family, out)
    return out
