import json
from dataclasses import replace

import numpy as np
import pytest

from limes.closure.field import begin, quickest
from limes.closure.ground import HOME, OTHER, bin_range, bins_of, ground, search_ground, usual_cell
from limes.closure.movement import modes
from limes.errors import InputError, UsageError
from limes.geo import to_lonlat
from limes.sensing import targets_of


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
    first = lines.by_km(land.length)
    assert first.size == 21
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


def test_roads_are_read_where_they_are_known(sector, tmp_path):
    x, y = sector.border.point(np.array([9000.0, 9000.0]))
    east, north = sector.border.normal_home(9000.0, 2000.0)
    lon, lat = to_lonlat(x + np.array([200.0, 2500.0]) * east, y + np.array([200.0, 2500.0]) * north, sector.crs)
    road = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()}
    path = tmp_path / "roads.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": road}]})
    )
    known = replace(sector, folder=tmp_path)
    plain, made = ground(sector, 120.0), ground(known, 120.0)
    assert not plain.road.any()
    assert 19 <= made.road.sum() <= 60
    mode = modes(targets_of(sector.catalogue))["vehicle"]
    start = int(made.at(*(v[1] for v in (x + 2500.0 * east, y + 2500.0 * north))))
    end = np.array([int(made.at(*(v[0] for v in (x + 200.0 * east, y + 200.0 * north))))])
    slow, quick = (quickest(search_ground(g, mode), HOME, begin(end)).key[start] for g in (plain, made))
    assert quick < 0.7 * slow
    path.write_text(json.dumps({"type": "Point", "coordinates": [0, 0]}))
    with pytest.raises(InputError, match="LineString"):
        ground(known, 120.0)
