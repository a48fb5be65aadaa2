"""What a spectrum is made of: the components of the best mixture, how sure each is, and what none of them explains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from limes.signals.spectra.library import Library
from limes.signals.spectra.mixture import (
    MIXING,
    Bools,
    Ints,
    Posed,
    candidates,
    pair_gains,
    polynomials,
    pose,
    shares_of,
)
from limes.signals.spectra.search import first_look
from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, on_grid, views

MOST_COMPONENTS = 4
"""A mixture is explained by at most so many materials."""

DOUBT = 0.01
"""Highest p-value of a further component, after correction for the number of materials that it was chosen from."""

EXPLAINING = 300
"""Rows of a library that can explain a spectrum, after a first look at all of them."""

PAIR_VALUES = 100.0
"""Independent values that pairs of materials are weighed by."""

_DRAWS = 400


@dataclass(frozen=True)
class Component:
    """One material of a mixture.

    `share` is its part of the explained signal, between `low` and `high` with 95 %: of the area of the bands in Raman and
    mid-IR, of the reflected light in NIR; never a share by weight without a calibration for it. `log10_ratio` is the
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
    return explain_values(library, *on_grid(spectrum))


def explain_values(library: Library, values: Floats, first: int, end: int, hidden: Bools | None = None) -> Explanation:
    """The same for gridded values (p,) that cover the cells [first, end), without the `hidden` rows (n,).

    Of a large library only the `EXPLAINING` rows that look most like the spectrum can be components.
    """
    rows = first_look(library, views(values, first, end, library.technique), EXPLAINING)
    if rows.size < len(library.rows):
        few = explain_values(_narrowed(library, rows), values, first, end, None if hidden is None else hidden[rows])
        known = tuple(replace(one, row=int(rows[one.row])) for one in few.components)
        return Explanation(known, few.trace, few.unexplained)
    posed = pose(library, values, first, end, hidden)
    chosen, count = _choose(posed, library)
    return Explanation(
        _components(posed, library, chosen, count), _trace(library, chosen, posed, values, end), _unexplained(posed, chosen)
    )


def _narrowed(library: Library, rows: Ints) -> Library:
    """A library of some of its rows for mixtures; it keeps its materials and cannot be searched."""
    spans = library.first[rows], library.end[rows]
    kept = tuple(library.rows[k] for k in rows)
    none = library.matrix[:, :0], library.coarse[:0]
    index, units = library.index[rows], library.additive[rows]
    return Library(library.technique, kept, *none, *spans, library.materials, index, units, library.version)


def rank_pairs(posed: Posed, library: Library, most: int = 5) -> tuple[str, ...]:
    """Materials by their part in all pairs of rows, each pair weighted by its likelihood: the most probable ingredients."""
    pool = candidates(posed)
    if not pool.size:
        return ()
    left = np.maximum(posed.energy - pair_gains(posed, pool), 1e-9 * posed.energy)
    weight = np.exp(-0.5 * PAIR_VALUES * np.log(left / left.min())).sum(axis=1)
    total = np.bincount(library.index[pool], weight, len(library.materials))
    order = np.argsort(-total, kind="stable")[:most]
    return tuple(library.materials[k] for k in order if total[k] > 0)


def asks_for(posed: Posed, library: Library, material: int) -> float:
    """How much a spectrum asks for one material: log10 likelihood ratio of the best mixtures with and without it.

    Three rows with it stand against two without, errors being of `PAIR_VALUES` independent values; negative where the
    material makes the mixture worse.
    """
    theirs = np.flatnonzero((library.index == material) & posed.usable)
    others = Posed(posed.rows, posed.target, posed.usable & (library.index != material))
    pool = candidates(others)
    if not theirs.size or not pool.size:
        return 0.0
    without = max(posed.energy - float(pair_gains(others, pool).max()), 1e-9 * posed.energy)
    with_it = max(min(_with(posed, pool, int(k)) for k in theirs), 1e-9 * posed.energy)
    return 0.5 * PAIR_VALUES * float(np.log10(without / with_it))


def _with(posed: Posed, pool: Ints, k: int) -> float:
    """Least energy left by one row together with the best two of a pool, all shares non-negative."""
    row = posed.rows[k].astype(np.float64)
    along = row / max(float(np.linalg.norm(row)), 1e-30)
    share = float(along @ posed.target)
    if share <= 0:
        return posed.energy
    rest = posed.rows[pool] - np.outer(posed.rows[pool] @ along, along)
    every = np.arange(pool.size)
    gain = pair_gains(
        Posed(rest.astype(np.float32), (posed.target - share * along).astype(np.float32), np.ones(pool.size, bool)), every
    )
    best = [np.unravel_index(flat, gain.shape) for flat in np.argsort(-gain, axis=None)[:6]]
    return min(_energy(shares_of(posed, np.unique([k, pool[i], pool[j]]))[1]) for i, j in best)


def _unexplained(posed: Posed, chosen: Ints) -> float:
    """Share of the energy that the chosen rows leave."""
    _, residual = shares_of(posed, chosen)
    return min(_energy(residual) / max(posed.energy, 1e-30), 1.0)


def _energy(residual: Floats) -> float:
    return float(residual @ residual)


def _choose(posed: Posed, library: Library) -> tuple[Ints, float]:
    """Rows of the best mixture, and the number of independent values in what it leaves.

    The best pair is extended while there is room, one row per material; then rows go whose ratio does not ask for them.
    """
    pool = candidates(posed)
    if not pool.size:
        return pool, 2.0
    gain = pair_gains(posed, pool)
    names = library.index[pool]
    gain[(names[:, None] == names[None]) & ~np.eye(pool.size, dtype=bool)] = 0.0
    first, second = np.unravel_index(int(np.argmax(gain)), gain.shape)
    best = np.unique(pool[[int(first), int(second)]])
    while best.size < MOST_COMPONENTS + 1:
        further = _next(posed, best, pool[~np.isin(names, library.index[best])])
        if not further.size:
            break
        best = np.append(best, further)
    count = independent(shares_of(posed, best)[1])
    while best.size > 1:
        doubts = [_p(posed, best, np.delete(best, k), len(library.materials), count)[1] for k in range(best.size)]
        if max(doubts) < DOUBT and best.size <= MOST_COMPONENTS:
            break
        best = np.delete(best, int(np.argmax(doubts)))
    return best, count


def _next(posed: Posed, best: Ints, pool: Ints) -> Ints:
    """The row of the pool that lowers the residual of the best rows most, none where the pool is empty."""
    if not pool.size:
        return pool
    basis, _ = np.linalg.qr(posed.rows[best].T)
    rows = posed.rows[pool]
    room = posed.size[pool] - np.square(rows @ basis).sum(axis=1)
    _, residual = shares_of(posed, best)
    gain = np.square(np.maximum(rows @ residual.astype(np.float32), 0.0)) / np.maximum(room, 1e-3 * posed.size[pool])
    return pool[[int(np.argmax(gain))]]


def _p(posed: Posed, further: Ints, best: Ints, tried: int, count: float) -> tuple[float, float]:
    """Log10 likelihood ratio of more rows against fewer, and its p-value, corrected for the materials tried.

    Errors are taken as a Gaussian series of `count` independent values. A share at its bound gives half a chi-squared
    (Chernoff 1954).
    """
    _, rest = shares_of(posed, best)
    _, residual = shares_of(posed, further)
    statistic = count * float(np.log(max(_energy(rest), 1e-30) / max(_energy(residual), 1e-30)))
    p = 0.5 * float(chi2.sf(max(statistic, 0.0), max(further.size - best.size, 1)))
    return max(statistic, 0.0) / (2.0 * float(np.log(10.0))), min(p * tried, 1.0)


def independent(residual: Floats) -> float:
    """Number of independent values in a residual of values and slopes (2 m,), from its autocorrelation at one cell (AR 1)."""
    level = residual[: residual.size // 2]
    energy = float(level @ level)
    alike = float(level[1:] @ level[:-1]) / energy if energy > 0 else 0.0
    return max(level.size * (1.0 - min(max(alike, 0.0), 0.999)) / (1.0 + max(alike, 0.0)), 2.0)


def _components(posed: Posed, library: Library, chosen: Ints, count: float) -> tuple[Component, ...]:
    shares, residual = shares_of(posed, chosen)
    total = max(float(shares.sum()), 1e-30)
    low, high = _intervals(posed, chosen, shares, residual, count)
    found = []
    for k in np.argsort(-shares, kind="stable"):
        ratio, p = _p(posed, chosen, np.delete(chosen, k), len(library.materials), count)
        row = library.rows[chosen[k]]
        share = float(shares[k]) / total
        found.append(Component(row.material, row.family, int(chosen[k]), share, float(low[k]), float(high[k]), ratio, p))
    return tuple(found)


def _intervals(posed: Posed, chosen: Ints, shares: Floats, residual: Floats, count: float) -> tuple[Floats, Floats]:
    """Ends (c,) of the 95 % intervals of the parts, from draws of the shares about their estimates."""
    if chosen.size < 2:
        return np.ones(chosen.size), np.ones(chosen.size)
    rows = posed.rows[chosen].astype(np.float64)
    spread = float(residual @ residual) / max(count - chosen.size, 1.0)
    covariance = np.linalg.pinv(rows @ rows.T) * spread
    draws = np.random.default_rng(0).multivariate_normal(shares, covariance, _DRAWS, method="svd")
    parts = np.maximum(draws, 0.0)
    parts /= np.maximum(parts.sum(axis=1, keepdims=True), 1e-30)
    low, high = np.quantile(parts, [0.025, 0.975], axis=0)
    return low, high


def _trace(library: Library, chosen: Ints, posed: Posed, values: Floats, end: int) -> Trace:
    kind, first = library.technique, posed.first
    measured = values[first:end]
    shares, _ = shares_of(posed, chosen)
    bands = shares @ library.additive[chosen, first:end].astype(np.float64) if chosen.size else np.zeros(measured.size)
    ground = polynomials(measured.size, MIXING[kind].degree)
    weights, *_ = np.linalg.lstsq(ground.T, measured - bands, rcond=None)
    background = weights @ ground
    match = bands + background
    return Trace(GRIDS[kind].axis[first:end], measured.copy(), match, background, measured - match)
