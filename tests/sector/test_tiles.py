from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.shutil import copy
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject

from limes.errors import InputError
from limes.grid import Grid
from limes.sector import bundled
from limes.sector.tiles import grid_around, terrain_from_tiles

CRS = "EPSG:26912"
VOID = -32768


@pytest.fixture(scope="module")
def geographic(tmp_path_factory):
    """Cut Mesa Verde into pieces in degrees: (west, north, rows, columns) -> heights at 1 arc second, posts at cell centres."""
    source = rasterio.open(bundled("mesa-verde") / "terrain.tif")
    dem = source.read(1, masked=True).astype(np.float32).filled(np.nan) * np.float32(source.scales[0])

    def cut(west, north, rows, columns, cell=1 / 3600):
        out = np.full((rows, columns), np.nan, np.float32)
        target = from_origin(west, north, cell, cell)
        reproject(
            dem,
            out,
            src_transform=source.transform,
            src_crs=source.crs,
            dst_transform=target,
            dst_crs="EPSG:4326",
            src_nodata=np.nan,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
        )
        return out, target

    yield cut
    source.close()


@pytest.fixture(scope="module")
def hgt(geographic, tmp_path_factory):
    """An SRTM tile of 1 arc second, 3601 x 3601 big-endian posts; outside the known terrain it is void."""
    heights, _ = geographic(-109 - 0.5 / 3600, 38 + 0.5 / 3600, 3601, 3601)
    path = tmp_path_factory.mktemp("hgt") / "N37W109.hgt"
    path.write_bytes(np.where(np.isnan(heights), VOID, np.rint(heights)).astype(">i2").tobytes())
    return path


def geotiff(path: Path, cut, nodata=VOID, scale=1.0, tags=None, crs="EPSG:4326"):
    heights, transform = cut
    values = np.where(np.isnan(heights), VOID, np.rint(heights / scale)).astype(np.int16)
    rows, columns = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=1,
        dtype="int16",
        crs=crs,
        transform=transform,
        nodata=nodata,
    ) as file:
        file.write(values, 1)
        file.scales = (scale,)
        file.update_tags(**(tags or {}))
    return path


@pytest.fixture(scope="module")
def grid(mesa):
    g = mesa.terrain.grid
    return Grid(g.west + 3000, g.north - 3000, 30.0, 400, 400)


def errors(terrain, mesa):
    x, y = np.meshgrid(*terrain.grid.centres())
    return terrain.height - mesa.terrain.sample(x, y)


def test_an_srtm_tile_comes_back_to_the_plane(hgt, grid, mesa):
    terrain, report = terrain_from_tiles([hgt], grid, CRS, "SRTM")
    error = errors(terrain, mesa)
    assert not np.isnan(error).any()
    assert abs(error.mean()) < 0.1  # a half-cell shift would show as a bias on the canyon walls
    assert np.percentile(np.abs(error), 95) < 5
    assert (report.tiles, report.voids, report.uncovered, terrain.modelled) == (("N37W109.hgt",), 0, 0, False)


def test_a_half_cell_shift_would_be_seen(hgt, grid, mesa):
    terrain, _ = terrain_from_tiles([hgt], grid, CRS, "SRTM")
    here = np.abs(errors(terrain, mesa)).mean()
    shifted = np.roll(terrain.height, 1, axis=1) - np.array(mesa.terrain.sample(*np.meshgrid(*grid.centres())))
    assert here < 0.4 * np.abs(shifted).mean()


def test_dted_is_read(geographic, tmp_path, grid, mesa):
    heights, transform = geographic(-109 - 1.5 / 3600, 38 + 1.5 / 3600, 1201, 1201, 3 / 3600)
    values = np.where(np.isnan(heights), -32767, np.rint(heights)).astype(np.int16)
    profile = {"driver": "GTiff", "width": 1201, "height": 1201, "count": 1, "dtype": "int16", "nodata": -32767}
    with rasterio.open(tmp_path / "raw.tif", "w", crs="EPSG:4326", transform=transform, **profile) as file:
        file.write(values, 1)
    with rasterio.open(tmp_path / "raw.tif") as raw:
        copy(raw, str(tmp_path / "n37.dt1"), driver="DTED")
    terrain, _ = terrain_from_tiles([tmp_path / "n37.dt1"], grid, CRS, "DTED level 1")
    assert not np.isnan(terrain.height).any()
    assert np.median(np.abs(errors(terrain, mesa))) < 12


def test_neighbouring_tiles_leave_no_seam(geographic, tmp_path, grid, mesa):
    west = geotiff(tmp_path / "west.tif", geographic(-108.6, 37.4, 1000, 540))
    east = geotiff(tmp_path / "east.tif", geographic(-108.6 + 540 / 3600, 37.4, 1000, 600))
    terrain, report = terrain_from_tiles([west, east], grid, CRS, "")
    assert terrain.source == "surveyed tiles: west.tif, east.tif"
    assert report.uncovered == report.voids == 0
    assert np.percentile(np.abs(errors(terrain, mesa)), 99.9) < 20


def test_the_first_tile_counts_and_fills_from_the_next(geographic, tmp_path, grid):
    heights, transform = geographic(-108.6, 37.4, 1000, 1000)
    high = heights + 100
    high[300:600, 300:600] = np.nan
    first, second = geotiff(tmp_path / "first.tif", (high, transform)), geotiff(tmp_path / "second.tif", (heights, transform))
    terrain, report = terrain_from_tiles([first, second], grid, CRS, "")
    lower, _ = terrain_from_tiles([second], grid, CRS, "")
    step = terrain.height - lower.height
    assert report.voids == 0
    assert set(np.unique(np.rint(step / 100))) == {0.0, 1.0}
    assert 0.1 < (step < 50).mean() < 0.9


def test_small_voids_are_filled_wide_ones_reported(geographic, tmp_path, grid, mesa):
    heights, transform = geographic(-108.6, 37.4, 1000, 1000)
    heights[500:700, 500:700] = np.nan
    hole = np.isnan(terrain_from_tiles([geotiff(tmp_path / "hole.tif", (heights, transform))], grid, CRS, "")[0].height)
    heights[400:404, 400:404] = np.nan
    terrain, report = terrain_from_tiles([geotiff(tmp_path / "a.tif", (heights, transform))], grid, CRS, "")
    assert report.voids > report.filled > 0
    assert report.left == np.isnan(terrain.height).sum() == report.voids - report.filled
    none, untouched = terrain_from_tiles([tmp_path / "a.tif"], grid, CRS, "", fill_cells=0)
    assert untouched.filled == 0
    assert np.isnan(none.height).sum() == untouched.voids
    np.testing.assert_array_equal(np.isnan(terrain.height), hole)
    fill = np.abs(errors(terrain, mesa))[np.isnan(none.height) & ~hole]
    assert fill.size == report.filled
    assert fill.mean() < 15


def test_heights_no_land_has_are_voids_though_the_file_says_nothing(geographic, tmp_path, grid):
    heights, transform = geographic(-108.6, 37.4, 1000, 1000)
    heights[400:402, 400:402] = np.nan
    terrain, report = terrain_from_tiles([geotiff(tmp_path / "a.tif", (heights, transform), nodata=None)], grid, CRS, "")
    assert report.voids > 0
    assert terrain.height.min() > 1700


def test_scaled_integers_and_the_modelled_tag(geographic, tmp_path, grid):
    cut = geographic(-108.6, 37.4, 1000, 1000)
    plain, _ = terrain_from_tiles([geotiff(tmp_path / "a.tif", cut)], grid, CRS, "")
    tenths = geotiff(tmp_path / "b.tif", cut, scale=0.1, tags={"modelled": "yes"})
    scaled, _ = terrain_from_tiles([tenths], grid, CRS, "")
    assert np.abs(plain.height - scaled.height).max() < 1.0
    assert scaled.modelled


def test_finer_tiles_are_averaged(mesa):
    g = mesa.terrain.grid
    coarse = Grid(g.west, g.north, 300.0, 60, 60)
    terrain, _ = terrain_from_tiles([bundled("mesa-verde") / "terrain.tif"], coarse, CRS, "")
    blocks = mesa.terrain.height[:600, :600].reshape(60, 10, 60, 10).mean(axis=(1, 3))
    np.testing.assert_allclose(terrain.height, blocks, atol=0.5)


def test_what_no_tile_covers_stays_void_or_is_cut_off(grid, geographic, tmp_path):
    part = geotiff(tmp_path / "a.tif", geographic(-108.6, 37.4, 1000, 500))
    whole, report = terrain_from_tiles([part], grid, CRS, "")
    assert 0 < report.uncovered == np.isnan(whole.height).sum()
    cropped, after = terrain_from_tiles([part], grid, CRS, "", crop=True)
    assert cropped.grid.nx < grid.nx
    assert after.uncovered < 0.05 * report.uncovered
    row, column = grid.index(*cropped.grid.centre(0, 0))
    assert cropped.height[0, 0] == whole.height[row, column]


def test_tiles_off_the_grid_are_named(hgt, grid, tmp_path):
    far = bundled("kilis-jarabulus") / "terrain.tif"
    _, report = terrain_from_tiles([far, hgt], grid, CRS, "")
    assert (report.tiles, report.unused) == (("N37W109.hgt",), ("terrain.tif",))
    with pytest.raises(InputError, match="lie wholly outside the sector"):
        terrain_from_tiles([far], grid, CRS, "")


@pytest.mark.parametrize(
    ("name", "content", "says"), [("a.tif", b"x", "cannot be read"), ("N37W109.hgt", b"xx", "cannot be read")]
)
def test_tiles_that_are_none(tmp_path, grid, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says):
        terrain_from_tiles([tmp_path / name], grid, CRS, "")


def test_a_tile_without_crs(tmp_path, grid, geographic):
    path = geotiff(tmp_path / "a.tif", geographic(-108.6, 37.4, 100, 100), crs=None)
    with pytest.raises(InputError, match="crs: is missing"):
        terrain_from_tiles([path], grid, CRS, "")


def test_grid_around_lies_on_whole_cells():
    grid = grid_around(np.array([12.0, 95.0]), np.array([-7.0, 44.0]), 100.0, 30.0)
    west, south, east, north = grid.bounds
    assert (west % 30, north % 30) == (0, 0)
    assert west <= -88
    assert east >= 195
    assert south <= -107
    assert north >= 144
