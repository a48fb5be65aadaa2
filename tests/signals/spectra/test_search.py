"""The one-product search says what a plain loop of correlations says, wherever two spectra overlap."""

from __future__ import annotations

import numpy as np
import pytest

from limes.seeds import generator
from limes.signals.spectra import Library, Raw, Row, build, normalise, search
from limes.signals.spectra.search import WEIGHTS, score
from limes.signals.spectra.views import GRIDS, on_grid, views


def made(low: float, high: float, seed: int, shift: float = 0.0):
    rng = generator(7, f"search {seed}")
    x = np.arange(low, high, 2.0)
    y = sum(h * np.exp(-((x - shift - at) ** 2) / 150) for h, at in zip(rng.random(9), rng.uniform(400, 1700, 9), strict=True))
    return normalise(Raw(x, 100 * y + 5, "Raman shift"), "a")


def plain(library: Library, query: np.ndarray, first: int, end: int) -> np.ndarray:
    """Correlation over the overlap, shift by shift, row by row."""
    grid, found = GRIDS[library.technique], np.zeros(len(library.rows))
    for view, weight in enumerate(WEIGHTS[library.technique]):
        for k in range(len(library.rows)):
            best = -1.0
            for shift in range(-grid.shift, grid.shift + 1):
                low, high = max(library.first[k], first + shift), min(library.end[k], end + shift)
                if high - low >= 0.3 * min(library.end[k] - library.first[k], end - first):
                    ours, theirs = query[view, low - shift : high - shift], library.matrix[view, k, low:high]
                    best = max(best, np.corrcoef(ours.astype(float), theirs.astype(float))[0, 1])
            found[k] += weight * best
    return found


def test_search_equals_a_plain_loop() -> None:
    spans = [(300, 1800), (450, 1500), (200, 1000), (1300, 1800), (500, 1750)]
    library = build("raman", [(Row(f"m{k}"), made(*span, k)) for k, span in enumerate(spans)])
    for seed, span in ((0, (300, 1800)), (2, (400, 1200)), (9, (350, 1700))):
        values, first, end = on_grid(made(*span, seed))
        query = views(values, first, end, "raman")
        np.testing.assert_allclose(score(library, query, first, end), plain(library, query, first, end), atol=2e-4)


@pytest.mark.parametrize("shift", [-8.0, -3.0, 0.0, 5.0, 8.0])
def test_a_shifted_axis_is_forgiven(shift: float) -> None:
    library = build("raman", [(Row(f"m{k}"), made(300, 1800, k)) for k in range(10)])
    best = search(library, made(300, 1800, 4, shift))[0]
    assert best.material == "m4"
    assert best.score > 0.97


def test_what_hardly_overlaps_is_not_compared() -> None:
    library = build("raman", [(Row("low"), made(200, 700, 1))])
    assert search(library, made(660, 1800, 1)) == ()


def test_flat_rows_do_not_enter_the_library() -> None:
    x = np.arange(300.0, 1800.0, 2.0)
    flat = normalise(Raw(x, np.full(x.size, 7.0), "Raman shift"), "a")
    assert build("raman", [(Row("flat"), flat)]).rows == ()


def test_held_out_specimens_of_the_bundled_library_keep_their_rank(bundled_libraries: dict[str, Library]) -> None:
    """Reflectance of minerals whose library row is another specimen: first for more than 0.65, as documented (0.71)."""
    library = bundled_libraries["nir"]
    names = np.array([row.material for row in library.rows])
    specimens = np.array([row.specimen for row in library.rows])
    right = []
    for k in range(0, len(names), 4):
        found = score(library, library.matrix[:, k], int(library.first[k]), int(library.end[k]))
        found[specimens == specimens[k]] = -1.0
        if ((names == names[k]) & (specimens != specimens[k])).any():
            right.append(names[int(found.argmax())] == names[k])
    assert len(right) > 100
    assert np.mean(right) > 0.65
