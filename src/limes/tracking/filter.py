"""One look of one sensor through the track-oriented Poisson multi-Bernoulli filter (Williams 2015), compiled."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.tracking.association import choose, pair_up, propagate_beliefs
from limes.tracking.measurement import BEARING
from limes.tracking.state import FIRST, HEIGHT, HITS, IDENT, LAST, MISSED, STATUS, move_row
from limes.tracking.update import birth, locate, miss, take

LABEL_TRUST = 0.5
"""Exponent on a label's likelihood: labels of one thing repeat each other's mistakes."""


@njit(cache=True, nogil=True)
def learn(weight: np.ndarray, kinds: np.ndarray, evidence: np.ndarray, table: np.ndarray, family: np.ndarray) -> None:
    """Bayes update of one track's classes by a label, (classes,) likelihoods; its families of modes follow."""
    believed = np.zeros(int(table[:, 3].max()) + 1)
    for c in range(len(kinds)):
        if family[c] >= 0:
            kinds[c] *= evidence[c] ** LABEL_TRUST
            believed[family[c]] += kinds[c]
    total = 0.0
    for m in range(len(weight)):
        weight[m] *= believed[int(table[m, 3])]
        total += weight[m]
    for m in range(len(weight)):
        weight[m] /= total
    for c in range(len(kinds)):
        if family[c] >= 0:
            kinds[c] /= believed[family[c]]


@njit(cache=True, nogil=True)
def settle(
    count: int,
    confirm: float,
    prune: float,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    existence: np.ndarray,
    kinds: np.ndarray,
    real: np.ndarray,
    whole: np.ndarray,
) -> tuple[int, np.ndarray, np.ndarray]:
    """Confirm the tracks that are sure to exist, close up over those that are not; returns the live count and what happened.

    Events are ident, new status and hits; and existence, looks missed and time of the last detection.
    """
    numbers, facts, happened, kept = np.empty((count, 3), np.int64), np.empty((count, 3)), 0, 0
    for i in range(count):
        status = whole[i, STATUS]
        gone = existence[i] <= prune
        confirmed = status == 0 and existence[i] >= confirm
        if confirmed or (gone and status == 1):
            numbers[happened, 0], numbers[happened, 1], numbers[happened, 2] = whole[i, IDENT], 2 if gone else 1, whole[i, HITS]
            facts[happened, 0], facts[happened, 1], facts[happened, 2] = existence[i], real[i, MISSED], real[i, LAST]
            happened += 1
        if confirmed:
            whole[i, STATUS] = 1
        if not gone:
            if kept != i:
                move_row(i, kept, mean, cov, weight, existence, kinds, real, whole)
            kept += 1
    return kept, numbers[:happened].copy(), facts[:happened].copy()


@njit(cache=True, nogil=True)
def look(
    count: int,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    existence: np.ndarray,
    kinds: np.ndarray,
    real: np.ndarray,
    whole: np.ndarray,
    time: float,
    serial: int,
    kind: int,
    size: int,
    counts: bool,
    site: np.ndarray,
    line: np.ndarray,
    z: np.ndarray,
    noise: np.ndarray,
    density: np.ndarray,
    evidence: np.ndarray,
    height: np.ndarray,
    members: np.ndarray,
    given: np.ndarray,
    rate_sd: float,
    table: np.ndarray,
    family: np.ndarray,
    prior: np.ndarray,
    beta: float,
    confirm: float,
    prune: float,
) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """Update the first `count` tracks, already predicted to `time`, with one look; births included, capacity assumed.

    Returns the live count, the number of the track that took or was born of each detection, and the events of `settle`.
    """
    total = len(z)
    place = locate(kind, site, line, z)
    start, edge_row, edge_weight, seen, clear = pair_up(
        count, mean, cov, weight, existence, kind, size, site, line, z, noise, place, density * (1.0 + beta), given, rate_sd
    )
    gone = np.ones(count)
    visible = np.zeros(count)
    for i in range(count):
        for m in range(weight.shape[1]):
            visible[i] += weight[i, m] * seen[i, m]
        if counts:
            gone[i] = 1.0 - existence[i] * visible[i]
    share, claim = propagate_beliefs(total, start, edge_row, edge_weight, gone)
    alone = np.ones(count)
    for i in range(count):
        mass = gone[i]
        for e in range(start[i], start[i + 1]):
            mass += share[e]
        hit = mass - gone[i]
        there = existence[i] * (1.0 - visible[i]) if counts else existence[i]
        existence[i] = min((there + hit) / mass, 0.9999)
        alone[i] = gone[i] / mass
        for e in range(start[i], start[i + 1]):
            share[e] /= mass
    taken, _ = choose(start, edge_row, share, alone, members)
    owner = np.full(total, -1, np.int64)
    for i in range(count):
        j = taken[i]
        if j >= 0:
            take(kind, size, site, line, z[j], noise[j], mean[i], cov[i], weight[i], seen[i])
            if len(evidence):
                learn(weight[i], kinds[i], evidence[j], table, family)
            if not math.isnan(height[j]):
                old = real[i, HEIGHT]
                real[i, HEIGHT] = height[j] if math.isnan(old) else 0.7 * old + 0.3 * height[j]
            whole[i, HITS] += 1
            real[i, LAST], real[i, MISSED] = time, 0.0
            owner[j] = whole[i, IDENT]
        elif counts:
            miss(kind, site, line, mean[i], cov[i], weight[i], seen[i], clear[i])
            real[i, MISSED] += visible[i]
    if kind != BEARING:
        for j in range(total):
            fresh = beta / (1.0 + beta) / (1.0 + claim[j])
            if fresh <= prune or owner[j] >= 0:
                continue
            birth(kind, size, site, line, z[j], noise[j], table, mean[count], cov[count], weight[count])
            existence[count], kinds[count] = fresh, prior
            if len(evidence):
                learn(weight[count], kinds[count], evidence[j], table, family)
            real[count, FIRST], real[count, LAST], real[count, MISSED], real[count, HEIGHT] = time, time, 0.0, height[j]
            whole[count, IDENT], whole[count, HITS], whole[count, STATUS] = serial + j, 1, 0
            owner[j] = serial + j
            count += 1
    count, numbers, facts = settle(count, confirm, prune, mean, cov, weight, existence, kinds, real, whole)
    return count, owner, numbers, facts
