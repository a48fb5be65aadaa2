"""A scenario: one stretch of time on a sector with its weather, its people, its faults, and what a good watch makes of them.

A TOML file beside the sector (`scenarios/NAME.toml`), or one of those that come with Limes and fit any sector. Times in the
file are local ("19:20", "02:30:15"; an hour before the start belongs to the next day); here they are seconds after the
start.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from limes.errors import InputError
from limes.sector import Sector

BUILT_IN = Path(__file__).parent / "scenarios"
TIME_FIELDS = ("at", "start", "end", "after", "until", "down", "up")

_STRICT = ConfigDict(extra="forbid")
Seconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1000)]
TargetClass = Literal["person", "group", "vehicle", "animal", "drone"]


@dataclass(frozen=True, config=_STRICT)
class Leg:
    """One point of a scripted way: where (km along the border, metres from it, positive at home), and how it is reached.

    With `at` (seconds after the start) the speed on the leg follows from it; else `speed_mps`, else the usual speed of the
    class. `wait_min` minutes are spent there.
    """

    km: Number
    offset_m: Number
    at: Seconds | None = None
    speed_mps: Annotated[float, Field(gt=0.0, le=60.0)] | None = None
    wait_min: Seconds = 0.0


@dataclass(frozen=True, config=_STRICT)
class Scripted:
    """Somebody whose way the scenario tells; `each` copies of it go `apart_m` metres from one another."""

    name: str
    target_class: TargetClass
    legs: Annotated[tuple[Leg, ...], Field(min_length=1)]
    members: Count = 1
    each: Count = 1
    apart_m: Annotated[float, Field(ge=0.0, le=5000.0)] = 0.0
    wander_m: Annotated[float, Field(ge=0.0, le=500.0)] = 0.0
    hostile: bool = False


@dataclass(frozen=True, config=_STRICT)
class Crowd:
    """Actors drawn at random: `per_day` parties of 1 to twice `members` in 24 hours over the whole stretch, by local hour.

    `hours` (24 weights, any sum) spreads them over the day. `does` is what they do: cross (from the other side home;
    `outward` is the share that goes the other way), herd, roam (dogs), farm (tractors), drive (along the border road).
    `hostile` is the share marked so in the truth.
    """

    does: Literal["cross", "herd", "roam", "farm", "drive"]
    per_day: Annotated[float, Field(ge=0.0, le=1e6)]
    hours: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]
    members: Annotated[float, Field(ge=1.0, le=100.0)] = 1.0
    outward: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    hostile: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    source: str = ""


@dataclass(frozen=True, config=_STRICT)
class WeatherPoint:
    """The weather at one moment; what is not stated follows the sector's climate, between points all is linear."""

    at: Seconds
    wind_mps: Number | None = None
    wind_from_deg: Number | None = None
    gust_mps: Number | None = None
    wind_aloft_mps: Number | None = None
    visibility_m: Number | None = None
    cloud: Number | None = None
    rain_mm_h: Number | None = None
    temperature_c: Number | None = None
    humidity: Number | None = None


@dataclass(frozen=True, config=_STRICT)
class Failure:
    """An asset that is not well for a while: silent (says nothing), down (says so), or degraded (half its detections)."""

    asset: str
    state: Literal["silent", "down", "degraded"]
    start: Seconds
    end: Seconds


@dataclass(frozen=True, config=_STRICT)
class Flight:
    """When the crew of one aerostat takes it down and has it up again; without one, crews follow the wind as they should.

    From `down` it sees nothing and is on its mooring a recovery time later; at `up` it looks again.
    """

    asset: str
    down: Seconds
    up: Seconds


@dataclass(frozen=True, config=_STRICT)
class Disturbance:
    """Nuisance reports of one family of line sensors along a part of the border: a gust in a slack fence, animals at it."""

    family: Literal["fence_sensor", "fibre"]
    from_km: Number
    to_km: Number
    start: Seconds
    end: Seconds
    per_km_h: Annotated[float, Field(ge=0.0, le=1e5)]


@dataclass(frozen=True, config=_STRICT)
class Digging:
    """Somebody at work underground: the fibre may hear it, each minute with the chance its model gives for offset and depth."""

    km: Number
    start: Seconds
    end: Seconds
    offset_m: Number
    depth_m: Annotated[float, Field(ge=0.0, le=50.0)]
    machine: bool = False


@dataclass(frozen=True, config=_STRICT)
class Expectation:
    """What a good watch makes of a moment: alerts of these `kinds`, near these km, from `after` on.

    The first must come before `until`; between them there are `least` to `most` alerts. `asset` narrows it to those about
    one asset; `priority` is the lowest the first may have; `outranks` asks that no alert opened in the hour before has as
    high a one.
    """

    what: str
    kinds: Annotated[tuple[str, ...], Field(min_length=1)]
    after: Seconds
    until: Seconds
    from_km: Number = -math.inf
    to_km: Number = math.inf
    asset: str | None = None
    priority: Literal["rescue", "high", "medium", "low"] = "low"
    least: Annotated[int, Field(ge=0)] = 1
    most: Annotated[int, Field(ge=0)] = 1_000_000
    outranks: bool = False


@dataclass(frozen=True, config=_STRICT)
class Scenario:
    """All of a scenario; `begin` is UTC epoch seconds, everything else in it counts from there. `duration` in seconds.

    `movers` people and vehicles walk and drive to and fro all the time, to make a load and nothing else.
    """

    name: str
    title: str
    begin: float
    duration: Annotated[float, Field(gt=0.0, le=31 * 86_400.0)]
    note: str = ""
    movers: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    weather: tuple[WeatherPoint, ...] = ()
    crowd: tuple[Crowd, ...] = ()
    actor: tuple[Scripted, ...] = ()
    failure: tuple[Failure, ...] = ()
    flight: tuple[Flight, ...] = ()
    disturbance: tuple[Disturbance, ...] = ()
    digging: tuple[Digging, ...] = ()
    expect: tuple[Expectation, ...] = field(default_factory=tuple)

    @property
    def end(self) -> float:
        """When it ends, UTC epoch seconds."""
        return self.begin + self.duration


def scenario_names(sector: Sector) -> tuple[str, ...]:
    """Scenarios that can be played on a sector: its own and those that come with Limes."""
    folders = (sector.folder / "scenarios", BUILT_IN)
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml")}))


def load_scenario(name: str | Path, sector: Sector) -> Scenario:
    """Load a scenario by its name or its file; InputError (file, field, problem, cure) when it cannot be played.

    >>> from limes.sector import bundled, load
    >>> load_scenario("quiet", load(bundled("mesa-verde"))).duration / 3600
    24.0
    """
    path = _find(name, sector)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "give a scenario in TOML") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(path, "", f"is not TOML ({fault})", "correct it at that place") from None
    start, zone = _start(raw, path), ZoneInfo(sector.time_zone)
    body = {key: value for key, value in _seconds(raw, start, path, "").items() if key not in ("date", "start", "hours")}
    hours = raw.get("hours")
    if not isinstance(hours, int | float):
        raise InputError(path, "hours", "is missing or no number", "say how long the scenario lasts")
    body |= {"begin": start.replace(tzinfo=zone).timestamp(), "duration": hours * 3600.0, "name": path.stem}
    try:
        scenario = TypeAdapter(Scenario).validate_python(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(path, where, first["msg"], "see docs/guides/simulation.md") from None
    _check(scenario, sector, path)
    return scenario


def _find(name: str | Path, sector: Sector) -> Path:
    if Path(name).suffix == ".toml":
        return Path(name)
    for folder in (sector.folder / "scenarios", BUILT_IN):
        path = folder / f"{name}.toml"
        if Path(name).name == str(name) and path.is_file():
            return path
    raise InputError(str(name), "", "is no scenario of this sector", f"use one of {', '.join(scenario_names(sector))}")


def _start(raw: Mapping[str, Any], path: Path) -> datetime:
    day, start = raw.get("date"), raw.get("start")
    try:
        return datetime.combine(day if isinstance(day, date) else date.fromisoformat(day or ""), _clock(start))
    except (TypeError, ValueError):
        raise InputError(
            path, "start", f"is {day!r} {start!r}", 'give date = 2026-01-20 and start = "17:00", local time'
        ) from None


def _clock(text: Any) -> time:
    if not isinstance(text, str):
        raise ValueError("a local time is a text")
    return datetime.strptime(text, "%H:%M:%S" if text.count(":") == 2 else "%H:%M").time()


def _seconds(value: Any, start: datetime, path: Path, where: str) -> Any:
    """The raw file with every local time as seconds after the start."""
    if isinstance(value, list):
        return [_seconds(one, start, path, f"{where}{number}.") for number, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, one in value.items():
        if key in TIME_FIELDS and where and isinstance(one, str):
            try:
                moment = datetime.combine(start.date(), _clock(one))
            except ValueError:
                raise InputError(path, f"{where}{key}", f"{one!r} is no local time", 'write "19:20" or "19:20:30"') from None
            out[key] = (moment - start + timedelta(days=moment < start)).total_seconds()
        else:
            out[key] = _seconds(one, start, path, f"{where}{key}.")
    return out


def _check(scenario: Scenario, sector: Sector, path: Path) -> None:
    """What the types alone cannot say."""
    length = sector.border.length / 1000.0
    places = [(f"actor.{n}.legs.{m}", leg.km) for n, actor in enumerate(scenario.actor) for m, leg in enumerate(actor.legs)]
    places += [(f"digging.{n}", one.km) for n, one in enumerate(scenario.digging)]
    for where, km in places:
        if not 0.0 <= km <= length:
            raise InputError(path, f"{where}.km", f"{km:g} is not on the border", f"give 0 to {length:.1f}")
    for n, actor in enumerate(scenario.actor):
        if actor.legs[0].at is None:
            raise InputError(path, f"actor.{n}.legs.0.at", "is missing", "say when the first leg begins")
        timed = [leg.at for leg in actor.legs if leg.at is not None]
        if timed != sorted(timed):
            raise InputError(path, f"actor.{n}.legs", "go back in time", "order them by time")
    if sorted(point.at for point in scenario.weather) != [point.at for point in scenario.weather]:
        raise InputError(path, "weather", "goes back in time", "order the points by time")
