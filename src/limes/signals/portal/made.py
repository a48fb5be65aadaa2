"""A made lane (modelled, seeded): a background that drifts with rain and heat, vehicles that shield it, sources by request."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from limes.seeds import generator
from limes.signals.n42 import Floats
from limes.signals.portal.samples import EDGES, Bools, Samples
from limes.signals.portal.statistics import attenuation, spectrum_of

STEP_S = 0.25

_SOIL = (
    (239, 3.0),
    (352, 3.0),
    (511, 2.0),
    (583, 2.0),
    (609, 3.0),
    (911, 1.5),
    (1120, 1.0),
    (1461, 6.0),
    (1764, 0.8),
    (2615, 1.5),
)
_RADON = ((242, 1.0), (295, 2.0), (352, 4.0), (609, 5.0), (1120, 2.0), (1764, 2.0), (2204, 0.7))
SOURCES = {
    "60 keV": ((60, 1.0),),
    "186 keV": ((186, 1.0),),
    "356 keV": ((81, 0.5), (303, 0.2), (356, 1.0)),
    "662 keV": ((662, 1.0),),
    "1250 keV": ((1173, 1.0), (1332, 1.0)),
}
"""Test sources by their energy: lines in keV with weights; each comes with the continuum of its scatter."""


@dataclass(frozen=True)
class Lane:
    """How a made lane behaves: counts a second, seconds, vehicles an hour, share that rain adds, wander of the rate.

    `shielding`: greatest share of the ground in view that a vehicle covers.
    """

    rate: float = 1000.0
    seconds: float = 3600.0
    vehicles_per_h: float = 40.0
    rain: float = 0.4
    wander: float = 0.03
    shielding: float = 0.3


def background_of() -> tuple[Floats, Floats]:
    """Shares of counts (cells,) of the ground and of radon's daughters in rain."""
    middle, width = np.sqrt(EDGES[1:] * EDGES[:-1]), np.diff(EDGES)
    sky = np.exp(-middle / 220.0) * (1.0 - np.exp(-((middle / 60.0) ** 2))) * width + 0.003 * width / 10.0
    ground = 0.7 * sky / sky.sum() + 0.3 * spectrum_of(_SOIL, 2.0)
    return ground, 0.55 * sky / sky.sum() + 0.45 * spectrum_of(_RADON, 1.5)


def made_lane(lane: Lane, seed: int, measured: Floats | None = None) -> Samples:
    """Quarter seconds of a lane: rate and rain wander, vehicles come at random and shield.

    `measured` (cells,) counts of a real background take the place of the made ground.
    """
    rng = generator(seed, "portal", "lane")
    time = np.arange(0.0, lane.seconds, STEP_S)
    ground, radon = background_of()
    ground = ground if measured is None else measured / measured.sum()
    level = 1.0 + lane.wander * _wander(time, 1200.0, rng)
    washed = lane.rain * _showers(time, rng)
    rate = lane.rate * (level[:, None] * ground + washed[:, None] * radon)
    occupied, cover, thick = _vehicles(time, lane, rng)
    through = np.exp(-thick[:, None] * attenuation(np.sqrt(EDGES[1:] * EDGES[:-1])))
    live = np.full(time.size, STEP_S) * (1.0 - 2e-6 * lane.rate)
    counts = rng.poisson(rate * (1.0 - cover[:, None] * (1.0 - through)) * live[:, None]).astype(np.float64)
    return Samples(time, live, counts, occupied, True, np.zeros(time.size, bool), ("made",))


def inject(seen: Samples, at: Floats, seconds: float, strength: Floats, source: Floats, rng: np.random.Generator) -> Samples:
    """Add a source (cells,) around the times `at` (k,), for `seconds`, of `strength` (k,) counts a second; Poisson drawn."""
    rate = np.zeros(len(seen.time))
    for middle, height in zip(at, strength, strict=True):
        rate[np.abs(seen.time + 0.5 * seen.live - middle) <= 0.5 * seconds] += height
    return replace(seen, counts=seen.counts + rng.poisson((rate * seen.live)[:, None] * source))


def _wander(time: Floats, memory: float, rng: np.random.Generator) -> Floats:
    """A series (n,) of mean 0 and deviation 1 that forgets within `memory` seconds (Ornstein & Uhlenbeck 1930), minute-wise."""
    knots = np.arange(0.0, time[-1] + 120.0, 60.0)
    keep, value = np.exp(-60.0 / memory), rng.normal()
    found = []
    for push in rng.normal(size=knots.size):
        found.append(value)
        value = keep * value + np.sqrt(1.0 - keep * keep) * push
    return np.interp(time, knots, np.array(found))


def _showers(time: Floats, rng: np.random.Generator) -> Floats:
    """What rain washes down (n,), at most about 1: each shower rises in a quarter of an hour and decays with 30 minutes."""
    total = np.zeros(time.size)
    for began in rng.uniform(-3600.0, time[-1], rng.poisson((time[-1] + 3600.0) / 7200.0)):
        since = np.maximum(time - began, 0.0)
        total += rng.uniform(0.3, 1.0) * np.minimum(since / 900.0, 1.0) * np.exp(-np.maximum(since - 900.0, 0.0) / 2600.0)
    return total


def _vehicles(time: Floats, lane: Lane, rng: np.random.Generator) -> tuple[Bools, Floats, Floats]:
    """Whether a vehicle stands there, the share of the view that it covers, and with how much iron (g/cm2), (n,) each."""
    occupied, cover, thick, now = np.zeros(time.size, bool), np.zeros(time.size), np.zeros(time.size), 60.0
    while True:
        now += 15.0 + rng.exponential(max(3600.0 / lane.vehicles_per_h - 25.0, 5.0))
        lasts, share, iron = rng.uniform(6.0, 20.0), rng.uniform(0.0, lane.shielding), rng.uniform(5.0, 40.0)
        if now + lasts + 5.0 > time[-1]:
            return occupied, cover, thick
        near = (time >= now - 1.0) & (time < now + lasts + 1.0)
        occupied |= (time >= now) & (time < now + lasts)
        ramp = np.minimum(time - now + 1.0, now + lasts + 1.0 - time) / 2.0
        cover[near], thick[near] = share * np.clip(ramp[near], 0.0, 1.0), iron
        now += lasts
