"""What common causes take away at once: aerostats, communications, power, the control room, one post; and ordinary failures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from limes.closure.scene import Scene, closure
from limes.closure.worst import Direction, Outcome
from limes.seeds import generator

_RADIO = ("aerostat", "tower", "seismic")
_MAINS = ("tower", "fibre", "fence_sensor")


@dataclass(frozen=True)
class Loss:
    """Closure after a loss: what is lost in words, mean and worst P(interdict) over the km."""

    name: str
    what: str
    mean: float
    worst: float


def losses(about: Scene, mode: str, direction: Direction) -> tuple[Loss, ...]:
    """The stated common causes, each by itself; of the posts the one whose loss costs most.

    Communications: what reports by radio is silent and orders take 5 minutes longer. Power: what hangs on the mains. Control
    room: 10 minutes longer and half as many detections answered. All assumed.
    """
    deployment, found = about.deployment, []

    def ids(*families: str) -> frozenset[str]:
        return frozenset(asset.id for asset in deployment.assets if asset.family in families)

    def add(name: str, what: str, after: Outcome) -> None:
        found.append(Loss(name, what, after.mean, after.worst))

    if ids("aerostat"):
        add("aerostats", f"{len(ids('aerostat'))} aerostats down", closure(about, mode, direction, ids("aerostat")))
    late = about.response.slower(300.0)
    add("communications", "radio links silent, orders 5 min later", closure(about, mode, direction, ids(*_RADIO), late))
    add("power", "sensors on the mains dark", closure(about, mode, direction, ids(*_MAINS)))
    slow = replace(about.response.slower(600.0), p_act=0.5 * about.response.p_act)
    add("control room", "10 min later, half of the detections answered", closure(about, mode, direction, reply=slow))
    posts = {asset.id: closure(about, mode, direction, frozenset({asset.id})) for asset in deployment.family("post")}
    if posts:
        name = min(posts, key=lambda key: (posts[key].mean, key))
        add("one post", f"{name} with its patrols", posts[name])
    return tuple(found)


@dataclass(frozen=True)
class Draws:
    """Closure when things are out of order as often as they usually are: over seeded draws of which sensors work.

    `mean` and its standard deviation `sd` of the mean over the km, `worst` the mean of the worst km, `least` the least of it.
    """

    runs: int
    mean: float
    sd: float
    worst: float
    least: float


def ordinary_failures(about: Scene, mode: str, direction: Direction, runs: int = 20, seed: int = 1) -> Draws:
    """Draw which sensors work, each by its own availability, and let a crosser who knows which answer."""
    means, worst = [], []
    for run in range(runs):
        rng = generator(seed, "availability", run)
        down = frozenset(s.id for s, u in zip(about.sensors, rng.random(len(about.sensors)), strict=True) if u > s.availability)
        found = closure(about, mode, direction, down)
        means.append(found.mean)
        worst.append(found.worst)
    return Draws(runs, float(np.mean(means)), float(np.std(means)), float(np.mean(worst)), float(np.min(worst)))
