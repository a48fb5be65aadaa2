"""The response: how soon every unit can be anywhere on the home side, and the chance that it meets a crosser in time.

A unit meets a crosser at the best place on its quickest way to the goal: whoever is seen takes that way. It must be there
before the crosser passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf, sqrt

import numpy as np
from numba import njit

from limes.closure.dijkstra import Terrainlike
from limes.closure.field import Field, begin, quickest
from limes.closure.ground import HOME, PATROL_ROAD, Ground
from limes.closure.movement import foot_pace, vehicle_pace
from limes.sector import Asset, Catalogue

DETOUR = 1.3
"""Way over straight distance from a base outside the strip to its nearest cell in it (assumed; 1.1 to 1.5)."""


P_ACT = 0.9
"""Chance that operators judge a detection rightly and send somebody (assumed; 0.6 to 0.98)."""

ASSESS = 120.0
"""Seconds from a detection to the order that answers it (assumed; 60 to 300)."""


@dataclass(frozen=True)
class Unit:
    """A patrol as the response counts it: place (plane m), speeds (m/s), seconds until it moves, reach in metres.

    `free` is the probability that its crew is available: in order, on duty and not bound by something else.
    """

    id: str
    base: str
    kind: str
    x: float
    y: float
    road_speed: float
    open_speed: float
    on_foot: bool
    ready: float
    reach: float
    free: float


def units_of(assets: Sequence[Asset], catalogue: Catalogue, night: bool, manning: float = 1.0) -> tuple[Unit, ...]:
    """Every patrol of a deployment; `manning` scales the chance that a crew is available (people on the roll over needed)."""
    found = []
    for asset in assets:
        if asset.family != "patrol":
            continue
        kind = catalogue.kinds[asset.kind]
        slow = kind.number("night_factor") if night else 1.0
        free = min(kind.number("available") * kind.availability.value * manning, 1.0)
        found.append(
            Unit(
                asset.id, asset.base or "", asset.kind, asset.x, asset.y, slow * kind.number("speed_road_mps"),
                slow * kind.number("speed_open_mps"), kind.traits["means"] == "foot", kind.number("ready_s"),
                kind.number("range_m"), free,
            )
        )  # fmt: skip
    return tuple(found)


def travel_times(ground: Ground, unit: Unit, delay: float) -> np.ndarray:
    """Seconds from a detection until a unit can be at each cell (cells,): `delay` to assess and order, to make ready, to go.

    Patrols drive a road along the line (250 m behind it, assumed) and the roads that are known, and go across open ground
    elsewhere, on the home side only; inf where they do not reach.
    """
    terrain = _unit_ground(ground, unit)
    home = np.flatnonzero(ground.region == HOME)
    x, y = ground.place(home)
    straight = np.hypot(x - unit.x, y - unit.y)
    nearest = int(np.argmin(straight))
    start = delay + unit.ready
    first = straight[nearest] * DETOUR / unit.open_speed if straight[nearest] > ground.grid.cell else 0.0
    limit = start + first + unit.reach / unit.open_speed
    found = quickest(terrain, HOME, begin(home[[nearest]], start + first), True, limit)
    seconds = found.key.copy()
    seconds[home[straight > unit.reach]] = np.inf
    return seconds


def _unit_ground(ground: Ground, unit: Unit) -> Terrainlike:
    pace = foot_pace(unit.open_speed) if unit.on_foot else vehicle_pace(unit.open_speed)
    road = (ground.region == HOME) & (np.abs(ground.offset - PATROL_ROAD) <= 0.75 * ground.grid.cell) | ground.road
    wet = 1200.0 if unit.on_foot else np.inf
    return Terrainlike(
        ground.grid.nx,
        ground.grid.cell,
        ground.height,
        ground.region,
        ground.chainage,
        ground.water,
        road,
        pace,
        1.0 / unit.road_speed,
        wet,
    )


@dataclass(frozen=True)
class Response:
    """Units and the seconds that each takes to every cell (units, cells), float32.

    Units of one kind at one place take the same.

    `p_act` is the chance that a detection is judged rightly and answered at all: once for a crossing, not once for a look.
    """

    units: tuple[Unit, ...]
    seconds: np.ndarray
    p_act: float = P_ACT

    def without(self, gone: frozenset[str]) -> Response:
        """The same without some units, named by themselves or by their base."""
        keep = [i for i, unit in enumerate(self.units) if unit.id not in gone and unit.base not in gone]
        return replace(self, units=tuple(self.units[i] for i in keep), seconds=self.seconds[keep])

    def joined(self, other: Response) -> Response:
        """The units of both."""
        return replace(self, units=self.units + other.units, seconds=np.concatenate([self.seconds, other.seconds]))

    def slower(self, seconds: float) -> Response:
        """The same with everybody later by some seconds."""
        return replace(self, seconds=self.seconds + np.float32(seconds))


def response(ground: Ground, units: tuple[Unit, ...], delay: float, coarse: Ground | None = None) -> Response:
    """Travel times of all units; computed on a `coarse` ground, where there is one, and looked up from there."""
    over = ground if coarse is None else coarse
    kept: dict[tuple[object, ...], np.ndarray] = {}
    rows = []
    for unit in units:
        same = _goes(unit)
        if same not in kept:
            kept[same] = travel_times(over, unit, delay).astype(np.float32)
        rows.append(kept[same])
    seconds = np.stack(rows) if rows else np.zeros((0, over.region.size), np.float32)
    if coarse is not None:
        x, y = ground.place(np.arange(ground.region.size))
        place = coarse.at(x, y)
        seconds = np.where(place >= 0, seconds[:, np.maximum(place, 0)], np.float32(np.inf))
        seconds[:, ground.region != HOME] = np.inf
    return Response(units, seconds)


def _goes(unit: Unit) -> tuple[object, ...]:
    """What decides a unit's travel times: alike for patrols of one kind at one post."""
    return unit.x, unit.y, unit.road_speed, unit.open_speed, unit.on_foot, unit.ready, unit.reach


def p_timely(
    found: Field, reply: Response, spread: float, reply_spread: float, at_goal: float = 0.0, only_goal: bool = False
) -> np.ndarray:
    """Chance that some free unit meets, in time, somebody detected at each cell, (cells,): 1 - prod(1 - free Phi(z)).

    z is the spare time at the best meeting place over its standard deviation: `spread` of the crosser's way there and
    `reply_spread` of the unit's. `found` holds the quickest times to the goal, where the crosser stays `at_goal` seconds; with
    `only_goal` it can be met nowhere else.
    """
    order, rank = found.order, np.zeros(found.key.size, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    link, left = found.link[order], found.key[order]
    ahead = np.where(link >= 0, rank[np.maximum(link, 0)], np.int32(-1)).astype(np.int32)
    meet, way, missed = np.empty(order.size), np.empty(order.size), np.ones(order.size)
    alike: dict[tuple[object, ...], list[int]] = {}
    for i, unit in enumerate(reply.units):
        alike.setdefault(_goes(unit), []).append(i)
    for mates in alike.values():
        free, seconds = np.array([reply.units[i].free for i in mates]), reply.seconds[mates[0]][order]
        _timely(ahead, left, seconds, spread, reply_spread, at_goal, only_goal, free, meet, way, missed)
    out = np.zeros(found.key.size)
    out[order] = 1.0 - missed
    return out


@njit(cache=True, nogil=True, fastmath=False)
def _timely(
    ahead: np.ndarray, left: np.ndarray, seconds: np.ndarray, spread: float, reply_spread: float,
    at_goal: float, only_goal: bool, free: np.ndarray, meet: np.ndarray, way: np.ndarray, missed: np.ndarray,
) -> None:  # fmt: skip
    """Work outwards from the goal, cells in the order of settling: the best meeting place is one's own or the next cell's.

    `meet` holds the time of the crosser from the meeting place to the goal, `way` that of the unit to it.
    """
    for i in range(left.size):
        n = ahead[i]
        meet[i], way[i] = left[i], np.float64(seconds[i]) - (at_goal if n < 0 else 0.0)
        if n >= 0 and (only_goal or way[n] + meet[n] <= way[i] + meet[i]):
            meet[i], way[i] = meet[n], way[n]
        if not (way[i] < np.inf):
            continue
        spare = left[i] - meet[i] - way[i]
        sd = sqrt((spread * (left[i] - meet[i])) ** 2 + (reply_spread * way[i]) ** 2) + 1e-9
        if spare > -5.0 * sd:
            first = 1.0 if spare > 5.0 * sd else 0.5 * (1.0 + erf(spare / sd / 1.4142135623730951))
            for k in range(free.size):
                missed[i] *= 1.0 - free[k] * first
