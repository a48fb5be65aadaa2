"""Which reference spectra look like a query: masked correlation in every view, over the shifts between instruments.

The closeness of two spectra is -log(1.03 - r), the mean over the views of their correlations r: between near twins it
still grows where a correlation has come to its end. Rows in a crowd, to which much else comes close, are hit by chance
more often; half of their crowd is taken off before materials are ranked (local scaling: Zelnik-Manor and Perona 2005;
Conneau, Lample, Ranzato, Denoyer and Jegou 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limes.signals.spectra.library import Ints, Library, halved
from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, Float32s, on_grid, views

LEAST_OVERLAP = 0.3
"""Share of the shorter of two spectra that both must cover to be compared."""

LOOKED_AT = 250
"""Rows that are compared in full after a first look at all of them."""

CROWD_WEIGHT = 0.5
"""Part of a row's crowd that is taken off its closeness."""

SHARPNESS = 5.0
"""How fast probability falls with closeness in a library too small to learn it from."""

_LEAST, _ROOM = -0.2, 0.03
_SHIFT_COST = 0.05
_POOL = 4.0


@dataclass(frozen=True)
class Hit:
    """One material of the library.

    `score` is the similarity of its best reference spectrum `row`, at most 1; `probability` its part of the certainty if
    the spectrum shows one material of the library, by closeness alone.
    """

    material: str
    family: str
    score: float
    row: int
    probability: float = float("nan")


def search(
    library: Library, spectrum: Spectrum, most: int = 5, crowd: Floats | None = None, sharpness: float = SHARPNESS
) -> tuple[Hit, ...]:
    """The `most` materials that resemble a spectrum best, most probable first.

    `crowd` (n,) and `sharpness` come from a `Calibration` of the library.

    >>> from limes.signals.spectra.library import Row, build
    >>> from limes.signals.spectra.spectrum import Raw, normalise
    >>> x = np.arange(300.0, 1800.0, 2.0)
    >>> made = [normalise(Raw(x, np.exp(-((x - at) ** 2) / 300), "Raman shift"), "a") for at in (700, 900)]
    >>> library = build("raman", [(Row("one"), made[0]), (Row("two"), made[1])])
    >>> [(hit.material, round(hit.score, 3)) for hit in search(library, made[1], 1)]
    [('two', 1.0)]
    """
    values, first, end = on_grid(spectrum)
    found = closeness(library, views(values, first, end, library.technique), first, end)
    return best_hits(library, found, np.zeros(found.size) if crowd is None else crowd, sharpness, most)


def best_hits(library: Library, found: Floats, crowd: Floats, sharpness: float, most: int) -> tuple[Hit, ...]:
    """The `most` best materials out of the closeness of every row (n,), -inf for rows that are not to be used."""
    ranked = np.where(similarity(found) > 0, found - CROWD_WEIGHT * crowd, -np.inf)
    best = per_material(library, ranked)
    order = np.argsort(-best, kind="stable")[:most]
    weight = np.exp(sharpness * (best - best.max(initial=-np.inf))) if np.isfinite(best).any() else np.zeros(best.size)
    share = weight / max(float(weight.sum()), 1e-300)
    hits = []
    for k in order[np.isfinite(best[order])]:
        row = int(np.argmax(np.where(library.index == k, ranked, -np.inf)))
        one = library.rows[row]
        hits.append(Hit(one.material, one.family, float(similarity(found[row])), row, float(share[k])))
    return tuple(hits)


def per_material(library: Library, values: Floats) -> Floats:
    """The highest of a value per row (n,) for every material (m,)."""
    best = np.full(len(library.materials), -np.inf)
    np.maximum.at(best, library.index, values)
    return best


def distinction(library: Library, found: Floats, material: int, spread: float = 1.0) -> float:
    """How much one material stands out for a query: the closeness pooled over its rows, and its lead over the next ones.

    The lead counts `spread` times, against the mean of the third to tenth best material.
    """
    pooled = np.zeros(len(library.materials))
    np.add.at(pooled, library.index, np.exp(_POOL * np.maximum(found, _LEAST)))
    level = np.log(np.maximum(pooled, 1e-30)) / _POOL
    others = np.sort(level)[::-1][2:10]
    return float(level[material] + spread * (level[material] - others.mean() if others.size else 0.0))


def similarity(close: Floats | float) -> Floats | float:
    """The correlation that a closeness stands for, at most 1.

    >>> round(float(similarity(3.506557897319982)), 9), float(similarity(-np.inf))
    (1.0, -inf)
    """
    return 1.0 + _ROOM - np.exp(-np.asarray(close))


def closeness(library: Library, query: Float32s, first: int, end: int) -> Floats:
    """Closeness of every row to the views of a query (v, p) that covers the cells [first, end): (n,), -0.2 to 3.5.

    Rows that a first look at half the resolution puts far behind are not compared and come out as -0.2.
    """
    found = np.full(len(library.rows), _LEAST)
    if not found.size:
        return found
    rows = first_look(library, query)
    reach = GRIDS[library.technique].shift
    shifts = np.arange(-reach, reach + 1)
    total, enough = np.zeros((rows.size, shifts.size)), _enough(library, rows, first + shifts, end + shifts)
    whole = rows.size == len(library.rows)
    for k in range(query.shape[0]):
        theirs = library.matrix[k] if whole else library.matrix[k][rows]
        alike = _correlation(theirs, library.first[rows], library.end[rows], query[k], first, end, reach)
        total -= np.log(1.0 + _ROOM - np.clip(alike, _LEAST, 1.0))
    close = np.where(enough, total / query.shape[0] - _SHIFT_COST * np.square(shifts), _LEAST)
    found[rows] = close.max(axis=1)
    return found


def first_look(library: Library, query: Float32s, most: int = LOOKED_AT) -> Ints:
    """The rows that resemble the halved slope of a query best at any shift, ascending; all rows of a small library."""
    count = len(library.rows)
    if count <= most:
        return np.arange(count)
    reach = GRIDS[library.technique].shift
    moved = halved(np.stack([_moved(query, shift)[1] for shift in range(-reach, reach + 1, 2)]))
    best = (library.coarse @ moved.T).max(axis=1)
    return np.sort(np.argpartition(-best, most)[:most])


def _enough(library: Library, rows: Ints, first: Ints, end: Ints) -> NDArray[np.bool_]:
    """Whether rows overlap enough with a query that covers [first, end) at each shift: (m, s)."""
    low, high = np.maximum(library.first[rows, None], first), np.minimum(library.end[rows, None], end)
    least = LEAST_OVERLAP * np.minimum((library.end - library.first)[rows, None], end - first)
    return np.asarray(high - low >= np.maximum(least, 2 * GRIDS[library.technique].smooth))


def _correlation(
    theirs: Float32s, begins: Ints, ends: Ints, query: Float32s, first: int, end: int, reach: int
) -> NDArray[np.float64]:
    """Correlation (m, s) of rows (m, p) with a query that covers [first, end), over what both cover, at each shift.

    Both sides are 0 where they were not measured, so sums over one's cells are sums over the overlap.
    """
    size, shifts = query.size, np.arange(-reach, reach + 1)
    moved = np.stack([_moved(query[None], int(shift))[0] for shift in shifts], axis=1)
    product = (theirs @ moved).astype(np.float64)
    low, high = np.clip(first + shifts, 0, size), np.clip(end + shifts, 0, size)
    total = np.stack([theirs[:, a:b].sum(axis=1, dtype=np.float64) for a, b in _pieces(low, high)], axis=1)
    energy = np.stack([np.einsum("ij,ij->i", theirs[:, a:b], theirs[:, a:b]) for a, b in _pieces(low, high)], axis=1)
    total, energy = (_put_together(one.astype(np.float64), shifts.size) for one in (total, energy))
    own = np.concatenate([np.zeros((1, shifts.size)), np.cumsum(moved, axis=0, dtype=np.float64)])
    own2 = np.concatenate([np.zeros((1, shifts.size)), np.cumsum(np.square(moved, dtype=np.float64), axis=0)])
    begins, ends = np.maximum(begins[:, None], low), np.maximum(np.minimum(ends[:, None], high), low)
    begins = np.minimum(begins, ends)
    column, count = np.arange(shifts.size), np.maximum(ends - begins, 1)
    ours, ours2 = own[ends, column] - own[begins, column], own2[ends, column] - own2[begins, column]
    spread = np.maximum(energy - total**2 / count, 0.0) * np.maximum(ours2 - ours**2 / count, 0.0)
    flat = spread < 1e-8
    return np.where(flat, 0.0, (product - total * ours / count) / np.sqrt(np.where(flat, 1.0, spread)))


def _pieces(low: Ints, high: Ints) -> list[tuple[int, int]]:
    """Cells that all shifts share, then for every shift what it has below and above them."""
    a, b = int(low[-1]), int(high[0])
    return [(a, b), *zip(low.tolist(), [a] * low.size, strict=True), *zip([b] * low.size, high.tolist(), strict=True)]


def _put_together(sums: Floats, count: int) -> Floats:
    """Sums over the cells of every shift (m, s) from those over `_pieces`."""
    return sums[:, :1] + sums[:, 1 : 1 + count] + sums[:, 1 + count :]


def _moved(query: Float32s, shift: int) -> Float32s:
    """The views shifted by whole cells (v, p), with 0 where nothing moves in."""
    moved = np.zeros_like(query)
    size = query.shape[1]
    moved[:, max(shift, 0) : size + min(shift, 0)] = query[:, max(-shift, 0) : size - max(shift, 0)]
    return moved
