"""Which detection belongs to which track: gated pairs, marginal probabilities by belief propagation, and the hard choice."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from limes.tracking.compiled import filled, inner, light, nobody, sorting_order
from limes.tracking.looks import (
    ALONG,
    BEARING,
    DELAY,
    DENSITY,
    MDV,
    NOISE,
    P_DETECT,
    PING,
    RANGE_BEARING,
    REACH,
    WIDTH,
    Look,
    X,
    Y,
)  # fmt: skip
from limes.tracking.measurement import (
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
from limes.tracking.registration import doubt_of, own_lean, shifted, widened
from limes.tracking.state import DOUBT, Bias, Tracks

GATES = np.array([0.0, 12.0, 16.0, 18.5])
"""Squared Mahalanobis gate by number of measured components."""

WINDOW = 4.5
"""Half width in standard deviations of the window in which pairs are looked for."""

MODE_GATE = 1e-3
"""Modes less probable than this do not widen a track's window."""


UNSEEN = 1e-6
"""A track less visible than this is not looked for, and not to have seen it says nothing."""

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


class Belief(NamedTuple):
    """What a look says of the pairs: the probability of each edge (`share`) and of each track that none is its (`alone`).

    `claim` is the sum of messages that claim each detection, `visible` each track's probability of being detected.
    """

    share: np.ndarray
    claim: np.ndarray
    alone: np.ndarray
    visible: np.ndarray


@light
def visibility(i: int, tracks: Tracks, look: Look, given: float, pairs: Pairs) -> float:
    """Write the probabilities that a look detects each mode of a track, with and without the blind zone; returns their mean.

    `given`, where it is not NaN, stands for the nominal probability and the reach.
    """
    kind, all_seen, all_clear = look.kind, pairs.seen, pairs.clear
    visible, site, mean, cov, weight = 0.0, look.site, tracks.mean, tracks.cov, tracks.weight
    everywhere = kind < ALONG and site[REACH] == np.inf and site[WIDTH] == np.inf
    for m in range(weight.shape[1]):
        if weight[i, m] <= 0.0:
            continue
        clear = given
        if math.isnan(given):
            clear = site[P_DETECT] if everywhere else site[P_DETECT] * inside(look, mean, cov, i, m)
        seen = clear
        if kind == RANGE_BEARING and site[MDV] > 0.0 and clear > 0.0:
            seen *= 1.0 - notch(look, mean, cov, i, m)
        all_seen[i, m], all_clear[i, m] = seen, clear
        visible += weight[i, m] * seen
    return visible


@light
def window_of(i: int, tracks: Tracks, look: Look, sd: np.ndarray, slowest: float) -> tuple[float, float, float, float]:
    """Where a track's detections can lie in the plane: x low, x high, y low, y high, over its likely modes.

    `sd` are the largest standard deviations of the first two components, `slowest` the longest delay of a row.
    """
    weight, doubt, kind, here, there = tracks.weight, tracks.real[i, DOUBT], look.kind, look.site[X], look.site[Y]
    left, right, low, high = np.inf, -np.inf, np.inf, -np.inf
    mean, cov = tracks.mean, tracks.cov
    for m in range(weight.shape[1]):
        if weight[i, m] <= MODE_GATE:
            continue
        x, y, slack = mean[i, m, 0], mean[i, m, 1], max(sd[0], sd[1])
        if kind == RANGE_BEARING:
            slack = max(sd[0], sd[1] * math.hypot(x - here, y - there))
        wide = doubt + slack * slack
        rx = WINDOW * math.sqrt(cov[i, m, 0, 0] + wide) + FASTEST * slowest
        ry = WINDOW * math.sqrt(cov[i, m, 1, 1] + wide) + FASTEST * slowest
        left, right, low, high = min(left, x - rx), max(right, x + rx), min(low, y - ry), max(high, y + ry)
    return left, right, low, high


@light
def foresee_biased(
    i: int, m: int, delay: float, tracks: Tracks, bias: Bias, look: Look, doubt: np.ndarray
) -> tuple[Three, Six]:
    """What a look would measure of one mode of a track, and its spread with the doubt about biases, noise apart."""
    h, a, b, c = measure(look, delay, tracks.mean, i, m)
    e0, e1 = own_lean(look, tracks.mean, i, m, a, b)
    return shifted(look, bias, e0, e1, h), widened(look, bias, doubt, e0, e1, a, b, c, spread(tracks.cov, i, m, a, b, c))


@light
def foresee_modes(i: int, delay: float, tracks: Tracks, bias: Bias, look: Look, doubt: np.ndarray, out: np.ndarray) -> None:
    """Write what a look would measure of each likely mode of a track: three of expectation and six of spread (modes, 9)."""
    weight = tracks.weight
    biased, mean, cov = len(bias.mean) > 0, tracks.mean, tracks.cov
    if biased:
        doubt_of(tracks.lean[i], bias, look.slot, doubt)
    for m in range(weight.shape[1]):
        if weight[i, m] <= MODE_GATE:
            continue
        if biased:
            h, s = foresee_biased(i, m, delay, tracks, bias, look, doubt)
        else:
            h, a, b, c = measure(look, delay, mean, i, m)
            s = spread(cov, i, m, a, b, c)
        out[m, 0], out[m, 1], out[m, 2] = h
        out[m, 3], out[m, 4], out[m, 5], out[m, 6], out[m, 7], out[m, 8] = s


@light
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


@inner
def largest_sd(look: Look, bias: Bias) -> np.ndarray:
    """Largest standard deviations of the first two components in a look, with what the sensor's own bias may add."""
    real, size, slot, variance = look.real, look.size, look.slot, bias.cov
    out = np.zeros(2)
    for j in range(len(real)):
        for k in range(min(size, 2)):
            out[k] = max(out[k], real[j, NOISE + k])
    for k in range(2):
        if slot >= 0:
            out[k] += variance[slot + k, slot + k]
        out[k] = math.sqrt(out[k])
    return out


@inner
def pair_up(count: int, tracks: Tracks, bias: Bias, look: Look, place: np.ndarray, given: np.ndarray) -> Pairs:
    """Find every track-detection pair inside the gate, by sorted windows: linear but for the sorting.

    `place` (m, 2) is where each detection lies in the plane; `given` (n,) or (0,) are probabilities of detection from outside.
    """
    real, kind, existence, weight = look.real, look.kind, tracks.existence, tracks.weight
    gate, start = GATES[look.size], np.zeros(count + 1, np.int64)
    total, modes = len(real), weight.shape[1]
    order = sorting_order(place[:, 0].copy())
    edge_row, edge_weight = np.zeros(2 * (count + total) + 16, np.int64), np.zeros(2 * (count + total) + 16)
    seen, clear = np.zeros((count, modes)), np.zeros((count, modes))
    out = Pairs(start, edge_row, edge_weight, seen, clear)
    doubt, sd, slowest = np.zeros((4, 7)), largest_sd(look, bias), 0.0
    foreseen = np.zeros((modes, 9))
    for j in range(total):
        slowest = max(slowest, abs(real[j, DELAY]))
    scale, edges = (2.0 * math.pi) ** (0.5 * look.size), 0
    for i in range(count):
        start[i] = edges
        visible = visibility(i, tracks, look, given[i] if len(given) else np.nan, out)
        if total == 0 or visible < UNSEEN:
            continue
        left, right, low, high = window_of(i, tracks, look, sd, slowest)
        first, ready, at = 0, False, 0.0
        if kind != BEARING:
            first = find_first(place, order, left)
        for k in range(first, total):
            j = order[k]
            if kind != BEARING:
                if place[j, 0] > right:
                    break
                if place[j, 1] < low or place[j, 1] > high:
                    continue
            if not ready or real[j, DELAY] != at:
                at, ready = real[j, DELAY], True
                foresee_modes(i, at, tracks, bias, look, doubt, foreseen)
            value, nearest = likelihood(i, j, weight, look, foreseen, seen)
            if nearest < gate:
                if edges == len(edge_row):
                    edge_row, edge_weight = longer(edge_row), longer(edge_weight)
                edge_row[edges] = j
                edge_weight[edges] = existence[i] * value / (scale * real[j, DENSITY])
                edges += 1
    start[count] = edges
    return Pairs(start, edge_row[:edges], edge_weight[:edges], seen, clear)


@inner
def longer(array: np.ndarray) -> np.ndarray:
    """The same entries with room for as many again."""
    out = np.zeros(2 * len(array), array.dtype)
    for k in range(len(array)):
        out[k] = array[k]
    return out


@light
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


@inner
def propagate_beliefs(total: int, pairs: Pairs, miss: np.ndarray, sweeps: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Loopy belief propagation of Williams and Lau (2014) on gated edges.

    `miss` is the weight of each track's having no detection. Returns for each edge w nu, so that p(i, j) = w nu / (miss + sum),
    and for each of the `total` detections the sum of messages that claim it. Exact where the graph of pairs has no loop.
    """
    start, row, weight = pairs.start, pairs.row, pairs.weight
    edges = len(row)
    nu, mu, claim = filled(edges, 1.0), np.zeros(edges), np.zeros(total)
    for _ in range(sweeps):
        for j in range(total):
            claim[j] = 0.0
        for i in range(len(miss)):
            mass = miss[i]
            for e in range(start[i], start[i + 1]):
                mass += weight[e] * nu[e]
            for e in range(start[i], start[i + 1]):
                mu[e] = weight[e] / max(mass - weight[e] * nu[e], 1e-300)
                claim[row[e]] += mu[e]
        change = 0.0
        for e in range(edges):
            fresh = 1.0 / (1.0 + max(claim[row[e]] - mu[e], 0.0))
            change = max(change, abs(fresh - nu[e]))
            nu[e] = fresh
        if change < 1e-4:
            break
    for e in range(edges):
        nu[e] *= weight[e]
    return nu, claim


@inner
def choose(total: int, pairs: Pairs, belief: Belief) -> np.ndarray:
    """Give each track at most one detection and each detection to at most one track, the surest pairs first.

    A pair must be likelier than that the track has none. Returns the detection of each track, -1 where it has none.
    """
    start, row = pairs.start, pairs.row
    share, alone, start, row = belief.share, belief.alone, pairs.start, pairs.row
    taken, free = nobody(len(alone)), filled(total, 1.0)
    track, below = np.zeros(len(share), np.int64), np.zeros(len(share))
    for i in range(len(alone)):
        for e in range(start[i], start[i + 1]):
            track[e], below[e] = i, -share[e]
    for e in sorting_order(below):
        i, j = track[e], row[e]
        if taken[i] < 0 and free[j] > 0.0 and share[e] > alone[i]:
            taken[i] = j
            free[j] = 0.0
    return taken
