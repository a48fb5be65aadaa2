"""Weather series from airport reports (METAR) and from NOAA's Integrated Surface Data (ISD)."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from limes.errors import InputError
from limes.sector.backup import back_up
from limes.sector.toml_text import with_table
from limes.sector.weather import WeatherSeries
from limes.sector.weather_file import COLUMNS
from limes.units import KNOT, format_time

ALOFT_EXPONENT = 0.25
"""Exponent of the power law that takes wind from 10 m to 600 m (assumed, 0.14 by day to 0.35 by night)."""

RAIN = {"-": 1.0, "": 5.0, "+": 15.0}
"""Rain rate of light, moderate and heavy rain in a METAR, mm/h (assumed; WMO draws the lines at 2.5 and 10)."""

_OKTAS = {"SKC": 0.0, "CLR": 0.0, "NSC": 0.0, "NCD": 0.0, "FEW": 1.5, "SCT": 3.5, "BKN": 6.0, "OVC": 8.0, "VV": 8.0}

_STAMP = re.compile(r"\b(\d\d)(\d\d)(\d\d)Z\b", re.ASCII)
_DATED = re.compile(r"\s*(\d{4})(\d\d)\d{6}\b", re.ASCII)
_ISD = re.compile(
    r".{15}(?P<time>[0-9]{12}).{33}"  # columns 1 to 60
    r"(?P<wind_from>[0-9]{3})(?P<wind_from_flag>.).(?P<wind>[0-9]{4})(?P<wind_flag>.).{8}"  # to 78
    r"(?P<visibility>[0-9]{6})(?P<visibility_flag>.).{2}"  # to 87
    r"(?P<temperature>[+-][0-9]{4})(?P<temperature_flag>.)(?P<dew_point>[+-][0-9]{4})(?P<dew_point_flag>.).{6}"  # to 105
)


@dataclass(frozen=True)
class Observation:
    """One report of a station: UTC epoch s and the units of `Weather`, wind direction in degrees; NaN: not reported."""

    time: float
    wind: float = math.nan
    wind_from_deg: float = math.nan
    gust: float = math.nan
    visibility: float = math.nan
    cloud: float = math.nan
    rain: float = math.nan
    temperature: float = math.nan
    dew_point: float = math.nan


def relative_humidity(temperature: float, dew_point: float) -> float:
    """Relative humidity, 0-1, from temperature and dew point in degrees C (Magnus form of Alduchov and Eskridge 1996).

    >>> round(relative_humidity(25.0, 15.0), 3)
    0.538
    """

    def magnus(celsius: float) -> float:
        return 17.625 * celsius / (celsius + 243.04)

    return min(math.exp(magnus(dew_point) - magnus(temperature)), 1.0)


def read_isd(lines: Iterable[str]) -> list[Observation]:
    """Read ISD records (NOAA fixed-width format, one a line); other lines are left out, so are values flagged as bad.

    >>> head = "0029029070999991901010106004+64333+023450FM-12+000599999V02027"
    >>> read_isd([head + "01N015919999999N0000001N9-00781+99999102001ADDGF108991"])[0].temperature
    -7.8
    """
    found = (_isd(line.rstrip()) for line in lines)
    return [observation for observation in found if observation]


def _isd(line: str) -> Observation | None:
    record = _ISD.match(line)
    if not record:
        return None
    try:
        time = datetime.strptime(record["time"], "%Y%m%d%H%M").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
    extra = line[record.end() :]
    rain, cover, gust = (re.search(p, extra) for p in (r"AA1(\d\d)(\d{4}).[^2367]", r"GF1(0\d)", r"OC1(\d{4})[^2367]"))
    hours = int(rain[1]) if rain else 0
    return Observation(
        time=time,
        wind=_isd_value(record, "wind", 10, "9999"),
        wind_from_deg=_isd_value(record, "wind_from", 1, "999"),
        gust=int(gust[1]) / 10 if gust and gust[1] != "9999" else math.nan,
        visibility=_isd_value(record, "visibility", 1, "999999"),
        cloud=min(int(cover[1]), 8) / 8 if cover else math.nan,
        rain=int(rain[2]) / 10 / hours if rain and rain[2] != "9999" and 0 < hours < 99 else math.nan,
        temperature=_isd_value(record, "temperature", 10, "9999"),
        dew_point=_isd_value(record, "dew_point", 10, "9999"),
    )


def _isd_value(record: re.Match[str], name: str, scale: float, missing: str) -> float:
    """A number of the record, NaN where it is missing or its quality flag says suspect or erroneous."""
    text, flag = record[name], record[f"{name}_flag"]
    return math.nan if text.lstrip("+-") == missing or flag in "2367" else int(text) / scale


def read_metar(lines: Iterable[str], year: int, month: int) -> list[Observation]:
    """Read METAR or SPECI reports, one a line, in the order of time; other lines are left out.

    A line may begin with its own date (YYYYMMDDHHMM, as archives print it); otherwise `year` and `month` are those of the first
    report and the month goes on where the day falls back.
    """
    observations, last_day = [], 0
    for line in lines:
        stamp = _STAMP.search(line)
        if not stamp:
            continue
        day, dated = int(stamp[1]), _DATED.match(line)
        if dated:
            year, month = int(dated[1]), int(dated[2])
        elif day < last_day:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        last_day = day
        try:
            moment = datetime(year, month, day, int(stamp[2]) % 24, int(stamp[3]), tzinfo=UTC)
        except ValueError:
            continue
        later = timedelta(days=int(stamp[2]) // 24)
        observations.append(_metar(line[stamp.end() :].split(" RMK")[0], (moment + later).timestamp()))
    return observations


def _metar(body: str, time: float) -> Observation:
    body = re.split(r"\b(?:TEMPO|BECMG|NOSIG)\b", body)[0]
    wind = re.search(r"\b(\d{3}|VRB)(\d{2,3})(?:G(\d{2,3}))?(KT|MPS)\b", body)
    speed = KNOT if wind and wind[4] == "KT" else 1.0
    heat = re.search(r"\b(M?\d\d)/(M?\d\d)?(?=\s|=|$)", body)
    rain = re.search(r"(?:^|\s)([-+]?)(?:SH|TS|FZ)?(?:DZ|RA|SN|GR)+[A-Z]*\b", body)
    layers = [_OKTAS[name] for name in re.findall(r"\b(SKC|CLR|NSC|NCD|FEW|SCT|BKN|OVC|VV)(?=\d|\s|=|/|$)", body)]
    cavok = "CAVOK" in body
    return Observation(
        time=time,
        wind=int(wind[2]) * speed if wind else math.nan,
        wind_from_deg=float(wind[1]) if wind and wind[1] != "VRB" else math.nan,
        gust=int(wind[3]) * speed if wind and wind[3] else math.nan,
        visibility=_metar_visibility(body),
        cloud=max(layers) / 8 if layers else 0.0 if cavok else math.nan,
        rain=RAIN[rain[1]] if rain else 0.0,
        temperature=_metar_degrees(heat[1]) if heat else math.nan,
        dew_point=_metar_degrees(heat[2]) if heat and heat[2] else math.nan,
    )


def _metar_degrees(text: str) -> float:
    return -float(text[1:]) if text.startswith("M") else float(text)


def _metar_visibility(body: str) -> float:
    """Metres; 10 km for "10 km or more", which is all a METAR says."""
    miles = re.search(r"\b(?:(\d+) )?(\d+)(?:/(\d+))?SM\b", body)
    if miles:
        return 1609.344 * (int(miles[1] or 0) + int(miles[2]) / int(miles[3] or 1))
    metres = re.search(r"(?:^|\s)(\d{4})(?:NDV)?(?=\s|=|$)", body)
    if "CAVOK" in body or (metres and metres[1] == "9999"):
        return 10_000.0
    return float(metres[1]) if metres else math.nan


def to_series(observations: Sequence[Observation], source: str) -> WeatherSeries:
    """Join observations to a series; what is not reported is interpolated in time, wind at 600 m comes from a power law.

    Gusts not reported are the mean wind, rain not reported is none, repeated times count once. Raises InputError when a
    quantity is never reported.
    """
    rows = sorted({o.time: o for o in observations}.values(), key=lambda o: o.time)
    if not rows:
        raise InputError(source, "", "holds no report that can be read", "give METAR reports or ISD records, one a line")
    time = np.array([o.time for o in rows])
    wind = _filled(time, rows, "wind", source, lambda o: o.wind)
    east = _filled(time, rows, "wind direction", source, lambda o: math.sin(math.radians(o.wind_from_deg)))
    north = _filled(time, rows, "wind direction", source, lambda o: math.cos(math.radians(o.wind_from_deg)))
    gust, rain = np.array([o.gust for o in rows]), np.array([o.rain for o in rows])
    return WeatherSeries(
        time=time,
        wind=wind,
        wind_from=np.arctan2(east, north) % (2 * np.pi),
        gust=np.fmax(gust, wind),
        wind_aloft=wind * 60.0**ALOFT_EXPONENT,
        visibility=_filled(time, rows, "visibility", source, lambda o: o.visibility),
        cloud=_filled(time, rows, "cloud", source, lambda o: o.cloud),
        rain=np.nan_to_num(rain, nan=0.0),
        temperature=_filled(time, rows, "temperature", source, lambda o: o.temperature),
        humidity=_filled(time, rows, "dew point", source, lambda o: relative_humidity(o.temperature, o.dew_point)),
        modelled=False,
        source=f"{source}; wind at 600 m estimated from 10 m",
    )


def import_weather(
    folder: Path, files: Sequence[Path], form: Literal["metar", "isd"], start: tuple[int, int] | None = None, source: str = ""
) -> WeatherSeries:
    """Make the weather.csv of a sector from station files (plain or .gz) and name their source in sector.toml.

    `start` is year and month of the first METAR, needed where the reports do not begin with their dates. An old weather.csv and
    sector.toml stay as backups. Raises InputError when the files hold no report or never report a quantity.
    """
    toml = folder / "sector.toml"
    if not toml.is_file():
        raise InputError(folder, "", "holds no sector.toml", "give the folder of a sector")
    lines = [line for file in files for line in _lines(Path(file))]
    if form == "metar" and start is None and not all(_DATED.match(line) for line in lines if _STAMP.search(line)):
        raise InputError(files[0], "date", "is not in the reports", "say the year and month of the first: --start 2026-01")
    observations = read_isd(lines) if form == "isd" else read_metar(lines, *(start or (1, 1)))
    series = to_series(observations, source or ", ".join(Path(file).name for file in files))
    text = with_table(toml.read_text("utf-8"), "weather", {"source": series.source, "modelled": False})
    for path in (folder / "weather.csv", toml):
        back_up(path)
    write_weather(folder / "weather.csv", series)
    toml.write_text(text, "utf-8")
    return series


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("latin-1").splitlines()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(path, "", f"cannot be read ({error})", "give METAR reports or ISD records, plain or .gz") from error


def _filled(
    time: np.ndarray, rows: Sequence[Observation], name: str, source: str, value: Callable[[Observation], float]
) -> np.ndarray:
    values = np.array([value(row) for row in rows])
    known = ~np.isnan(values)
    if not known.any():
        raise InputError(source, name, "is never reported", "use another station")
    return np.interp(time, time[known], values[known])


def write_weather(path: Path, series: WeatherSeries) -> None:
    """Write a series as weather.csv."""
    lines = [",".join(["time", *COLUMNS])]
    for i, time in enumerate(series.time):
        values = [float(getattr(series, field)[i]) for field, _, _ in COLUMNS.values()]
        values[1] = math.degrees(values[1])
        lines.append(",".join([format_time(float(time)), *(f"{value:.6g}" for value in values)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
