import shutil

import numpy as np
import pytest

from limes.errors import InputError
from limes.sector import climate, load
from limes.sector.weather import WeatherSeries

HEADER = "time,wind_mps,wind_from_deg,gust_mps,wind_aloft_mps,visibility_m,cloud,rain_mm_h,temperature_c,humidity"
ROW = "2026-01-20T17:00:00+03:00,3,270,5,9,10000,0.5,0,4,0.7"


def test_the_reference_sector(reference):
    assert (reference.name, reference.crs, reference.time_zone) == ("kilis-jarabulus", "EPSG:32637", "Europe/Istanbul")
    assert (reference.home, reference.other, reference.border.home_side) == ("Türkiye", "Syria", "right")
    assert reference.terrain.modelled
    assert reference.weather is reference.climate
    assert {c.id for c in reference.crossings} == {"jarabulus", "cobanbey"}
    assert all("approximate" in c.source for c in reference.crossings)
    assert reference.catalogue.kinds
    assert reference.water


def test_notices_of_the_reference_sector(reference):
    text = " | ".join(reference.notices)
    for words in ("(c) OpenStreetMap contributors", "ODbL", "(c) GeoNames, CC BY 4.0", "ITU-R P.1511-2", "Modelled terrain"):
        assert words in text


def test_the_small_sector_is_surveyed(mesa):
    assert not mesa.terrain.modelled
    assert not any("odelled terrain" in notice for notice in mesa.notices)
    assert mesa.places == ()
    assert mesa.border.length == pytest.approx(19_252, abs=1)


def test_climate_of_a_sector(reference, mesa_folder):
    assert climate(reference, 0.0) == reference.weather.at(0.0)
    text = (mesa_folder / "sector.toml").read_text().partition("# Every number")[0]
    (mesa_folder / "sector.toml").write_text(text + '[weather]\nsource = "station"\n')
    (mesa_folder / "weather.csv").write_text(f"{HEADER}\n{ROW}\n")
    sector = load(mesa_folder)
    assert isinstance(sector.weather, WeatherSeries)
    assert sector.weather.source == "station"
    assert not sector.weather.modelled
    with pytest.raises(InputError, match="is not stated"):
        climate(sector, 0.0)


def test_a_series_goes_before_the_climate(mesa_folder):
    (mesa_folder / "weather.csv").write_text(f"{HEADER}\n{ROW}\n")
    sector = load(mesa_folder)
    assert sector.weather.at(0.0).wind == 3.0
    assert sector.climate is not None


def test_deployments_are_listed_by_name(mesa_folder):
    (mesa_folder / "deployments").mkdir(exist_ok=True)
    for name in ("b", "a"):
        (mesa_folder / "deployments" / f"{name}.geojson").write_text("{}")
    assert list(load(mesa_folder).deployments)[:2] == ["a", "b"]


def test_raw_tiles_named_in_the_settings_are_brought_into_the_frame(mesa_folder, mesa):
    shutil.move(mesa_folder / "terrain.tif", mesa_folder / "other.tif")
    text = (mesa_folder / "sector.toml").read_text()
    text = (
        text.replace("EPSG:26912", "EPSG:32612")
        .replace("terrain.tif", "other.tif")
        .replace("modelled = false", "modelled = true")
    )
    (mesa_folder / "sector.toml").write_text(text)
    sector = load(mesa_folder)
    assert sector.terrain.crs == "EPSG:32612"
    assert sector.terrain.modelled
    x, y = mesa.border.point(np.linspace(0, mesa.border.length, 50))
    np.testing.assert_allclose(sector.terrain.sample(x, y), mesa.terrain.sample(x, y), atol=6.0)
    assert "Modelled terrain, not a survey" in sector.notices
