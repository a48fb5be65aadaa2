"""Terrain files in, cloud-optimised files out."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine, from_origin

from limes.errors import InputError
from limes.grid import Grid
from limes.sensing.sight import frame_of, read_window, write_cog


def write(path, values, crs="EPSG:32637", transform=None, **more):
    transform = transform or from_origin(400_000.0, 4_060_000.0, 30.0, 30.0)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype,
        crs=crs, transform=transform, **more,
    ) as file:  # fmt: skip
        file.write(values, 1)
    return path


@pytest.fixture
def slope():
    return np.add.outer(np.arange(80), np.arange(100) * 2).astype(np.float32)


def test_a_window_is_cut_to_the_bounds(tmp_path, slope):
    path = write(tmp_path / "a.tif", slope)
    whole = read_window(path, None, None)
    assert whole.grid == Grid(400_000.0, 4_060_000.0, 30.0, 100, 80)
    np.testing.assert_array_equal(whole.height, slope)
    part = read_window(path, None, (400_300.0, 4_059_000.0, 400_610.0, 4_059_700.0))
    assert part.grid == Grid(400_300.0, 4_059_700.0, 30.0, 11, 24)
    np.testing.assert_array_equal(part.height, slope[10:34, 10:21])
    beyond = read_window(path, None, (-np.inf, -np.inf, np.inf, np.inf))
    np.testing.assert_array_equal(beyond.height, slope)
    with pytest.raises(InputError, match="has no terrain there; its x, y run from 400000"):
        read_window(path, None, (0.0, 0.0, 10.0, 10.0))


def test_voids_scale_and_label(tmp_path):
    raw = np.array([[10, -32768], [3000, 25]], np.int16)
    path = write(tmp_path / "b.tif", raw, nodata=-32768)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (1000.0,)
        file.update_tags(modelled="yes", source="a model")
    terrain = read_window(path, None, None)
    np.testing.assert_allclose(terrain.height, [[1001.0, np.nan], [1300.0, 1002.5]])
    assert terrain.modelled
    assert terrain.source == "a model"


def test_infinite_heights_are_voids(tmp_path):
    path = write(tmp_path / "c.tif", np.array([[1.0, np.inf], [np.nan, 2.0]], np.float32))
    assert np.isnan(read_window(path, None, None).height).sum() == 2


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"crs": None}, "crs: is missing"),
        ({"crs": "EPSG:4326", "transform": from_origin(37.0, 37.0, 1 / 3600, 1 / 3600)}, "not projected in metres; run again"),
        ({"crs": "EPSG:2263"}, "not projected in metres"),
        ({"transform": from_origin(0.0, 0.0, 30.0, 20.0)}, "square cells"),
        ({"transform": Affine(30.0, 5.0, 0.0, 5.0, -30.0, 0.0)}, "square cells"),
        ({"transform": Affine(30.0, 0.0, 0.0, 0.0, 30.0, 0.0)}, "north-up"),
    ],
)
def test_frames_that_are_refused(tmp_path, slope, more, what):
    path = write(tmp_path / "d.tif", slope, **more)
    for look in (lambda: frame_of(path), lambda: read_window(path, None, None)):
        with pytest.raises(InputError, match=r"d\.tif") as caught:
            look()
        assert what in str(caught.value)


def test_degrees_are_warped_when_asked(tmp_path):
    x, y = np.meshgrid(np.arange(200), np.arange(160))
    path = write(
        tmp_path / "e.tif", (500 + x + 2 * y).astype(np.int16), crs="EPSG:4326", nodata=-32768,
        transform=from_origin(37.0, 37.0, 1 / 3600, 1 / 3600),
    )  # fmt: skip
    frame = frame_of(path, "auto")
    assert frame.crs == "EPSG:32637"
    assert frame.file_crs == "EPSG:4326"
    assert 24.0 < frame.grid.cell < 32.0
    terrain = read_window(path, "auto", None)
    assert terrain.grid == frame.grid
    inside = np.isfinite(terrain.height)
    assert 0.8 < inside.mean() < 1.0
    assert terrain.height[inside].min() >= 500.0
    assert terrain.height[inside].max() <= 500 + 199 + 318
    other = frame_of(path, "EPSG:32636")
    assert other.crs == "EPSG:32636"
    for wrong in ("EPSG:4326", "nonsense"):
        with pytest.raises(InputError, match="--reproject"):
            frame_of(path, wrong)


def test_southern_zones(tmp_path, slope):
    path = write(tmp_path / "f.tif", slope, crs="EPSG:4326", transform=from_origin(-70.0, -15.0, 0.001, 0.001))
    assert frame_of(path, "auto").crs == "EPSG:32719"


def test_what_is_no_raster(tmp_path):
    path = tmp_path / "g.tif"
    path.write_text("not a raster")
    with pytest.raises(InputError, match="cannot be read as terrain"):
        frame_of(path)
    with pytest.raises(InputError, match="cannot be read as terrain"):
        read_window(tmp_path / "none.tif", None, None)


def test_results_are_cloud_optimised(tmp_path):
    grid = Grid(400_000.0, 4_060_000.0, 30.0, 1200, 900)
    values = np.full(grid.shape, 7.25, np.float32)
    values[:100] = np.nan
    path = tmp_path / "seen.tif"
    write_cog(path, grid, "EPSG:32637", values, np.nan, {"content": "mvh"})
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert file.block_shapes == [(512, 512)]
        assert file.crs.to_epsg() == 32637
        assert file.transform == from_origin(400_000.0, 4_060_000.0, 30.0, 30.0)
        assert np.isnan(file.nodata)
        assert file.tags()["content"] == "mvh"
        np.testing.assert_array_equal(file.read(1), values)
    assert path.stat().st_size < 100_000
