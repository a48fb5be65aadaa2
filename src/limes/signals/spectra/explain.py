"""What a spectrum is made of: the components of the best mixture, how sure each is, and what none of them explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from limes.signals.spectra.library import Library
from limes.signals.spectra.mixture import (
    MIXING,
    Ints,
    Posed,
    candidates,
    pair_gains,
    polynomials,
    pose,
    shares_of,
)
from limes.signals.spectra.scales import additive, measured_scale
from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, on_grid

MOST_COMPONENTS = 4
"""A mixture is explained by at most so many materials."""

DOUBT = 0.01
"""Highest p-value of a further component, after correction for the number of materials that it was chosen from."""

_DRAWS = 400


@dataclass(frozen=True)
class Component:
    """One material of a mixture.

    `share` is its part of the explained signal, between `low` and `high` with 95 %: of the area of the bands in Raman and
    mid-IR, of the scattering in NIR; never a share by weight without a calibration for it. `log10_ratio` is the
    likelihood ratio of the mixture with it against the best one without it, `p` the probability that chance alone helps as
    much, corrected for the number of materials tried.
    """

    material: str
    family: str
    row: int
    share: float
    low: float
    high: float
    log10_ratio: float
    p: float


@dataclass(frozen=True, eq=False)
class Trace:
    """The measurement over its explanation, all (m,) in the units of the spectrum on the grid of its technique.

    `match` is the explanation with its `background`, `residual` what remains: measured less match.
    """

    x: Floats
    measured: Floats
    match: Floats
    background: Floats
    residual: Floats


@dataclass(frozen=True, eq=False)
class Explanation:
    """The best mixture of library materials for a spectrum, largest share first, with its trace.

    `unexplained` is the share of the bands' energy (weighted, without background) that no component explains, 0 to 1.
    """

    components: tuple[Component, ...]
    trace: Trace
    unexplained: float


def explain(library: Library, spectrum: Spectrum) -> Explanation:
    """The materials of a library that together explain a spectrum best, each kept only if the likelihood ratio asks for it.

    >>> from limes.signals.spectra.library import Row, build
    >>> from limes.signals.spectra.spectrum import Raw, normalise
    >>> x = np.arange(300.0, 1800.0, 2.0)
    >>> bands = [sum(np.exp(-((x - at) ** 2) / 200) for at in places) for places in ((500, 900), (700, 1300), (620, 1500))]
    >>> made = [normalise(Raw(x, y, "Raman shift"), "a") for y in (*bands, bands[0] + 0.5 * bands[1])]
    >>> library = build("raman", [(Row(name), one) for name, one in zip("abc", made)])
    >>> [(one.material, round(one.share, 2)) for one in explain(library, made[3]).components]
    [('a', 0.67), ('b', 0.33)]
    """
    values, first, end = on_grid(spectrum)
    posed = pose(library, values, first, end)
    chosen = _choose(posed, library)
    return Explanation(
        _components(posed, library, chosen), _trace(library, chosen, posed, values, first, end), _unexplained(posed, chosen)
    )


def _unexplained(posed: Posed, chosen: Ints) -> float:
    """Share of the energy that the chosen rows leave."""
    _, residual = shares_of(posed, chosen)
    return min(_energy(residual) / max(posed.energy, 1e-30), 1.0)


def _energy(residual: Floats) -> float:
    return float(residual @ residual)


def _choose(posed: Posed, library: Library) -> Ints:
    """Rows of the best mixture: the best pair if it beats the best row, then one more while the ratio asks for it."""
    pool = candidates(posed)
    if not pool.size:
        return pool
    gain = pair_gains(posed, pool)
    names = np.array([library.rows[k].material for k in pool])
    best = pool[[int(np.argmax(np.diag(gain)))]]
    gain[names[:, None] == names[None]] = 0.0
    first, second = np.unravel_index(int(np.argmax(gain)), gain.shape)
    further = pool[[int(first), int(second)]]
    while further.size <= MOST_COMPONENTS and _p(posed, further, best, len(library.materials))[1] < DOUBT:
        best = further
        further = np.append(best, _next(posed, best, pool[~np.isin(names, [library.rows[k].material for k in best])]))
        if further.size == best.size:
            break
    shares, _ = shares_of(posed, best)
    return best[shares > 0]


def _next(posed: Posed, best: Ints, pool: Ints) -> Ints:
    """The row of the pool that lowers the residual of the best rows most, none where the pool is empty."""
    if not pool.size:
        return pool
    basis, _ = np.linalg.qr(posed.rows[best].astype(np.float64).T)
    rows = posed.rows[pool] - (posed.rows[pool] @ basis) @ basis.T
    size = np.maximum(np.einsum("ij,ij->i", rows, rows), 1e-3 * np.einsum("ij,ij->i", posed.rows[pool], posed.rows[pool]))
    _, residual = shares_of(posed, best)
    return pool[[int(np.argmax(np.square(np.maximum(rows @ residual, 0.0)) / size))]]


def _p(posed: Posed, further: Ints, best: Ints, tried: int) -> tuple[float, float]:
    """Log10 likelihood ratio of more rows against fewer, and its p-value, corrected for the materials tried.

    Errors are taken as one Gaussian series whose neighbours are alike: the number of independent values comes from the
    correlation of the residual with itself one cell on. A share at its bound gives half a chi-squared (Chernoff 1954).
    """
    _, rest = shares_of(posed, best)
    _, residual = shares_of(posed, further)
    statistic = independent(residual) * float(np.log(max(_energy(rest), 1e-30) / max(_energy(residual), 1e-30)))
    p = 0.5 * float(chi2.sf(max(statistic, 0.0), max(further.size - best.size, 1)))
    return max(statistic, 0.0) / (2.0 * float(np.log(10.0))), min(p * tried, 1.0)


def independent(residual: Floats) -> float:
    """Number of independent values in a residual of values and slopes (2 m,), from its autocorrelation at one cell (AR 1)."""
    level = residual[: residual.size // 2]
    energy = float(level @ level)
    alike = float(level[1:] @ level[:-1]) / energy if energy > 0 else 0.0
    return max(level.size * (1.0 - min(max(alike, 0.0), 0.999)) / (1.0 + max(alike, 0.0)), 2.0)


def _components(posed: Posed, library: Library, chosen: Ints) -> tuple[Component, ...]:
    shares, residual = shares_of(posed, chosen)
    total = max(float(shares.sum()), 1e-30)
    low, high = _intervals(posed, chosen, shares, residual)
    found = []
    for k in np.argsort(-shares, kind="stable"):
        ratio, p = _p(posed, chosen, np.delete(chosen, k), len(library.materials))
        row = library.rows[chosen[k]]
        share = float(shares[k]) / total
        found.append(Component(row.material, row.family, int(chosen[k]), share, float(low[k]), float(high[k]), ratio, p))
    return tuple(found)


def _intervals(posed: Posed, chosen: Ints, shares: Floats, residual: Floats) -> tuple[Floats, Floats]:
    """Ends (c,) of the 95 % intervals of the parts, from draws of the shares about their estimates."""
    if chosen.size < 2:
        return np.ones(chosen.size), np.ones(chosen.size)
    rows = posed.rows[chosen].astype(np.float64)
    spread = float(residual @ residual) / max(independent(residual) - chosen.size, 1.0)
    covariance = np.linalg.pinv(rows @ rows.T) * spread
    draws = np.random.default_rng(0).multivariate_normal(shares, covariance, _DRAWS, method="svd")
    parts = np.maximum(draws, 0.0)
    parts /= np.maximum(parts.sum(axis=1, keepdims=True), 1e-30)
    low, high = np.quantile(parts, [0.025, 0.975], axis=0)
    return low, high


def _trace(library: Library, chosen: Ints, posed: Posed, values: Floats, first: int, end: int) -> Trace:
    kind = library.technique
    part = additive(values[first:end], kind)
    shares, _ = shares_of(posed, chosen)
    bands = shares @ library.additive[chosen, first:end].astype(np.float64) if chosen.size else np.zeros(part.size)
    ground = polynomials(part.size, MIXING[kind].degree)
    weights, *_ = np.linalg.lstsq(ground.T, part - bands, rcond=None)
    background = weights @ ground
    match = measured_scale(bands + background, kind)
    measured = values[first:end]
    under = background if kind != "nir" else measured_scale(background, kind)
    return Trace(GRIDS[kind].axis[first:end], measured.copy(), match, under, measured - match)
