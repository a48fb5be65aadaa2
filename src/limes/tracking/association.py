"""Which detection belongs to which track: gated pairs, marginal probabilities by belief propagation, and the hard choice."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.tracking.measurement import BEARING, PING, RANGE_BEARING, expect, inside, notch, residual, spread, whiten

GATES = np.array([0.0, 12.0, 16.0, 18.5])
"""Squared Mahalanobis gate by number of measured components."""

WINDOW = 4.5
"""Half width in standard deviations of the window in which pairs are looked for."""

MODE_GATE = 1e-3
"""Modes less probable than this do not widen a track's window."""


@njit(cache=True, nogil=True)
def detectability(
    kind: int, site: np.ndarray, line: np.ndarray, mean: np.ndarray, cov: np.ndarray, rate: float, rate_sd: float, given: float
) -> tuple[float, float]:
    """Probabilities that one look detects a track in one mode, and that it would but for the blind zone.

    `site` is x, y, reach, azimuth, width, mdv, p_detect; `given` overrides reach and p_detect where it is not NaN.
    """
    seen = given
    if math.isnan(given):
        seen = site[6] * inside(kind, mean, cov, site[0], site[1], site[2], site[3], site[4], line)
    if kind == RANGE_BEARING and site[5] > 0.0:
        return seen * (1.0 - notch(rate, rate_sd, site[5])), seen
    return seen, seen


@njit(cache=True, nogil=True)
def pair_up(
    count: int,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    existence: np.ndarray,
    kind: int,
    size: int,
    site: np.ndarray,
    line: np.ndarray,
    z: np.ndarray,
    noise: np.ndarray,
    place: np.ndarray,
    density: np.ndarray,
    given: np.ndarray,
    rate_sd: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find every track-detection pair inside the gate.

    Returns first edge of each track (count + 1,), detection and weight of each edge, and per track and mode the probability of
    detection with and without the blind zone. Weight: existence x p_detect x likelihood / density.
    """
    total, modes = len(z), weight.shape[1]
    order = np.argsort(place[:, 0])
    xs = place[order, 0]
    seen, clear = np.zeros((count, modes)), np.zeros((count, modes))
    start = np.zeros(count + 1, np.int64)
    edge_row, edge_weight = np.empty(2 * (count + total) + 16, np.int64), np.empty(2 * (count + total) + 16)
    h, grad, s = np.empty((modes, 3)), np.empty((3, 4)), np.empty((modes, 3, 3))
    nu, factor = np.empty(3), np.empty((3, 3))
    gate, edges = GATES[size], 0
    sd0 = math.sqrt(noise[:, 0].max()) if total else 0.0
    sd1 = math.sqrt(noise[:, 1].max()) if total and size > 1 else 0.0
    for i in range(count):
        start[i] = edges
        low_x, high_x, low_y, high_y, visible = np.inf, -np.inf, np.inf, -np.inf, 0.0
        for m in range(modes):
            w = weight[i, m]
            if w <= 0.0:
                continue
            expect(kind, mean[i, m], site[0], site[1], line, h[m], grad)
            spread(size, grad, cov[i, m], s[m])
            sd = math.sqrt(s[m, 2, 2] + rate_sd * rate_sd) if size > 2 else rate_sd
            override = given[i] if len(given) else np.nan
            rate = h[m, 2] if kind == RANGE_BEARING else 0.0
            seen[i, m], clear[i, m] = detectability(kind, site, line, mean[i, m], cov[i, m], rate, sd, override)
            visible += w * seen[i, m]
            if w > MODE_GATE:
                slack = max(sd0, sd1 * h[m, 0]) if kind == RANGE_BEARING else max(sd0, sd1)
                rx = WINDOW * math.sqrt(cov[i, m, 0, 0] + slack * slack)
                ry = WINDOW * math.sqrt(cov[i, m, 1, 1] + slack * slack)
                low_x, high_x = min(low_x, mean[i, m, 0] - rx), max(high_x, mean[i, m, 0] + rx)
                low_y, high_y = min(low_y, mean[i, m, 1] - ry), max(high_y, mean[i, m, 1] + ry)
        if total == 0 or visible < 1e-6:
            continue
        first = 0 if kind == BEARING else np.searchsorted(xs, low_x)
        for k in range(first, total):
            j = order[k]
            if kind != BEARING:
                if xs[k] > high_x:
                    break
                if place[j, 1] < low_y or place[j, 1] > high_y:
                    continue
            likelihood, nearest = 0.0, np.inf
            for m in range(modes):
                if weight[i, m] <= 0.0:
                    continue
                residual(kind, size, z[j], h[m], nu)
                square, log_det = whiten(size, s[m], noise[j], factor, nu)
                if weight[i, m] > MODE_GATE:
                    nearest = min(nearest, square)
                if square < 60.0:
                    part = site[6] if kind == PING else seen[i, m]
                    likelihood += weight[i, m] * part * math.exp(-0.5 * (square + log_det))
            if nearest < gate:
                if edges == len(edge_row):
                    edge_row = np.concatenate((edge_row, np.empty_like(edge_row)))
                    edge_weight = np.concatenate((edge_weight, np.empty_like(edge_weight)))
                edge_row[edges] = j
                edge_weight[edges] = existence[i] * likelihood / ((2.0 * math.pi) ** (0.5 * size) * density[j])
                edges += 1
    start[count] = edges
    return start, edge_row[:edges], edge_weight[:edges], seen, clear


@njit(cache=True, nogil=True)
def propagate_beliefs(
    total: int, start: np.ndarray, edge_row: np.ndarray, edge_weight: np.ndarray, miss: np.ndarray, sweeps: int = 40
) -> tuple[np.ndarray, np.ndarray]:
    """Loopy belief propagation of Williams and Lau (2014) on gated edges.

    `miss` is the weight of each track's having no detection. Returns for each edge w nu, so that p(i, j) = w nu / (miss + sum),
    and for each detection the sum of messages that claim it. Exact where the graph of pairs has no loop.
    """
    edges = len(edge_row)
    nu, mu, claim = np.ones(edges), np.empty(edges), np.zeros(total)
    for _ in range(sweeps):
        claim[:] = 0.0
        for i in range(len(start) - 1):
            mass = miss[i]
            for e in range(start[i], start[i + 1]):
                mass += edge_weight[e] * nu[e]
            for e in range(start[i], start[i + 1]):
                mu[e] = edge_weight[e] / max(mass - edge_weight[e] * nu[e], 1e-300)
                claim[edge_row[e]] += mu[e]
        change = 0.0
        for e in range(edges):
            fresh = 1.0 / (1.0 + max(claim[edge_row[e]] - mu[e], 0.0))
            change = max(change, abs(fresh - nu[e]))
            nu[e] = fresh
        if change < 1e-4:
            break
    return edge_weight * nu, claim


@njit(cache=True, nogil=True)
def choose(
    start: np.ndarray, edge_row: np.ndarray, share: np.ndarray, miss: np.ndarray, capacity: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give each track at most one detection, and each detection to at most `capacity` tracks, the surest pairs first.

    `share` is each edge's marginal probability, `miss` each track's probability of having none, which a pair must beat.
    Returns the detection of each track (-1 none) and what is left of each detection's capacity.
    """
    count = len(start) - 1
    taken, left = np.full(count, -1, np.int64), capacity.copy()
    best, winner = np.full(len(capacity), 0.0), np.full(len(capacity), -1, np.int64)
    waiting = np.arange(count)
    while len(waiting):
        best[:] = 0.0
        winner[:] = -1
        wanted = np.full(len(waiting), -1, np.int64)
        for k in range(len(waiting)):
            i, top = waiting[k], miss[waiting[k]]
            for e in range(start[i], start[i + 1]):
                j = edge_row[e]
                if left[j] > 0 and share[e] > top:
                    top, wanted[k] = share[e], j
            j = wanted[k]
            if j >= 0 and top > best[j]:
                best[j], winner[j] = top, i
        for k in range(len(waiting)):
            j = wanted[k]
            if j >= 0 and winner[j] == waiting[k]:
                taken[waiting[k]] = j
                left[j] -= 1
                wanted[k] = -1
        waiting = waiting[wanted >= 0]
    return taken, left
