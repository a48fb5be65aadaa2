"""Units: patrols and drones, where they are, what they are doing, and how soon each could be at a place.

A unit goes only because a named person sent it. Times are straight-line distance times a stated detour, at the speeds of the
catalogue, with the last kilometre across open ground; the answer may be that nobody is there in time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from limes.sector import Sector, Weather
from limes.sector.catalogue import CatalogueKind
from limes.sector.deployment import Deployment
from limes.sensing.drone import grounded
from limes.watch.cases import ActRefused, Case

STATES = ("ready", "tasked", "on_scene", "away")


@dataclass(frozen=True)
class UnitSettings:
    """How ways are reckoned (assumed).

    `detour`: way over straight distance, low and high; `open_m`: the last metres are across open ground; `there_m`: nearer than
    this a unit is on scene.
    """

    detour: tuple[float, float] = (1.1, 1.5)
    open_m: float = 1000.0
    there_m: float = 250.0


@dataclass
class Unit:
    """One patrol or drone: its base and place (plane m), state and the case it was sent to."""

    id: str
    name: str
    kind: str
    family: str
    x: float
    y: float
    heard: float = -math.inf
    state: str = "ready"
    case: str | None = None


@dataclass(frozen=True)
class Arrival:
    """How soon a unit could be at a place: seconds (low, high), or why it cannot go.

    `in_time` is "yes", "perhaps" or "no", None without a deadline.
    """

    unit: str
    name: str
    eta: tuple[float, float] | None
    why_not: str | None = None
    in_time: str | None = None


@dataclass
class Units:
    """Every unit of a deployment."""

    kinds: Mapping[str, CatalogueKind]
    settings: UnitSettings
    units: dict[str, Unit] = field(default_factory=dict)

    def report(self, event: Mapping[str, Any], cases: Mapping[str, Case]) -> str | None:
        """Take in a position or status line; returns the unit that changed."""
        unit = self.units.get(event.get("unit", ""))
        if unit is None or event["time"] < unit.heard:
            return None
        unit.heard = float(event["time"])
        if event["type"] == "position":
            unit.x, unit.y = float(event["x"]), float(event["y"])
        elif event["state"] != unit.state:
            self._say(unit, event["state"])
        self._arrive(unit, cases)
        return unit.id

    def check(self, act: Mapping[str, Any]) -> None:
        """Raise ActRefused unless the unit of a dispatch or rescue is there and ready."""
        if act.get("verb") not in ("dispatch", "rescue"):
            return
        unit = self.units.get(str(act.get("unit")))
        if unit is None:
            raise ActRefused(f"{act.get('unit')!r} is no unit; choose one of the list")
        if unit.state != "ready":
            where = f" for {unit.case}" if unit.case else ""
            raise ActRefused(f"{unit.name} is {unit.state.replace('_', ' ')}{where}; choose one that is ready")

    def follow(self, case: Case, act: Mapping[str, Any]) -> set[str]:
        """Send the unit of an act, or let those of an answered case go; returns the units that changed."""
        if act["verb"] in ("dispatch", "rescue"):
            unit = self.units[act["unit"]]
            unit.state, unit.case = "tasked", case.id
            self._arrive(unit, {case.id: case})
            return {unit.id}
        if not case.resolved:
            return set()
        free = [unit for unit in self.units.values() if unit.case == case.id]
        for unit in free:
            unit.case = None
            unit.state = "away" if unit.state == "away" else "ready"
        return {unit.id for unit in free}

    def arrivals(
        self, x: float, y: float, night: bool, weather: Weather, deadline: tuple[float, float] | None, most: int = 5
    ) -> list[Arrival]:
        """The ready units that could go to a place, soonest first; with a deadline (low, high) whether each is in time."""
        found = [self._arrival(unit, x, y, night, weather, deadline) for unit in self.units.values() if unit.state == "ready"]
        able = sorted((a for a in found if a.eta is not None), key=lambda a: (a.eta, a.unit))
        return able[:most]

    def drones(self, x: float, y: float, weather: Weather) -> list[Arrival]:
        """How soon each drone could be over a place, or why it cannot."""
        flying = [unit for unit in self.units.values() if unit.family == "drone"]
        busy = {unit.id: Arrival(unit.id, unit.name, None, unit.state) for unit in flying if unit.state != "ready"}
        return [busy.get(unit.id) or self._arrival(unit, x, y, False, weather, None) for unit in flying]

    def near(self, x: float, y: float, most: int = 2) -> list[Unit]:
        """The ready units nearest to a place."""
        ready = [unit for unit in self.units.values() if unit.state == "ready" and unit.family == "patrol"]
        return sorted(ready, key=lambda unit: (math.hypot(unit.x - x, unit.y - y), unit.id))[:most]

    def state(self) -> list[dict[str, Any]]:
        """Every unit, ready for JSON."""
        return [asdict(unit) for unit in self.units.values()]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Go on from what `state` described; units that are no longer deployed stay away."""
        self.units |= {body["id"]: Unit(**body) for body in state if body["id"] in self.units}

    def _arrival(
        self, unit: Unit, x: float, y: float, night: bool, weather: Weather, deadline: tuple[float, float] | None
    ) -> Arrival:
        kind = self.kinds[unit.kind]
        way = math.hypot(unit.x - x, unit.y - y)
        why_not = _grounds(kind, way, weather)
        if why_not is not None:
            return Arrival(unit.id, unit.name, None, why_not)
        eta = self._eta(kind, way, night)
        return Arrival(unit.id, unit.name, eta, None, _in_time(eta, deadline))

    def _eta(self, kind: CatalogueKind, way: float, night: bool) -> tuple[float, float]:
        ready, (low, high) = kind.number("ready_s"), self.settings.detour
        if kind.family == "drone":
            speed = kind.number("speed_mps")
            return ready + way / speed, ready + low * way / speed
        slow = kind.number("night_factor") if night else 1.0
        road, across = slow * kind.number("speed_road_mps"), slow * kind.number("speed_open_mps")
        last = min(way, self.settings.open_m)
        return ready + low * way / road, ready + high * ((way - last) / road + last / across)

    def _arrive(self, unit: Unit, cases: Mapping[str, Case]) -> None:
        case = cases.get(unit.case or "")
        if case is None or unit.state != "tasked" or case.x is None or case.y is None:
            return
        if math.hypot(unit.x - case.x, unit.y - case.y) <= self.settings.there_m:
            unit.state = "on_scene"

    def _say(self, unit: Unit, state: str) -> None:
        """What a unit says of itself holds, but only a person's act ties it to a case or lets it go."""
        if state == "ready" and unit.case is not None:
            return
        unit.state = state


def units(deployment: Deployment, sector: Sector, settings: UnitSettings) -> Units:
    """Every unit at its base, ready."""
    kinds = sector.catalogue.kinds
    going = [asset for asset in deployment.assets if kinds[asset.kind].moves]
    return Units(kinds, settings, {a.id: Unit(a.id, a.name, a.kind, a.family, a.x, a.y) for a in going})


def _grounds(kind: CatalogueKind, way: float, weather: Weather) -> str | None:
    """Why a unit cannot go there at all."""
    if way > kind.number("range_m"):
        return "too far from its base"
    return grounded(kind, weather) if kind.family == "drone" else None


def _in_time(eta: tuple[float, float], deadline: tuple[float, float] | None) -> str | None:
    if deadline is None:
        return None
    if eta[1] <= deadline[0]:
        return "yes"
    return "perhaps" if eta[0] <= deadline[1] else "no"
