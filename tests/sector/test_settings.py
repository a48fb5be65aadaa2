import tomllib

import pytest

from limes.sector import bundled
from limes.sector.settings import Settings, read_settings


def good():
    return (bundled("mesa-verde") / "sector.toml").read_text()


def faults_of(tmp_path, text):
    (tmp_path / "sector.toml").write_text(text)
    faults = []
    read_settings(tmp_path / "sector.toml", faults)
    return faults


@pytest.mark.parametrize("name", ["mesa-verde", "kilis-jarabulus"])
def test_bundled_settings_are_sound(name):
    faults = []
    known = read_settings(bundled(name) / "sector.toml", faults)
    assert not faults
    assert known is not None
    assert known.name == name
    assert known.climate is not None
    assert known.climate.climate().january.wet == known.climate.january.wet[1]


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('name = "mesa-verde"', 'name = "Mesa Verde"', "name", "lower-case letters"),
        ('name = "mesa-verde"', "", "name", "is missing; add it"),
        ("America/Denver", "America/Nowhere", "time_zone", "is not a known time zone; use a name of the IANA"),
        ("America/Denver", "../etc/passwd", "time_zone", "is not a known time zone"),
        ("EPSG:26912", "EPSG:4326", "crs", "is not a projected CRS in metres; use a projected CRS"),
        ("EPSG:26912", "EPSG:2230", "crs", "is not a projected CRS in metres"),  # California, US survey feet
        ("EPSG:26912", "EPSG:99999999", "crs", "is not a known CRS"),
        ('home_side = "left"', 'home_side = "north"', "home_side", 'write "left" or "right"'),
        ('files = ["terrain.tif"]', "files = []", "terrain.files", "list the raster files"),
        ("modelled = false", 'modelled = "perhaps"', "terrain.modelled", "is 'perhaps'"),
        ("[climate]", "[climat]", "climat", "is not known here; remove it, or correct its spelling"),
        ("swing = [4.0, 6.0, 8.0]", "swing = [8.0, 6.0, 4.0]", "climate.january.swing", "not in the order low, value, high"),
        ("fog = [0.0, 0.02, 0.05]", "fog = [0.0, nan, 0.05]", "climate.january.fog.1", "finite number"),
        ("longitude = -108.45", "longitude = 400.0", "climate.longitude", "less than or equal to 180"),
    ],
)
def test_each_fault_is_explained(tmp_path, old, new, field, says):
    assert old in good()
    faults = faults_of(tmp_path, good().replace(old, new, 1))
    assert field in [f.field for f in faults]
    assert says in " / ".join(map(str, faults))


def test_many_faults_at_once(tmp_path):
    text = (
        good().replace("America/Denver", "Mars").replace("EPSG:26912", "EPSG:4326").replace('home = "north side"', "home = 3")
    )
    assert {f.field for f in faults_of(tmp_path, text)} == {"time_zone", "crs", "home"}


def test_bad_toml_and_a_missing_file(tmp_path):
    assert "is not valid TOML" in str(faults_of(tmp_path, "name = ")[0])
    faults = []
    assert read_settings(tmp_path / "none.toml", faults) is None
    assert "limes sector new" in faults[0].cure


def test_settings_need_no_climate():
    data = tomllib.loads(good())
    del data["climate"]
    assert Settings.model_validate(data).climate is None
