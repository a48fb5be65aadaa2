import gzip
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.errors import InputError
from limes.sector import load
from limes.sector.weather_file import read_weather
from limes.sector.weather_import import import_weather, read_isd, read_metar, relative_humidity, to_series, write_weather
from limes.units import parse_time

# Finland, 1 January 1901, the first record of NOAA's oldest station-year that is quoted everywhere; public domain.
ISD = (
    "0029029070999991901010106004+64333+023450FM-12+000599999V0202701N015919999999N0000001N9-00781+99999102001"
    "ADDGF108991999999999999999999"
)
# An Alpine summit, 1 January 2015: 12.9 m/s from 40 degrees, -0.4 C, dew point -18.5 C, no rain in 6 h.
SUMMIT = (
    "0116161100999992015010100004+45650+013750FM-12+000499999V0200401N012919999999N020000199-00041-01851103171ADDAA106000091"
)


def metar(text):
    (observation,) = read_metar([text], 2026, 1)
    return observation


def test_isd_record_of_1901():
    (o,) = read_isd([ISD])
    assert o.time == parse_time("1901-01-01T06:00:00+00:00")
    assert (o.wind, o.wind_from_deg, o.temperature, o.visibility, o.cloud) == (15.9, 270, -7.8, 0, 1.0)
    assert math.isnan(o.dew_point)
    assert math.isnan(o.gust)
    assert math.isnan(o.rain)


def test_isd_record_with_rain_group():
    (o,) = read_isd([SUMMIT])
    assert (o.wind, o.wind_from_deg, o.temperature, o.dew_point, o.visibility, o.rain) == (12.9, 40, -0.4, -18.5, 20000, 0.0)


def test_isd_rain_and_gust_are_scaled():
    (o,) = read_isd([SUMMIT.replace("AA106000091", "AA106012091OC101831")])
    assert o.rain == pytest.approx(2.0)
    assert o.gust == pytest.approx(18.3)


def test_isd_values_flagged_as_bad_are_left_out():
    bad = SUMMIT[:69] + "3" + SUMMIT[70:]
    assert math.isnan(read_isd([bad])[0].wind)


def test_isd_lines_that_are_none_are_left_out():
    assert read_isd(["", "hello", ISD[:50], "x" * 200, ISD.replace("19010101", "19011301")]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("METAR LTAJ 201350Z 27008G18KT 9999 SCT030 BKN080 05/M01 Q1018", (8, 270, 18, 10000, 0.75, 0, 5, -1)),
        ("METAR LTAJ 201350Z VRB02KT 0300 FG VV001 M01/M01 Q1022 NOSIG", (2, math.nan, math.nan, 300, 1.0, 0, -1, -1)),
        ("LTAJ 201350Z 00000KT CAVOK 20/10 Q1015", (0, 0, math.nan, 10000, 0.0, 0, 20, 10)),
        ("LTAJ 201350Z 36010KT 4000 -RA OVC010 04/03 Q1009 TEMPO 2000 +RA", (10, 360, math.nan, 4000, 1.0, 1, 4, 3)),
        (
            "KDEN 201350Z 18012KT 1 1/2SM +TSRA FEW020 12/11 A2992 RMK AO2 9999",
            (12, 180, math.nan, 2414.016, 1.5 / 8, 15, 12, 11),
        ),
        ("LTAJ 201350Z 27008KT 9999 SHRA NSC 05/ Q1018", (8, 270, math.nan, 10000, 0.0, 5, 5, math.nan)),
        (
            "LTAJ 201350Z ///// //// ////// ///// Q////",
            (math.nan, math.nan, math.nan, math.nan, math.nan, 0, math.nan, math.nan),
        ),
    ],
)
def test_metar(text, expected):
    o = metar(text)
    knots = 1852 / 3600
    got = (o.wind / knots, o.wind_from_deg, o.gust / knots, o.visibility, o.cloud, o.rain, o.temperature, o.dew_point)
    np.testing.assert_allclose(got, expected, rtol=1e-9)
    assert o.time == parse_time("2026-01-20T13:50:00+00:00")


def test_metar_in_metres_per_second():
    assert metar("UUEE 201350Z 27008MPS 9999 05/01 Q1018").wind == 8.0


def test_metar_dates_go_on_from_month_to_month():
    lines = ["LTAJ 312350Z 27008KT", "nothing", "LTAJ 010020Z 27008KT", "LTAJ 310020Z 27008KT"]
    times = [o.time for o in read_metar(lines, 2025, 12)]
    expected = ["2025-12-31T23:50", "2026-01-01T00:20", "2026-01-31T00:20"]
    assert times == [parse_time(f"{t}:00+00:00") for t in expected]
    (archived,) = read_metar(["201601201350 METAR LTAJ 201350Z 27008KT"], 1999, 1)
    assert archived.time == parse_time("2016-01-20T13:50:00+00:00")
    assert read_metar(["LTAJ 312350Z 27008KT"], 2026, 2) == []


def test_humidity_matches_published_pairs():
    """Dew points of 10 and 20 C at 20 C: 52.5 % and 100 % in the Smithsonian tables to half a per cent."""
    assert relative_humidity(20.0, 10.0) == pytest.approx(0.525, abs=0.005)
    assert relative_humidity(20.0, 20.0) == 1.0


def test_series_fills_gaps_and_keeps_its_source(tmp_path):
    lines = [
        "LTAJ 201200Z 27010KT 9999 FEW030 05/01 Q1018",
        "LTAJ 201300Z VRB01KT 9999 05/01 Q1018",
        "LTAJ 201400Z 09010G25KT 5000 -RA OVC010 03/03 Q1018",
        "LTAJ 201400Z 09010G25KT 5000 -RA OVC010 03/03 Q1018",
    ]
    series = to_series(read_metar(lines, 2026, 1), "METAR LTAJ")
    assert series.time.size == 3
    assert series.cloud[1] == pytest.approx((1.5 / 8 + 1) / 2)
    assert series.gust.tolist() == pytest.approx([10 * 1852 / 3600, 1852 / 3600, 25 * 1852 / 3600])
    assert series.wind_aloft[0] == pytest.approx(series.wind[0] * 60**0.25)
    assert series.rain.tolist() == [0, 0, 1]
    assert "estimated" in series.source
    write_weather(tmp_path / "weather.csv", series)
    faults = []
    again = read_weather(tmp_path / "weather.csv", series.source, False, faults)
    assert not faults
    np.testing.assert_allclose(again.wind_from, series.wind_from, atol=1e-4)
    np.testing.assert_allclose(again.humidity, series.humidity, atol=1e-5)
    assert again.time.tolist() == series.time.tolist()


def test_a_quantity_never_reported_is_named():
    with pytest.raises(InputError, match="dew point: is never reported"):
        to_series(read_isd([ISD]), "ISD")
    with pytest.raises(InputError, match="no report"):
        to_series([], "METAR")


@given(st.text(max_size=150))
def test_any_line_is_read_or_left_out(text):
    read_isd([text, ISD[:60] + text, text + ISD])
    read_metar([text, "LTAJ 201350Z " + text], 2026, 1)


def test_import_makes_the_sector_s_weather(mesa_folder, tmp_path):
    station = tmp_path / "station.gz"
    station.write_bytes(gzip.compress("\n".join([SUMMIT + "GF106", SUMMIT[:23] + "020100" + SUMMIT[29:]]).encode()))
    series = import_weather(mesa_folder, [station], "isd", source="NOAA ISD")
    assert series.time.size == 2
    sector = load(mesa_folder)
    assert sector.weather.source == "NOAA ISD; wind at 600 m estimated from 10 m"
    assert not sector.weather.modelled
    assert not any("stated climate" in notice for notice in sector.notices)
    import_weather(mesa_folder, [station], "isd")
    assert load(mesa_folder).weather.source.startswith("station.gz;")
    assert (mesa_folder / "weather.old-1.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("a.txt", b"LTAJ 201350Z 27008KT", "--start"), ("a.txt", b"nothing", "no report"), ("a.gz", b"no gzip", "cannot be read")],
)
def test_import_refuses_with_its_cure(mesa_folder, name, content, says):
    (mesa_folder / name).write_bytes(content)
    before = (mesa_folder / "sector.toml").read_text()
    with pytest.raises(InputError, match=says):
        import_weather(mesa_folder, [mesa_folder / name], "metar")
    assert (mesa_folder / "sector.toml").read_text() == before
    assert not (mesa_folder / "weather.csv").exists()


def test_import_needs_a_sector(tmp_path):
    with pytest.raises(InputError, match=r"no sector\.toml"):
        import_weather(tmp_path, [], "isd")
