"""Units: patrols on their beat along the line and drones on their pad, and how they go where a task sends them.

A unit reports where it is; sensors do not report it (its transponder is taken to filter it out of their plots). It never
goes over the line: a task beyond it ends at the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.geo import to_lonlat, to_plane
from limes.links.fields import Event
from limes.sector.catalogue import CatalogueKind
from limes.sector.deployment import Asset
from limes.seeds import generator
from limes.sensing import sun_elevation
from limes.simulation.actors import on_side, place
from limes.simulation.paths import Path, joined, walk
from limes.simulation.stage import Stage

ROAD = 250.0
"""Metres at home from the line at which patrols go along it."""

REPORT = 10
"""Seconds between the position reports of a unit."""

_BEAT = {"vehicle": 6.0, "foot": 1.5}  # km to either side of the base; those of other means wait at their base
_STROLL = 0.5  # share of its road speed at which a patrol goes its beat (assumed)
_ON_STATION = 1200.0  # s for which a drone looks on (assumed)
_AT_LINE = 15.0


@dataclass
class Unit:
    """One unit: its asset and kind, the km of its base, and what it is about.

    `since` is when it last left its base on its beat; while it is sent, `path` is the way it is on and `back` the one after it.
    """

    asset: Asset
    kind: CatalogueKind
    base_km: float
    beat_km: float
    since: float
    state: str = "ready"
    path: Path | None = None
    back: Path | None = None


class Units:
    """All units of a stage; `step` moves them on by one second, `assign` sends one somewhere."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sector = stage.sector
        self.units = {asset.id: self._unit(asset) for asset in stage.deployment.assets if asset.family in ("patrol", "drone")}

    def _unit(self, asset: Asset) -> Unit:
        kind = self.sector.catalogue.kinds[asset.kind]
        chainage, _ = self.sector.border.locate(asset.x, asset.y)
        beat = _BEAT.get(kind.traits.get("means", ""), 0.0)
        early = float(generator(self.stage.seed, "unit", asset.id).uniform(0.0, 6 * 3600.0))
        return Unit(asset, kind, float(chainage) / 1000.0, beat, self.stage.scenario.begin - early)

    def assign(self, task: dict[str, Any], time: float) -> bool:
        """Send a unit to the place of a task (`unit`, and `lon`, `lat` or plane `x`, `y`); False when it names none."""
        unit = self.units.get(str(task.get("unit")))
        goal = self._goal(task)
        if unit is None or goal is None:
            return False
        unit.path = self._route(unit, self.where(unit, time), goal, time + unit.kind.number("ready_s"), time)
        unit.back, unit.state = None, "tasked"
        return True

    def step(self, time: float) -> list[Event]:
        """Positions and changes of state of the second that ends at `time`."""
        events: list[Event] = []
        for number, unit in enumerate(self.units.values()):
            changed = self._advance(unit, time)
            if (int(time) + number) % REPORT == 0 or changed:
                x, y = self.where(unit, time)
                events.append({"type": "position", "unit": unit.asset.id, "time": time, "x": x, "y": y})
            if changed or (int(time) + number) % 60 == 0:
                events.append({"type": "status", "unit": unit.asset.id, "time": time, "state": unit.state, "detail": ""})
        return events

    def where(self, unit: Unit, time: float) -> tuple[float, float]:
        """Plane place of a unit."""
        if unit.path is not None:
            at = np.clip(time, unit.path.start, unit.path.end)
            x, y = unit.path.at(at)
        elif unit.beat_km == 0.0:
            x, y = np.asarray(unit.asset.x), np.asarray(unit.asset.y)
        else:
            x, y = self._road(np.atleast_1d(self._beat(unit, time)))
        return float(np.ravel(x)[0]), float(np.ravel(y)[0])

    def _beat(self, unit: Unit, time: float) -> float:
        """km of a unit on its beat: from the base to one end, to the other, and back, again and again."""
        pace = _STROLL * unit.kind.number("speed_road_mps") / 1000.0
        way = pace * (time - unit.since) / unit.beat_km % 4.0
        swing = way if way < 1.0 else 2.0 - way if way < 3.0 else way - 4.0
        return float(np.clip(unit.base_km + swing * unit.beat_km, 0.0, self.sector.border.length / 1000.0))

    def _road(self, kms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return on_side(self.sector, *place(self.sector, kms, ROAD), 1.0, _AT_LINE)

    def _advance(self, unit: Unit, time: float) -> bool:
        """Move a unit on to its next state where it is due; returns whether it changed."""
        if unit.path is None or time < unit.path.end:
            return False
        if unit.state == "tasked":
            x, y = self.where(unit, time)
            stay = unit.kind.number("handle_s", _ON_STATION)
            unit.back = self._route(unit, (x, y), (unit.asset.x, unit.asset.y), time + stay, time)
            unit.state, unit.path = "on_scene", _wait((x, y), time, time + stay)
        elif unit.state == "on_scene":
            unit.state, unit.path, unit.back = "away", unit.back, None
        else:
            unit.state, unit.path, unit.since = "ready", None, time
        return True

    def _goal(self, task: dict[str, Any]) -> tuple[float, float] | None:
        lon, lat, x, y = (task.get(key) for key in ("lon", "lat", "x", "y"))
        if isinstance(lon, int | float) and isinstance(lat, int | float):
            px, py = to_plane(lon, lat, self.sector.crs)
            x, y = float(px), float(py)
        if not (isinstance(x, int | float) and isinstance(y, int | float) and math.isfinite(x) and math.isfinite(y)):
            return None
        gx, gy = on_side(self.sector, np.array([x], float), np.array([y], float), 1.0, _AT_LINE)
        return float(gx[0]), float(gy[0])

    def _route(self, unit: Unit, start: tuple[float, float], goal: tuple[float, float], leave: float, now: float) -> Path:
        """From a place to another: drones straight, patrols along the road behind the line and then off it."""
        xs, ys = np.array([start[0], goal[0]]), np.array([start[1], goal[1]])
        if unit.asset.family == "drone":
            return joined([_wait(start, now, leave), walk(xs, ys, leave, unit.kind.number("speed_mps"))])
        chainage, _ = self.sector.border.locate(xs, ys)
        kms = np.linspace(chainage[0], chainage[1], max(int(abs(chainage[1] - chainage[0]) / 500.0), 1) + 1) / 1000.0
        rx, ry = self._road(kms)
        slow = unit.kind.number("night_factor") if self._dark(goal, leave) else 1.0
        road, open_ = (slow * unit.kind.number(name) for name in ("speed_road_mps", "speed_open_mps"))
        parts = [_wait(start, now, leave), walk(np.array([start[0], rx[0]]), np.array([start[1], ry[0]]), leave, open_)]
        parts.append(walk(rx, ry, parts[-1].end, road))
        parts.append(walk(np.array([rx[-1], goal[0]]), np.array([ry[-1], goal[1]]), parts[-1].end, open_))
        return joined(parts)

    def _dark(self, goal: tuple[float, float], time: float) -> bool:
        lon, lat = to_lonlat(*goal, self.sector.crs)
        return bool(sun_elevation(float(lon), float(lat), time) < 0.0)


def _wait(place: tuple[float, float], start: float, end: float) -> Path:
    return Path(np.array([start, end]), np.full(2, place[0]), np.full(2, place[1]))
