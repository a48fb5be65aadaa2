"""What a look does to a track: conditioning on a detection, on several possible ones, or on a miss; births."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.tracking.association import Pairs, foresee_biased
from limes.tracking.looks import MDV, Look, X, Y
from limes.tracking.measurement import (
    ALONG,
    PING,
    POSITION,
    RANGE_BEARING,
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
from limes.tracking.registration import Doubt, doubt_of, lean_of_measurement, own_lean, shifted, widened
from limes.tracking.state import DOUBT, Bias, Tracks, copy_matrix, copy_vector


class Fix(NamedTuple):
    """What conditioning on a detection leaves behind; written again and again.

    `log_like` and `log_weight` (modes,), `gains` (modes, 4, 3); of the best mode `nu` (3,) and `s` (6,); `lean` (3, biases):
    how the measurement depends on the biases; `doubt`: room for theirs.
    """

    log_like: np.ndarray
    log_weight: np.ndarray
    gains: np.ndarray
    nu: np.ndarray
    s: np.ndarray
    lean: np.ndarray
    doubt: Doubt


@njit(cache=True, nogil=True)
def empty_fix(modes: int, biases: int) -> Fix:
    """Room for a `Fix`."""
    doubt, gains = Doubt(np.zeros((4, 4)), np.zeros((4, 3))), np.zeros((modes, 4, 3))
    return Fix(np.zeros(modes), np.zeros(modes), gains, np.zeros(3), np.zeros(6), np.zeros((3, biases)), doubt)


@njit(cache=True, nogil=True)
def take(i: int, j: int, tracks: Tracks, bias: Bias, look: Look, pairs: Pairs, fix: Fix) -> None:
    """Condition a track on its detection, mode by mode; modes are reweighted by how well they foresaw it."""
    mean, cov, weight, biased, top = tracks.mean, tracks.cov, tracks.weight, len(bias.mean) > 0, -np.inf
    if biased:
        doubt_of(tracks.lean[i], bias, look.slot, fix.doubt.own, fix.doubt.cross)
    for m in range(weight.shape[1]):
        fix.log_like[m] = fix.log_weight[m] = -np.inf
        part = 1.0 if look.kind == PING else pairs.seen[i, m]
        if weight[i, m] <= 0.0 or part <= 0.0:
            continue
        h, a, b, c = measure(look, look.delay[j], mean, i, m)
        s = spread(cov, i, m, a, b, c)
        f = factor_of(look, j, s)
        if biased:
            h, square, root = doubted(i, j, m, tracks, bias, look, fix, h, s, a, b, c)
            nu = innovation(look, j, h)
        else:
            nu = innovation(look, j, h)
            square, root = distance(f, nu)
        fix.log_like[m] = math.log(part / root) - 0.5 * square
        fix.log_weight[m] = math.log(weight[i, m]) + fix.log_like[m]
        if biased and fix.log_weight[m] > top:
            keep_best(i, m, tracks, bias, look, fix, nu, s, a, b, c)
        top = max(top, fix.log_weight[m])
        k0, k1, k2, k3 = correct(mean, cov, i, m, f, nu, a, b, c)
        if biased:
            keep_gain(fix.gains, m, k0, k1, k2, k3)
    if top == -np.inf:
        return
    reweigh(i, weight, fix.log_weight, top)
    if biased:
        lean_on(i, tracks.lean, weight, fix)
        doubt_of(tracks.lean[i], bias, -1, fix.doubt.own, fix.doubt.cross)
        tracks.real[i, DOUBT] = max(fix.doubt.own[0, 0], fix.doubt.own[1, 1])


@njit(cache=True, nogil=True)
def doubted(
    i: int, j: int, m: int, tracks: Tracks, bias: Bias, look: Look, fix: Fix, h: Three, s: Six, a: Four, b: Four, c: Four
) -> tuple[Three, float, float]:
    """Expectation with the sensor's known biases, and distance and root of the determinant with the doubt about all."""
    e0, e1 = own_lean(look, tracks.mean, i, m, a, b)
    h = shifted(look, bias, e0, e1, h)
    wide = factor_of(look, j, widened(look, bias, fix.doubt, e0, e1, a, b, c, s))
    square, root = distance(wide, innovation(look, j, h))
    return h, square, root


@njit(cache=True, nogil=True)
def keep_best(
    i: int, m: int, tracks: Tracks, bias: Bias, look: Look, fix: Fix, nu: Three, s: Six, a: Four, b: Four, c: Four
) -> None:
    """Write what the best mode so far tells about the biases."""
    fix.nu[0], fix.nu[1], fix.nu[2] = nu
    fix.s[0], fix.s[1], fix.s[2], fix.s[3], fix.s[4], fix.s[5] = s
    own = own_lean(look, tracks.mean, i, m, a, b)
    lean_of_measurement(look, tracks.lean[i], bias.cov, (a, b, c), own, fix.lean)


@njit(cache=True, nogil=True)
def reweigh(i: int, weight: np.ndarray, log_weight: np.ndarray, top: float) -> None:
    """Write a track's weights, which sum to one, from their logarithms, the largest of which is `top`."""
    total = 0.0
    for m in range(len(log_weight)):
        weight[i, m] = math.exp(log_weight[m] - top)
        total += weight[i, m]
    for m in range(len(log_weight)):
        weight[i, m] /= total


@njit(cache=True, nogil=True)
def keep_gain(gains: np.ndarray, m: int, k0: Three, k1: Three, k2: Three, k3: Three) -> None:
    """Write the rows of a gain."""
    gains[m, 0, 0], gains[m, 0, 1], gains[m, 0, 2] = k0
    gains[m, 1, 0], gains[m, 1, 1], gains[m, 1, 2] = k1
    gains[m, 2, 0], gains[m, 2, 1], gains[m, 2, 2] = k2
    gains[m, 3, 0], gains[m, 3, 1], gains[m, 3, 2] = k3


@njit(cache=True, nogil=True)
def lean_on(i: int, lean: np.ndarray, weight: np.ndarray, fix: Fix) -> None:
    """Let a track lean on the biases as its mean gain makes it: lean -= gain depends."""
    mean = np.zeros((4, 3))
    for m in range(weight.shape[1]):
        if fix.log_like[m] > -np.inf:
            for k in range(4):
                for a in range(3):
                    mean[k, a] += weight[i, m] * fix.gains[m, k, a]
    for b in range(lean.shape[1]):
        for a in range(3):
            if fix.lean[a, b] != 0.0:
                for k in range(4):
                    lean[i, b, k] -= mean[k, a] * fix.lean[a, b]


@njit(cache=True, nogil=True)
def weigh_events(
    i: int, rows: np.ndarray, chance: np.ndarray, none: float, tracks: Tracks, bias: Bias, look: Look, pairs: Pairs
) -> np.ndarray:
    """Joint probability (modes, events + 1) of each mode and each possible detection, or none, of a track."""
    modes, events, grand = tracks.weight.shape[1], len(rows), 0.0
    out, doubt = np.zeros((modes, events + 1)), Doubt(np.zeros((4, 4)), np.zeros((4, 3)))
    doubt_of(tracks.lean[i], bias, look.slot, doubt.own, doubt.cross)
    for m in range(modes):
        weight = tracks.weight[i, m]
        if weight <= 0.0:
            continue
        for e in range(events):
            h, s = foresee_biased(i, m, look.delay[rows[e]], tracks, bias, look, doubt)
            square, root = distance(factor_of(look, rows[e], s), innovation(look, rows[e], h))
            out[m, e] = weight * pairs.seen[i, m] * math.exp(-0.5 * square) / root
        out[m, events] = weight * (1.0 - pairs.seen[i, m])
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
    return out


@njit(cache=True, nogil=True)
def blend(
    i: int, rows: np.ndarray, chance: np.ndarray, none: float, tracks: Tracks, bias: Bias, look: Look, pairs: Pairs
) -> None:
    """Condition a track on several possible detections with probabilities `chance`, or `none`: moments of the mixture."""
    joint, events = weigh_events(i, rows, chance, none, tracks, bias, look, pairs), len(rows)
    part_mean, part_cov = np.empty((1, events + 1, 4)), np.empty((1, events + 1, 4, 4))
    for m in range(len(joint)):
        tracks.weight[i, m] = joint[m].sum()
        if tracks.weight[i, m] <= 0.0:
            continue
        for e in range(events + 1):
            copy_vector(tracks.mean[i, m], part_mean[0, e])
            copy_matrix(tracks.cov[i, m], part_cov[0, e])
            if e < events:
                j = rows[e]
                h, a, b, c = measure(look, look.delay[j], part_mean, 0, e)
                e0, e1 = own_lean(look, part_mean, 0, e, a, b)
                nu = innovation(look, j, shifted(look, bias, e0, e1, h))
                f = factor_of(look, j, spread(part_cov, 0, e, a, b, c))
                correct(part_mean, part_cov, 0, e, f, nu, a, b, c)
        blend_into(part_mean[0], part_cov[0], joint[m], tracks.mean[i, m], tracks.cov[i, m])


@njit(cache=True, nogil=True)
def miss(i: int, tracks: Tracks, look: Look, pairs: Pairs) -> None:
    """Condition a track on a look that did not see it: modes that would have been seen lose weight.

    Behind a Doppler radar the miss is also evidence of a low range rate (Clark, Kountouriotis and Vinter 2009): each mode
    becomes the moment-matched mixture of "missed by chance" and "in the blind zone", a measurement 0 +- mdv / sqrt(3).
    """
    total, weight, seen, clear = 0.0, tracks.weight, pairs.seen, pairs.clear
    for m in range(weight.shape[1]):
        if weight[i, m] <= 0.0:
            continue
        kept = 1.0 - seen[i, m]
        if look.kind == RANGE_BEARING and clear[i, m] > seen[i, m]:
            hush(tracks.mean, tracks.cov, i, m, look.site, min((clear[i, m] - seen[i, m]) / kept, 1.0))
        weight[i, m] *= kept
        total += weight[i, m]
    if total > 0.0:
        for m in range(weight.shape[1]):
            weight[i, m] /= total


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def birth(i: int, j: int, tracks: Tracks, bias: Bias, look: Look, table: np.ndarray, scene: np.ndarray) -> None:
    """Write a new track at a located detection into row `i`; a range rate tells its velocity along the ray, and its modes.

    Each mode starts with its birth share times the factor `scene` (families,) of its family.
    """
    z, noise = look.z[j].copy(), look.noise[j]
    if look.slot >= 0:
        z[0] -= bias.mean[look.slot]
        z[1] -= bias.mean[look.slot + 1]
    ux, uy, along, across = 1.0, 0.0, noise[0], noise[1]
    x, y = z[0], z[1]
    if look.kind == RANGE_BEARING:
        ux, uy, across = math.sin(z[1]), math.cos(z[1]), z[0] * z[0] * noise[1]
        x, y = look.site[0] + z[0] * ux, look.site[1] + z[0] * uy
    elif look.kind == ALONG:
        x, y, ux, uy = point_on_line(z[0], look.line)
    total, doppler = 0.0, look.kind == RANGE_BEARING and look.size == 3
    for m in range(len(table)):
        variance = table[m, 0] ** 2
        part = variance / (variance + noise[2]) if doppler else 0.0
        mean, cov = tracks.mean[i, m], tracks.cov[i, m]
        mean[0], mean[1], mean[2], mean[3] = x, y, part * z[2] * ux, part * z[2] * uy
        for a in range(4):
            for b in range(4):
                cov[a, b] = 0.0
        cov[0, 0], cov[1, 1] = ux * ux * along + uy * uy * across, uy * uy * along + ux * ux * across
        cov[0, 1] = cov[1, 0] = ux * uy * (along - across)
        cov[2, 2], cov[3, 3] = variance * (1.0 - part * ux * ux), variance * (1.0 - part * uy * uy)
        cov[2, 3] = cov[3, 2] = -part * variance * ux * uy
        tracks.weight[i, m] = table[m, 2] * scene[int(table[m, 3])]
        if doppler:
            sum_variance = variance + noise[2]
            tracks.weight[i, m] *= math.exp(-0.5 * z[2] ** 2 / sum_variance) / math.sqrt(sum_variance)
        total += tracks.weight[i, m]
    for m in range(len(table)):
        tracks.weight[i, m] /= total
    tracks.real[i, DOUBT] = lean_at_birth(tracks.lean[i], look, bias, z, ux, uy)


@njit(cache=True, nogil=True)
def lean_at_birth(lean: np.ndarray, look: Look, bias: Bias, z: np.ndarray, ux: float, uy: float) -> float:
    """Let a new track lean fully on the biases of the sensor that reported it; returns the variance they give its place."""
    for b in range(len(lean)):
        for k in range(4):
            lean[b, k] = 0.0
    if look.slot < 0:
        return 0.0
    first, second = lean[look.slot], lean[look.slot + 1]
    if look.kind == POSITION:
        first[0], second[1] = -1.0, -1.0
    else:
        first[0], first[1] = -ux, -uy
        second[0], second[1] = -z[0] * uy, z[0] * ux
    a, b = bias.cov[look.slot, look.slot], bias.cov[look.slot + 1, look.slot + 1]
    return max(first[0] ** 2 * a + second[0] ** 2 * b, first[1] ** 2 * a + second[1] ** 2 * b)


@njit(cache=True, nogil=True)
def locate(look: Look, bias: Bias) -> np.ndarray:
    """Plane position of each detection (m, 2) of a located kind; bearings alone get the sensor's own."""
    out = np.empty((len(look.z), 2))
    b0, b1 = 0.0, 0.0
    if look.slot >= 0:
        b0, b1 = bias.mean[look.slot], bias.mean[look.slot + 1]
    for j in range(len(look.z)):
        a, b = look.z[j, 0] - b0, look.z[j, 1] - b1
        if look.kind in (POSITION, PING):
            out[j, 0], out[j, 1] = a, b
        elif look.kind == RANGE_BEARING:
            out[j, 0] = look.site[0] + a * math.sin(b)
            out[j, 1] = look.site[1] + a * math.cos(b)
        elif look.kind == ALONG:
            out[j, 0], out[j, 1], _, _ = point_on_line(look.z[j, 0], look.line)
        else:
            out[j, 0], out[j, 1] = look.site[0], look.site[1]
    return out
