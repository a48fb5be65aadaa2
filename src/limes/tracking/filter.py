"""One look of one sensor through the track-oriented Poisson multi-Bernoulli filter (Williams 2015), compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.tracking.association import Pairs, choose, pair_up, propagate_beliefs
from limes.tracking.groups import cluster, foot_share, share_news, velocity_information
from limes.tracking.looks import Look
from limes.tracking.measurement import BEARING, Six, Three
from limes.tracking.registration import learn_bias, move_biases
from limes.tracking.state import (
    FIRST,
    GROUP,
    HEIGHT,
    HITS,
    IDENT,
    LAST,
    LATEST,
    MISSED,
    PEOPLE,
    STATUS,
    TOLD,
    Bias,
    Tracks,
    move_row,
)  # fmt: skip
from limes.tracking.update import Fix, birth, blend, empty_fix, locate, miss, take

LABEL_TRUST = 0.5
"""Exponent on a label's likelihood: labels of one thing repeat each other's mistakes."""

MIX_PRIOR = 10.0
"""How many sure tracks outweigh the motion model's own birth shares."""

SURE = 0.9999
"""No track exists with more certainty than this."""

SOFT = 0.6
"""A vehicle's best detection less probable than this is not taken alone: the track becomes the mixture of what may have been.
People close together are never mixed so, for their tracks would run into one."""


class Model(NamedTuple):
    """What the filter assumes: modes of motion and classes (see `Motion`), and the figures of `Settings`."""

    table: np.ndarray
    family: np.ndarray
    prior: np.ndarray
    birth: float
    confirm: float
    prune: float
    sharing: bool


@njit(cache=True, nogil=True, inline="always")
def learn(weight: np.ndarray, kinds: np.ndarray, evidence: np.ndarray, model: Model) -> None:
    """Bayes update of one track's classes by a label, (classes,) likelihoods; its families of modes follow."""
    believed, total = np.zeros(len(kinds)), 0.0
    for c in range(len(kinds)):
        if model.family[c] >= 0:
            kinds[c] *= evidence[c] ** LABEL_TRUST
            believed[model.family[c]] += kinds[c]
    for m in range(len(weight)):
        weight[m] *= believed[int(model.table[m, 3])]
        total += weight[m]
    for m in range(len(weight)):
        weight[m] /= total
    for c in range(len(kinds)):
        if model.family[c] >= 0:
            kinds[c] /= believed[model.family[c]]


@njit(cache=True, nogil=True)
def scene_mix(count: int, tracks: Tracks, table: np.ndarray) -> np.ndarray:
    """Factor by which what already moves in the scene makes a new track's family likelier than its birth share."""
    share, mass, total = np.zeros(len(table)), np.zeros(len(table)), 0.0
    for m in range(len(table)):
        share[int(table[m, 3])] += table[m, 2]
    for i in range(count):
        if tracks.existence[i] > 0.9:
            total += 1.0
            for m in range(len(table)):
                mass[int(table[m, 3])] += tracks.weight[i, m]
    out = np.ones(len(table))
    for f in range(len(table)):
        if share[f] > 0.0:
            out[f] = (MIX_PRIOR * share[f] + mass[f]) / ((MIX_PRIOR + total) * share[f])
    return out


@njit(cache=True, nogil=True)
def believe(
    count: int, tracks: Tracks, look: Look, pairs: Pairs, alone: np.ndarray, visible: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Marginal probability of each pair and of no detection (`alone`), and each track's existence after the look.

    Writes `alone` and `visible` (n,), the probability of detection; returns each edge's share and each detection's claims.
    """
    lost = np.ones(count)
    for i in range(count):
        visible[i] = 0.0
        for m in range(tracks.weight.shape[1]):
            visible[i] += tracks.weight[i, m] * pairs.seen[i, m]
        if look.counts:
            lost[i] = 1.0 - tracks.existence[i] * visible[i]
    share, claim = propagate_beliefs(len(look.z), pairs, lost)
    for i in range(count):
        hit = 0.0
        for e in range(pairs.start[i], pairs.start[i + 1]):
            hit += share[e]
        mass = lost[i] + hit
        there = tracks.existence[i] * (1.0 - visible[i]) if look.counts else tracks.existence[i]
        tracks.existence[i] = min((there + hit) / mass, SURE)
        alone[i] = lost[i] / mass
        for e in range(pairs.start[i], pairs.start[i + 1]):
            share[e] /= mass
    return share, claim


@njit(cache=True, nogil=True, inline="always")
def note(i: int, j: int, told: float, tracks: Tracks, look: Look, model: Model) -> None:
    """Record a taken detection: label, height, when, and how many it was `told` to be (0: not said)."""
    if len(look.evidence):
        learn(tracks.weight[i], tracks.kinds[i], look.evidence[j], model)
    real, whole = tracks.real[i], tracks.whole[i]
    if not math.isnan(look.height[j]):
        real[HEIGHT] = look.height[j] if math.isnan(real[HEIGHT]) else 0.7 * real[HEIGHT] + 0.3 * look.height[j]
    if told > 0.0:
        real[PEOPLE] = 0.9 * real[PEOPLE] + told
        real[TOLD] = 0.9 * real[TOLD] + 1.0
    whole[HITS] += 1
    whole[LATEST] = look.serial + look.row[j]
    real[LAST], real[MISSED] = look.time, 0.0


@njit(cache=True, nogil=True)
def takers(taken: np.ndarray, look: Look) -> np.ndarray:
    """How many each track should believe its detection to be: what the sensor said, shared among those that took copies."""
    out, last = np.zeros(len(taken)), 0
    for j in range(len(look.z)):
        last = max(last, look.row[j])
    sharing = np.zeros(last + 1)
    for i in range(len(taken)):
        if taken[i] >= 0:
            sharing[look.row[taken[i]]] += 1.0
    for i in range(len(taken)):
        if taken[i] >= 0:
            out[i] = look.people[taken[i]] / sharing[look.row[taken[i]]]
    return out


@njit(cache=True, nogil=True, inline="always")
def condition(
    i: int,
    j: int,
    tracks: Tracks,
    bias: Bias,
    look: Look,
    pairs: Pairs,
    fix: Fix,
    news: np.ndarray,
    log_like: np.ndarray,
) -> None:
    """Condition a track on its detection; a member of a group also writes what its companions may learn from it."""
    grouped, top = tracks.whole[i, GROUP] > 0, -np.inf
    for m in range(len(log_like)):
        if grouped and tracks.weight[i, m] > 0.0:
            velocity_information(tracks.mean[i, m], tracks.cov[i, m], -1.0, news[m])
    take(i, j, tracks, bias, look, pairs, fix)
    if not grouped:
        return
    for m in range(len(log_like)):
        top = max(top, fix.log_like[m])
        if tracks.weight[i, m] > 0.0:
            velocity_information(tracks.mean[i, m], tracks.cov[i, m], 1.0, news[m])
        else:
            for k in range(5):
                news[m, k] = 0.0
    for m in range(len(log_like)):
        log_like[m] = max(fix.log_like[m] - top, -20.0)


@njit(cache=True, nogil=True)
def triple(a: np.ndarray) -> Three:
    """Three entries as a tuple."""
    return a[0], a[1], a[2]


@njit(cache=True, nogil=True)
def sextuple(a: np.ndarray) -> Six:
    """Six entries as a tuple."""
    return a[0], a[1], a[2], a[3], a[4], a[5]


@njit(cache=True, nogil=True)
def condition_all(
    count: int,
    tracks: Tracks,
    bias: Bias,
    look: Look,
    model: Model,
    pairs: Pairs,
    share: np.ndarray,
    alone: np.ndarray,
    visible: np.ndarray,
) -> np.ndarray:
    """Condition every track on what the look did or did not see of it; returns the track that took each detection."""
    modes = tracks.weight.shape[1]
    taken = choose(len(look.z), pairs, share, alone)
    told = takers(taken, look)
    owner, groups = np.full(len(look.z), -1, np.int64), 0
    for i in range(count):
        groups = max(groups, tracks.whole[i, GROUP])
    rows = count if groups else 0
    news, log_like = np.zeros((rows, modes, 5)), np.zeros((rows, modes))
    spare_news, spare_like = np.zeros((modes, 5)), np.zeros(modes)
    fix, shift = empty_fix(modes, len(bias.mean)), np.zeros(len(bias.mean))
    for i in range(count):
        j, a, b, top = taken[i], pairs.start[i], pairs.start[i + 1], 0.0
        for e in range(a, b):
            top = max(top, share[e] / tracks.existence[i])
        if look.counts and 0.03 < top < SOFT and foot_share(tracks.weight[i], model.table) < 0.5:
            none = tracks.existence[i]
            for e in range(a, b):
                none -= share[e]
            blend(i, pairs.row[a:b], share[a:b], max(none, 0.0), tracks, bias, look, pairs)
        elif j >= 0:
            if groups:
                condition(i, j, tracks, bias, look, pairs, fix, news[i], log_like[i])
            else:
                condition(i, j, tracks, bias, look, pairs, fix, spare_news, spare_like)
            if len(shift) and top > 0.9 and tracks.existence[i] > 0.95 and tracks.whole[i, HITS] > 1:
                learn_bias(look, j, triple(fix.nu), sextuple(fix.s), fix.lean, bias, shift)
        elif look.counts:
            miss(i, tracks, look, pairs)
            tracks.real[i, MISSED] += visible[i]
        if j >= 0:
            note(i, j, told[i], tracks, look, model)
            owner[j] = tracks.whole[i, IDENT]
    if groups:
        share_news(count, groups, tracks, news, log_like)
    move_biases(count, tracks, bias, shift)
    return owner


@njit(cache=True, nogil=True)
def bear(count: int, tracks: Tracks, bias: Bias, look: Look, model: Model, claim: np.ndarray, owner: np.ndarray) -> int:
    """Start a track at each located detection that no track claims for sure; returns the new count."""
    if look.kind == BEARING:
        return count
    scene, born = np.zeros(0), count
    for j in range(len(look.z)):
        chance = model.birth / (1.0 + model.birth) / (1.0 + claim[j])
        if chance <= model.prune or owner[j] >= 0 or not look.fresh[j]:
            continue
        if not len(scene):
            scene = scene_mix(born, tracks, model.table)
        birth(count, j, tracks, bias, look, model.table, scene)
        tracks.existence[count] = chance
        for c in range(len(model.prior)):
            tracks.kinds[count, c] = model.prior[c]
        whole, real = tracks.whole[count], tracks.real[count]
        for k in range(len(whole)):
            whole[k] = 0
        whole[IDENT] = 2 * (look.serial + look.row[j])
        real[FIRST], real[HEIGHT], real[PEOPLE], real[TOLD] = look.time, look.height[j], 0.0, 0.0
        note(count, j, float(look.people[j]), tracks, look, model)
        owner[j] = whole[IDENT]
        count += 1
    return count


@njit(cache=True, nogil=True)
def settle(count: int, tracks: Tracks, model: Model) -> tuple[int, np.ndarray, np.ndarray]:
    """Confirm the tracks that are sure to exist, close up over those that are not; returns the live count and what happened.

    Events are own number, new status and hits; and existence, looks missed and time of the last detection.
    """
    numbers, facts, happened, kept = np.empty((count, 3), np.int64), np.empty((count, 3)), 0, 0
    for i in range(count):
        whole = tracks.whole[i]
        gone = tracks.existence[i] <= model.prune
        confirmed = whole[STATUS] == 0 and tracks.existence[i] >= model.confirm
        if confirmed or (gone and whole[STATUS] == 1):
            numbers[happened, 0], numbers[happened, 1], numbers[happened, 2] = whole[IDENT], 2 if gone else 1, whole[HITS]
            facts[happened, 0] = tracks.existence[i]
            facts[happened, 1], facts[happened, 2] = tracks.real[i, MISSED], tracks.real[i, LAST]
            happened += 1
        if confirmed:
            whole[STATUS] = 1
        if not gone:
            if kept != i:
                move_row(i, kept, tracks)
            kept += 1
    return kept, numbers[:happened].copy(), facts[:happened].copy()


@njit(cache=True, nogil=True)
def filter_look(
    count: int, tracks: Tracks, bias: Bias, look: Look, given: np.ndarray, model: Model
) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray]:
    """Update the first `count` tracks, already predicted to the look's time, with it; births included, capacity assumed.

    `given` (n,) or (0,) are probabilities of detection told from outside. Returns the live count, how many groups there are
    (-1: as before), the number of the track that took or was born of each detection, and the events of `settle`.
    """
    pairs = pair_up(count, tracks, bias, look, locate(look, bias), given)
    alone, visible = np.empty(count), np.empty(count)
    share, claim = believe(count, tracks, look, pairs, alone, visible)
    owner = condition_all(count, tracks, bias, look, model, pairs, share, alone, visible)
    count = bear(count, tracks, bias, look, model, claim, owner)
    count, numbers, facts = settle(count, tracks, model)
    groups = cluster(count, tracks, model.table) if model.sharing and len(look.z) else -1
    return count, groups, owner, numbers, facts
