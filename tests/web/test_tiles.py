from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from limes.geo import to_plane
from limes.grid import Grid
from limes.web.tiles import Pyramid, grey, halved, hillshade, png, probability_colours

UTM = "EPSG:32637"
WEST, NORTH = (float(v) for v in to_plane(37.3, 36.9, UTM))
GRID = Grid(WEST, NORTH, 100.0, 400, 300)


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)


def test_a_slope_facing_the_light_is_brighter():
    y, x = np.mgrid[0:20, 0:20].astype(float)
    to_north_west, to_south_east = hillshade((x + y) * 10, 30.0), hillshade(-(x + y) * 10, 30.0)
    assert to_north_west[10, 10] > hillshade(np.zeros((3, 3)), 30.0)[1, 1] > to_south_east[10, 10]


def test_a_known_slope_has_lambert_s_brightness():
    height = -np.tile(np.arange(20.0), (20, 1)) * 30.0  # 45 degrees, facing east
    expected = np.sin(np.pi / 4) * np.cos(np.pi / 4) + np.cos(np.pi / 4) * np.sin(np.pi / 4) * np.cos(np.radians(315 - 90))
    assert hillshade(height, 30.0)[10, 10] == pytest.approx(max(0.0, expected))


def test_halving_keeps_the_mean():
    raster = np.random.default_rng(1).random((8, 12), dtype=np.float32)
    assert halved(raster).shape == (4, 6)
    assert halved(raster).mean() == pytest.approx(raster.mean(), rel=1e-5)


def test_a_tile_shows_the_raster_where_it_lies():
    x, _ = GRID.centres()
    raster = np.tile(x.astype(np.float32), (GRID.ny, 1))
    z, lon, lat = 12, 37.5, 36.78
    tx, ty = tile_of(lon, lat, z)
    tile = Pyramid(raster, GRID, UTM).tile(z, tx, ty)
    mx = -np.pi * 6_378_137.0 + (tx + 0.5) * 2 * np.pi * 6_378_137.0 / 2**z
    my = np.pi * 6_378_137.0 - (ty + 0.5) * 2 * np.pi * 6_378_137.0 / 2**z
    lon_mid = np.degrees(mx / 6_378_137.0)
    lat_mid = np.degrees(2 * np.arctan(np.exp(my / 6_378_137.0)) - np.pi / 2)
    assert tile[127:129, 127:129].mean() == pytest.approx(float(to_plane(lon_mid, lat_mid, UTM)[0]), abs=60.0)


def test_outside_there_is_no_tile_and_at_the_edge_nothing_is_made_up():
    pyramid = Pyramid(np.ones(GRID.shape, np.float32), GRID, UTM)
    assert pyramid.tile(12, 0, 0) is None
    whole = pyramid.tile(8, *tile_of(37.4, 36.8, 8))
    assert np.isnan(whole).any()
    assert np.nanmin(whole) == np.nanmax(whole) == 1.0


def test_png_pixels_come_back():
    values = np.array([[0.0, 0.5], [1.0, np.nan]])
    pixels = np.asarray(Image.open(io.BytesIO(png(grey(values)))))
    assert pixels[:, :, 0].tolist() == [[0, 127], [255, 0]]
    assert pixels[:, :, 3].tolist() == [[255, 255], [255, 0]]


def test_what_is_not_seen_is_clear_and_more_is_darker():
    rgba = probability_colours(np.array([[0.0, 0.3, 0.9, np.nan]]))[0]
    assert rgba[0, 3] == rgba[3, 3] == 0
    assert rgba[1, 3] == rgba[2, 3] > 0
    luminance = rgba[:, :3] @ [0.2126, 0.7152, 0.0722]
    assert luminance[1] > luminance[2] + 40
