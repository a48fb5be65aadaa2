"""Which reference spectra look like a query: masked correlation in both views, tolerant to small shifts of the axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.signals.spectra.library import Library
from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, Float32s, on_grid, views

LEAST_OVERLAP = 0.3
"""Share of the shorter of two spectra that both must cover to be compared."""

WEIGHTS = {"raman": (0.25, 0.75), "mid-ir": (0.25, 0.75), "nir": (0.5, 0.5)}
"""Weights of the smoothed and the derivative view in the score."""


@dataclass(frozen=True)
class Hit:
    """One material of the library with the score of its most similar reference spectrum, at most 1."""

    material: str
    family: str
    score: float
    row: int


def search(library: Library, spectrum: Spectrum, most: int = 5) -> tuple[Hit, ...]:
    """The `most` materials that resemble a spectrum best, best first.

    >>> from limes.signals.spectra.library import Row, build
    >>> from limes.signals.spectra.spectrum import Raw, normalise
    >>> x = np.arange(300.0, 1800.0, 2.0)
    >>> made = [normalise(Raw(x, np.exp(-((x - at) ** 2) / 300), "Raman shift"), "a") for at in (700, 900)]
    >>> library = build("raman", [(Row("one"), made[0]), (Row("two"), made[1])])
    >>> [(hit.material, round(hit.score, 3)) for hit in search(library, made[1], 1)]
    [('two', 1.0)]
    """
    values, first, end = on_grid(spectrum)
    scores = score(library, views(values, first, end, library.technique), first, end)
    return best_hits(library, scores, most)


def best_hits(library: Library, scores: Floats, most: int) -> tuple[Hit, ...]:
    """The best row of each of the `most` best materials out of a score per row (n,)."""
    found: dict[str, Hit] = {}
    for k in np.argsort(-scores, kind="stable"):
        row = library.rows[k]
        if row.material not in found:
            if len(found) == most or not scores[k] > 0:
                break
            found[row.material] = Hit(row.material, row.family, float(scores[k]), int(k))
    return tuple(found.values())


def score(library: Library, query: Float32s, first: int, end: int) -> Floats:
    """Similarity of every row to the views of a query (2, p) that covers the cells [first, end): (n,), -1 to 1.

    The weighted mean over the views of the correlation over the cells that both cover, at the best shift for each view.
    """
    weights = WEIGHTS[library.technique]
    total = np.zeros(len(library.rows))
    for k, weight in enumerate(weights):
        total += weight * _correlation(library, k, query[k], first, end)
    return total


def _correlation(library: Library, view: int, query: Float32s, first: int, end: int) -> Floats:
    """Best correlation (n,) of one view over all shifts; one matrix product does all rows and shifts."""
    grid, size = GRIDS[library.technique], query.size
    shifts = range(-grid.shift, grid.shift + 1)
    moved = np.stack([_moved(query, shift) for shift in shifts], axis=1)
    products = library.matrix[view] @ moved
    best = np.full(len(library.rows), -1.0)
    rows = np.arange(len(library.rows))
    sums, squares = library.sums[0, view], library.sums[1, view]
    for k, shift in enumerate(shifts):
        low = np.maximum(library.first, min(max(first + shift, 0), size))
        high = np.maximum(np.minimum(library.end, min(max(end + shift, 0), size)), low)
        count = (high - low).astype(np.float64)
        own = np.concatenate([[0.0], np.cumsum(moved[:, k], dtype=np.float64)])
        own2 = np.concatenate([[0.0], np.cumsum(np.square(moved[:, k], dtype=np.float64))])
        found = _pearson(
            products[:, k],
            (sums[high, rows] - sums[low, rows], squares[high, rows] - squares[low, rows]),
            (own[high] - own[low], own2[high] - own2[low]),
            count,
        )
        enough = count >= np.maximum(LEAST_OVERLAP * np.minimum(library.end - library.first, end - first), 2 * grid.smooth)
        best = np.where(enough, np.maximum(best, found), best)
    return best


def _pearson(product: Float32s, theirs: tuple[Floats, Floats], ours: tuple[Floats, Floats], count: Floats) -> Floats:
    """Correlation (n,) from sums of products, values and squares over `count` cells; 0 where either side is flat."""
    n = np.maximum(count, 1.0)
    spread = np.maximum(theirs[1] - theirs[0] ** 2 / n, 0.0) * np.maximum(ours[1] - ours[0] ** 2 / n, 0.0)
    flat = spread < 1e-8
    return np.where(flat, 0.0, (product - theirs[0] * ours[0] / n) / np.sqrt(np.where(flat, 1.0, spread)))


def _moved(query: Float32s, shift: int) -> Float32s:
    """The query shifted by whole cells (p,), with 0 where nothing moves in."""
    moved = np.zeros_like(query)
    size = query.size
    moved[max(shift, 0) : size + min(shift, 0)] = query[max(-shift, 0) : size - max(shift, 0)]
    return moved
