"""What a look does to the tracks in the track-oriented Poisson multi-Bernoulli filter (Williams 2015)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from limes.tracking.association import UNSEEN, Belief, Pairs, propagate_beliefs
from limes.tracking.compiled import filled, inner, light, nobody
from limes.tracking.groups import foot_share, share_news, velocity_information
from limes.tracking.looks import BEARING, FRESH, ROW, Look
from limes.tracking.looks import HEIGHT as TOLD_HEIGHT
from limes.tracking.looks import PEOPLE as TOLD_PEOPLE
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
from limes.tracking.update import Fix, birth, blend, empty_fix, miss, take

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
    """What the filter assumes: modes of motion and classes (see `Motion`), the figures of `Settings`, and of `Registration`."""

    table: np.ndarray
    rates: np.ndarray
    trust: np.ndarray
    life: float
    family: np.ndarray
    prior: np.ndarray
    bias_prior: np.ndarray
    bias_memory: float
    birth: float
    confirm: float
    prune: float
    sharing: bool


@inner
def learn(weight: np.ndarray, kinds: np.ndarray, evidence: np.ndarray, model: Model) -> None:
    """Bayes update of one track's classes by a label, (classes,) likelihoods; its families of modes follow."""
    family, table = model.family, model.table
    believed, total = np.zeros(len(kinds)), 0.0
    for c in range(len(kinds)):
        if family[c] >= 0:
            kinds[c] *= evidence[c] ** LABEL_TRUST
            believed[family[c]] += kinds[c]
    for m in range(len(weight)):
        weight[m] *= believed[int(table[m, 3])]
        total += weight[m]
    for m in range(len(weight)):
        weight[m] /= total
    for c in range(len(kinds)):
        if family[c] >= 0:
            kinds[c] /= believed[family[c]]


@inner
def scene_mix(count: int, tracks: Tracks, table: np.ndarray) -> np.ndarray:
    """Factor by which what already moves in the scene makes a new track's family likelier than its birth share."""
    existence, weight = tracks.existence, tracks.weight
    share, mass, total = np.zeros(len(table)), np.zeros(len(table)), 0.0
    for m in range(len(table)):
        share[int(table[m, 3])] += table[m, 2]
    for i in range(count):
        if existence[i] > 0.9:
            total += 1.0
            for m in range(len(table)):
                mass[int(table[m, 3])] += weight[i, m]
    out = filled(len(table), 1.0)
    for f in range(len(table)):
        if share[f] > 0.0:
            out[f] = (MIX_PRIOR * share[f] + mass[f]) / ((MIX_PRIOR + total) * share[f])
    return out


@inner
def believe(count: int, tracks: Tracks, look: Look, pairs: Pairs) -> Belief:
    """Marginal probability of each pair and of no detection, and each track's existence after the look, which is written."""
    weight, existence, seen, start, counts = tracks.weight, tracks.existence, pairs.seen, pairs.start, look.counts
    lost, alone, visible = filled(count, 1.0), np.zeros(count), np.zeros(count)
    for i in range(count):
        for m in range(weight.shape[1]):
            visible[i] += weight[i, m] * seen[i, m]
        if counts:
            lost[i] = 1.0 - existence[i] * visible[i]
    share, claim = propagate_beliefs(len(look.real), pairs, lost)
    for i in range(count):
        hit = 0.0
        for e in range(start[i], start[i + 1]):
            hit += share[e]
        mass = lost[i] + hit
        there = existence[i] * (1.0 - visible[i]) if counts else existence[i]
        existence[i] = min((there + hit) / mass, SURE)
        alone[i] = lost[i] / mass
        for e in range(start[i], start[i + 1]):
            share[e] /= mass
    return Belief(share, claim, alone, visible)


@light
def note(i: int, j: int, told: float, tracks: Tracks, look: Look, model: Model) -> None:
    """Record a taken detection: label, height, when, and how many it was `told` to be (0: not said)."""
    height, row = look.real[j, TOLD_HEIGHT], look.whole[j, ROW]
    if len(look.evidence):
        learn(tracks.weight[i], tracks.kinds[i], look.evidence[j], model)
    real, whole = tracks.real[i], tracks.whole[i]
    if not math.isnan(height):
        real[HEIGHT] = height if math.isnan(real[HEIGHT]) else 0.7 * real[HEIGHT] + 0.3 * height
    if told > 0.0:
        real[PEOPLE] = 0.9 * real[PEOPLE] + told
        real[TOLD] = 0.9 * real[TOLD] + 1.0
    whole[HITS] += 1
    whole[LATEST] = look.serial + row
    real[LAST], real[MISSED] = look.time, 0.0


@inner
def takers(taken: np.ndarray, look: Look) -> np.ndarray:
    """How many each track should believe its detection to be: what the sensor said, shared among those that took copies."""
    whole = look.whole
    out, last = np.zeros(len(taken)), 0
    for j in range(len(whole)):
        last = max(last, whole[j, ROW])
    sharing = np.zeros(last + 1)
    for i in range(len(taken)):
        if taken[i] >= 0:
            sharing[whole[taken[i], ROW]] += 1.0
    for i in range(len(taken)):
        if taken[i] >= 0:
            out[i] = whole[taken[i], TOLD_PEOPLE] / sharing[whole[taken[i], ROW]]
    return out


@light
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
    mean, cov, weight, like = tracks.mean, tracks.cov, tracks.weight, fix.log_like
    grouped, top = tracks.whole[i, GROUP] > 0, -np.inf
    for m in range(len(log_like)):
        if grouped and weight[i, m] > 0.0:
            velocity_information(mean[i, m], cov[i, m], -1.0, news[m])
    take(i, j, tracks, bias, look, pairs, fix)
    if not grouped:
        return
    for m in range(len(log_like)):
        top = max(top, like[m])
        if weight[i, m] > 0.0:
            velocity_information(mean[i, m], cov[i, m], 1.0, news[m])
        else:
            for k in range(5):
                news[m, k] = 0.0
    for m in range(len(log_like)):
        log_like[m] = max(like[m] - top, -20.0)


@light
def number_of_groups(count: int, tracks: Tracks) -> int:
    """The largest number in the column GROUP."""
    whole = tracks.whole
    out = 0
    for i in range(count):
        out = max(out, whole[i, GROUP])
    return out


@light
def respond(
    i: int,
    j: int,
    told: float,
    tracks: Tracks,
    bias: Bias,
    look: Look,
    model: Model,
    pairs: Pairs,
    belief: Belief,
    fix: Fix,
    shift: np.ndarray,
    news: np.ndarray,
    log_like: np.ndarray,
) -> None:
    """Condition a track on what the look did (detection `j`, said to be `told` many) or did not (-1) see of it."""
    existence, share, counts = tracks.existence[i], belief.share, look.counts
    a, b, top = pairs.start[i], pairs.start[i + 1], 0.0
    for e in range(a, b):
        top = max(top, share[e] / existence)
    if counts and 0.03 < top < SOFT and foot_share(tracks.weight[i], model.table) < 0.5:
        none = existence
        for e in range(a, b):
            none -= share[e]
        blend(i, pairs.row[a:b], share[a:b], max(none, 0.0), tracks, bias, look, pairs)
    elif j >= 0:
        condition(i, j, tracks, bias, look, pairs, fix, news, log_like)
        if len(shift) and top > 0.9 and existence > 0.95 and tracks.whole[i, HITS] > 1:
            learn_bias(look, j, fix.best, fix.lean, bias, shift, fix.room)
    elif counts:
        miss(i, tracks, look, pairs)
        tracks.real[i, MISSED] += belief.visible[i]
    if j >= 0:
        note(i, j, told, tracks, look, model)


@light
def bear(
    count: int,
    tracks: Tracks,
    bias: Bias,
    look: Look,
    model: Model,
    scene: np.ndarray,
    claim: np.ndarray,
    owner: np.ndarray,
) -> int:
    """Start a track at each located detection that no track claims for sure; returns the new count."""
    rows, existence, kinds, prior = look.whole, tracks.existence, tracks.kinds, model.prior
    if look.kind == BEARING:
        return count
    for j in range(len(rows)):
        chance = model.birth / (1.0 + model.birth) / (1.0 + claim[j])
        if chance <= model.prune or owner[j] >= 0 or not rows[j, FRESH]:
            continue
        birth(count, j, tracks, bias, look, model.table, scene)
        existence[count] = chance
        for c in range(len(prior)):
            kinds[count, c] = prior[c]
        whole, real = tracks.whole[count], tracks.real[count]
        for k in range(len(whole)):
            whole[k] = 0
        whole[IDENT] = 2 * (look.serial + rows[j, ROW])
        real[FIRST], real[HEIGHT], real[PEOPLE], real[TOLD] = look.time, look.real[j, TOLD_HEIGHT], 0.0, 0.0
        note(count, j, float(rows[j, TOLD_PEOPLE]), tracks, look, model)
        owner[j] = whole[IDENT]
        count += 1
    return count


@light
def settle(count: int, tracks: Tracks, model: Model, numbers: np.ndarray, facts: np.ndarray) -> tuple[int, int]:
    """Confirm the tracks that are sure to exist, close up over those that are not.

    Returns the live count and how much happened; writes what: own number, new status and hits, and existence, looks missed and
    time of the last detection.
    """
    existence, own, facts_of = tracks.existence, tracks.whole, tracks.real
    happened, kept = 0, count - count
    for i in range(count):
        whole = own[i]
        gone = existence[i] <= model.prune
        confirmed = whole[STATUS] == 0 and existence[i] >= model.confirm
        if confirmed or (gone and whole[STATUS] == 1):
            numbers[happened, 0], numbers[happened, 1], numbers[happened, 2] = whole[IDENT], 2 if gone else 1, whole[HITS]
            facts[happened, 0] = existence[i]
            facts[happened, 1], facts[happened, 2] = facts_of[i, MISSED], facts_of[i, LAST]
            happened += 1
        if confirmed:
            whole[STATUS] = 1
        if not gone:
            if kept != i:
                move_row(i, kept, tracks)
            kept += 1
    return kept, happened


@inner
def answer(
    count: int, tracks: Tracks, bias: Bias, look: Look, model: Model, pairs: Pairs, belief: Belief, taken: np.ndarray
) -> np.ndarray:
    """Condition every track on what the look did or did not see of it; returns who took each detection."""
    told = takers(taken, look)
    owner, groups = nobody(len(look.real)), number_of_groups(count, tracks)
    modes, rows = tracks.weight.shape[1], count if groups else 1
    news, log_like = np.zeros((rows, modes, 5)), np.zeros((rows, modes))
    fix, shift = empty_fix(modes, len(bias.mean)), np.zeros(len(bias.mean))
    for i in range(count):
        if pairs.start[i] == pairs.start[i + 1] and (not look.counts or belief.visible[i] < UNSEEN):
            continue
        row = i if groups else 0
        respond(i, taken[i], told[i], tracks, bias, look, model, pairs, belief, fix, shift, news[row], log_like[row])
        if taken[i] >= 0:
            owner[taken[i]] = tracks.whole[i, IDENT]
    if groups:
        share_news(count, groups, tracks, news, log_like)
    move_biases(count, tracks, bias, shift)
    return owner
