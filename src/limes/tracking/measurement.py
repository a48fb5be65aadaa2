"""What a sensor of each kind would report of a track: the measurement, its gradient, and how likely the sensor sees it.

Small vectors are tuples of floats, so that they stay in registers. Every measurement has three components; those that a kind
lacks are zero, with zero gradient and unit noise, and so change nothing.
"""

from __future__ import annotations

import math

import numpy as np

from limes.tracking.compiled import light
from limes.tracking.looks import (
    ALONG,
    AZIMUTH,
    BEARING,
    MDV,
    NOISE,
    PING,
    POSITION,
    RANGE_BEARING,
    RATE_SD,
    REACH,
    WIDTH,
    Look,
    X,
    Y,
    Z,
)  # fmt: skip

Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
Six = tuple[float, float, float, float, float, float]

FAR = 10.0
"""So many standard deviations beyond the reach nothing is seen: the chance is less than 1e-23."""

SQRT2 = math.sqrt(2.0)
TINY = 1e-300


@light
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


@light
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


@light
def dot(a: Four, b: Four) -> float:
    """Scalar product of two vectors of four."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]


@light
def times(cov: np.ndarray, i: int, m: int, a: Four) -> Four:
    """The covariance of mode `m` of row `i` times a vector."""
    return (
        cov[i, m, 0, 0] * a[0] + cov[i, m, 0, 1] * a[1] + cov[i, m, 0, 2] * a[2] + cov[i, m, 0, 3] * a[3],
        cov[i, m, 1, 0] * a[0] + cov[i, m, 1, 1] * a[1] + cov[i, m, 1, 2] * a[2] + cov[i, m, 1, 3] * a[3],
        cov[i, m, 2, 0] * a[0] + cov[i, m, 2, 1] * a[1] + cov[i, m, 2, 2] * a[2] + cov[i, m, 2, 3] * a[3],
        cov[i, m, 3, 0] * a[0] + cov[i, m, 3, 1] * a[1] + cov[i, m, 3, 2] * a[2] + cov[i, m, 3, 3] * a[3],
    )


@light
def measure(look: Look, delay: float, mean: np.ndarray, i: int, m: int) -> tuple[Three, Four, Four, Four]:
    """What a look would measure of the mean of mode `m` of row `i`, `delay` seconds later, and the gradient by x, y, vx, vy.

    Components by kind: x, y | range, bearing, range rate | bearing | along, offset (zero where seen) | x, y (the sensor's own).
    """
    vx, vy = mean[i, m, 2], mean[i, m, 3]
    x, y = mean[i, m, 0] + delay * vx, mean[i, m, 1] + delay * vy
    none = (0.0, 0.0, 0.0, 0.0)
    if look.kind in (POSITION, PING):
        return (x, y, 0.0), (1.0, 0.0, delay, 0.0), (0.0, 1.0, 0.0, delay), none
    if look.kind == ALONG:
        along, offset, ux, uy = locate_on_line(x, y, look.line)
        return (along, offset, 0.0), (ux, uy, delay * ux, delay * uy), (-uy, ux, -delay * uy, delay * ux), none
    dx, dy = x - look.site[X], y - look.site[Y]
    rho = math.hypot(dx, dy) + 1e-9
    ux, uy = dx / rho, dy / rho
    turn = (uy / rho, -ux / rho, delay * uy / rho, -delay * ux / rho)
    bearing = math.atan2(dx, dy)
    if look.kind == BEARING:
        return (bearing, 0.0, 0.0), turn, none, none
    away = (ux, uy, delay * ux, delay * uy)
    if look.size == 2:
        return (rho, bearing, 0.0), away, turn, none
    rate = ux * vx + uy * vy
    cx, cy = (vx - rate * ux) / rho, (vy - rate * uy) / rho
    return (rho, bearing, rate), away, turn, (cx, cy, ux + delay * cx, uy + delay * cy)


@light
def spread(cov: np.ndarray, i: int, m: int, a: Four, b: Four, c: Four) -> Six:
    """Covariance of the measurement, noise apart: entries 00, 10, 11, 20, 21, 22."""
    pa, pb, pc = times(cov, i, m, a), times(cov, i, m, b), times(cov, i, m, c)
    return dot(a, pa), dot(b, pa), dot(b, pb), dot(c, pa), dot(c, pb), dot(c, pc)


@light
def innovation(look: Look, j: int, h: Three) -> Three:
    """A detection less its expectation, bearings wrapped."""
    n0, n1, n2 = look.real[j, Z] - h[0], look.real[j, Z + 1] - h[1], look.real[j, Z + 2] - h[2]
    if look.kind == BEARING:
        n0 = wrap(n0)
    elif look.kind == RANGE_BEARING:
        n1 = wrap(n1)
    return n0, n1, n2


@light
def factor_of(look: Look, j: int, s: Six) -> Six:
    """Cholesky factor of a spread plus the noise of a detection: entries 00, 10, 11, 20, 21, 22."""
    f00 = math.sqrt(s[0] + look.real[j, NOISE])
    f10 = s[1] / f00
    f11 = math.sqrt(max(s[2] + look.real[j, NOISE + 1] - f10 * f10, TINY))
    f20 = s[3] / f00
    f21 = (s[4] - f20 * f10) / f11
    f22 = math.sqrt(max(s[5] + look.real[j, NOISE + 2] - f20 * f20 - f21 * f21, TINY))
    return f00, f10, f11, f20, f21, f22


@light
def distance(f: Six, nu: Three) -> tuple[float, float]:
    """Squared Mahalanobis distance of an innovation, and the square root of the determinant."""
    w0 = nu[0] / f[0]
    w1 = (nu[1] - f[1] * w0) / f[2]
    w2 = (nu[2] - f[3] * w0 - f[4] * w1) / f[5]
    return w0 * w0 + w1 * w1 + w2 * w2, f[0] * f[2] * f[5]


@light
def solve(f: Six, p0: float, p1: float, p2: float) -> Three:
    """The vector times the inverse of the matrix whose Cholesky factor is `f`."""
    y0 = p0 / f[0]
    y1 = (p1 - f[1] * y0) / f[2]
    y2 = (p2 - f[3] * y0 - f[4] * y1) / f[5]
    x2 = y2 / f[5]
    x1 = (y1 - f[4] * x2) / f[2]
    return (y0 - f[1] * x1 - f[3] * x2) / f[0], x1, x2


@light
def correct(
    mean: np.ndarray, cov: np.ndarray, i: int, m: int, f: Six, nu: Three, a: Four, b: Four, c: Four
) -> tuple[Three, Three, Three, Three]:
    """Kalman update of mode `m` of row `i` in place; returns the rows of the gain."""
    pa, pb, pc = times(cov, i, m, a), times(cov, i, m, b), times(cov, i, m, c)
    k0, k1 = solve(f, pa[0], pb[0], pc[0]), solve(f, pa[1], pb[1], pc[1])
    k2, k3 = solve(f, pa[2], pb[2], pc[2]), solve(f, pa[3], pb[3], pc[3])
    mean[i, m, 0] += k0[0] * nu[0] + k0[1] * nu[1] + k0[2] * nu[2]
    mean[i, m, 1] += k1[0] * nu[0] + k1[1] * nu[1] + k1[2] * nu[2]
    mean[i, m, 2] += k2[0] * nu[0] + k2[1] * nu[1] + k2[2] * nu[2]
    mean[i, m, 3] += k3[0] * nu[0] + k3[1] * nu[1] + k3[2] * nu[2]
    for j in range(4):
        cov[i, m, 0, j] -= k0[0] * pa[j] + k0[1] * pb[j] + k0[2] * pc[j]
    for j in range(1, 4):
        cov[i, m, 1, j] -= k1[0] * pa[j] + k1[1] * pb[j] + k1[2] * pc[j]
    for j in range(2, 4):
        cov[i, m, 2, j] -= k2[0] * pa[j] + k2[1] * pb[j] + k2[2] * pc[j]
    cov[i, m, 3, 3] -= k3[0] * pa[3] + k3[1] * pb[3] + k3[2] * pc[3]
    for k in range(1, 4):
        for j in range(k):
            cov[i, m, k, j] = cov[i, m, j, k]
    return k0, k1, k2, k3


@light
def wrap(angle: float) -> float:
    """The same angle in (-pi, pi]."""
    return angle - 2.0 * math.pi * math.ceil((angle - math.pi) / (2.0 * math.pi))


@light
def inside(look: Look, mean: np.ndarray, cov: np.ndarray, i: int, m: int) -> float:
    """Probability that mode `m` of row `i` lies where the sensor can see.

    Presence sensors fade as a Gaussian of the same area as their reach; others have an edge blurred by the track's own spread.
    """
    site = look.site
    dx, dy = mean[i, m, 0] - site[X], mean[i, m, 1] - site[Y]
    pxx, pxy, pyy = cov[i, m, 0, 0], cov[i, m, 0, 1], cov[i, m, 1, 1]
    if look.kind not in (PING, ALONG) and dx * dx + dy * dy > (site[REACH] + FAR * math.sqrt(pxx + pyy)) ** 2:
        return 0.0
    if look.kind == PING:
        a2 = 0.5 * site[REACH] ** 2
        det = (pxx + a2) * (pyy + a2) - pxy * pxy
        square = (dx * dx * (pyy + a2) - 2.0 * dx * dy * pxy + dy * dy * (pxx + a2)) / det
        return a2 / math.sqrt(det) * math.exp(-0.5 * square)
    if look.kind == ALONG:
        _, offset, ux, uy = locate_on_line(mean[i, m, 0], mean[i, m, 1], look.line)
        a2 = 2.0 / math.pi * site[REACH] ** 2
        across = uy * uy * pxx - 2.0 * ux * uy * pxy + ux * ux * pyy + a2
        return math.sqrt(a2 / across) * math.exp(-0.5 * offset * offset / across)
    out, rho = 1.0, math.hypot(dx, dy) + 1e-9
    if site[REACH] < np.inf:
        sd = math.sqrt(dx * dx * pxx + 2.0 * dx * dy * pxy + dy * dy * pyy) / rho + 1e-9
        out *= 0.5 * math.erfc((rho - site[REACH]) / (SQRT2 * sd))
    if site[WIDTH] < 2.0 * math.pi:
        off = abs(wrap(math.atan2(dx, dy) - site[AZIMUTH]))
        sd = math.sqrt(max(dy * dy * pxx - 2.0 * dx * dy * pxy + dx * dx * pyy, 0.0)) / rho**2 + 1e-9
        out *= 0.5 * math.erfc((off - 0.5 * site[WIDTH]) / (SQRT2 * sd))
    return out


@light
def notch(look: Look, mean: np.ndarray, cov: np.ndarray, i: int, m: int) -> float:
    """Probability that the range rate of mode `m` of row `i` falls in the radar's Doppler blind zone |rate| < mdv."""
    dx, dy = mean[i, m, 0] - look.site[X], mean[i, m, 1] - look.site[Y]
    rho = math.hypot(dx, dy) + 1e-9
    ux, uy = dx / rho, dy / rho
    rate = ux * mean[i, m, 2] + uy * mean[i, m, 3]
    variance = ux * ux * cov[i, m, 2, 2] + 2.0 * ux * uy * cov[i, m, 2, 3] + uy * uy * cov[i, m, 3, 3]
    scale, mdv = SQRT2 * math.sqrt(variance + look.site[RATE_SD] ** 2), look.site[MDV]
    return 0.5 * (math.erf((mdv - rate) / scale) - math.erf((-mdv - rate) / scale))
