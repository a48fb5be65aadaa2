"""Which detection belongs to which track: gated pairs, marginal probabilities by belief propagation, and the hard choice."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.tracking.looks import MDV, P_DETECT, REACH, WIDTH, Look, X, Y
from limes.tracking.measurement import (
    ALONG,
    BEARING,
    PING,
    RANGE_BEARING,
    Six,
    Three,
    distance,
    factor_of,
    innovation,
    inside,
    measure,
    notch,
    spread,
)
from limes.tracking.registration import Doubt, doubt_of, own_lean, shifted, widened
from limes.tracking.state import DOUBT, Bias, Tracks

GATES = np.array([0.0, 12.0, 16.0, 18.5])
"""Squared Mahalanobis gate by number of measured components."""

WINDOW = 4.5
"""Half width in standard deviations of the window in which pairs are looked for."""

MODE_GATE = 1e-3
"""Modes less probable than this do not widen a track's window."""


UNSEEN = 1e-6
"""A track less visible than this is not looked for."""

FASTEST = 40.0
"""Speed, m/s, by which windows widen for rows that were not measured at the time of their look."""


class Pairs(NamedTuple):
    """Gated track-detection pairs in rows of tracks: the edges of track i are `start[i]:start[i + 1]`.

    `row` is the detection and `weight` the existence x p_detect x likelihood / density of each edge; `seen` and `clear`
    (n, modes) the probability of detection with and without the Doppler blind zone.
    """

    start: np.ndarray
    row: np.ndarray
    weight: np.ndarray
    seen: np.ndarray
    clear: np.ndarray


@njit(cache=True, nogil=True, inline="always")
def visibility(i: int, tracks: Tracks, look: Look, given: float, pairs: Pairs) -> float:
    """Write the probabilities that a look detects each mode of a track, with and without the blind zone; returns their mean.

    `given`, where it is not NaN, stands for the nominal probability and the reach.
    """
    visible, site, mean, cov, weight = 0.0, look.site, tracks.mean, tracks.cov, tracks.weight
    everywhere = look.kind < ALONG and site[REACH] == np.inf and site[WIDTH] == np.inf
    for m in range(weight.shape[1]):
        if weight[i, m] <= 0.0:
            continue
        clear = given
        if math.isnan(given):
            clear = site[P_DETECT] if everywhere else site[P_DETECT] * inside(look, mean, cov, i, m)
        seen = clear
        if look.kind == RANGE_BEARING and site[MDV] > 0.0 and clear > 0.0:
            seen *= 1.0 - notch(look, mean, cov, i, m)
        pairs.seen[i, m], pairs.clear[i, m] = seen, clear
        visible += weight[i, m] * seen
    return visible


@njit(cache=True, nogil=True, inline="always")
def window_of(i: int, tracks: Tracks, look: Look, sd: np.ndarray, slowest: float) -> tuple[float, float, float, float]:
    """Where a track's detections can lie in the plane: x low, x high, y low, y high, over its likely modes.

    `sd` are the largest standard deviations of the first two components, `slowest` the longest delay of a row.
    """
    left, right, low, high = np.inf, -np.inf, np.inf, -np.inf
    mean, cov = tracks.mean, tracks.cov
    for m in range(tracks.weight.shape[1]):
        if tracks.weight[i, m] <= MODE_GATE:
            continue
        x, y, slack = mean[i, m, 0], mean[i, m, 1], max(sd[0], sd[1])
        if look.kind == RANGE_BEARING:
            slack = max(sd[0], sd[1] * math.hypot(x - look.site[X], y - look.site[Y]))
        wide = tracks.real[i, DOUBT] + slack * slack
        rx = WINDOW * math.sqrt(cov[i, m, 0, 0] + wide) + FASTEST * slowest
        ry = WINDOW * math.sqrt(cov[i, m, 1, 1] + wide) + FASTEST * slowest
        left, right, low, high = min(left, x - rx), max(right, x + rx), min(low, y - ry), max(high, y + ry)
    return left, right, low, high


@njit(cache=True, nogil=True)
def foresee_biased(i: int, m: int, delay: float, tracks: Tracks, bias: Bias, look: Look, doubt: Doubt) -> tuple[Three, Six]:
    """What a look would measure of one mode of a track, and its spread with the doubt about biases, noise apart."""
    h, a, b, c = measure(look, delay, tracks.mean, i, m)
    e0, e1 = own_lean(look, tracks.mean, i, m, a, b)
    return shifted(look, bias, e0, e1, h), widened(look, bias, doubt, e0, e1, a, b, c, spread(tracks.cov, i, m, a, b, c))


@njit(cache=True, nogil=True)
def foresee_modes(i: int, delay: float, tracks: Tracks, bias: Bias, look: Look, doubt: Doubt, out: np.ndarray) -> None:
    """Write what a look would measure of each likely mode of a track: three of expectation and six of spread (modes, 9)."""
    biased, mean, cov = len(bias.mean) > 0, tracks.mean, tracks.cov
    if biased:
        doubt_of(tracks.lean[i], bias, look.slot, doubt.own, doubt.cross)
    for m in range(tracks.weight.shape[1]):
        if tracks.weight[i, m] <= MODE_GATE:
            continue
        if biased:
            h, s = foresee_biased(i, m, delay, tracks, bias, look, doubt)
        else:
            h, a, b, c = measure(look, delay, mean, i, m)
            s = spread(cov, i, m, a, b, c)
        out[m, 0], out[m, 1], out[m, 2] = h
        out[m, 3], out[m, 4], out[m, 5], out[m, 6], out[m, 7], out[m, 8] = s


@njit(cache=True, nogil=True, inline="always")
def likelihood(i: int, j: int, weight: np.ndarray, look: Look, foreseen: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """p_detect x likelihood of a detection under a track, over its likely modes, and the least squared Mahalanobis distance."""
    total, nearest = 0.0, np.inf
    for m in range(weight.shape[1]):
        if weight[i, m] <= MODE_GATE:
            continue
        h = (foreseen[m, 0], foreseen[m, 1], foreseen[m, 2])
        s = (foreseen[m, 3], foreseen[m, 4], foreseen[m, 5], foreseen[m, 6], foreseen[m, 7], foreseen[m, 8])
        square, root = distance(factor_of(look, j, s), innovation(look, j, h))
        nearest = min(nearest, square)
        if square < 60.0:
            part = look.site[P_DETECT] if look.kind == PING else seen[i, m]
            total += weight[i, m] * part * math.exp(-0.5 * square) / root
    return total, nearest


@njit(cache=True, nogil=True)
def largest_sd(look: Look, bias: Bias) -> np.ndarray:
    """Largest standard deviations of the first two components in a look, with what the sensor's own bias may add."""
    out = np.zeros(2)
    for j in range(len(look.z)):
        for k in range(min(look.size, 2)):
            out[k] = max(out[k], look.noise[j, k])
    for k in range(2):
        if look.slot >= 0:
            out[k] += bias.cov[look.slot + k, look.slot + k]
        out[k] = math.sqrt(out[k])
    return out


@njit(cache=True, nogil=True)
def pair_up(count: int, tracks: Tracks, bias: Bias, look: Look, place: np.ndarray, given: np.ndarray) -> Pairs:
    """Find every track-detection pair inside the gate, by sorted windows: linear but for the sorting.

    `place` (m, 2) is where each detection lies in the plane; `given` (n,) or (0,) are probabilities of detection from outside.
    """
    total, modes = len(look.z), tracks.weight.shape[1]
    order = np.argsort(place[:, 0])
    edge_row, edge_weight = np.empty(2 * (count + total) + 16, np.int64), np.empty(2 * (count + total) + 16)
    seen, clear = np.zeros((count, modes)), np.zeros((count, modes))
    out = Pairs(np.zeros(count + 1, np.int64), edge_row, edge_weight, seen, clear)
    doubt, sd, slowest = Doubt(np.zeros((4, 4)), np.zeros((4, 3))), largest_sd(look, bias), 0.0
    foreseen = np.zeros((modes, 9))
    for j in range(total):
        slowest = max(slowest, abs(look.delay[j]))
    scale, edges = (2.0 * math.pi) ** (0.5 * look.size), 0
    for i in range(count):
        out.start[i] = edges
        visible = visibility(i, tracks, look, given[i] if len(given) else np.nan, out)
        if total == 0 or visible < UNSEEN:
            continue
        left, right, low, high = window_of(i, tracks, look, sd, slowest)
        first, ready, at = 0, False, 0.0
        if look.kind != BEARING:
            first = find_first(place, order, left)
        for k in range(first, total):
            j = order[k]
            if look.kind != BEARING:
                if place[j, 0] > right:
                    break
                if place[j, 1] < low or place[j, 1] > high:
                    continue
            if not ready or look.delay[j] != at:
                at, ready = look.delay[j], True
                foresee_modes(i, at, tracks, bias, look, doubt, foreseen)
            value, nearest = likelihood(i, j, tracks.weight, look, foreseen, seen)
            if nearest < GATES[look.size]:
                if edges == len(edge_row):
                    edge_row, edge_weight = longer(edge_row), longer(edge_weight)
                edge_row[edges] = j
                edge_weight[edges] = tracks.existence[i] * value / (scale * look.density[j])
                edges += 1
    out.start[count] = edges
    return Pairs(out.start, edge_row[:edges], edge_weight[:edges], seen, clear)


@njit(cache=True, nogil=True)
def longer(array: np.ndarray) -> np.ndarray:
    """The same entries with room for as many again."""
    out = np.empty(2 * len(array), array.dtype)
    for k in range(len(array)):
        out[k] = array[k]
    return out


@njit(cache=True, nogil=True)
def find_first(place: np.ndarray, order: np.ndarray, low: float) -> int:
    """First entry of an order by x whose x is not below `low`, by bisection."""
    a, b = 0, len(order)
    while a < b:
        middle = (a + b) // 2
        if place[order[middle], 0] < low:
            a = middle + 1
        else:
            b = middle
    return a


@njit(cache=True, nogil=True)
def propagate_beliefs(total: int, pairs: Pairs, miss: np.ndarray, sweeps: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Loopy belief propagation of Williams and Lau (2014) on gated edges.

    `miss` is the weight of each track's having no detection. Returns for each edge w nu, so that p(i, j) = w nu / (miss + sum),
    and for each of the `total` detections the sum of messages that claim it. Exact where the graph of pairs has no loop.
    """
    edges = len(pairs.row)
    nu, mu, claim = np.ones(edges), np.empty(edges), np.zeros(total)
    for _ in range(sweeps):
        for j in range(total):
            claim[j] = 0.0
        for i in range(len(miss)):
            mass = miss[i]
            for e in range(pairs.start[i], pairs.start[i + 1]):
                mass += pairs.weight[e] * nu[e]
            for e in range(pairs.start[i], pairs.start[i + 1]):
                mu[e] = pairs.weight[e] / max(mass - pairs.weight[e] * nu[e], 1e-300)
                claim[pairs.row[e]] += mu[e]
        change = 0.0
        for e in range(edges):
            fresh = 1.0 / (1.0 + max(claim[pairs.row[e]] - mu[e], 0.0))
            change = max(change, abs(fresh - nu[e]))
            nu[e] = fresh
        if change < 1e-4:
            break
    for e in range(edges):
        nu[e] *= pairs.weight[e]
    return nu, claim


@njit(cache=True, nogil=True)
def choose(total: int, pairs: Pairs, share: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """Give each track at most one detection and each detection to at most one track, the surest pairs first.

    `share` is each edge's marginal probability, `miss` each track's probability of having none, which a pair must beat.
    Returns the detection of each track, -1 where it has none.
    """
    count = len(miss)
    taken, free = np.full(count, -1, np.int64), np.ones(total, np.bool_)
    best, winner = np.empty(total), np.empty(total, np.int64)
    waiting, wanted, size = np.arange(count), np.empty(count, np.int64), count
    while size:
        for j in range(total):
            best[j], winner[j] = 0.0, -1
        for k in range(size):
            i, top = waiting[k], miss[waiting[k]]
            wanted[k] = -1
            for e in range(pairs.start[i], pairs.start[i + 1]):
                if free[pairs.row[e]] and share[e] > top:
                    top, wanted[k] = share[e], pairs.row[e]
            if wanted[k] >= 0 and top > best[wanted[k]]:
                best[wanted[k]], winner[wanted[k]] = top, i
        left = 0
        for k in range(size):
            i, j = waiting[k], wanted[k]
            if j < 0:
                continue
            if winner[j] == i:
                taken[i] = j
                free[j] = False
            else:
                waiting[left] = i
                left += 1
        size = left
    return taken
