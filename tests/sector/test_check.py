import json
from pathlib import Path

import numpy as np
import pytest

from limes.errors import InputError
from limes.sector import check, load, read_terrain, write_terrain
from limes.sector.terrain import Terrain

CRS = "EPSG:26912"
MIDDLE = [-108.45, 37.25]


def points(folder: Path, name: str, *features: tuple[dict, list]) -> None:
    data = [{"type": "Feature", "properties": p, "geometry": {"type": "Point", "coordinates": c}} for p, c in features]
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": data}))


def settings(folder: Path, old: str, new: str) -> None:
    text = (folder / "sector.toml").read_text()
    assert old in text
    (folder / "sector.toml").write_text(text.replace(old, new, 1))


def punch(folder: Path) -> None:
    terrain = read_terrain(folder / "terrain.tif", CRS)
    terrain.height[100:103, 200:205] = np.nan
    write_terrain(folder / "terrain.tif", terrain)


def cut(folder: Path) -> None:
    t = read_terrain(folder / "terrain.tif", CRS)
    grid = type(t.grid)(t.grid.west, t.grid.north, t.grid.cell, 300, t.grid.ny)
    write_terrain(folder / "terrain.tif", Terrain(grid, t.height[:, :300].copy(), CRS, False, t.source))


def border(folder: Path, *coordinates: list) -> None:
    known = {"source": "made", "licence": "CC0-1.0"}
    feature = {"type": "Feature", "properties": known, "geometry": {"type": "LineString", "coordinates": list(coordinates)}}
    (folder / "border.geojson").write_text(json.dumps(feature))


FAULTS = {
    "no settings": (lambda f: (f / "sector.toml").unlink(), "sector.toml", "", "is missing"),
    "bad TOML": (lambda f: (f / "sector.toml").write_text("name ="), "sector.toml", "", "is not valid TOML"),
    "geographic CRS": (lambda f: settings(f, CRS, "EPSG:4326"), "sector.toml", "crs", "not a projected CRS"),
    "far CRS": (lambda f: settings(f, CRS, "EPSG:32618"), "sector.toml", "crs", "changes the length of the border by"),
    "time zone": (lambda f: settings(f, "America/Denver", "Moon/Base"), "sector.toml", "time_zone", "is not a known time zone"),
    "no border": (lambda f: (f / "border.geojson").unlink(), "border.geojson", "", "is missing"),
    "border is no JSON": (lambda f: (f / "border.geojson").write_text("{"), "border.geojson", "", "is not readable JSON"),
    "border crosses itself": (
        lambda f: border(f, [-108.5, 37.25], [-108.4, 37.25], [-108.45, 37.28], [-108.45, 37.22]),
        "border.geojson",
        "geometry",
        "crosses or touches itself near km",
    ),
    "repeated vertex": (
        lambda f: border(f, [-108.5, 37.25], [-108.5, 37.25], [-108.4, 37.25]),
        "border.geojson",
        "geometry.coordinates[1]",
        "repeats the vertex",
    ),
    "no terrain": (lambda f: (f / "terrain.tif").unlink(), "terrain.tif", "", "is missing"),
    "terrain is no raster": (lambda f: (f / "terrain.tif").write_text("x"), "terrain.tif", "", "cannot be read as a raster"),
    "terrain too small": (cut, "terrain.tif", "bounds", "does not cover"),
    "voids": (punch, "terrain.tif", "height", "has 15 void cells"),
    "no climate": (
        lambda f: (f / "sector.toml").write_text((f / "sector.toml").read_text().partition("# Every number")[0]),
        "weather.csv",
        "",
        "sector.toml states no climate",
    ),
    "bad weather": (lambda f: (f / "weather.csv").write_text("time\nnow\n"), "weather.csv", "line 2.time", "is 'now'"),
    "bad catalogue": (lambda f: (f / "catalogue.toml").write_text("kinds ="), "catalogue.toml", "", "TOML"),
    "place outside": (
        lambda f: points(f, "places.geojson", ({"name": "Near"}, MIDDLE), ({"name": "Far"}, [-100.0, 37.0])),
        "places.geojson",
        "features[1]",
        "Far lies outside the terrain",
    ),
    "crossing away": (
        lambda f: points(f, "crossings.geojson", ({"id": "a", "name": "Away", "modes": ["foot"]}, [-108.45, 37.33])),
        "crossings.geojson",
        "features[0]",
        "km from the border line",
    ),
    "water": (lambda f: points(f, "water.geojson", ({}, MIDDLE)), "water.geojson", "features[0].geometry", "is not a line"),
    "deployment": (
        lambda f: ((f / "deployments").mkdir(exist_ok=True), (f / "deployments" / "a.geojson").write_text("{")),
        "a.geojson",
        "",
        "",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_is_explained(mesa_folder, case):
    damage, file, field, says = FAULTS[case]
    damage(mesa_folder)
    faults = check(mesa_folder)
    found = [f for f in faults if Path(f.file).name == file and (not field or f.field == field) and says in f.problem]
    assert found, [str(f) for f in faults]
    assert all(f.cure for f in faults)


@pytest.mark.parametrize("name", ["mesa", "reference"])
def test_bundled_sectors_have_no_faults(name, request):
    assert check(request.getfixturevalue(name).folder) == []


def test_many_faults_are_found_at_once(mesa_folder):
    for case in ("repeated vertex", "voids", "place outside", "crossing away", "water"):
        FAULTS[case][0](mesa_folder)
    files = {Path(f.file).name for f in check(mesa_folder)}
    assert files >= {"border.geojson", "crossings.geojson", "places.geojson", "terrain.tif", "water.geojson"}


def test_load_names_the_first_and_counts_the_rest(mesa_folder):
    (mesa_folder / "terrain.tif").unlink()
    (mesa_folder / "weather.csv").write_text("time\n")
    with pytest.raises(InputError, match=r"terrain\.tif: is missing; .*1 more: limes sector check"):
        load(mesa_folder)


def test_a_folder_that_is_none(tmp_path):
    (fault,) = check(tmp_path / "none")
    assert "is not a folder" in fault.problem
