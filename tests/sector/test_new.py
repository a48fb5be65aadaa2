import json
import shutil

import pytest

from limes.errors import InputError
from limes.sector import Outline, bundled, check, load, new_sector
from limes.sector.new import utm_zone

LINE = bundled("mesa-verde") / "border.geojson"
SURVEY = bundled("mesa-verde") / "terrain.tif"
PLACE = Outline("edge", "The edge", "America/Denver", home="Nord »1«", other='So"uth', home_side="left")


def write_line(path, coordinates, known=None):
    feature = {"type": "Feature", "properties": known or {}, "geometry": {"type": "LineString", "coordinates": coordinates}}
    path.write_text(json.dumps(feature))
    return path


def test_a_new_sector_with_terrain_is_sound(tmp_path, mesa):
    new_sector(tmp_path / "deep" / "edge", LINE, PLACE, [SURVEY], "USGS")
    assert check(tmp_path / "deep" / "edge") == []
    sector = load(tmp_path / "deep" / "edge")
    assert (sector.name, sector.title, sector.home, sector.other) == ("edge", "The edge", "Nord »1«", 'So"uth')
    assert sector.crs == "EPSG:32612"
    assert not sector.terrain.modelled
    assert sector.terrain.source == "USGS"
    assert sector.border.length == pytest.approx(mesa.border.length, abs=1)
    assert sector.border.licence == mesa.border.licence
    assert any("stated climate (placeholder, assumed" in n for n in sector.notices)
    assert sorted(p.name for p in (tmp_path / "deep" / "edge").iterdir()) == ["border.geojson", "sector.toml", "terrain.tif"]


def test_without_tiles_the_terrain_is_what_is_left_to_do(tmp_path):
    new_sector(tmp_path / "edge", LINE, PLACE)
    (fault,) = check(tmp_path / "edge")
    assert fault.file == "terrain.tif"
    assert "limes sector terrain" in fault.cure


def test_source_and_licence_can_be_given(tmp_path):
    line = write_line(tmp_path / "line.geojson", [[10.0, -20.0], [10.0, -20.0], [10.1, -20.0]])
    outline = Outline("south", "South", source="survey 2020", licence="CC0-1.0")
    new_sector(tmp_path / "south", line, outline)
    text = (tmp_path / "south" / "sector.toml").read_text()
    assert 'crs = "EPSG:32732"' in text
    assert text.index("[climate.july]") < text.index("[climate.january]")
    feature = json.loads((tmp_path / "south" / "border.geojson").read_text())["features"][0]
    assert feature["properties"] == {"source": "survey 2020", "licence": "CC0-1.0"}
    assert len(feature["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize(
    ("coordinates", "outline", "says"),
    [
        ([[10.0, 20.0]], PLACE, "does not hold exactly one LineString"),
        ([[10.0, 20.0], [10.1, 20.0]], PLACE, "source: is missing"),
        ([[10.0, 20.0], [10.1, 20.0]], Outline("Bad Name", "x", source="a", licence="b"), "name: is 'Bad Name'"),
        ([[10.0, 20.0], [10.1, 20.0]], Outline("a", "x", "Nowhere", source="a", licence="b"), "time_zone"),
    ],
)
def test_faults_leave_no_folder(tmp_path, coordinates, outline, says):
    line = write_line(tmp_path / "line.geojson", coordinates)
    with pytest.raises(InputError, match=says):
        new_sector(tmp_path / "made", line, outline)
    assert [p.name for p in tmp_path.iterdir()] == ["line.geojson"]


def test_tiles_that_will_not_do_leave_no_folder(tmp_path):
    with pytest.raises(InputError, match="outside the sector"):
        new_sector(tmp_path / "made", LINE, PLACE, [bundled("kilis-jarabulus") / "terrain.tif"])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_not_touched(mesa_folder):
    with pytest.raises(InputError, match="already exists"):
        new_sector(mesa_folder, LINE, PLACE)
    shutil.rmtree(mesa_folder)


@pytest.mark.parametrize(
    ("lon", "lat", "zone"), [(-180, 1, 32601), (179.9, 1, 32660), (180, 1, 32660), (0, -1, 32731), (38.5, 37, 32637)]
)
def test_zones(lon, lat, zone):
    assert utm_zone(lon, lat) == f"EPSG:{zone}"
