import numpy as np
import pytest

from limes.closure.ground import HOME, OTHER, bin_range, bins_of, ground, usual_cell
from limes.errors import UsageError


@pytest.fixture(scope="module")
def land(sector):
    return ground(sector, 120.0, 3000.0, 2000.0)


def test_the_strip_has_its_widths(land):
    assert land.offset[land.region == HOME].max() == pytest.approx(2000.0 + 240.0, abs=125.0)
    assert land.offset[land.region == OTHER].min() == pytest.approx(-3240.0, abs=125.0)
    assert (land.chainage[land.region > 0] > 0.0).all()


def test_every_crossing_goes_over_the_line(land):
    lines = land.crossings
    assert (land.region[lines.other] == OTHER).all()
    assert (land.region[lines.home] == HOME).all()
    assert (np.diff(lines.chainage) >= 0).all()
    x, y = land.place(lines.other)
    u, v = land.place(lines.home)
    assert np.hypot(u - x, v - y) == pytest.approx(lines.metres)
    first = lines.by_km()
    assert first[-1] == lines.km.size
    assert all((lines.km[first[k] : first[k + 1]] == k).all() for k in range(first.size - 1))


def test_heights_are_means_of_the_terrain(sector, land):
    fine, (row, col) = sector.terrain, (40, 30)
    top, left = fine.grid.index(*land.grid.centre(row, col))
    block = fine.height[top - 2 : top + 2, left - 2 : left + 2]
    assert land.height.reshape(land.grid.shape)[row, col] == pytest.approx(float(block.mean()), abs=1e-2)


def test_a_rim_beside_the_line_is_no_start(land):
    near = np.abs(land.offset) < 900.0
    assert not land.edge[near].any()


def test_other_cells_are_refused(sector):
    with pytest.raises(UsageError, match="multiple of the terrain's 30 m"):
        ground(sector, 50.0)


def test_the_usual_cell_keeps_the_strip_small(sector):
    assert usual_cell(sector) == 30.0
    assert usual_cell(sector, most=20_000.0) == 90.0


def test_bins():
    assert bins_of(100.0) == 4
    assert bin_range(0.0, 100.0, 100.0) == slice(0, 4)
    assert bin_range(30.0, 31.0, 100.0) == slice(1, 2)
