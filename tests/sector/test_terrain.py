import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import from_origin

from limes.errors import InputError
from limes.grid import Grid
from limes.sector.terrain import Terrain, fits, read_terrain, write_terrain

CRS = "EPSG:32637"
GRID = Grid(400_000.0, 4_060_000.0, 30.0, 40, 30)


def plane_terrain(east=0.1, north=-0.2, base=500.0):
    x, y = np.meshgrid(*GRID.centres())
    height = base + east * (x - GRID.west) + north * (y - GRID.north)
    return Terrain(GRID, height.astype(np.float32), CRS, True, "made")


def raster(path, values, **changes):
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype,
        "crs": CRS,
        "transform": from_origin(0, 900, 30, 30),
    } | changes
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)


@given(st.floats(30, 1100), st.floats(30, 800))
def test_bilinear_is_exact_on_a_plane(dx, dy):
    x, y = GRID.west + dx, GRID.north - dy
    assert float(plane_terrain().sample(x, y)) == pytest.approx(500 + 0.1 * dx + 0.2 * dy, abs=1e-2)


def test_slope_of_a_plane():
    slope = plane_terrain().slope(np.array([400_300.0]), np.array([4_059_700.0]))
    assert slope[0] == pytest.approx(np.arctan(np.hypot(0.1, 0.2)), abs=1e-4)


def test_outside_and_voids_are_nan():
    terrain = plane_terrain()
    west, south, east, north = GRID.bounds
    assert np.isnan(terrain.sample([west - 1, east + 1, west + 9], [north - 9, north - 9, south - 1])).all()
    assert not np.isnan(terrain.sample([west, east], [south, north])).any()
    assert np.isnan(terrain.sample(np.nan, north - 100.0))
    terrain.height[10, 10] = np.nan
    x, y = GRID.centre(10, 10)
    assert np.isnan(terrain.sample(x, y))
    assert np.isnan(terrain.slope(x + 30, y))
    assert not np.isnan(terrain.sample(x + 90, y))


def test_profile_keeps_its_step_and_its_ends():
    distance, height = plane_terrain(0.1, 0.0).profile(400_030.0, 4_059_500.0, 400_530.0, 4_059_500.0, 120.0)
    assert distance[0] == 0
    assert distance[-1] == 500
    assert np.diff(distance).max() <= 120
    np.testing.assert_allclose(np.diff(height) / np.diff(distance), 0.1, atol=1e-4)
    assert plane_terrain().profile(400_030.0, 4_059_500.0, 400_030.0, 4_059_500.0)[0].tolist() == [0.0, 0.0]


def test_written_terrain_is_read_again_to_the_decimetre(tmp_path):
    terrain = plane_terrain()
    terrain.height[3, 4] = np.nan
    write_terrain(tmp_path / "t.tif", terrain)
    again = read_terrain(tmp_path / "t.tif", CRS)
    assert again.grid == GRID
    assert again.modelled
    assert again.source == "made"
    assert again.height.dtype == np.float32
    np.testing.assert_allclose(again.height, terrain.height, atol=0.051)
    assert np.isnan(again.height[3, 4])


def test_mountains_keep_their_height(tmp_path):
    terrain = plane_terrain(base=7900.0)
    write_terrain(tmp_path / "t.tif", terrain)
    np.testing.assert_allclose(read_terrain(tmp_path / "t.tif", CRS).height, terrain.height, atol=0.051)


def test_the_label_of_the_settings_counts_too(tmp_path):
    write_terrain(tmp_path / "t.tif", Terrain(GRID, plane_terrain().height, CRS, False, "survey"))
    assert not read_terrain(tmp_path / "t.tif", CRS).modelled
    assert read_terrain(tmp_path / "t.tif", CRS, modelled=True).modelled


def test_heights_too_far_apart_are_refused(tmp_path):
    terrain = plane_terrain()
    terrain.height[0, 0], terrain.height[0, 1] = -400, 8800
    with pytest.raises(InputError, match="spans more than"):
        write_terrain(tmp_path / "t.tif", terrain)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"crs": "EPSG:4326", "transform": from_origin(37, 37, 0.001, 0.001)}, "crs: is EPSG:4326"),
        ({"crs": None}, "crs: is missing"),
        ({"transform": from_origin(0, 900, 30, 20)}, "square cells"),
    ],
)
def test_another_frame_is_refused_with_its_cure(tmp_path, changes, problem):
    raster(tmp_path / "t.tif", np.zeros((5, 5), np.int16), **changes)
    assert not fits(tmp_path / "t.tif", CRS)
    with pytest.raises(InputError, match=problem) as caught:
        read_terrain(tmp_path / "t.tif", CRS)
    assert "limes sector terrain" in caught.value.fault.cure


def test_a_single_row_is_refused(tmp_path):
    raster(tmp_path / "t.tif", np.zeros((1, 5), np.int16))
    with pytest.raises(InputError, match="fewer than 2"):
        read_terrain(tmp_path / "t.tif", CRS)


def test_a_file_that_is_no_raster(tmp_path):
    (tmp_path / "t.tif").write_text("hello")
    with pytest.raises(InputError, match=r"t\.tif: cannot be read as a raster"):
        read_terrain(tmp_path / "t.tif", CRS)
