"""Sparse non-negative mixtures of reference spectra, with the background inside the model.

A measured spectrum is modelled as y = sum a_k s_k + B c + e with shares a_k >= 0: s_k rows of a library, one unit of
each, B polynomials that stand for fluorescence, scatter and drift with any sign. Values and slopes are
fitted together, weighted by what two specimens of one material differ by: a share of the band and a floor. Background
and slopes are linear, so B is projected out of both sides first (Frisch and Waugh 1933) and only the shares remain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.signal import savgol_filter

from limes.signals.spectra.library import Library
from limes.signals.spectra.spectrum import Floats
from limes.signals.spectra.views import GRIDS, Float32s, clipped

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CANDIDATES = 300
"""Rows that enter the search of pairs: those that explain most alone or after the best ones."""

LEAST_COVER = 0.7
"""Share of the measured range that a row must cover to explain it."""


@dataclass(frozen=True)
class Mixing:
    """How mixtures of a technique are modelled.

    `degree` of the background, weight of the `slope`, error as a `share` of the band and as a `floor`, and the place from
    which on a spectrum is explained: below 1150 nm reflectance shows brightness and iron more than what binds.
    """

    degree: int
    slope: float
    share: float
    low: float = 0.0
    floor: float = 0.03


MIXING = {"raman": Mixing(6, 3.0, 0.3), "mid-ir": Mixing(4, 3.0, 0.3), "nir": Mixing(1, 6.0, 0.0, 1150.0)}
"""Models by technique."""


@dataclass(frozen=True, eq=False)
class Posed:
    """A mixture to solve: rows (n, q) and target (q,), weighted and free of background; `usable` (n,) marks rows to use.

    `first` is the first cell that it explains.
    """

    rows: Float32s
    target: Float32s
    usable: Bools
    first: int = 0

    @cached_property
    def size(self) -> Float32s:
        """Squared length of every row (n,)."""
        return np.asarray(np.einsum("ij,ij->i", self.rows, self.rows), np.float32)

    @cached_property
    def energy(self) -> float:
        """What there is to explain: the squared length of the target."""
        return float(self.target.astype(np.float64) @ self.target.astype(np.float64))


def polynomials(count: int, degree: int) -> Floats:
    """Legendre polynomials of degree 0 to `degree` over `count` even cells: (degree + 1, count)."""
    return np.asarray(np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, count), degree).T)


def pose(library: Library, values: Floats, first: int, end: int, hidden: Bools | None = None) -> Posed:
    """The mixture problem of gridded values (p,) that cover the cells [first, end), without the `hidden` rows (n,)."""
    grid, model = GRIDS[library.technique], MIXING[library.technique]
    low = int(np.searchsorted(grid.axis, model.low))
    first = max(first, low) if end - low >= 4 * grid.smooth else first
    part = values[first:end]
    weight = _weights(part, grid.smooth, grid.background, model)
    rows = _features(library.additive[:, first:end], grid.smooth, model.slope) * weight
    ground, _ = np.linalg.qr((_features(polynomials(end - first, model.degree), grid.smooth, model.slope) * weight).T)
    target = _features(part[None], grid.smooth, model.slope)[0] * weight
    target = target - ground @ (ground.T @ target)
    flat = ground.astype(np.float32)
    rows = (rows - (rows @ flat) @ flat.T).astype(np.float32)
    covered = np.minimum(library.end, end) - np.maximum(library.first, first)
    usable = (covered >= LEAST_COVER * (end - first)) & (np.einsum("ij,ij->i", rows, rows) > 1e-12)
    return Posed(rows, target.astype(np.float32), usable if hidden is None else usable & ~hidden, first)


def _features(values: Floats | Float32s, smooth: int, slope: float) -> Floats | Float32s:
    """Smoothed values and weighted slopes side by side: (n, m) to (n, 2 m)."""
    width = min(smooth, (values.shape[1] - 1) // 2 * 2 + 1)
    level = savgol_filter(values, width, 2, axis=1, mode="nearest")
    return np.concatenate([level, slope * savgol_filter(values, width, 2, deriv=1, axis=1, mode="nearest")], axis=1)


def _weights(part: Floats, smooth: int, background: int, model: Mixing) -> Float32s:
    """Inverse error of values and slopes (2 m,): the share of the local band and the floor, in units of the highest band."""
    bands = part - clipped(part, 3 * background)
    width = np.ones(smooth) / smooth
    local = np.sqrt(np.maximum(np.convolve(np.square(bands), width, "same"), 0.0))
    top = max(float(np.percentile(bands, 99)), 1e-30)
    weight = 1.0 / np.hypot(model.share * local, model.floor * top) if model.share else np.full(part.size, 1.0 / top)
    return np.concatenate([weight, weight]).astype(np.float32)


def alone(posed: Posed) -> Floats:
    """How much of the energy each row explains by itself (n,); 0 where its share would be negative."""
    gain = np.square(np.maximum(posed.rows @ posed.target, 0.0)) / np.maximum(posed.size, 1e-30)
    return np.where(posed.usable, gain, 0.0).astype(np.float64)


def candidates(posed: Posed, most: int = CANDIDATES) -> Ints:
    """Rows worth trying together: the best alone, and the best on what the five best rows leave each, ascending."""
    single = alone(posed)
    order = np.argsort(-single, kind="stable")
    found = set(order[: most // 2].tolist())
    best = posed.rows[order[:5]]
    size = np.maximum(np.einsum("ij,ij->i", best, best), 1e-30)
    rests = posed.target - (best @ posed.target / size)[:, None] * best
    gains = np.square(np.maximum(posed.rows @ rests.T, 0.0)) / np.maximum(posed.size, 1e-30)[:, None]
    for gain in np.where(posed.usable[:, None], gains, 0.0).T:
        found |= set(np.argsort(-gain, kind="stable")[: most // 10].tolist())
    return np.array(sorted(k for k in found if posed.usable[k]), np.int64)


def pair_gains(posed: Posed, chosen: Ints) -> Floats:
    """Energy that every pair of chosen rows explains with shares that are not negative: (c, c), alone on the diagonal."""
    rows = posed.rows[chosen]
    gram = (rows @ rows.T).astype(np.float64)
    product = (rows @ posed.target).astype(np.float64)
    size = np.maximum(np.diag(gram), 1e-30)
    single = np.square(np.maximum(product, 0.0)) / size
    room = np.maximum(np.outer(size, size) - np.square(gram), 1e-6 * np.outer(size, size))
    one = (product[:, None] * size[None] - product[None] * gram) / room
    both = (one > 0) & (one.T > 0)
    gain = np.where(both, one * product[:, None] + one.T * product[None], np.maximum(single[:, None], single[None]))
    np.fill_diagonal(gain, single)
    return np.asarray(gain)


def shares_of(posed: Posed, chosen: Ints) -> tuple[Floats, Floats]:
    """Non-negative shares (c,) of chosen rows (Lawson and Hanson 1974) and the residual (q,)."""
    if not chosen.size:
        return np.zeros(0), posed.target.astype(np.float64)
    rows = posed.rows[chosen].astype(np.float64)
    found, _ = nnls(rows.T, posed.target.astype(np.float64))
    return found, posed.target - found @ rows


def parts(posed: Posed, groups: list[Ints]) -> Floats:
    """Part of each of several given materials (g,), adding up to 1, at the best choice of one row of each group."""
    chosen = np.array([group[int(np.argmax(alone(posed)[group]))] for group in groups], np.int64)
    for _ in range(3):
        for g, group in enumerate(groups):
            others = np.delete(chosen, g)
            left = [float(np.square(shares_of(posed, np.append(others, k))[1]).sum()) for k in group]
            chosen[g] = group[int(np.argmin(left))]
    shares, _ = shares_of(posed, chosen)
    return shares / max(float(shares.sum()), 1e-30)
