"""What a look does to the tracks: conditioning on a detection or on a miss, births, and the end of tracks."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.tracking.measurement import ALONG, PING, POSITION, RANGE_BEARING, expect, point_on_line, residual, spread, whiten


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
    for k in range(4):
        for a in range(size):
            shift[k] += gain[k, a] * nu[a]
    for a in range(size):
        for k in range(4):
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
def take(
    kind: int,
    size: int,
    site: np.ndarray,
    line: np.ndarray,
    z: np.ndarray,
    noise: np.ndarray,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    seen: np.ndarray,
) -> None:
    """Condition one track on its detection, mode by mode; modes are reweighted by how well they foresaw it."""
    h, grad, s = np.empty(3), np.empty((3, 4)), np.empty((3, 3))
    nu, factor, gain = np.empty(3), np.empty((3, 3)), np.empty((4, 3))
    log_weight, top = np.full(len(weight), -np.inf), -np.inf
    for m in range(len(weight)):
        if weight[m] <= 0.0 or seen[m] <= 0.0:
            continue
        expect(kind, mean[m], site[0], site[1], line, h, grad)
        spread(size, grad, cov[m], s)
        residual(kind, size, z, h, nu)
        square, log_det = whiten(size, s, noise, factor, nu)
        gain_of(size, grad, cov[m], factor, gain)
        correct(size, mean[m], cov[m], grad, gain, nu, 1.0)
        log_weight[m] = math.log(weight[m] * (1.0 if kind == PING else seen[m])) - 0.5 * (square + log_det)
        top = max(top, log_weight[m])
    if top == -np.inf:
        return
    total = 0.0
    for m in range(len(weight)):
        weight[m] = math.exp(log_weight[m] - top)
        total += weight[m]
    for m in range(len(weight)):
        weight[m] /= total


@njit(cache=True, nogil=True)
def miss(
    kind: int,
    site: np.ndarray,
    line: np.ndarray,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    seen: np.ndarray,
    clear: np.ndarray,
) -> None:
    """Condition one track on a look that did not see it: modes that would have been seen lose weight.

    Behind a Doppler radar the miss is also evidence of a low range rate (Clark, Kountouriotis and Vinter 2009): each mode
    becomes the moment-matched mixture of "missed by chance" and "in the blind zone", a measurement 0 +- mdv / sqrt(3).
    """
    h, grad, nu, gain = np.empty(3), np.empty((3, 4)), np.empty(3), np.empty((4, 3))
    total = 0.0
    for m in range(len(weight)):
        if weight[m] <= 0.0:
            continue
        kept = 1.0 - seen[m]
        if kind == RANGE_BEARING and site[5] > 0.0 and clear[m] > seen[m]:
            expect(kind, mean[m], site[0], site[1], line, h, grad)
            grad[0] = grad[2]
            grad[0, 0] = grad[0, 1] = 0.0
            nu[0] = -h[2]
            variance = site[5] ** 2 / 3.0
            for k in range(2, 4):
                for j in range(2, 4):
                    variance += grad[0, k] * cov[m, k, j] * grad[0, j]
            for k in range(4):
                gain[k, 0] = (cov[m, k, 2] * grad[0, 2] + cov[m, k, 3] * grad[0, 3]) / variance
            correct(1, mean[m], cov[m], grad, gain, nu, min((clear[m] - seen[m]) / kept, 1.0))
        weight[m] *= kept
        total += weight[m]
    if total > 0.0:
        for m in range(len(weight)):
            weight[m] /= total


@njit(cache=True, nogil=True)
def birth(
    kind: int,
    size: int,
    site: np.ndarray,
    line: np.ndarray,
    z: np.ndarray,
    noise: np.ndarray,
    table: np.ndarray,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
) -> None:
    """Start a track at a located detection; a range rate tells its velocity along the ray and which modes can move so."""
    x, y, ux, uy = z[0], z[1], 1.0, 0.0
    along, across = noise[0], noise[1]
    if kind == RANGE_BEARING:
        ux, uy = math.sin(z[1]), math.cos(z[1])
        x, y = site[0] + z[0] * ux, site[1] + z[0] * uy
        across = z[0] * z[0] * noise[1]
    elif kind == ALONG:
        x, y, ux, uy = point_on_line(z[0], line)
    cov[:] = 0.0
    total = 0.0
    for m in range(len(table)):
        variance = table[m, 0] ** 2
        mean[m, 0], mean[m, 1], mean[m, 2], mean[m, 3] = x, y, 0.0, 0.0
        cov[m, 0, 0] = ux * ux * along + uy * uy * across
        cov[m, 1, 1] = uy * uy * along + ux * ux * across
        cov[m, 0, 1] = cov[m, 1, 0] = ux * uy * (along - across)
        cov[m, 2, 2] = cov[m, 3, 3] = variance
        weight[m] = table[m, 2]
        if kind == RANGE_BEARING and size == 3:
            part = variance / (variance + noise[2])
            mean[m, 2], mean[m, 3] = part * z[2] * ux, part * z[2] * uy
            cov[m, 2, 2] -= part * variance * ux * ux
            cov[m, 3, 3] -= part * variance * uy * uy
            cov[m, 2, 3] = cov[m, 3, 2] = -part * variance * ux * uy
            weight[m] *= math.exp(-0.5 * z[2] ** 2 / (variance + noise[2])) / math.sqrt(variance + noise[2])
        total += weight[m]
    for m in range(len(table)):
        weight[m] /= total


@njit(cache=True, nogil=True)
def locate(kind: int, site: np.ndarray, line: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Plane position of each detection (m, 2) of a located kind; bearings alone get the sensor's own."""
    out = np.empty((len(z), 2))
    for j in range(len(z)):
        if kind in (POSITION, PING):
            out[j, 0], out[j, 1] = z[j, 0], z[j, 1]
        elif kind == RANGE_BEARING:
            out[j, 0] = site[0] + z[j, 0] * math.sin(z[j, 1])
            out[j, 1] = site[1] + z[j, 0] * math.cos(z[j, 1])
        elif kind == ALONG:
            out[j, 0], out[j, 1], _, _ = point_on_line(z[j, 0], line)
        else:
            out[j, 0], out[j, 1] = site[0], site[1]
    return out
