"""Actors: who is where when, from what a scenario tells of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.sector import Sector
from limes.seeds import generator
from limes.simulation.paths import Path, joined, meander, walk
from limes.simulation.scenario import Leg, Scenario, Scripted

FRAME = 2000.0
"""Metres of border over which its direction is averaged to say what is square to it."""


@dataclass(frozen=True)
class Actor:
    """Somebody or something that moves: its class (of `limes.columns.CLASSES`), how many it is, its way. Nothing says who.

    `name` tells the part it plays; `hostile` marks it in the truth, for scoring only.
    """

    name: str
    target_class: str
    members: int
    path: Path
    hostile: bool = False


def place(sector: Sector, km: np.ndarray | float, offset: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Plane point at a km of the border and metres from it (positive at home), square to the border's mean direction there."""
    chainage = np.asarray(km, float) * 1000.0
    x, y = sector.border.point(chainage)
    nx, ny = sector.border.normal_home(chainage, span=FRAME)
    return x + nx * offset, y + ny * offset


def on_side(sector: Sector, x: np.ndarray, y: np.ndarray, side: float, least: float) -> tuple[np.ndarray, np.ndarray]:
    """Push points that come nearer to the line than `least` metres on a side (+1 home, -1 other) out to that distance."""
    chainage, offset = sector.border.locate(x, y)
    nx, ny = sector.border.normal_home(chainage, span=FRAME)
    push = np.maximum(least - side * offset, 0.0) * side
    return x + nx * push, y + ny * push


def scripted(scenario: Scenario, sector: Sector, seed: int) -> list[Actor]:
    """The actors whose ways the scenario tells; the seed decides how they meander and keep apart."""
    actors = []
    for number, part in enumerate(scenario.actor):
        for copy in range(part.each):
            rng = generator(seed, "scripted", number, copy)
            actors.append(Actor(part.name, part.target_class, part.members, _way(part, scenario, sector, rng), part.hostile))
    return actors


def _way(part: Scripted, scenario: Scenario, sector: Sector, rng: np.random.Generator) -> Path:
    """The way of one scripted actor: its legs one after the other, with waits between."""
    legs = part.legs
    usual = sector.catalogue.target(part.target_class, "speed_mps")
    terrain = None if part.target_class in ("vehicle", "drone") else sector.terrain
    shift = rng.normal(0.0, part.apart_m, 2)
    x, y = place(sector, np.array([leg.km for leg in legs]), np.array([leg.offset_m for leg in legs]))
    now = scenario.begin + (legs[0].at or 0.0)
    parts = [_stay(x[0] + shift[0], y[0] + shift[1], now, legs[0])]
    for number, leg in enumerate(legs[1:], start=1):
        px, py = meander(x[number - 1 : number + 1], y[number - 1 : number + 1], part.wander_m, rng)
        arrive = None if leg.at is None else scenario.begin + leg.at
        parts.append(walk(px + shift[0], py + shift[1], parts[-1].end, leg.speed_mps or usual, terrain, arrive))
        parts.append(_stay(x[number] + shift[0], y[number] + shift[1], parts[-1].end, leg))
    return joined(parts)


def _stay(x: float, y: float, start: float, leg: Leg) -> Path:
    return Path(np.array([start, start + leg.wait_min * 60.0]), np.full(2, x), np.full(2, y))
