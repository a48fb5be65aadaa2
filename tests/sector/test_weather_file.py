import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector.weather_file import COLUMNS, read_weather

HEADER = "time,wind_mps,wind_from_deg,gust_mps,wind_aloft_mps,visibility_m,cloud,rain_mm_h,temperature_c,humidity"
ROW = "2026-01-20T17:00:00+03:00,3,270,5,9,10000,0.5,0,4,0.7"
LATER = "2026-01-20T18:00:00+03:00,4,280,6,10,9000,0.6,0.2,3,0.75"


def read(path, text):
    path.write_text(text)
    faults = []
    return read_weather(path, "station", False, faults), faults


def test_a_good_file(tmp_path):
    series, faults = read(tmp_path / "weather.csv", "\n".join([HEADER, ROW, LATER]))
    assert not faults
    assert series.source == "station"
    assert not series.modelled
    assert series.at(series.time[0]).wind_from == pytest.approx(math.radians(270))
    assert series.at(series.time[0] + 1800).temperature == 3.5


@pytest.mark.parametrize(
    ("text", "field", "cure"),
    [
        ("", "", "give a header"),
        (HEADER, "", "give a header"),
        (f"{HEADER}\n{ROW}\n{ROW}", "line 3.time", "sort the rows"),
        (f"{HEADER.replace('cloud,', '')}\n{ROW.replace('0.5,', '')}", "cloud", "add the column"),
        (f"{HEADER}\n{ROW.replace('+03:00', '')}", "line 2.time", "with its zone"),
        (f"{HEADER}\n{ROW.replace('0.7', '70')}", "line 2.humidity", "from 0 to 1"),
        (f"{HEADER}\n{ROW.replace('10000', '')}", "line 2.visibility_m", "from 0 to"),
        (f"{HEADER}\n{ROW.replace('10000', 'nan')}", "line 2.visibility_m", "from 0 to"),
        (f"{HEADER}\n{ROW.rpartition(',')[0]}", "humidity", "add the column"),
    ],
)
def test_faults(tmp_path, text, field, cure):
    series, faults = read(tmp_path / "weather.csv", text)
    assert series is None
    assert faults[0].field == field
    assert cure in faults[0].cure


def test_every_bad_column_is_named_at_once(tmp_path):
    _, faults = read(tmp_path / "weather.csv", f"{HEADER}\n{ROW.replace('0.7', '70').replace(',3,', ',-3,')}")
    assert {f.field for f in faults} == {"line 2.humidity", "line 2.wind_mps"}


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "weather.csv").write_bytes(b"\xff\xfe\x00\x01")
    faults = []
    assert read_weather(tmp_path / "weather.csv", "", False, faults) is None
    assert "not readable" in faults[0].problem


@given(st.text(max_size=200))
def test_any_text_is_read_or_explained(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("weather") / "weather.csv"
    path.write_text(f"{HEADER}\n{text}", encoding="utf-8", errors="replace")
    faults = []
    assert (read_weather(path, "", False, faults) is None) == bool(faults)


def test_columns_name_all_of_the_weather():
    assert HEADER.split(",")[1:] == list(COLUMNS)
