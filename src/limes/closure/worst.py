"""The worst ways through: least P(interdict) per km of border, for one way of crossing in one direction.

The crosser knows everything: terrain, sensors, barriers, how soon each unit can come. It passes the line once. Only detections
that leave a response the time to come count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from limes.closure.dijkstra import TIE, Terrainlike, Watched, over_moves
from limes.closure.field import Field, begin, best_of_groups, least_watched, quickest
from limes.closure.ground import HOME, OTHER, Ground, bins_of, search_ground
from limes.closure.hazard import Hazards
from limes.closure.movement import GRADIENT_STEP, Mode
from limes.closure.response import Response, p_timely

Direction = Literal["in", "out"]

RESPONSE_SPREAD = 0.3
"""Relative standard deviation of response times (assumed, as EASI's examples have it; 0.15 to 0.5)."""


WANDER = 3000.0
"""Metres along the border that a way through a km may stray from its middle before it passes the line (outward: from home)."""


@dataclass(frozen=True)
class Task:
    """One way of crossing over one ground: what it meets before any sensor looks.

    `delay` (bins,) seconds of barriers; `quickest_in` and `quickest_out` the quickest times to the goal of either direction.
    """

    ground: Ground
    terrain: Terrainlike
    mode: Mode
    delay: np.ndarray
    seconds: np.ndarray
    quickest_in: Field
    quickest_out: Field

    def quickest(self, direction: Direction) -> Field:
        """Quickest times to the goal."""
        return self.quickest_in if direction == "in" else self.quickest_out


def task(ground: Ground, mode: Mode, delay: np.ndarray) -> Task:
    """Compute the quickest times of a way of crossing, both directions."""
    terrain = search_ground(ground, mode)
    inward = move_seconds(terrain, ground.crossings.other, ground.crossings.home, ground.crossings.metres)
    outward = move_seconds(terrain, ground.crossings.home, ground.crossings.other, ground.crossings.metres)
    seconds = np.stack([inward, outward]) + delay[ground.crossings.bin]
    goal = np.flatnonzero(ground.edge & (ground.region == HOME))
    home = quickest(terrain, HOME, begin(goal))
    lines = ground.crossings
    passed = seconds[0] + home.key[lines.home]
    usable = np.isfinite(passed)
    other = quickest(terrain, OTHER, begin(lines.other[usable], passed[usable], lines.home[usable]))
    into = _merged(home, other, ground.region)
    usable = np.isfinite(seconds[1])
    out = quickest(terrain, HOME, begin(lines.home[usable], seconds[1][usable]))
    return Task(ground, terrain, mode, delay, seconds, into, out)


def _merged(home: Field, other: Field, region: np.ndarray) -> Field:
    there = region == OTHER
    key, link = np.where(there, other.key, home.key), np.where(there, other.link, home.link)
    return Field(key, link, np.concatenate([home.order, other.order]))


def move_seconds(terrain: Terrainlike, start: np.ndarray, end: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """Time of moves between cells (k,), seconds; inf where they cannot be made. As the search reckons them."""
    rise = (terrain.height[end].astype(float) - terrain.height[start]) / metres / GRADIENT_STEP
    step = np.floor(np.nan_to_num(rise, nan=1e6) + 0.5).astype(np.int64) + terrain.pace.size // 2
    able = (step >= 0) & (step < terrain.pace.size)
    wet = np.where(terrain.water[end] & ~terrain.water[start], terrain.water_delay, 0.0)
    return np.where(able, metres * terrain.pace[np.clip(step, 0, terrain.pace.size - 1)] + wet, np.inf)


@dataclass(frozen=True)
class Outcome:
    """The worst way through every km.

    `p` (km,) P(interdict), NaN where there is no way; `move` (km,) the crossing move used, -1 without; `before` the cells of
    each way up to the line; `inside` the search on the home side that each goes on with (inward only); `watched` and `fence`
    what it was computed with.
    """

    task: Task
    direction: Direction
    p: np.ndarray
    move: np.ndarray
    before: tuple[np.ndarray, ...]
    inside: Field | None
    watched: Watched
    fence: np.ndarray

    @property
    def worst(self) -> float:
        """P(interdict) of the worst way of all."""
        return float(np.nanmin(self.p)) if np.isfinite(self.p).any() else float("nan")

    @property
    def mean(self) -> float:
        """Mean over the km that can be passed of their worst ways."""
        return float(np.nanmean(self.p)) if np.isfinite(self.p).any() else float("nan")


def outcome(about: Task, found: Hazards, up: np.ndarray, reply: Response, direction: Direction) -> Outcome:
    """Compute the worst way through every km with the sensors that are `up` (bool) and the units of `reply`."""
    ground = about.ground
    second, metre, fence = found.total(ground.region.size, bins_of(ground.length), up)
    watched = Watched(second, metre, _timely(about, reply, direction))
    return worst_ways(about, watched, fence, direction)


def _timely(about: Task, reply: Response, direction: Direction) -> np.ndarray:
    mode = about.mode
    if mode.flies and direction == "out":
        return np.zeros(about.ground.region.size)
    in_time = p_timely(about.quickest(direction), reply, mode.spread, RESPONSE_SPREAD, mode.at_goal, mode.flies)
    return reply.p_act * in_time


def worst_ways(about: Task, watched: Watched, fence: np.ndarray, direction: Direction) -> Outcome:
    """The worst way through every km for given rates of detection, fence exposures (bins,) and timeliness."""
    ground, terrain, lines = about.ground, about.terrain, about.ground.crossings
    edge, inside = ground.edge, None
    ahead = np.zeros(lines.home.size)
    if direction == "in":
        goal = np.flatnonzero(edge & (ground.region == HOME))
        inside = least_watched(terrain, watched, HOME, begin(goal))
        ahead = inside.key[lines.home]
    chance = ahead + _at_line(about, watched, fence, ahead, direction)
    here, seeds = (OTHER, lines.other) if direction == "in" else (HOME, lines.home)
    stop = edge & (ground.region == here)
    first = lines.by_km(ground.length)
    middle = 1000.0 * np.arange(len(first) - 1) + 500.0
    ways = best_of_groups(terrain, watched, here, begin(seeds, chance), first, stop, middle, WANDER)
    p = np.where(np.isfinite(ways.chance), ways.chance, np.nan)
    return Outcome(about, direction, p, ways.seed, ways.cells, inside, watched, fence)


def _at_line(about: Task, watched: Watched, fence: np.ndarray, ahead: np.ndarray, direction: Direction) -> np.ndarray:
    """What each crossing move adds to P(interdict), inf where it cannot be made."""
    lines, seconds = about.ground.crossings, about.seconds[0 if direction == "in" else 1]
    a, b = lines.other, lines.home
    known = np.where(np.isfinite(seconds), seconds, 0.0)
    second, metre = (over_moves(field, about.ground.grid.nx, a, b) for field in (watched.per_second, watched.per_metre))
    exposure = second * known + metre * lines.metres + fence[lines.bin]
    near = watched.timely[b] if direction == "out" else 0.5 * (watched.timely[a] + watched.timely[b])
    added = -np.expm1(-exposure) * np.maximum(near - np.where(np.isfinite(ahead), ahead, 0.0), 0.0) + TIE * known
    return np.where(np.isfinite(seconds) & np.isfinite(ahead), added, np.inf)
