"""Which detection belongs to which track: gated pairs, marginal probabilities by belief propagation, and the hard choice."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.tracking.looks import MDV, P_DETECT, RATE_SD, Look
from limes.tracking.measurement import BEARING, PING, RANGE_BEARING, foresee, inside, notch, residual, whiten
from limes.tracking.registration import reach_of_bias, widen
from limes.tracking.state import Bias, Tracks

GATES = np.array([0.0, 12.0, 16.0, 18.5])
"""Squared Mahalanobis gate by number of measured components."""

WINDOW = 4.5
"""Half width in standard deviations of the window in which pairs are looked for."""

MODE_GATE = 1e-3
"""Modes less probable than this do not widen a track's window."""


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


@njit(cache=True, nogil=True)
def detectability(
    look: Look, mean: np.ndarray, cov: np.ndarray, rate: float, rate_sd: float, given: float
) -> tuple[float, float]:
    """Probabilities that a look detects a track in one mode, and that it would but for the blind zone.

    `given`, where it is not NaN, stands for the nominal probability and the reach.
    """
    clear = given
    if math.isnan(given):
        clear = look.site[P_DETECT] * inside(look.kind, mean, cov, look.site, look.line)
    if look.kind == RANGE_BEARING and look.site[MDV] > 0.0:
        return clear * (1.0 - notch(rate, rate_sd, look.site[MDV])), clear
    return clear, clear


@njit(cache=True, nogil=True)
def foresee_track(
    i: int, tracks: Tracks, bias: Bias, look: Look, given: float, sd: np.ndarray, h: np.ndarray, s: np.ndarray, pairs: Pairs
) -> np.ndarray:
    """Expectations `h` (modes, 3) and spreads `s` (modes, 3, 3) of one track, its detectability, and its window in the plane.

    `sd` are the largest standard deviations of the first two components. Returns x low, x high, y low, y high.
    """
    window = np.array([np.inf, -np.inf, np.inf, -np.inf])
    grad, px, py = np.empty((3, 4)), 0.0, 0.0
    if len(bias.mean):
        px, py = reach_of_bias(tracks.lean[i], bias.cov)
    for m in range(tracks.weight.shape[1]):
        weight = tracks.weight[i, m]
        if weight <= 0.0:
            continue
        mean, cov = tracks.mean[i, m], tracks.cov[i, m]
        foresee(look.kind, look.size, look.site, look.line, 0.0, mean, cov, h[m], grad, s[m])
        rate_sd = look.site[RATE_SD]
        if look.size == 3:
            rate_sd = math.sqrt(s[m, 2, 2] + rate_sd * rate_sd)
        rate = h[m, 2] if look.kind == RANGE_BEARING else 0.0
        pairs.seen[i, m], pairs.clear[i, m] = detectability(look, mean, cov, rate, rate_sd, given)
        if len(bias.mean):
            widen(look, grad, mean, tracks.lean[i], bias, h[m], s[m])
        if weight > MODE_GATE:
            slack = max(sd[0], sd[1] * h[m, 0]) if look.kind == RANGE_BEARING else max(sd[0], sd[1])
            rx = WINDOW * math.sqrt(cov[0, 0] + px + slack * slack)
            ry = WINDOW * math.sqrt(cov[1, 1] + py + slack * slack)
            window[0], window[1] = min(window[0], mean[0] - rx), max(window[1], mean[0] + rx)
            window[2], window[3] = min(window[2], mean[1] - ry), max(window[3], mean[1] + ry)
    return window


@njit(cache=True, nogil=True)
def likelihood(
    i: int, j: int, tracks: Tracks, bias: Bias, look: Look, h: np.ndarray, s: np.ndarray, seen: np.ndarray
) -> tuple[float, float]:
    """p_detect x likelihood of a detection under a track, over its modes, and the least squared Mahalanobis distance."""
    total, nearest = 0.0, np.inf
    nu, factor = np.empty(3), np.empty((3, 3))
    late = look.delay[j] != 0.0
    later_h, later_s, grad = np.empty(3), np.empty((3, 3)), np.empty((3, 4))
    for m in range(tracks.weight.shape[1]):
        weight = tracks.weight[i, m]
        if weight <= 0.0:
            continue
        expected, spread = h[m], s[m]
        if late:
            mean, cov = tracks.mean[i, m], tracks.cov[i, m]
            foresee(look.kind, look.size, look.site, look.line, look.delay[j], mean, cov, later_h, grad, later_s)
            if len(bias.mean):
                widen(look, grad, mean, tracks.lean[i], bias, later_h, later_s)
            expected, spread = later_h, later_s
        residual(look.kind, look.size, look.z[j], expected, nu)
        square, log_det = whiten(look.size, spread, look.noise[j], factor, nu)
        if weight > MODE_GATE:
            nearest = min(nearest, square)
        if square < 60.0:
            part = look.site[P_DETECT] if look.kind == PING else seen[m]
            total += weight * part * math.exp(-0.5 * (square + log_det))
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
    h, s, sd = np.empty((modes, 3)), np.empty((modes, 3, 3)), largest_sd(look, bias)
    slowest = 0.0
    for j in range(total):
        slowest = max(slowest, abs(look.delay[j]))
    scale, edges = (2.0 * math.pi) ** (0.5 * look.size), 0
    for i in range(count):
        out.start[i] = edges
        window = foresee_track(i, tracks, bias, look, given[i] if len(given) else np.nan, sd, h, s, out)
        visible = 0.0
        for m in range(modes):
            visible += tracks.weight[i, m] * seen[i, m]
        if total == 0 or visible < 1e-6:
            continue
        if slowest > 0.0:
            for k in range(4):
                window[k] += (2.0 * (k % 2) - 1.0) * 40.0 * slowest
        first = 0
        if look.kind != BEARING:
            first = find_first(place, order, window[0])
        for k in range(first, total):
            j = order[k]
            if look.kind != BEARING:
                if place[j, 0] > window[1]:
                    break
                if place[j, 1] < window[2] or place[j, 1] > window[3]:
                    continue
            value, nearest = likelihood(i, j, tracks, bias, look, h, s, seen[i])
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
