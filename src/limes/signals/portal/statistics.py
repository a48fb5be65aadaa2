"""Two statistics of a span of seconds against the background: how many counts, and counts of another energy pattern.

Both are in standard deviations of what chance does. The total rises with the background and with harmless goods, and falls
where a vehicle shields the ground; the pattern is judged with the total and the tilt of shielding taken out, which leaves it
insensitive to both (spectral comparison ratios: Pfund, Runkle, Anderson & Jarman 2007; nuisance subspace and score test: Rao
1948).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np

from limes.signals.n42 import Floats
from limes.signals.portal.samples import EDGES

DRIFT_PER_S = 2e-4
"""Share by which the background may move in a second without a look at it (assumed: a shower moves it by 10 % in 10 min)."""

FEWEST = 10.0
"""Counts that every window must be expected to have; below that a span is not judged by its pattern."""

_IRON = np.array(
    [
        (30, 8.176), (40, 3.629), (50, 1.958), (60, 1.205), (80, 0.5952), (100, 0.3717), (150, 0.1964), (200, 0.1460),
        (300, 0.1099), (400, 0.0940), (500, 0.0841), (600, 0.0770), (800, 0.0670), (1000, 0.0599), (1500, 0.0488),
        (2000, 0.0426), (3000, 0.0362),
    ]
)  # fmt: skip
"""Mass attenuation of iron, cm2/g over keV (Hubbell & Seltzer 1995, NISTIR 5632)."""


def attenuation(energy: Floats) -> Floats:
    """Mass attenuation of iron at energies (n,) in keV, cm2/g, by interpolation on logarithmic axes.

    >>> attenuation(np.array([100.0, 1000.0])).round(4).tolist()
    [0.3717, 0.0599]
    """
    return np.asarray(np.exp(np.interp(np.log(energy), np.log(_IRON[:, 0]), np.log(_IRON[:, 1]))))


def tilt_of(energy: Floats) -> Floats:
    """Share of gammas (n,) that a vehicle lets through at energies in keV: 10 g/cm2 of iron (assumed; 5 to 40)."""
    return np.asarray(np.exp(-10.0 * attenuation(energy)))


def gross(total: Floats, expected: Floats, seen: Floats, age: Floats) -> Floats:
    """Excess of total counts (n,) over the `expected` (n,), in standard deviations.

    `seen` (n,) counts that the expectation rests on, `age` (n,) seconds since the newest of them. Square roots make the
    spread of counts even (Anscombe 1948); the spread of the background and its drift while unseen are added.

    >>> gross(np.array([144.0]), np.array([100.0]), np.array([1e9]), np.array([0.0])).round(2).tolist()
    [3.99]
    """
    lift = 2.0 * (np.sqrt(total + 0.375) - np.sqrt(expected + 0.375))
    spread = 1.0 + expected / np.maximum(seen, 1e-9) + expected * (DRIFT_PER_S * age) ** 2
    return np.asarray(lift / np.sqrt(spread))


@cache
def patterns() -> Floats:
    """Where a source may add counts, shares of each cell of the grid (p, cells).

    One line at each of 28 energies, bare and scattered, and every pair of lines at 9 energies, 45 to 2 700 keV: forms, no
    nuclides.
    """
    single = [spectrum_of(((energy, 1.0),), scatter) for scatter in (0.4, 2.5) for energy in np.geomspace(45.0, 2700.0, 28)]
    pairs = combinations(np.geomspace(55.0, 2000.0, 9), 2)
    return np.stack([*single, *(spectrum_of(((low, 0.7), (high, 1.0))) for low, high in pairs)])


def spectrum_of(lines: Sequence[tuple[float, float]], continuum: float = 1.0, resolution: float = 0.07) -> Floats:
    """Shares of counts (cells,) of gamma lines (keV, weight): photopeaks, their width as the root of the energy, and scatter.

    `resolution` is the full width at half maximum at 662 keV as a share; `continuum` counts of scatter for one in the peaks,
    spread evenly up to the Compton edge.

    >>> round(float(spectrum_of(((662, 1.0),)).sum()), 6)
    1.0
    """
    middle, width = np.sqrt(EDGES[1:] * EDGES[:-1]), np.diff(EDGES)
    total = np.zeros(middle.size)
    for energy, weight in lines:
        sigma = resolution * np.sqrt(662.0 * energy) / 2.355
        peak = np.exp(-0.5 * ((middle - energy) / sigma) ** 2) * width
        edge = energy * 2.0 * energy / (511.0 + 2.0 * energy)
        scatter = (middle < max(edge, 0.6 * energy)) * width
        total += weight * (peak / max(peak.sum(), 1e-9) + continuum * scatter / max(scatter.sum(), 1e-9))
    return np.asarray(total / total.sum())


def shape(
    counts: Floats, expected: Floats, seconds: Floats, span: Floats, tilt: Floats, added: Floats
) -> tuple[Floats, Floats]:
    """Greatest excess along any pattern in counts (n, windows), in standard deviations (n,), and the pattern's row (n,).

    `expected` (n, windows) counts of the background, which rests on `seconds` (n,) while the counts took `span` (n,) live
    seconds; `tilt` (windows,) is what shielding does, `added` (p, windows) the patterns that a source may add. The
    background may be stronger or weaker as a whole and tilted; an excess is what is left along a pattern once both are
    fitted. nan where a window expects fewer than `FEWEST`.
    """
    share = counts.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-9)
    mean = np.maximum(expected * share[:, None], 1e-9)
    weight = 1.0 / (mean * (1.0 + (share * span / np.maximum(seconds, 1e-9))[:, None]))
    level = _unit(mean, weight)
    lean = mean * (tilt - tilt.mean())
    lean = _unit(lean - level * (weight * level * lean).sum(axis=1, keepdims=True), weight)
    rest = counts - mean
    onto_level, onto_lean = (weight * level) @ added.T, (weight * lean) @ added.T
    own = (weight * lean * rest).sum(axis=1, keepdims=True), (weight * level * rest).sum(axis=1, keepdims=True)
    along = (weight * rest) @ added.T - own[0] * onto_lean - own[1] * onto_level
    length = np.sqrt(np.maximum(weight @ (added * added).T - onto_level**2 - onto_lean**2, 1e-12))
    z = along / length
    best = z.argmax(axis=1)
    enough = mean.min(axis=1) >= FEWEST
    return np.where(enough, z[np.arange(len(z)), best], np.nan), best


def _unit(direction: Floats, weight: Floats) -> Floats:
    """Directions (n, windows) at length one in the metric of the weights (n, windows)."""
    length = np.sqrt((weight * direction * direction).sum(axis=1, keepdims=True))
    return np.asarray(direction / np.maximum(length, 1e-12))
