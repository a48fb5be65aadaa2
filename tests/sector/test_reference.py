"""The reference sector's own data: what was taken from where, and that its modelled terrain can be made again."""

import importlib.util
import json

import numpy as np
import pytest
import rasterio

from limes.geo import to_plane
from limes.sector import bundled, read_terrain

FOLDER = bundled("kilis-jarabulus")


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_terrain", FOLDER / "make_terrain.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def slope(reference):
    rise = np.gradient(reference.terrain.height, 30.0)
    return np.degrees(np.arctan(np.hypot(*rise)))


def test_the_terrain_is_made_again_by_its_script(maker, reference):
    """A library's FFT may round another way, so one decimetre in a few cells is allowed."""
    again = maker.make()
    difference = np.abs(again.height - reference.terrain.height)
    assert again.grid == reference.terrain.grid
    assert difference.max() < 0.15
    assert (difference > 0.05).mean() < 1e-4


def test_the_file_says_that_it_is_modelled(reference):
    with rasterio.open(FOLDER / "terrain.tif") as file:
        assert file.tags()["modelled"] == "yes"
        assert file.tags()["source"] == reference.terrain.source
    assert read_terrain(FOLDER / "terrain.tif", "EPSG:32637").modelled
    assert (FOLDER / "terrain.tif").stat().st_size < 12e6


def test_gently_rolling(slope, reference):
    assert 2.0 < np.median(slope) < 4.0
    assert 4.0 < np.percentile(slope, 90) < 10.0
    assert not np.isnan(reference.terrain.height).any()


def test_heights_follow_the_spot_heights(reference):
    lon, lat, height = np.loadtxt(FOLDER / "spot_heights.csv", delimiter=",", skiprows=1, unpack=True)
    x, y = to_plane(lon, lat, reference.crs)
    here = reference.terrain.sample(x, y)
    away = x < 398_000  # west of the Euphrates valley
    error = (here - height)[np.isfinite(here) & away]
    assert error.size > 50
    assert np.abs(error).mean() < 40
    assert abs(error.mean()) < 15


def test_the_euphrates_lies_lowest(reference):
    for water in reference.water:
        inside = reference.terrain.sample(*water.line.T)
        near = reference.terrain.sample(water.line[:, 0] - 6000, water.line[:, 1])
        good = np.isfinite(inside) & np.isfinite(near)
        assert (inside[good] < 360).all()
        assert (near[good] > inside[good]).all()


def test_provenance_of_every_file():
    border = json.loads((FOLDER / "border.geojson").read_text("utf-8"))["features"]
    assert len(border) == 1
    assert "OpenStreetMap" in border[0]["properties"]["source"]
    assert "ODbL-1.0" in border[0]["properties"]["licence"]
    for name in ("places", "water"):
        assert json.loads((FOLDER / f"{name}.geojson").read_text("utf-8"))["licence"]
    text = (FOLDER / "README.md").read_text("utf-8")
    for name in (path.name for path in FOLDER.iterdir() if path.is_file() and path.name != "README.md"):
        assert f"`{name}`" in text, name
