"""How far the screening engine is from the exact one."""

from __future__ import annotations

import numpy as np
import pytest

from limes.seeds import generator
from limes.sensing.sight import minimum_visible_height


def hills(seed: int, n: int = 500) -> np.ndarray:
    """Terrain with a spectrum like real hills at 30 m: amplitudes fall with the 1.8th power of the wave number."""
    rng = generator(seed, "spectrum")
    wave = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None, :])
    wave[0, 0] = np.inf
    noise = rng.standard_normal((n, n // 2 + 1)) + 1j * rng.standard_normal((n, n // 2 + 1))
    field = np.fft.irfft2(noise * wave**-1.8, s=(n, n))
    return (120.0 * field / field.std()).astype(np.float32)


@pytest.mark.parametrize(("seed", "row", "col", "height"), [(1, 250, 250, 15.0), (2, 40, 300, 15.0), (3, 470, 20, 300.0)])
def test_few_cells_are_wrong_on_hills(seed, row, col, height):
    terrain = hills(seed)
    exact, quick = (
        minimum_visible_height(terrain, 30.0, row, col, height, 12_000.0, engine=e).mvh for e in ("exact", "screen")
    )
    assert np.array_equal(np.isfinite(exact), np.isfinite(quick))
    inside = np.isfinite(exact)
    truth, seen = exact[inside] <= 1.7, quick[inside] <= 1.7
    assert truth.sum() > 500
    assert (truth != seen).mean() < 0.0015
    assert (truth != seen).sum() / truth.sum() < 0.01
    assert (seen & ~truth).mean() < 0.001
    assert np.median(np.abs(exact[inside] - quick[inside])) < 0.05


def test_a_wall_along_the_line_of_sight_is_not_overlooked():
    """A row of needles that runs away from the eye hides what lies behind it: only edges between layers tell."""
    terrain = np.zeros((200, 200), np.float32)
    terrain[:150, 104] = 30.0
    exact, quick = (minimum_visible_height(terrain, 30.0, 190, 100, 4.0, 1e5, k=1.0, engine=e).mvh for e in ("exact", "screen"))
    behind = exact > 1.7
    assert behind.sum() > 1000
    assert (quick[behind] > 1.7).mean() > 0.998


def test_a_plain_slope_is_exact():
    slope = np.add.outer(np.arange(90) * 2.0, np.arange(90) * -1.0).astype(np.float32)
    exact, quick = (minimum_visible_height(slope, 30.0, 30, 50, 4.0, 1e5, k=1.0, engine=e).mvh for e in ("exact", "screen"))
    np.testing.assert_allclose(exact, 0.0, atol=1e-4)
    np.testing.assert_allclose(quick, 0.0, atol=1e-2)
