"""Everything that closure is computed from: a sector with a deployment at an hour in a weather; and closure with parts lost."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from limes.closure.barriers import delays, with_gates
from limes.closure.ground import Ground, ground
from limes.closure.hazard import Hazards, hazards
from limes.closure.movement import Mode, modes
from limes.closure.response import ASSESS, P_ACT, Response, response, units_of
from limes.closure.worst import Direction, Outcome, Task, outcome, task
from limes.geo import to_lonlat
from limes.sector import Asset, Deployment, Sector
from limes.sector.weather import Weather
from limes.sensing import Sensor, sensors_of, sun_elevation, targets_of, with_sight

DIRECTIONS: tuple[Direction, ...] = ("in", "out")
"""Towards home, and away from it."""

_RESPONSE_CELL = 90.0  # m: finer grounds look response times up from this one


@dataclass(frozen=True)
class Setup:
    """The stated assumptions.

    `cell`, `approach` and `depth` metres of the ground; `assess` s from detection to order; `p_act` chance that a detection is
    answered; `manning` share of the crews that the roll can man.
    """

    cell: float = 90.0
    approach: float = 3000.0
    depth: float = 3000.0
    assess: float = ASSESS
    p_act: float = P_ACT
    manning: float = 1.0


@dataclass(frozen=True)
class Scene:
    """A deployment ready to be asked: ground, sensors, response, and by way of crossing its task and the rates of detection."""

    sector: Sector
    deployment: Deployment
    setup: Setup
    time: float
    weather: Weather
    ground: Ground
    coarse: Ground | None
    sensors: tuple[Sensor, ...]
    modes: Mapping[str, Mode]
    tasks: Mapping[str, Task]
    hazards: Mapping[str, Hazards]
    response: Response

    @property
    def night(self) -> bool:
        """Whether the sun is down over the sector."""
        return _night(self.sector, self.time)


def scene(
    sector: Sector,
    deployment: Deployment,
    time: float,
    weather: Weather,
    setup: Setup | None = None,
    only: str | tuple[str, ...] | None = None,
) -> Scene:
    """Prepare a deployment: some seconds for a long sector, after which each question takes a fraction of one.

    `only` one way of crossing or some, by default foot, vehicle and drone.
    """
    setup = Setup() if setup is None else setup
    land = ground(sector, setup.cell, setup.approach, setup.depth)
    coarse = None if setup.cell >= _RESPONSE_CELL else ground(sector, _RESPONSE_CELL, setup.approach, setup.depth)
    sensors = with_sight(sensors_of(deployment, sector), sector.terrain)
    wanted = (only,) if isinstance(only, str) else only
    kinds = {name: mode for name, mode in modes(targets_of(sector.catalogue)).items() if wanted is None or name in wanted}
    spans = _spans(deployment.assets)
    units = units_of(deployment.assets, sector.catalogue, _night(sector, time), setup.manning)
    found = {n: hazards(sensors, spans, sector, land, m.target_class, time, weather) for n, m in kinds.items()}
    tasks = {name: task_of(land, mode, deployment.assets, sector) for name, mode in kinds.items()}
    reply = replace(response(land, units, setup.assess, coarse), p_act=setup.p_act)
    known = (MappingProxyType(kinds), MappingProxyType(tasks), MappingProxyType(found))
    return Scene(sector, deployment, setup, time, weather, land, coarse, sensors, *known, reply)


def closure(
    about: Scene, mode: str, direction: Direction, lost: frozenset[str] = frozenset(), reply: Response | None = None
) -> Outcome:
    """The worst way through every km without the assets, sensors or units named in `lost`; `reply` replaces the response.

    A post that is lost takes its patrols with it.
    """
    found = about.hazards[mode]
    up = np.array([key not in lost and asset not in lost for key, asset in zip(found.ids, found.assets, strict=True)], bool)
    standing = _task_without(about, mode, lost)
    answer = about.response if reply is None else reply
    return outcome(standing, found, up, answer.without(lost) if lost else answer, direction)


def closures(
    about: Scene, lost: frozenset[str] = frozenset(), reply: Response | None = None
) -> dict[tuple[str, Direction], Outcome]:
    """`closure` of every way of crossing in both directions (two threads, same bytes whatever their number)."""
    asked: list[tuple[str, Direction]] = [(mode, direction) for mode in about.modes for direction in DIRECTIONS]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(asked, pool.map(lambda one: closure(about, one[0], one[1], lost, reply), asked), strict=True))


def with_assets(about: Scene, added: tuple[Asset, ...]) -> Scene:
    """The scene with more assets: only what they bring is computed."""
    more = replace(about.deployment, assets=added)
    whole = replace(about.deployment, assets=about.deployment.assets + added)
    sensors = with_sight(sensors_of(more, about.sector), about.sector.terrain)
    units = units_of(added, about.sector.catalogue, about.night, about.setup.manning)
    spans, land = _spans(added), about.ground
    found = {
        name: known.joined(
            hazards(sensors, spans, about.sector, land, about.modes[name].target_class, about.time, about.weather)
        )
        for name, known in about.hazards.items()
    }
    walls = any(asset.family in ("wall", "fence", "gate") for asset in added)
    tasks = (
        {name: task_of(land, mode, whole.assets, about.sector) for name, mode in about.modes.items()} if walls else about.tasks
    )
    reply = about.response.joined(response(land, units, about.setup.assess, about.coarse)) if units else about.response
    return replace(
        about, deployment=whole, sensors=about.sensors + sensors, hazards=MappingProxyType(found), tasks=tasks, response=reply
    )


def _night(sector: Sector, time: float) -> bool:
    x, y = sector.border.point(sector.border.length / 2.0)
    lon, lat = to_lonlat(float(x), float(y), sector.crs)
    return bool(sun_elevation(float(lon), float(lat), time) < 0.0)


def _spans(assets: tuple[Asset, ...]) -> dict[str, tuple[float, float]]:
    return {a.id: (a.line_from, a.line_to) for a in assets if a.line_from is not None and a.line_to is not None}


def task_of(land: Ground, mode: Mode, assets: tuple[Asset, ...], sector: Sector) -> Task:
    """What a way of crossing meets of the barriers and gates among some assets, and its quickest times."""
    kinds = sector.catalogue.kinds
    gates = tuple((float(sector.border.locate(a.x, a.y)[0]), kinds[a.kind]) for a in assets if a.family == "gate")
    slow = delays(assets, sector.catalogue, mode, land.length)
    return task(land, mode, with_gates(slow, gates, mode, land.length))


def _task_without(about: Scene, mode: str, lost: frozenset[str]) -> Task:
    """The task without lost barriers; the known one when none is lost."""
    gone = {a.id for a in about.deployment.assets if a.id in lost and a.family in ("wall", "fence", "gate")}
    if not gone:
        return about.tasks[mode]
    kept = tuple(a for a in about.deployment.assets if a.id not in gone)
    return task_of(about.ground, about.modes[mode], kept, about.sector)
