"""What a long rectangular void across the line does to every reading: boundary elements in 2.5 dimensions.

The void lies in uniform flat ground, is infinitely long and at right angles to the line. The potential of a point current is
transformed along the void (wavenumber k); in the ground each component obeys the modified Helmholtz equation, so that charges
on the void's walls describe its whole effect (single layer, with the image that keeps the surface tight). The walls carry the
charge s that cancels the current through them: s/2 - c K's = c dU/dn, c = (1 - q)/(1 + q), q = conductivity inside / outside.
After Dey and Morrison 1979 (the transform) and Dieter, Paterson and Grant 1969 (the surface charge).
"""

from __future__ import annotations

import numpy as np
from scipy.special import k0, k1

from limes.signals.survey.line import FAR, Floats, Ints

_SIDE = 8
"""Wall panels on each side of the void; shorter towards the corners."""


def wavenumbers(nearest: float, count: int = 10) -> tuple[Floats, Floats]:
    """Wavenumbers and weights (m,), 1/m, so that a potential is sum(weight * component): f(y = 0) = 2/pi int f(k) dk.

    Gauss-Legendre with k = k0 t^2 below k0 = 1 / (2 nearest), Gauss-Laguerre above it (LaBrecque et al. 1996; Kemna 2000).

    >>> k, weight = wavenumbers(1.0)
    >>> bool(abs(float(np.sum(weight * k0(k * 2.0)) / (2.0 * np.pi)) - 1.0 / (4.0 * np.pi)) < 1e-4)
    True
    """
    edge = 0.5 / nearest
    t, w = np.polynomial.legendre.leggauss(count)
    t, w = (t + 1.0) / 2.0, w / 2.0
    u, v = np.polynomial.laguerre.laggauss(max(count // 2, 4))
    k = np.concatenate([edge * t**2, edge * (1.0 + u)])
    weight = np.concatenate([2.0 * edge * t * w, edge * v * np.exp(u)])
    return k, weight * 2.0 / np.pi


def pole_changes(offsets: Floats, depth: float, width: float, height: float, inside: float = 0.0) -> Floats:
    """Change of the potential (e, e), V, at each surface point for 1 A into each other, in ground of 1 ohm m.

    `offsets` (e,) m from above the void's centre; `depth` of the centre, `width` and `height`, m; `inside` is the conductivity
    inside over outside: 0 for air, above 1 for water or metal.
    """
    mid, normal, length = _walls(depth, width, height)
    contrast = (1.0 - inside) / (1.0 + inside)
    total = np.zeros((offsets.size, offsets.size))
    x = mid[:, 0, None] - offsets[None, :]
    r = np.hypot(x, mid[:, 1, None])
    slope = (x * normal[:, 0, None] + mid[:, 1, None] * normal[:, 1, None]) / r
    for k, weight in zip(*wavenumbers(depth - height / 2.0), strict=True):
        field = -k * k1(k * r) * slope / (2.0 * np.pi)
        charge = np.linalg.solve(np.eye(len(mid)) / 2.0 - contrast * _influence(k, mid, normal, length), contrast * field)
        total += weight * (k0(k * r) * length[:, None] / np.pi).T @ charge
    return (total + total.T) / 2.0


def change(changes: Floats, abmn: Ints, factor: Floats) -> Floats:
    """Relative change (n,) of the apparent resistivity of readings, from the changes of the potentials of poles (e, e)."""
    a, b, m, n = abmn.T

    def pair(one: Ints, other: Ints) -> Floats:
        return np.where((one == FAR) | (other == FAR), 0.0, changes[one, other])

    return factor * (pair(a, m) - pair(b, m) - pair(a, n) + pair(b, n))


def _walls(depth: float, width: float, height: float) -> tuple[Floats, Floats, Floats]:
    """Middles (p, 2), outward normals (p, 2) and lengths (p,) of the panels on the four walls."""
    cut = -np.cos(np.pi * np.arange(_SIDE + 1) / _SIDE) / 2.0
    t, part = (cut[1:] + cut[:-1]) / 2.0, np.diff(cut)
    one = np.ones(_SIDE)
    sides = [((t * width, one * side * height / 2.0), (0.0, side), part * width) for side in (-1.0, 1.0)]
    sides += [((one * side * width / 2.0, t * height), (side, 0.0), part * height) for side in (-1.0, 1.0)]
    mid = np.concatenate([np.column_stack(place) for place, _, _ in sides]) + np.array([0.0, depth])
    normal = np.concatenate([np.tile(way, (_SIDE, 1)) for _, way, _ in sides])
    return mid, normal, np.concatenate([size for _, _, size in sides])


def _influence(k: float, mid: Floats, normal: Floats, length: Floats) -> Floats:
    """Field along the normal (p, p) at each panel's middle of a unit charge density on each panel and on its image."""
    nodes, weights = np.polynomial.legendre.leggauss(3)
    along = np.column_stack([-normal[:, 1], normal[:, 0]])
    total = np.zeros((len(mid), len(mid)))
    for node, weight in zip(nodes, weights / 2.0, strict=True):
        source = mid + along * (length * node / 2.0)[:, None]
        for sign in (1.0, -1.0):
            dx = mid[:, 0, None] - source[None, :, 0]
            dz = mid[:, 1, None] - sign * source[None, :, 1]
            r = np.hypot(dx, dz) + (1.0 if sign > 0 else 0.0) * np.eye(len(mid))
            part = -k * k1(k * r) * (dx * normal[:, 0, None] + dz * normal[:, 1, None]) / r / (2.0 * np.pi)
            if sign > 0:
                np.fill_diagonal(part, 0.0)  # a flat panel has no field along its own normal
            total += weight * part * length[None, :]
    return total
