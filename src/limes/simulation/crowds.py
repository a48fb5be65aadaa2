"""Crowds: the actors a scenario draws at random, each from its own generator, so that one more changes no other.

How many come is the scenario's; how each moves is here. All distances and durations are assumed, plausible for farmland.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from limes.geo import to_lonlat
from limes.sector import Sector
from limes.seeds import generator
from limes.sensing import sun_elevation
from limes.simulation.actors import Actor, on_side, place
from limes.simulation.paths import Path, joined, meander, walk
from limes.simulation.scenario import Crowd, Scenario

HOUR = 3600.0
_DUSK = math.radians(-6.0)
BEFORE = 4
"""Hours before the start from which parties may still be on their way."""


def crowds(scenario: Scenario, sector: Sector, seed: int) -> list[Actor]:
    """Every actor of the scenario's crowds, in order of crowd, hour and party."""
    zone = ZoneInfo(sector.time_zone)
    actors: list[Actor] = []
    for number, crowd in enumerate(scenario.crowd):
        weights = np.array(crowd.hours) / max(sum(crowd.hours), 1e-9)
        for hour in range(-BEFORE, math.ceil(scenario.duration / HOUR)):
            start = scenario.begin + hour * HOUR
            rate = crowd.per_day * weights[datetime.fromtimestamp(start, zone).hour]
            for party in range(int(generator(seed, "crowd", number, hour + BEFORE).poisson(rate))):
                rng = generator(seed, "crowd", number, hour + BEFORE, party)
                actors += _party(crowd, sector, start + rng.uniform(0.0, HOUR), rng)
    return [actor for actor in actors if actor.path.end > scenario.begin and actor.path.start < scenario.end]


def movers(scenario: Scenario, sector: Sector, seed: int) -> list[Actor]:
    """Those who make a load: every third a vehicle, to and fro over 3 km anywhere within 8 km of the line, all the time."""
    count, rng = scenario.movers, generator(seed, "movers")
    x, y = place(sector, rng.uniform(0.0, sector.border.length / 1000.0, count), rng.uniform(-8000.0, 8000.0, count))
    heading = rng.uniform(0.0, 2.0 * math.pi, count)
    speed = np.where(np.arange(count) % 3 == 0, rng.uniform(4.0, 12.0, count), rng.uniform(0.9, 1.6, count))
    early = rng.uniform(0.0, 1.0, count) * 3000.0 / speed
    actors = []
    for one in range(count):
        time = np.arange(scenario.begin - early[one], scenario.end + 3000.0 / speed[one], 3000.0 / speed[one])
        away = 3000.0 * (np.arange(len(time)) % 2)
        path = Path(time, x[one] + away * math.sin(heading[one]), y[one] + away * math.cos(heading[one]))
        actors.append(Actor("load", "person" if one % 3 else "vehicle", 1, path))
    return actors


def _party(crowd: Crowd, sector: Sector, start: float, rng: np.random.Generator) -> list[Actor]:
    members = 1 + int(rng.integers(0, max(round(2.0 * (crowd.members - 1.0)), 0) + 1))
    km = float(rng.uniform(0.0, sector.border.length / 1000.0))
    hostile = bool(rng.random() < crowd.hostile)
    outward = bool(rng.random() < crowd.outward)
    return _DOES[crowd.does](sector, km, start, members, outward, hostile, rng)


def _cross(
    sector: Sector, km: float, start: float, members: int, outward: bool, hostile: bool, rng: np.random.Generator
) -> list[Actor]:
    """On foot over the line: 2.5 to 6 km on the side they come from, 1 to 3 km on the other."""
    side = 1.0 if outward else -1.0
    offsets = np.array([side * rng.uniform(2500.0, 6000.0), -side * rng.uniform(1000.0, 3000.0)])
    drift = np.clip(km + rng.normal(0.0, 0.8, 2), 0.0, sector.border.length / 1000.0)
    x, y = meander(*place(sector, drift, offsets), 120.0, rng)
    speed = float(np.clip(rng.normal(1.25 if members == 1 else 1.1, 0.12), 0.7, 1.8))
    path = walk(x, y, start, speed, sector.terrain)
    return [Actor("crossing", "person" if members == 1 else "group", members, path, hostile)]


def _herd(
    sector: Sector, km: float, start: float, members: int, outward: bool, hostile: bool, rng: np.random.Generator
) -> list[Actor]:
    """A shepherd with a flock that grazes by daylight along the line, 1 to 5 km from it, seen as up to four clusters."""
    side = 1.0 if rng.random() < 0.6 else -1.0
    path = _rounds(sector, km, side, float(rng.uniform(1000.0, 5000.0)), (8, 400.0, 120.0), (start, 0.5, 120.0), rng)
    path = _by_light(path, sector)
    if len(path.time) < 2:
        return []
    flock = [
        Actor("flock", "animal", max(members // 4, 1), path.shifted(float(rng.uniform(5.0, 40.0)), *rng.normal(0.0, 25.0, 2)))
        for _ in range(min(4, members))
    ]
    return [Actor("shepherd", "person", 1, path), *flock]


def _roam(
    sector: Sector, km: float, start: float, members: int, outward: bool, hostile: bool, rng: np.random.Generator
) -> list[Actor]:
    """Dogs about a village or a post on either side: short ways, many turns, rests."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    speed = float(rng.uniform(1.2, 2.5))
    path = _rounds(sector, km, side, float(rng.uniform(300.0, 3500.0)), (30, 100.0, 60.0), (start, speed, 15.0), rng)
    return [
        Actor("dog", "animal", 1, path.shifted(float(rng.uniform(0, 15)), *rng.normal(0.0, 12.0, 2))) for _ in range(members)
    ]


def _farm(
    sector: Sector, km: float, start: float, members: int, outward: bool, hostile: bool, rng: np.random.Generator
) -> list[Actor]:
    """A tractor in lanes along a field, mostly at home."""
    side = 1.0 if rng.random() < 0.9 else -1.0
    first, width, lanes = float(rng.uniform(600.0, 4000.0)), float(rng.uniform(0.25, 0.6)), int(rng.integers(6, 16))
    lane = np.repeat(np.arange(lanes), 2)
    kms = np.clip(km + np.where(np.arange(2 * lanes) % 4 < 2, 0.0, width)[np.roll(np.arange(2 * lanes), 1)], 0.0, None)
    x, y = on_side(sector, *place(sector, kms, side * (first + 8.0 * lane)), side, 300.0)
    return [Actor("tractor", "vehicle", 1, walk(x, y, start, float(rng.uniform(1.8, 3.0))))]


def _drive(
    sector: Sector, km: float, start: float, members: int, outward: bool, hostile: bool, rng: np.random.Generator
) -> list[Actor]:
    """A vehicle along the border road, 10 to 30 km one way."""
    length = sector.border.length / 1000.0
    end = float(np.clip(km + rng.choice([-1.0, 1.0]) * rng.uniform(10.0, 30.0), 0.0, length))
    kms = np.linspace(km, end, max(int(abs(end - km) / 0.5), 1) + 1)
    x, y = on_side(sector, *place(sector, kms, 900.0), 1.0, 500.0)
    return [Actor("road traffic", "vehicle", 1, walk(x, y, start, float(rng.uniform(9.0, 15.0))))]


def _rounds(
    sector: Sector,
    km: float,
    side: float,
    offset: float,
    spread: tuple[int, float, float],
    pace: tuple[float, float, float],
    rng: np.random.Generator,
) -> Path:
    """A way here and there about a place on one side of the line.

    `spread`: how many points, and their standard deviations along and across the line, m; `pace`: start, speed in m/s,
    and the mean rest at each point, s.
    """
    count, along, across = spread
    start, speed, rest = pace
    kms = np.clip(km + rng.normal(0.0, along / 1000.0, count), 0.0, sector.border.length / 1000.0)
    x, y = on_side(sector, *place(sector, kms, side * offset + rng.normal(0.0, across, count)), side, 150.0)
    parts: list[Path] = []
    for leg in range(count - 1):
        parts.append(walk(x[leg : leg + 2], y[leg : leg + 2], start, speed, sector.terrain))
        start = parts[-1].end + float(rng.exponential(rest))
    return joined(parts)


def _by_light(path: Path, sector: Sector) -> Path:
    """The part of a way before civil dusk: then they are home."""
    lon, lat = to_lonlat(path.x[0], path.y[0], sector.crs)
    light = sun_elevation(float(lon), float(lat), path.time) > _DUSK
    end = len(light) if light.all() else int(np.argmin(light))
    return Path(path.time[:end], path.x[:end], path.y[:end])


_Maker = Callable[[Sector, float, float, int, bool, bool, np.random.Generator], list[Actor]]
_DOES: dict[str, _Maker] = {"cross": _cross, "herd": _herd, "roam": _roam, "farm": _farm, "drive": _drive}
