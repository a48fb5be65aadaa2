"""What `sector.toml` holds, and every fault in it explained."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from limes.errors import Fault
from limes.geo import is_projected
from limes.sector.border import Side
from limes.sector.weather import Climate, Normal

NAME = "sector.toml"

_CURES = {
    "name": "use lower-case letters, digits and hyphens, such as kilis-jarabulus",
    "time_zone": "use a name of the IANA data base such as Europe/Istanbul",
    "crs": "use a projected CRS in metres such as the UTM zone EPSG:32637",
    "home_side": 'write "left" or "right": the hand on which home lies when walking along the line',
    "files": 'list the raster files, such as ["terrain.tif"]',
    "extra_forbidden": "remove it, or correct its spelling",
    "missing": "add it",
}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a known time zone") from None
    return name


def _projected(crs: str) -> str:
    from pyproj.exceptions import CRSError

    try:
        good = is_projected(crs)
    except CRSError:
        raise ValueError(f"{crs!r} is not a known CRS") from None
    if not good:
        raise ValueError(f"{crs!r} is not a projected CRS in metres")
    return crs


def _ordered(bounds: tuple[float, float, float]) -> tuple[float, float, float]:
    if not bounds[0] <= bounds[1] <= bounds[2]:
        raise ValueError("is not in the order low, value, high")
    return bounds


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Spread = Annotated[tuple[float, float, float], AfterValidator(_ordered)]
"""Low, value and high of an assumed number."""


class NormalSettings(_Strict):
    """Normals of one month, each as low, value, high; units as in `limes.sector.weather.Normal`, `wind_from_deg` one number."""

    temperature: Spread
    swing: Spread
    wind: Spread
    wind_swing: Spread
    wind_from_deg: float
    gust_factor: Spread
    wind_aloft: Spread
    humidity: Spread
    humidity_swing: Spread
    visibility: Spread
    fog: Spread
    cloud: Spread
    wet: Spread
    rain: Spread

    def normal(self) -> Normal:
        """The middle values as a `Normal`."""
        middle = {k: v[1] for k, v in self if k != "wind_from_deg"}
        return Normal(**middle, wind_from=math.radians(self.wind_from_deg))


class ClimateSettings(_Strict):
    """A stated climate model."""

    source: str
    longitude: float = Field(ge=-180, le=180)
    january: NormalSettings
    july: NormalSettings

    def climate(self) -> Climate:
        """The climate without its ranges."""
        return Climate(self.january.normal(), self.july.normal(), self.longitude, self.source)


class TerrainSettings(_Strict):
    """Which files hold the terrain, whether it is modelled, whose it is and what must be shown with it."""

    files: list[str] = Field(min_length=1)
    modelled: bool = False
    source: str = Field(min_length=1)
    notice: str = ""


class WeatherSettings(_Strict):
    """Whose series `weather.csv` is."""

    source: str = Field(min_length=1)
    modelled: bool = False


class Settings(_Strict):
    """The whole of `sector.toml`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    time_zone: Annotated[str, AfterValidator(_zone)]
    crs: Annotated[str, AfterValidator(_projected)]
    home: str = Field(min_length=1)
    other: str = Field(min_length=1)
    home_side: Side
    terrain: TerrainSettings
    weather: WeatherSettings | None = None
    climate: ClimateSettings | None = None
    notices: list[str] = []


def read_settings(path: Path, faults: list[Fault]) -> Settings | None:
    """Read `sector.toml`; None, with its faults appended, when it cannot be used."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(path.name, "", "is missing", "make a sector with `limes sector new FOLDER --border LINE.geojson`"))
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, "", f"is not valid TOML ({error})", "correct that line"))
        return None
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        faults.extend(_explain(path.name, dict(e)) for e in error.errors())
        return None


def _explain(file: str, error: dict[str, Any]) -> Fault:
    field = ".".join(str(part) for part in error["loc"])
    names = [str(part) for part in error["loc"] if isinstance(part, str)]
    kind = error["type"]
    problem = {"missing": "is missing", "extra_forbidden": "is not known here"}.get(kind)
    if problem is None:
        problem = str(error["ctx"]["error"]) if kind == "value_error" else f"is {error['input']!r}: {error['msg'].lower()}"
    cure = _CURES.get(kind) or _CURES.get(names[-1]) or "correct the value"
    return Fault(file, field, problem, cure)
