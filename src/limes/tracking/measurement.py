"""What a sensor of each kind would report of a track: the measurement, its gradient, and how likely the sensor sees it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from limes.columns import Kind

POSITION, RANGE_BEARING, BEARING, ALONG, PING = (
    int(Kind.POSITION),
    int(Kind.RANGE_BEARING),
    int(Kind.BEARING),
    int(Kind.ALONG),
    int(Kind.PING),
)


@njit(cache=True, nogil=True)
def locate_on_line(x: float, y: float, line: np.ndarray) -> tuple[float, float, float, float]:
    """Nearest place of a polyline (n, 2) to a point: distance along it, signed offset (left positive), unit direction."""
    best, along, offset, ux, uy, run = np.inf, 0.0, 0.0, 1.0, 0.0, 0.0
    for k in range(len(line) - 1):
        dx, dy = line[k + 1, 0] - line[k, 0], line[k + 1, 1] - line[k, 1]
        length = math.hypot(dx, dy)
        if length == 0.0:
            continue
        ex, ey = x - line[k, 0], y - line[k, 1]
        part = min(max((ex * dx + ey * dy) / length, 0.0), length)
        fx, fy = ex - part * dx / length, ey - part * dy / length
        square = fx * fx + fy * fy
        if square < best:
            side = (dx * ey - dy * ex) / length
            best, along, ux, uy = square, run + part, dx / length, dy / length
            offset = math.copysign(math.sqrt(square), side)
        run += length
    return along, offset, ux, uy


@njit(cache=True, nogil=True)
def point_on_line(along: float, line: np.ndarray) -> tuple[float, float, float, float]:
    """Place and unit direction of a polyline (n, 2) at a distance along it; ends are held."""
    run = 0.0
    x, y, ux, uy = line[0, 0], line[0, 1], 1.0, 0.0
    for k in range(len(line) - 1):
        dx, dy = line[k + 1, 0] - line[k, 0], line[k + 1, 1] - line[k, 1]
        length = math.hypot(dx, dy)
        if length == 0.0:
            continue
        ux, uy = dx / length, dy / length
        part = min(max(along - run, 0.0), length)
        x, y = line[k, 0] + part * ux, line[k, 1] + part * uy
        run += length
        if along <= run:
            break
    return x, y, ux, uy


@njit(cache=True, nogil=True)
def expect(kind: int, state: np.ndarray, px: float, py: float, line: np.ndarray, h: np.ndarray, grad: np.ndarray) -> None:
    """Write the expected measurement `h` (3,) of a state x, y, vx, vy and its gradient (3, 4) for a sensor at px, py.

    Components by kind: x, y | range, bearing, range rate | bearing | along, offset (zero where seen) | x, y (the sensor's own).
    """
    grad[:] = 0.0
    if kind in (POSITION, PING):
        h[0], h[1] = state[0], state[1]
        grad[0, 0] = grad[1, 1] = 1.0
    elif kind == ALONG:
        along, offset, ux, uy = locate_on_line(state[0], state[1], line)
        h[0], h[1] = along, offset
        grad[0, 0], grad[0, 1], grad[1, 0], grad[1, 1] = ux, uy, -uy, ux
    else:
        dx, dy = state[0] - px, state[1] - py
        rho = math.hypot(dx, dy) + 1e-9
        ux, uy = dx / rho, dy / rho
        if kind == BEARING:
            h[0] = math.atan2(dx, dy)
            grad[0, 0], grad[0, 1] = uy / rho, -ux / rho
        else:
            rate = ux * state[2] + uy * state[3]
            h[0], h[1], h[2] = rho, math.atan2(dx, dy), rate
            grad[0, 0], grad[0, 1] = ux, uy
            grad[1, 0], grad[1, 1] = uy / rho, -ux / rho
            grad[2, 0], grad[2, 1] = (state[2] - rate * ux) / rho, (state[3] - rate * uy) / rho
            grad[2, 2], grad[2, 3] = ux, uy


@njit(cache=True, nogil=True)
def foresee(
    kind: int,
    size: int,
    site: np.ndarray,
    line: np.ndarray,
    delay: float,
    mean: np.ndarray,
    cov: np.ndarray,
    h: np.ndarray,
    grad: np.ndarray,
    s: np.ndarray,
) -> None:
    """Write expectation `h`, gradient and spread `s` (noise apart) of a measurement `delay` s after a Gaussian's time."""
    if delay == 0.0:
        expect(kind, mean, site[0], site[1], line, h, grad)
    else:
        moved = np.array([mean[0] + delay * mean[2], mean[1] + delay * mean[3], mean[2], mean[3]])
        expect(kind, moved, site[0], site[1], line, h, grad)
        for a in range(size):
            grad[a, 2] += delay * grad[a, 0]
            grad[a, 3] += delay * grad[a, 1]
    spread(size, grad, cov, s)


@njit(cache=True, nogil=True)
def residual(kind: int, size: int, z: np.ndarray, h: np.ndarray, out: np.ndarray) -> None:
    """Write z - h (size,), bearings wrapped to (-pi, pi]."""
    for k in range(size):
        out[k] = z[k] - h[k]
    turn = 0 if kind == BEARING else 1 if kind == RANGE_BEARING else -1
    if turn >= 0:
        out[turn] -= 2.0 * math.pi * math.ceil((out[turn] - math.pi) / (2.0 * math.pi))


@njit(cache=True, nogil=True)
def spread(size: int, grad: np.ndarray, cov: np.ndarray, out: np.ndarray) -> None:
    """Write grad cov grad' (size, size)."""
    for a in range(size):
        for b in range(a + 1):
            total = 0.0
            for k in range(4):
                if grad[a, k] != 0.0:
                    for j in range(4):
                        total += grad[a, k] * cov[k, j] * grad[b, j]
            out[a, b] = out[b, a] = total


@njit(cache=True, nogil=True)
def whiten(size: int, s: np.ndarray, noise: np.ndarray, factor: np.ndarray, nu: np.ndarray) -> tuple[float, float]:
    """Squared Mahalanobis distance of `nu` and log determinant under s + diag(noise); the Cholesky factor goes to `factor`."""
    square, log_det = 0.0, 0.0
    w0, w1 = 0.0, 0.0
    f00 = math.sqrt(s[0, 0] + noise[0])
    factor[0, 0] = f00
    w0 = nu[0] / f00
    square, log_det = w0 * w0, math.log(f00)
    if size > 1:
        f10 = s[1, 0] / f00
        f11 = math.sqrt(max(s[1, 1] + noise[1] - f10 * f10, 1e-300))
        factor[1, 0], factor[1, 1] = f10, f11
        w1 = (nu[1] - f10 * w0) / f11
        square += w1 * w1
        log_det += math.log(f11)
        if size > 2:
            f20 = s[2, 0] / f00
            f21 = (s[2, 1] - f20 * f10) / f11
            f22 = math.sqrt(max(s[2, 2] + noise[2] - f20 * f20 - f21 * f21, 1e-300))
            factor[2, 0], factor[2, 1], factor[2, 2] = f20, f21, f22
            w2 = (nu[2] - f20 * w0 - f21 * w1) / f22
            square += w2 * w2
            log_det += math.log(f22)
    return square, 2.0 * log_det


@njit(cache=True, nogil=True)
def inside(kind: int, mean: np.ndarray, cov: np.ndarray, site: np.ndarray, line: np.ndarray) -> float:
    """Probability that a track lies where the sensor can see, from its position and covariance.

    Presence sensors fade as a Gaussian of the same area as their reach; others have an edge blurred by the track's own spread.
    """
    px, py, reach, azimuth, width = site[0], site[1], site[2], site[3], site[4]
    if kind == PING:
        a2 = 0.5 * reach * reach
        sxx, syy, sxy = cov[0, 0] + a2, cov[1, 1] + a2, cov[0, 1]
        det = sxx * syy - sxy * sxy
        dx, dy = mean[0] - px, mean[1] - py
        square = (dx * dx * syy - 2.0 * dx * dy * sxy + dy * dy * sxx) / det
        return a2 / math.sqrt(det) * math.exp(-0.5 * square)
    if kind == ALONG:
        _, offset, ux, uy = locate_on_line(mean[0], mean[1], line)
        a2 = 2.0 / math.pi * reach * reach
        across = uy * uy * cov[0, 0] - 2.0 * ux * uy * cov[0, 1] + ux * ux * cov[1, 1] + a2
        return math.sqrt(a2 / across) * math.exp(-0.5 * offset * offset / across)
    dx, dy = mean[0] - px, mean[1] - py
    out = 1.0
    rho = math.hypot(dx, dy) + 1e-9
    if reach < np.inf:
        sd = math.sqrt(dx * dx * cov[0, 0] + 2.0 * dx * dy * cov[0, 1] + dy * dy * cov[1, 1]) / rho + 1e-9
        out *= 0.5 * math.erfc((rho - reach) / (1.4142135623730951 * sd))
    if width < 2.0 * math.pi:
        off = math.atan2(dx, dy) - azimuth
        off = abs(off - 2.0 * math.pi * math.ceil((off - math.pi) / (2.0 * math.pi)))
        sd = math.sqrt(max(dy * dy * cov[0, 0] - 2.0 * dx * dy * cov[0, 1] + dx * dx * cov[1, 1], 0.0)) / rho**2 + 1e-9
        out *= 0.5 * math.erfc((off - 0.5 * width) / (1.4142135623730951 * sd))
    return out


@njit(cache=True, nogil=True)
def notch(rate: float, sd: float, mdv: float) -> float:
    """Probability that a range rate N(rate, sd) falls in the Doppler blind zone |rate| < mdv."""
    scale = 1.4142135623730951 * sd
    return 0.5 * (math.erf((mdv - rate) / scale) - math.erf((-mdv - rate) / scale))
