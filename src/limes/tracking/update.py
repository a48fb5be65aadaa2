"""What a look does to a track: conditioning on a detection, on several possible ones, or on a miss; births."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from limes.tracking.association import Pairs, foresee_biased
from limes.tracking.compiled import inner, light
from limes.tracking.looks import ALONG, DELAY, MDV, NOISE, PING, POSITION, RANGE_BEARING, Look, X, Y, Z
from limes.tracking.measurement import (
    TINY,
    Four,
    Six,
    Three,
    correct,
    distance,
    factor_of,
    innovation,
    measure,
    point_on_line,
    spread,
    times,
)
from limes.tracking.motion import blend_into
from limes.tracking.registration import doubt_of, lean_of_measurement, own_doubt, own_lean, shifted, widened
from limes.tracking.state import DOUBT, Bias, Tracks, copy_matrix, copy_vector


class Fix(NamedTuple):
    """What conditioning on a detection leaves behind; written again and again.

    `log_like` and `log_weight` (modes,), `gains` (modes, 4, 3); `best` (9,): innovation and spread of the best mode; `lean`
    (3, biases): how the measurement depends on the biases; `doubt` (4, 7): room for theirs;
    `room` (6, biases): room to learn them in.
    """

    log_like: np.ndarray
    log_weight: np.ndarray
    gains: np.ndarray
    best: np.ndarray
    lean: np.ndarray
    doubt: np.ndarray
    room: np.ndarray


@inner
def empty_fix(modes: int, biases: int) -> Fix:
    """Room for a `Fix`."""
    gains, lean = np.zeros((modes, 4, 3)), np.zeros((3, biases))
    return Fix(np.zeros(modes), np.zeros(modes), gains, np.zeros(9), lean, np.zeros((4, 7)), np.zeros((6, biases)))


@light
def take(i: int, j: int, tracks: Tracks, bias: Bias, look: Look, pairs: Pairs, fix: Fix) -> None:
    """Condition a track on its detection, mode by mode; modes are reweighted by how well they foresaw it."""
    seen, lean, log_like, log_weight, real = pairs.seen, tracks.lean, fix.log_like, fix.log_weight, look.real
    ping = look.kind == PING
    mean, cov, weight, biased, top = tracks.mean, tracks.cov, tracks.weight, len(bias.mean) > 0, -np.inf
    if biased:
        doubt_of(lean[i], bias, look.slot, fix.doubt)
    for m in range(weight.shape[1]):
        log_like[m] = log_weight[m] = -np.inf
        part = 1.0 if ping else seen[i, m]
        if weight[i, m] <= 0.0 or part <= 0.0:
            continue
        h, a, b, c = measure(look, real[j, DELAY], mean, i, m)
        s = spread(cov, i, m, a, b, c)
        f = factor_of(look, j, s)
        if biased:
            h, square, root = doubted(i, j, m, tracks, bias, look, fix, h, s, a, b, c)
            nu = innovation(look, j, h)
        else:
            nu = innovation(look, j, h)
            square, root = distance(f, nu)
        log_like[m] = math.log(part / root) - 0.5 * square
        log_weight[m] = math.log(weight[i, m]) + log_like[m]
        if biased and log_weight[m] > top:
            keep_best(i, m, tracks, bias, look, fix, nu, s, a, b, c)
        top = max(top, log_weight[m])
        k0, k1, k2, k3 = correct(mean, cov, i, m, f, nu, a, b, c)
        if biased:
            keep_gain(fix.gains, m, k0, k1, k2, k3)
    if top == -np.inf:
        return
    reweigh(i, weight, log_weight, top)
    if biased:
        lean_on(i, lean, weight, fix)
        own_doubt(lean[i], bias, fix.doubt)
        tracks.real[i, DOUBT] = max(fix.doubt[0, 0], fix.doubt[1, 1])


@light
def doubted(
    i: int, j: int, m: int, tracks: Tracks, bias: Bias, look: Look, fix: Fix, h: Three, s: Six, a: Four, b: Four, c: Four
) -> tuple[Three, float, float]:
    """Expectation with the sensor's known biases, and distance and root of the determinant with the doubt about all."""
    e0, e1 = own_lean(look, tracks.mean, i, m, a, b)
    h = shifted(look, bias, e0, e1, h)
    wide = factor_of(look, j, widened(look, bias, fix.doubt, e0, e1, a, b, c, s))
    square, root = distance(wide, innovation(look, j, h))
    return h, square, root


@light
def keep_best(
    i: int, m: int, tracks: Tracks, bias: Bias, look: Look, fix: Fix, nu: Three, s: Six, a: Four, b: Four, c: Four
) -> None:
    """Write what the best mode so far tells about the biases."""
    mean, lean = tracks.mean, tracks.lean
    best = fix.best
    best[0], best[1], best[2] = nu
    best[3], best[4], best[5], best[6], best[7], best[8] = s
    own = own_lean(look, mean, i, m, a, b)
    lean_of_measurement(look, lean[i], bias.cov, (a, b, c), own, fix.lean)


@light
def reweigh(i: int, weight: np.ndarray, log_weight: np.ndarray, top: float) -> None:
    """Write a track's weights, which sum to one, from their logarithms, the largest of which is `top`."""
    total = 0.0
    for m in range(len(log_weight)):
        weight[i, m] = math.exp(log_weight[m] - top)
        total += weight[i, m]
    for m in range(len(log_weight)):
        weight[i, m] /= total


@light
def keep_gain(gains: np.ndarray, m: int, k0: Three, k1: Three, k2: Three, k3: Three) -> None:
    """Write the rows of a gain."""
    gains[m, 0, 0], gains[m, 0, 1], gains[m, 0, 2] = k0
    gains[m, 1, 0], gains[m, 1, 1], gains[m, 1, 2] = k1
    gains[m, 2, 0], gains[m, 2, 1], gains[m, 2, 2] = k2
    gains[m, 3, 0], gains[m, 3, 1], gains[m, 3, 2] = k3


@inner
def lean_on(i: int, lean: np.ndarray, weight: np.ndarray, fix: Fix) -> None:
    """Let a track lean on the biases as its mean gain makes it: lean -= gain depends."""
    gains, depends, like = fix.gains, fix.lean, fix.log_like
    mean = np.zeros((4, 3))
    for m in range(weight.shape[1]):
        if like[m] > -np.inf:
            for k in range(4):
                for a in range(3):
                    mean[k, a] += weight[i, m] * gains[m, k, a]
    for b in range(lean.shape[1]):
        for a in range(3):
            if depends[a, b] != 0.0:
                for k in range(4):
                    lean[i, b, k] -= mean[k, a] * depends[a, b]


@light
def weigh_events(
    i: int,
    rows: np.ndarray,
    chance: np.ndarray,
    none: float,
    tracks: Tracks,
    bias: Bias,
    look: Look,
    seen: np.ndarray,
    doubt: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write the joint probability (modes, events + 1) of each mode and each possible detection, or none, of a track."""
    weights, real, modes, events, grand = tracks.weight, look.real, len(out), len(rows), 0.0
    doubt_of(tracks.lean[i], bias, look.slot, doubt)
    for m in range(modes):
        weight = weights[i, m]
        if weight <= 0.0:
            continue
        for e in range(events):
            h, s = foresee_biased(i, m, real[rows[e], DELAY], tracks, bias, look, doubt)
            square, root = distance(factor_of(look, rows[e], s), innovation(look, rows[e], h))
            out[m, e] = weight * seen[i, m] * math.exp(-0.5 * square) / root
        out[m, events] = weight * (1.0 - seen[i, m])
    for e in range(events + 1):
        total = 0.0
        for m in range(modes):
            total += out[m, e]
        for m in range(modes):
            out[m, e] *= (none if e == events else chance[e]) / max(total, TINY)
            grand += out[m, e]
    for e in range(events + 1):
        for m in range(modes):
            out[m, e] /= grand


@inner
def blend(
    i: int, rows: np.ndarray, chance: np.ndarray, none: float, tracks: Tracks, bias: Bias, look: Look, pairs: Pairs
) -> None:
    """Condition a track on several possible detections with probabilities `chance`, or `none`: moments of the mixture."""
    modes, each = tracks.weight.shape[1], len(rows) + 1
    joint, mean, cov = np.zeros((modes, each)), np.zeros((modes, each, 4)), np.zeros((modes, each, 4, 4))
    weigh_events(i, rows, chance, none, tracks, bias, look, pairs.seen, np.zeros((4, 7)), joint)
    mix_events(i, rows, tracks, bias, look, joint, mean, cov)


@light
def mix_events(
    i: int, rows: np.ndarray, tracks: Tracks, bias: Bias, look: Look, joint: np.ndarray, mean: np.ndarray, cov: np.ndarray
) -> None:
    """Make each mode of a track the mixture of what each detection, or none, makes of it; `mean` and `cov` are room."""
    means, covs, weight, real, events = tracks.mean, tracks.cov, tracks.weight, look.real, len(rows)
    for m in range(len(joint)):
        weight[i, m] = 0.0
        for e in range(events + 1):
            weight[i, m] += joint[m, e]
        if weight[i, m] <= 0.0:
            continue
        for e in range(events + 1):
            copy_vector(means[i, m], mean[m, e])
            copy_matrix(covs[i, m], cov[m, e])
            if e < events:
                j = rows[e]
                h, a, b, c = measure(look, real[j, DELAY], mean, m, e)
                e0, e1 = own_lean(look, mean, m, e, a, b)
                nu = innovation(look, j, shifted(look, bias, e0, e1, h))
                f = factor_of(look, j, spread(cov, m, e, a, b, c))
                correct(mean, cov, m, e, f, nu, a, b, c)
        blend_into(mean[m], cov[m], joint[m], means[i, m], covs[i, m])


@light
def miss(i: int, tracks: Tracks, look: Look, pairs: Pairs) -> None:
    """Condition a track on a look that did not see it: modes that would have been seen lose weight.

    Behind a Doppler radar the miss is also evidence of a low range rate (Clark, Kountouriotis and Vinter 2009): each mode
    becomes the moment-matched mixture of "missed by chance" and "in the blind zone", a measurement 0 +- mdv / sqrt(3).
    """
    mean, cov, site, doppler = tracks.mean, tracks.cov, look.site, look.kind == RANGE_BEARING
    total, weight, seen, clear = 0.0, tracks.weight, pairs.seen, pairs.clear
    for m in range(weight.shape[1]):
        if weight[i, m] <= 0.0:
            continue
        kept = 1.0 - seen[i, m]
        if doppler and clear[i, m] > seen[i, m]:
            hush(mean, cov, i, m, site, min((clear[i, m] - seen[i, m]) / kept, 1.0))
        weight[i, m] *= kept
        total += weight[i, m]
    if total > 0.0:
        for m in range(weight.shape[1]):
            weight[i, m] /= total


@light
def hush(mean: np.ndarray, cov: np.ndarray, i: int, m: int, site: np.ndarray, share: float) -> None:
    """Update mode `m` of row `i` by a range rate of 0 +- mdv / sqrt(3), believed with probability `share`, in place."""
    dx, dy = mean[i, m, 0] - site[X], mean[i, m, 1] - site[Y]
    rho = math.hypot(dx, dy) + 1e-9
    ux, uy = dx / rho, dy / rho
    rate = ux * mean[i, m, 2] + uy * mean[i, m, 3]
    p = times(cov, i, m, (0.0, 0.0, ux, uy))
    variance = site[MDV] ** 2 / 3.0 + ux * p[2] + uy * p[3]
    less = share / variance - share * (1.0 - share) * rate * rate / variance**2
    for k in range(4):
        mean[i, m, k] -= share * p[k] / variance * rate
        for j in range(4):
            cov[i, m, k, j] -= less * p[k] * p[j]


@light
def birth(i: int, j: int, tracks: Tracks, bias: Bias, look: Look, table: np.ndarray, scene: np.ndarray) -> None:
    """Write a new track at a located detection into row `i`; a range rate tells its velocity along the ray, and its modes.

    Each mode starts with its birth share times the factor `scene` (families,) of its family.
    """
    row, site, slot, kind, weight = look.real[j], look.site, look.slot, look.kind, tracks.weight[i]
    x, y, rate, rate_noise = row[Z], row[Z + 1], row[Z + 2], row[NOISE + 2]
    if slot >= 0:
        x -= bias.mean[slot]
        y -= bias.mean[slot + 1]
    ux, uy, along, across, rho = 1.0, 0.0, row[NOISE], row[NOISE + 1], x
    if kind == RANGE_BEARING:
        ux, uy, across = math.sin(y), math.cos(y), rho * rho * across
        x, y = site[X] + rho * ux, site[Y] + rho * uy
    elif kind == ALONG:
        x, y, ux, uy = point_on_line(rho, look.line)
    total, doppler = 0.0, kind == RANGE_BEARING and look.size == 3
    for m in range(len(table)):
        variance = table[m, 0] ** 2
        part = variance / (variance + rate_noise) if doppler else 0.0
        mean, cov = tracks.mean[i, m], tracks.cov[i, m]
        mean[0], mean[1], mean[2], mean[3] = x, y, part * rate * ux, part * rate * uy
        for a in range(4):
            for b in range(4):
                cov[a, b] = 0.0
        cov[0, 0], cov[1, 1] = ux * ux * along + uy * uy * across, uy * uy * along + ux * ux * across
        cov[0, 1] = cov[1, 0] = ux * uy * (along - across)
        cov[2, 2], cov[3, 3] = variance * (1.0 - part * ux * ux), variance * (1.0 - part * uy * uy)
        cov[2, 3] = cov[3, 2] = -part * variance * ux * uy
        weight[m] = table[m, 2] * scene[int(table[m, 3])]
        if doppler:
            sum_variance = variance + rate_noise
            weight[m] *= math.exp(-0.5 * rate**2 / sum_variance) / math.sqrt(sum_variance)
        total += weight[m]
    for m in range(len(table)):
        weight[m] /= total
    tracks.real[i, DOUBT] = lean_at_birth(tracks.lean[i], look, bias, rho, ux, uy)


@light
def lean_at_birth(lean: np.ndarray, look: Look, bias: Bias, rho: float, ux: float, uy: float) -> float:
    """Let a new track lean fully on the biases of the sensor that reported it; returns the variance they give its place."""
    slot, variance = look.slot, bias.cov
    for b in range(len(lean)):
        for k in range(4):
            lean[b, k] = 0.0
    if slot < 0:
        return 0.0
    first, second = lean[slot], lean[slot + 1]
    if look.kind == POSITION:
        first[0], second[1] = -1.0, -1.0
    else:
        first[0], first[1] = -ux, -uy
        second[0], second[1] = -rho * uy, rho * ux
    a, b = variance[slot, slot], variance[slot + 1, slot + 1]
    return max(first[0] ** 2 * a + second[0] ** 2 * b, first[1] ** 2 * a + second[1] ** 2 * b)


@inner
def locate(look: Look, bias: Bias) -> np.ndarray:
    """Plane position of each detection (m, 2) of a located kind; bearings alone get the sensor's own."""
    real, kind, site, slot = look.real, look.kind, look.site, look.slot
    out = np.zeros((len(real), 2))
    b0, b1 = 0.0, 0.0
    if slot >= 0:
        b0, b1 = bias.mean[slot], bias.mean[slot + 1]
    for j in range(len(real)):
        a, b = real[j, Z] - b0, real[j, Z + 1] - b1
        if kind in (POSITION, PING):
            out[j, 0], out[j, 1] = a, b
        elif kind == RANGE_BEARING:
            out[j, 0] = site[0] + a * math.sin(b)
            out[j, 1] = site[1] + a * math.cos(b)
        elif kind == ALONG:
            out[j, 0], out[j, 1], _, _ = point_on_line(real[j, Z], look.line)
        else:
            out[j, 0], out[j, 1] = site[0], site[1]
    return out
