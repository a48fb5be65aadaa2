"""The world: all actors of a scenario, and where the ones on the move are in any minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.columns import CLASSES, TRUTH, empty
from limes.sector import Sector
from limes.simulation.actors import Actor, scripted
from limes.simulation.crowds import crowds, movers
from limes.simulation.scenario import Scenario

STEP = 1.0
"""Seconds between the times at which places are worked out; between them motion is taken as even."""


@dataclass(frozen=True)
class World:
    """All actors, and when each is there: `start`, `end` (n,) UTC epoch s."""

    actors: tuple[Actor, ...]
    start: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class Moving:
    """The actors of a time span of whole seconds from `begin`: their numbers in the world (n,) and plane `x`, `y` (n, s + 1).

    NaN where one is not there. `height` (n,) of their tops above ground, metres, `classes` (n,) indices into
    `limes.columns.CLASSES`.
    """

    begin: float
    number: np.ndarray
    classes: np.ndarray
    members: np.ndarray
    height: np.ndarray
    x: np.ndarray
    y: np.ndarray

    def at(self, times: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """x, y, vx, vy (m, k) of the m actors `which` at k times inside the span."""
        seconds = (times - self.begin) / STEP
        left = np.clip(np.floor(seconds).astype(np.int64), 0, self.x.shape[1] - 2)
        part = seconds - left
        x, y = self.x[which], self.y[which]
        vx, vy = (x[:, left + 1] - x[:, left]) / STEP, (y[:, left + 1] - y[:, left]) / STEP
        return x[:, left] + part * vx * STEP, y[:, left] + part * vy * STEP, vx, vy

    def pairs(self, times: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """x, y, vx, vy (n,) of actor `which[i]` at `times[i]`."""
        seconds = (times - self.begin) / STEP
        left = np.clip(np.floor(seconds).astype(np.int64), 0, self.x.shape[1] - 2)
        part = seconds - left
        x, y = self.x[which, left], self.y[which, left]
        vx, vy = (self.x[which, left + 1] - x) / STEP, (self.y[which, left + 1] - y) / STEP
        return x + part * vx * STEP, y + part * vy * STEP, vx, vy

    def select(self, which: np.ndarray) -> Moving:
        """Only some of them (indices or mask)."""
        return Moving(
            self.begin,
            self.number[which],
            self.classes[which],
            self.members[which],
            self.height[which],
            self.x[which],
            self.y[which],
        )


def build_world(scenario: Scenario, sector: Sector, seed: int) -> World:
    """Draw every actor of a scenario; the same scenario, sector and seed give the same world."""
    actors = tuple(scripted(scenario, sector, seed) + crowds(scenario, sector, seed) + movers(scenario, sector, seed))
    return World(actors, np.array([one.path.start for one in actors]), np.array([one.path.end for one in actors]))


def moving(world: World, sector: Sector, begin: float, seconds: int) -> Moving:
    """The actors that are there in `seconds` seconds from `begin`, second by second."""
    number = np.flatnonzero((world.start <= begin + seconds) & (world.end >= begin))
    times = begin + np.arange(seconds + 1) * STEP
    x, y = np.empty((len(number), len(times))), np.empty((len(number), len(times)))
    for row, index in enumerate(number):
        x[row], y[row] = world.actors[index].path.at(times)
    actors = [world.actors[index] for index in number]
    heights = {name: sector.catalogue.target(name, "height_m") for name in {actor.target_class for actor in actors}}
    return Moving(
        begin,
        number,
        np.array([CLASSES.index(actor.target_class) for actor in actors], np.int64),
        np.array([actor.members for actor in actors], np.int64),
        np.array([heights[actor.target_class] for actor in actors], float),
        x,
        y,
    )


def truth(world: World, span: Moving, every: int = 10) -> np.ndarray:
    """`TRUTH` rows of a span's actors at every `every`-th second of the epoch after its begin, in order of time and actor."""
    seconds = np.arange(1, span.x.shape[1])
    times = span.begin + seconds[(span.begin + seconds) % every == 0]
    x, y, vx, vy = span.at(times, np.arange(len(span.number)))
    step, row = np.nonzero(np.isfinite(x.T))
    rows = empty(TRUTH, len(step))
    rows["time"], rows["actor"] = times[step], span.number[row]
    for name, values in (("x", x), ("y", y), ("vx", vx), ("vy", vy)):
        rows[name] = values[row, step]
    rows["height"], rows["class"], rows["members"] = span.height[row], span.classes[row], span.members[row]
    rows["hostile"] = np.array([world.actors[index].hostile for index in span.number], bool)[row]
    return rows
