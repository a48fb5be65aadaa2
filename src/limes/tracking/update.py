"""What a look does to a track: conditioning on a detection, on several possible ones, or on a miss; births."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.tracking.looks import MDV, Look
from limes.tracking.measurement import ALONG, PING, POSITION, RANGE_BEARING, expect, foresee, point_on_line, residual, whiten
from limes.tracking.motion import blend_into
from limes.tracking.registration import Doubt, doubt_of, lean_of_measurement, widen
from limes.tracking.state import DOUBT, Bias, Tracks, copy_matrix, copy_vector


class Fix(NamedTuple):
    """What conditioning on a detection leaves behind: how each mode foresaw it, and how the best one was moved.

    Innovation, spread, gradient and mean of the best mode, how the measurement leans on the biases, log likelihood by mode.
    """

    nu: np.ndarray
    s: np.ndarray
    grad: np.ndarray
    mean: np.ndarray
    lean: np.ndarray
    log_like: np.ndarray


@njit(cache=True, nogil=True)
def empty_fix(modes: int, biases: int) -> Fix:
    """Room for a `Fix`."""
    return Fix(np.zeros(3), np.zeros((3, 3)), np.zeros((3, 4)), np.zeros(4), np.zeros((3, biases)), np.zeros(modes))


@njit(cache=True, nogil=True)
def gain_of(size: int, grad: np.ndarray, cov: np.ndarray, factor: np.ndarray, out: np.ndarray) -> None:
    """Write the Kalman gain (4, size) from the Cholesky factor of the innovation covariance."""
    for k in range(4):
        for a in range(size):
            total = 0.0
            for j in range(4):
                total += cov[k, j] * grad[a, j]
            for b in range(a):
                total -= out[k, b] * factor[a, b]
            out[k, a] = total / factor[a, a]
        for a in range(size - 1, -1, -1):
            total = out[k, a]
            for b in range(a + 1, size):
                total -= out[k, b] * factor[b, a]
            out[k, a] = total / factor[a, a]


@njit(cache=True, nogil=True)
def correct(
    size: int, mean: np.ndarray, cov: np.ndarray, grad: np.ndarray, gain: np.ndarray, nu: np.ndarray, share: float
) -> None:
    """Kalman update in place, believed with probability `share` (Bar-Shalom's probabilistic data association form)."""
    shift, seen = np.zeros(4), np.zeros((3, 4))
    for a in range(size):
        for k in range(4):
            shift[k] += gain[k, a] * nu[a]
            for j in range(4):
                seen[a, k] += grad[a, j] * cov[j, k]
    blur = share * (1.0 - share)
    for k in range(4):
        mean[k] += share * shift[k]
        for j in range(k + 1):
            total = cov[k, j] + blur * shift[k] * shift[j]
            for a in range(size):
                total -= share * gain[k, a] * seen[a, j]
            cov[k, j] = cov[j, k] = total


@njit(cache=True, nogil=True)
def take(i: int, j: int, tracks: Tracks, bias: Bias, look: Look, seen: np.ndarray, fix: Fix) -> None:
    """Condition a track on its detection, mode by mode; modes are reweighted by how well they foresaw it."""
    h, grad, s, wide = np.empty(3), np.empty((3, 4)), np.empty((3, 3)), np.empty((3, 3))
    nu, factor, gain = np.empty(3), np.empty((3, 3)), np.empty((4, 3))
    weight, log_weight, top, best = tracks.weight[i], np.full(len(seen), -np.inf), -np.inf, -np.inf
    gains, doubt = np.zeros((len(seen), 4, 3)), Doubt(np.zeros((4, 4)), np.zeros((4, 3)))
    biased = len(bias.mean) > 0
    if biased:
        doubt_of(tracks.lean[i], bias, look.slot, doubt.own, doubt.cross)
    for m in range(len(seen)):
        fix.log_like[m] = -np.inf
        if weight[m] <= 0.0 or seen[m] <= 0.0:
            continue
        foresee(look.kind, look.size, look.site, look.line, look.delay[j], tracks.mean[i, m], tracks.cov[i, m], h, grad, s)
        copy_matrix(s, wide)
        if biased:
            widen(look, grad, tracks.mean[i, m], bias, doubt.own, doubt.cross, h, wide)
        residual(look.kind, look.size, look.z[j], h, nu)
        square, log_det = whiten(look.size, wide, look.noise[j], factor, nu)
        fix.log_like[m] = math.log(1.0 if look.kind == PING else seen[m]) - 0.5 * (square + log_det)
        log_weight[m] = math.log(weight[m]) + fix.log_like[m]
        top = max(top, log_weight[m])
        if biased:
            whiten(look.size, s, look.noise[j], factor, nu)
        if log_weight[m] > best:
            best = log_weight[m]
            copy_vector(nu, fix.nu)
            copy_matrix(s, fix.s)
            copy_matrix(grad, fix.grad)
            copy_vector(tracks.mean[i, m], fix.mean)
        gain_of(look.size, grad, tracks.cov[i, m], factor, gain)
        correct(look.size, tracks.mean[i, m], tracks.cov[i, m], grad, gain, nu, 1.0)
        copy_matrix(gain, gains[m])
    if top == -np.inf:
        return
    total = 0.0
    for m in range(len(seen)):
        weight[m] = math.exp(log_weight[m] - top)
        total += weight[m]
    for m in range(len(seen)):
        weight[m] /= total
    if biased:
        lean_of_measurement(look, fix.grad, fix.mean, tracks.lean[i], bias.cov, fix.lean)
        lean_on(look.size, tracks.lean[i], weight, gains, fix)
        doubt_of(tracks.lean[i], bias, -1, doubt.own, doubt.cross)
        tracks.real[i, DOUBT] = max(doubt.own[0, 0], doubt.own[1, 1])


@njit(cache=True, nogil=True)
def lean_on(size: int, lean: np.ndarray, weight: np.ndarray, gains: np.ndarray, fix: Fix) -> None:
    """Let a track lean on the biases as its mean gain makes it: lean -= gain depends."""
    mean = np.zeros((4, 3))
    for m in range(len(weight)):
        for k in range(4):
            for a in range(size):
                mean[k, a] += weight[m] * gains[m, k, a]
    for b in range(len(lean)):
        for a in range(size):
            if fix.lean[a, b] != 0.0:
                for k in range(4):
                    lean[b, k] -= mean[k, a] * fix.lean[a, b]


@njit(cache=True, nogil=True)
def weigh_events(
    i: int, rows: np.ndarray, chance: np.ndarray, none: float, tracks: Tracks, bias: Bias, look: Look, seen: np.ndarray
) -> np.ndarray:
    """Joint probability (modes, events + 1) of each mode and each possible detection, or none, of a track."""
    modes, events = len(seen), len(rows)
    h, grad, s = np.empty(3), np.empty((3, 4)), np.empty((3, 3))
    nu, factor, out = np.empty(3), np.empty((3, 3)), np.zeros((modes, events + 1))
    doubt = Doubt(np.zeros((4, 4)), np.zeros((4, 3)))
    doubt_of(tracks.lean[i], bias, look.slot, doubt.own, doubt.cross)
    for m in range(modes):
        if tracks.weight[i, m] <= 0.0:
            continue
        for e in range(events):
            mean, cov = tracks.mean[i, m], tracks.cov[i, m]
            foresee(look.kind, look.size, look.site, look.line, look.delay[rows[e]], mean, cov, h, grad, s)
            widen(look, grad, mean, bias, doubt.own, doubt.cross, h, s)
            residual(look.kind, look.size, look.z[rows[e]], h, nu)
            square, log_det = whiten(look.size, s, look.noise[rows[e]], factor, nu)
            out[m, e] = tracks.weight[i, m] * seen[m] * math.exp(-0.5 * (square + log_det))
        out[m, events] = tracks.weight[i, m] * (1.0 - seen[m])
    grand = 0.0
    for e in range(events + 1):
        total = 0.0
        for m in range(modes):
            total += out[m, e]
        for m in range(modes):
            out[m, e] *= (none if e == events else chance[e]) / max(total, 1e-300)
            grand += out[m, e]
    for e in range(events + 1):
        for m in range(modes):
            out[m, e] /= grand
    return out


@njit(cache=True, nogil=True)
def blend(
    i: int, rows: np.ndarray, chance: np.ndarray, none: float, tracks: Tracks, bias: Bias, look: Look, seen: np.ndarray
) -> None:
    """Condition a track on several possible detections with probabilities `chance`, or `none`: moments of the mixture."""
    joint = weigh_events(i, rows, chance, none, tracks, bias, look, seen)
    events = len(rows)
    h, grad, s = np.empty(3), np.empty((3, 4)), np.empty((3, 3))
    nu, factor, gain = np.empty(3), np.empty((3, 3)), np.empty((4, 3))
    part_mean, part_cov = np.empty((events + 1, 4)), np.empty((events + 1, 4, 4))
    nothing, wide = Doubt(np.zeros((4, 4)), np.zeros((4, 3))), np.empty((3, 3))
    for m in range(len(seen)):
        total = 0.0
        for e in range(events + 1):
            total += joint[m, e]
        if total <= 0.0:
            tracks.weight[i, m] = 0.0
            continue
        tracks.weight[i, m] = total
        for e in range(events + 1):
            copy_vector(tracks.mean[i, m], part_mean[e])
            copy_matrix(tracks.cov[i, m], part_cov[e])
            if e < events:
                j = rows[e]
                foresee(look.kind, look.size, look.site, look.line, look.delay[j], part_mean[e], part_cov[e], h, grad, s)
                if look.slot >= 0:
                    copy_matrix(s, wide)
                    widen(look, grad, part_mean[e], bias, nothing.own, nothing.cross, h, wide)
                residual(look.kind, look.size, look.z[j], h, nu)
                whiten(look.size, s, look.noise[j], factor, nu)
                gain_of(look.size, grad, part_cov[e], factor, gain)
                correct(look.size, part_mean[e], part_cov[e], grad, gain, nu, 1.0)
        blend_into(part_mean, part_cov, joint[m], tracks.mean[i, m], tracks.cov[i, m])


@njit(cache=True, nogil=True)
def miss(i: int, tracks: Tracks, look: Look, seen: np.ndarray, clear: np.ndarray) -> None:
    """Condition a track on a look that did not see it: modes that would have been seen lose weight.

    Behind a Doppler radar the miss is also evidence of a low range rate (Clark, Kountouriotis and Vinter 2009): each mode
    becomes the moment-matched mixture of "missed by chance" and "in the blind zone", a measurement 0 +- mdv / sqrt(3).
    """
    h, grad, nu, gain = np.empty(3), np.empty((3, 4)), np.empty(3), np.empty((4, 3))
    total, mdv, weight = 0.0, look.site[MDV], tracks.weight[i]
    for m in range(len(weight)):
        if weight[m] <= 0.0:
            continue
        kept = 1.0 - seen[m]
        if look.kind == RANGE_BEARING and clear[m] > seen[m]:
            cov = tracks.cov[i, m]
            expect(look.kind, tracks.mean[i, m], look.site[0], look.site[1], look.line, h, grad)
            copy_vector(grad[2], grad[0])
            grad[0, 0] = grad[0, 1] = 0.0
            nu[0] = -h[2]
            variance = mdv * mdv / 3.0
            for k in range(2, 4):
                for j in range(2, 4):
                    variance += grad[0, k] * cov[k, j] * grad[0, j]
            for k in range(4):
                gain[k, 0] = (cov[k, 2] * grad[0, 2] + cov[k, 3] * grad[0, 3]) / variance
            correct(1, tracks.mean[i, m], cov, grad, gain, nu, min((clear[m] - seen[m]) / kept, 1.0))
        weight[m] *= kept
        total += weight[m]
    if total > 0.0:
        for m in range(len(weight)):
            weight[m] /= total


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
