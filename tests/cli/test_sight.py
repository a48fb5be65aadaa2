"""`limes sight`: figures, files and one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.grid import Grid
from limes.seeds import generator
from limes.sensing.sight import minimum_visible_height, read_tiles, sight_from

GRID = Grid(430_000.0, 4_060_000.0, 30.0, 150, 120)


@pytest.fixture(scope="module")
def terrain() -> np.ndarray:
    rng = generator(7, "cli")
    coarse = rng.standard_normal((13, 16))
    bumps = np.kron(coarse, np.ones((10, 10)))[:120, :150] * 12 + rng.standard_normal((120, 150))
    return bumps.astype(np.float32)


@pytest.fixture(scope="module")
def dem(terrain: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dem") / "terrain.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=120, width=150, count=1, dtype="float32", crs="EPSG:32637",
        transform=from_origin(GRID.west, GRID.north, 30.0, 30.0), nodata=-9999,
    ) as file:  # fmt: skip
        file.write(terrain, 1)
    return path


def limes(*args: str | Path) -> str:
    result = CliRunner().invoke(app, ["sight", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


PLACE = GRID.centre(60, 70)
AT = f"{PLACE[0]},{PLACE[1]}"


def test_figures_of_one_observer(dem: Path, terrain: np.ndarray) -> None:
    facts = json.loads(limes(dem, "--at", AT, "--height", "12", "--range", "900", "--json"))
    view = minimum_visible_height(terrain, 30.0, 60, 70, 12.0, 900.0)
    (one,) = facts["observers"]
    assert one["cells"] == np.isfinite(view.mvh).sum()
    assert one["visible"] == (view.mvh <= 1.7).sum()
    assert one["visible_km2"] == pytest.approx(one["visible"] * 0.0009)
    assert one["ground_m"] == pytest.approx(float(terrain[60, 70]), abs=0.01)
    assert one["corrected"] is None
    assert facts["terrain"] == {"file": str(dem), "crs": "EPSG:32637", "cell_m": 30.0, "modelled": False}
    assert facts["written"] == []


def test_heights_are_written_as_cog(dem: Path, terrain: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "mvh.tif"
    text = limes(dem, "--at", AT, "--height", "12", "--range", "900", "-o", out)
    assert f"wrote {out}" in text
    view = minimum_visible_height(terrain, 30.0, 60, 70, 12.0, 900.0)
    with rasterio.open(out) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        row, col = file.index(*GRID.centre(view.row, view.col))
        got = file.read(1)[row : row + view.mvh.shape[0], col : col + view.mvh.shape[1]]
        np.testing.assert_array_equal(got, view.mvh)
        assert file.tags()["content"] == "mvh"


def test_mask_with_uncertain_cells(dem: Path, terrain: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "mask.tif"
    limes(dem, "--at", AT, "--height", "12", "--range", "900", "--target", "3", "--mask", "--dem-error", "2", "-o", out)
    mvh = minimum_visible_height(terrain, 30.0, 60, 70, 12.0, 900.0).mvh
    expected = np.where(np.isnan(mvh), 255, np.where(np.abs(mvh - 3) < 2, 2, mvh <= 3))
    with rasterio.open(out) as file:
        got = file.read(1)
        assert file.nodata == 255
    assert (got == 2).sum() == (expected == 2).sum() > 0
    assert (got == 1).sum() == (expected == 1).sum()
    assert (got == 0).sum() == (expected == 0).sum()


def test_a_table_of_observers(dem: Path, terrain: np.ndarray, tmp_path: Path) -> None:
    table, tiles, out = tmp_path / "posts.csv", tmp_path / "seen.npz", tmp_path / "count.tif"
    places = {"north": GRID.centre(20, 30), "south": GRID.centre(100, 120)}
    lines = [f"{name},{x},{y},{20 + i},{800 + i * 300}" for i, (name, (x, y)) in enumerate(places.items())]
    table.write_text("\n".join(["id,x,y,height,range", *lines]))
    args = [dem, "--observers", table, "--workers", "2", "--json", "--tiles", tiles, "--count", "-o", out]
    facts = json.loads(limes(*args))
    assert [one["id"] for one in facts["observers"]] == ["north", "south"]
    assert [one["range_m"] for one in facts["observers"]] == [800.0, 1100.0]
    seen = 0
    for one, (x, y), height, far in zip(facts["observers"], places.values(), (20.0, 21.0), (800.0, 1100.0), strict=True):
        visible = int((sight_from(GRID, terrain, x, y, height, far).mvh <= 1.7).sum())
        assert one["visible"] == visible
        seen += visible
    assert facts["together"]["visible"] + facts["together"]["seen_twice"] == seen
    ids, packed, grid = read_tiles(tiles)
    assert ids == ("north", "south")
    assert [one.cells for one in packed] == [one["visible"] for one in facts["observers"]]
    with rasterio.open(out) as file:
        counts = file.read(1)
        assert file.shape == grid.shape
    assert counts[counts != 65535].sum() == seen
    assert "together" in limes(*args[:5])


def test_limits_and_engines(dem: Path, terrain: np.ndarray) -> None:
    args = ["--at", AT, "--height", "12", "--azimuth", "90", "--width", "60", "--range", "1500", "--min-range", "200"]
    args += ["--min-elevation", "-30", "--max-elevation", "10", "--k", "0.25"]
    exact, screen = (json.loads(limes(dem, *args, "--engine", e, "--json"))["observers"][0] for e in ("exact", "screen"))
    # a sixth of the ring between the radii, but for its rim
    assert exact["cells"] == pytest.approx(np.pi * (1500**2 - 200**2) / 6 / 900, rel=0.05)
    assert screen["cells"] == exact["cells"]
    assert screen["visible"] == pytest.approx(exact["visible"], rel=0.1)
    assert "0 cells taken away by the second test" in limes(dem, *args, "--retest")


def test_degrees(dem: Path, tmp_path: Path) -> None:
    plane = json.loads(limes(dem, "--at", AT, "--height", "12", "--range", "900", "--json"))["observers"][0]
    from limes.geo import to_lonlat

    lon, lat = (float(v) for v in to_lonlat(*PLACE, "EPSG:32637"))
    there = json.loads(limes(dem, "--at", f"{lon},{lat}", "--lonlat", "--height", "12", "--range", "900", "--json"))
    assert there["observers"][0]["visible"] == plane["visible"]
    globe = tmp_path / "globe.tif"
    with rasterio.open(
        globe, "w", driver="GTiff", height=200, width=200, count=1, dtype="int16", crs="EPSG:4326",
        transform=from_origin(37.4, 36.8, 1 / 3600, 1 / 3600), nodata=-32768,
    ) as file:  # fmt: skip
        file.write(np.full((200, 200), 500, np.int16), 1)
    args = [globe, "--at", "37.42,36.78", "--height", "12", "--range", "500"]
    with pytest.raises(InputError, match="--reproject auto"):
        limes(*args)
    facts = json.loads(limes(*args, "--reproject", "auto", "--json"))
    assert facts["terrain"]["crs"] == "EPSG:32637"
    assert facts["observers"][0]["visible"] == facts["observers"][0]["cells"] > 500


def test_voids_are_reported(dem: Path, terrain: np.ndarray, tmp_path: Path) -> None:
    holed = tmp_path / "holed.tif"
    holes = terrain.copy()
    holes[50:54, 60:65] = -9999
    with rasterio.open(dem) as file, rasterio.open(holed, "w", **file.profile) as out:
        out.write(holes, 1)
    assert "20 void cells in range" in limes(holed, "--at", AT, "--height", "12", "--range", "900")
    with pytest.raises(InputError, match="void"):
        limes(holed, "--at", "{},{}".format(*GRID.centre(51, 62)), "--height", "12", "--range", "900")


@pytest.mark.parametrize(
    ("args", "what"),
    [
        ([], "either --at"),
        (["--at", AT, "--observers", "x.csv"], "either --at"),
        (["--at", AT], "--height"),
        (["--at", "12", "--height", "3"], "not two numbers"),
        (["--at", "a,b", "--height", "3"], "not two numbers"),
        (["--at", AT, "--height", "3", "--azimuth", "10"], "belong together"),
        (["--at", AT, "--height", "3", "--mask", "--count"], "not both"),
        (["--at", AT, "--height", "3", "--engine", "xdraw"], "exact or screen"),
    ],
)
def test_wrong_calls(dem: Path, args: list[str], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        limes(dem, *args)


def test_observers_that_cannot_be(dem: Path, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"terrain\.tif: observer: lies at \(0, 0\), outside the terrain; move it inside 430000"
    ):
        limes(dem, "--at", "0,0", "--height", "3")
    table = tmp_path / "posts.csv"
    table.write_text(f"id,x,y\nalone,{PLACE[0]},{PLACE[1]}\n")
    with pytest.raises(InputError, match=r"alone, height: is missing; give a column height"):
        limes(dem, "--observers", table)
    with pytest.raises(InputError, match="cannot be read as terrain"):
        limes(tmp_path / "none.tif", "--at", AT, "--height", "3")


def test_modelled_terrain_says_so(dem: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.tif"
    model.write_bytes(dem.read_bytes())
    with rasterio.open(model, "r+") as file:
        file.update_tags(modelled="yes")
    assert "MODELLED terrain" in limes(model, "--at", AT, "--height", "3", "--range", "300")


def test_a_folder_that_is_not_there_is_said_before_the_work(dem: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        limes(dem, "--at", AT, "--height", "12", "-o", tmp_path / "none/seen.tif")
