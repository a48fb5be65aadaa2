"""Direct current over any two-dimensional ground: finite volumes in 2.5 dimensions, with exact discrete sensitivities.

Each wavenumber k along the strike is one sparse linear system, factored once for all electrodes: a network of conductances
between nodes, with k^2 times the conductivity of its surroundings leaking from each node (Dey and Morrison 1979). Readings are
the ratio to the same network over uniform ground, which takes out most of what the grid does to the singular potentials.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from limes.signals.survey.line import FAR, Floats, Ints
from limes.signals.survey.void import wavenumbers

_PAD = 14
_GROWTH = 1.6


@dataclass(frozen=True, eq=False)
class Mesh:
    """Nodes `x` (i,) and `z` (j,) m, z down from 0; cells lie between them.

    `inner` are the columns between the pads, `deep` the number of rows above the bottom pad: what lies outside takes the value
    of the nearest cell inside.
    """

    x: Floats
    z: Floats
    inner: slice
    deep: int

    @property
    def shape(self) -> tuple[int, int]:
        """Cells across and down inside the pads."""
        return self.inner.stop - self.inner.start, self.deep

    def middles(self) -> tuple[Floats, Floats]:
        """Middles of the cells inside: across (c,) and down (d,), metres."""
        x, z = (self.x[1:] + self.x[:-1]) / 2.0, (self.z[1:] + self.z[:-1]) / 2.0
        return x[self.inner], z[: self.deep]


def mesh(electrodes: Floats, depth: float | None = None, finer: int = 2) -> Mesh:
    """A mesh under a line: `finer` cells between neighbouring electrodes, growing with depth down to `depth` m and then fast.

    Where `depth` is not given, it is a quarter of the line: what the longest readings still feel.
    """
    gap = np.diff(electrodes)
    step = float(np.median(gap)) / finer
    parts = [np.linspace(a, b, max(round((b - a) / step), finer) + 1)[:-1] for a, b in itertools.pairwise(electrodes)]
    margin = step * np.arange(1, 2 * finer + 1)
    inside = np.concatenate([electrodes[0] - margin[::-1], *parts, [electrodes[-1]], electrodes[-1] + margin])
    pad = np.cumsum(step * _GROWTH ** np.arange(1, _PAD + 1))
    floor = (electrodes[-1] - electrodes[0]) / 4.0 if depth is None else depth
    z = [0.0]
    while z[-1] < floor:
        z.append(z[-1] + step * max(1.0, 0.15 * z[-1] / step))
    last = z[-1] - z[-2]
    down = np.concatenate([z, z[-1] + np.cumsum(last * _GROWTH ** np.arange(1, _PAD + 1))])
    x = np.concatenate([inside[0] - pad[::-1], inside, inside[-1] + pad])
    return Mesh(x, down, slice(_PAD, _PAD + inside.size - 1), len(z) - 1)


def whole(grid: Mesh, inside: Floats) -> Floats:
    """Values of all cells (i-1, j-1) from those inside the pads (c, d)."""
    left, right = grid.inner.start, grid.x.size - 1 - grid.inner.stop
    return np.pad(inside, ((left, right), (0, grid.z.size - 1 - grid.deep)), mode="edge")


def responses(grid: Mesh, resistivity: Floats, electrodes: Floats, abmn: Ints) -> Floats:
    """Apparent resistivity (n,), ohm m, over ground of `resistivity` (c, d) inside the pads."""
    volts = poles(grid, whole(grid, resistivity), electrodes)
    plain = poles(grid, np.ones((grid.x.size - 1, grid.z.size - 1)), electrodes)
    return np.asarray(_reading(volts, abmn) / _reading(plain, abmn))


def poles(grid: Mesh, resistivity: Floats, electrodes: Floats, count: int = 10) -> Floats:
    """Potential (e, e), V, at each electrode for 1 A into each other; all cells' resistivity (i-1, j-1), ohm m."""
    at = _nodes(grid, electrodes)
    total = np.zeros((electrodes.size, electrodes.size))
    for field, weight, _ in _fields(grid, 1.0 / resistivity, electrodes, count):
        total += weight * field[at]
    return total


def sensitivities(grid: Mesh, resistivity: Floats, electrodes: Floats, abmn: Ints) -> tuple[Floats, Floats]:
    """Apparent resistivity (n,) and d log rho_a / d log resistivity (n, c, d) of the cells inside, pads counted to their edge.

    Over any ground the sensitivities of one reading sum to 1.
    """
    across, down = np.diff(grid.x)[:, None], np.diff(grid.z)[None, :]
    sigma = 1.0 / whole(grid, resistivity)
    at = _nodes(grid, electrodes)
    volts = np.zeros((electrodes.size, electrodes.size))
    slopes = np.zeros((len(abmn), *sigma.shape))
    for field, weight, k in _fields(grid, sigma, electrodes, count=4):
        volts += weight * field[at]
        each = np.ascontiguousarray(field.T).reshape(electrodes.size, grid.x.size, grid.z.size)
        level, upright = (_paired(np.diff(each, axis=axis), abmn) for axis in (1, 2))
        slopes += weight * (level[:, :, :-1] + level[:, :, 1:]) * (down / across)
        slopes += weight * (upright[:, :-1] + upright[:, 1:]) * (across / down)
        leak = _paired(each, abmn)
        corners = leak[:, :-1, :-1] + leak[:, 1:, :-1] + leak[:, :-1, 1:] + leak[:, 1:, 1:]
        slopes += weight * k**2 / 2.0 * (across * down) * corners
    reading = _reading(volts, abmn)
    plain = _reading(poles(grid, np.ones_like(sigma), electrodes, count=4), abmn)
    return reading / plain, _folded(grid, slopes * sigma / reading[:, None, None])


def _paired(each: Floats, abmn: Ints) -> Floats:
    """Products (n, ...) of what the current pair makes and what the voltage pair would make, from that of each electrode."""
    ends = [np.where((pole == FAR)[:, None, None], 0.0, each[pole]) for pole in abmn.T]
    return np.asarray((ends[0] - ends[1]) * (ends[2] - ends[3]))


def _fields(grid: Mesh, sigma: Floats, electrodes: Floats, count: int = 10) -> list[tuple[Floats, float, float]]:
    """For each wavenumber: potentials (nodes, e), weight, wavenumber."""
    at = _nodes(grid, electrodes)
    currents = np.zeros((grid.x.size * grid.z.size, electrodes.size))
    currents[at, np.arange(electrodes.size)] = 0.5  # half of the current belongs to each side of the strike
    nearest = float(np.diff(electrodes).min())
    found = []
    for k, weight in zip(*wavenumbers(nearest, count), strict=True):
        factors = splu(_network(grid, sigma, float(k)), permc_spec="COLAMD")
        found.append((factors.solve(currents), float(weight), float(k)))
    return found


def _network(grid: Mesh, sigma: Floats, k: float) -> Any:
    """The matrix of conductances; the potential is 0 on the far sides and at the bottom."""
    across, down = np.diff(grid.x)[:, None], np.diff(grid.z)[None, :]
    size = (grid.x.size, grid.z.size)
    level, upright, leak = np.zeros((size[0] - 1, size[1])), np.zeros((size[0], size[1] - 1)), np.zeros(size)
    share = sigma * down / across / 2.0
    level[:, :-1] += share
    level[:, 1:] += share
    share = sigma * across / down / 2.0
    upright[:-1] += share
    upright[1:] += share
    share = sigma * across * down * k**2 / 4.0
    for i in (slice(None, -1), slice(1, None)):
        for j in (slice(None, -1), slice(1, None)):
            leak[i, j] += share
    diagonal = leak
    diagonal[:-1] += level
    diagonal[1:] += level
    diagonal[:, :-1] += upright
    diagonal[:, 1:] += upright
    diagonal[[0, -1]] += 1e9 * sigma.max()
    diagonal[:, -1] += 1e9 * sigma.max()
    steps = np.zeros(size)
    steps[:, :-1] = upright
    beside, below = -level.ravel(), -steps.ravel()[:-1]
    parts: list[Any] = [diagonal.ravel(), beside, beside, below, below]
    return sparse.diags_array(parts, offsets=[0, size[1], -size[1], 1, -1], format="csc")


def _nodes(grid: Mesh, electrodes: Floats) -> Ints:
    """Numbers of the nodes at the surface where the electrodes stand."""
    return np.asarray(np.abs(grid.x[:, None] - electrodes[None, :]).argmin(axis=0) * grid.z.size)


def _reading(volts: Floats, abmn: Ints) -> Floats:
    def pair(one: Ints, other: Ints) -> Floats:
        return np.where((one == FAR) | (other == FAR), 0.0, volts[one, other])

    a, b, m, n = abmn.T
    return np.asarray(pair(a, m) - pair(b, m) - pair(a, n) + pair(b, n))


def _folded(grid: Mesh, slopes: Floats) -> Floats:
    """Sensitivities of the cells inside, those of the pads added to the nearest."""
    first, last = grid.inner.start, grid.inner.stop
    kept = slopes[:, first:last, : grid.deep].copy()
    kept[:, 0] += slopes[:, :first, : grid.deep].sum(axis=1)
    kept[:, -1] += slopes[:, last:, : grid.deep].sum(axis=1)
    deep = slopes[:, :, grid.deep :].sum(axis=2)
    kept[:, :, -1] += deep[:, first:last]
    kept[:, 0, -1] += deep[:, :first].sum(axis=1)
    kept[:, -1, -1] += deep[:, last:].sum(axis=1)
    return kept
