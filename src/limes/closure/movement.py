"""How people, vehicles and drones move: ways of crossing, and the seconds that a metre takes on a gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from limes.sensing.targets import Target

GRADIENT_STEP = 0.01
"""Width of one bin of a pace table, rise over run."""

GRADIENT_MOST = 1.2
"""Steepest gradient of a pace table (50 degrees); nobody goes steeper."""

_VEHICLE_LIMIT = 0.45  # gradient at which a light off-road vehicle stops (assumed; 0.3 to 0.6)
_SLOWEST = 0.1  # share of level speed under which walkers do not fall (assumed)


@dataclass(frozen=True)
class Mode:
    """A way of crossing.

    `target_class` it looks like, `speed` m/s on level ground, `spread` relative standard deviation of its times,
    `water_delay` s to pass a river (inf: it cannot), `at_goal` s it can still be met at its goal, `flies` over barriers and
    out of reach until then.
    """

    name: str
    target_class: str
    speed: float
    spread: float
    water_delay: float
    at_goal: float = 0.0
    flies: bool = False


def modes(targets: Mapping[str, Target]) -> dict[str, Mode]:
    """Foot, vehicle and drone at the usual speeds of the catalogue; spreads and delays are assumed.

    Spread 0.25 (0.1 to 0.4) of the time on foot and 0.3 in a vehicle; 1,200 s (600 to 3,600) to pass a river on foot; a drone's
    load is fetched within 300 s (60 to 900).
    """
    return {
        "foot": Mode("foot", "person", targets["person"].speed, 0.25, 1200.0),
        "vehicle": Mode("vehicle", "vehicle", targets["vehicle"].speed, 0.3, np.inf),
        "drone": Mode("drone", "drone", targets["drone"].speed, 0.2, 0.0, at_goal=300.0, flies=True),
    }


def tobler_speed(gradient: np.ndarray | float) -> np.ndarray:
    """Walking speed in m/s on a gradient (rise over run, downhill negative): 6 exp(-3.5 |s + 0.05|) km/h (Tobler 1993).

    >>> [round(float(v) * 3.6, 2) for v in tobler_speed(np.array([-0.05, 0.0, 0.3]))]
    [6.0, 5.04, 1.76]
    """
    return 6.0 / 3.6 * np.exp(-3.5 * np.abs(np.asarray(gradient, float) + 0.05))


def gradients() -> np.ndarray:
    """Gradients at the middles of the bins of a pace table, from steepest down to steepest up."""
    half = round(GRADIENT_MOST / GRADIENT_STEP)
    return np.arange(-half, half + 1) * GRADIENT_STEP


def foot_pace(speed: float) -> np.ndarray:
    """Seconds per metre by gradient bin of walkers with a speed on level ground: slowed as Tobler's are, at most tenfold.

    >>> pace = foot_pace(1.25)
    >>> round(float(pace[pace.size // 2]), 3)
    0.8
    """
    share = np.maximum(tobler_speed(gradients()) / tobler_speed(0.0), _SLOWEST)
    return 1.0 / (speed * share)


def vehicle_pace(speed: float) -> np.ndarray:
    """Seconds per metre by gradient bin of a vehicle off the road: speed falls evenly to none at a gradient of 0.45.

    >>> bool(np.isinf(vehicle_pace(5.0)[0]))
    True
    """
    share = 1.0 - np.abs(gradients()) / _VEHICLE_LIMIT
    return np.where(share > 0.05, 1.0 / (speed * np.maximum(share, 0.05)), np.inf)


def pace_of(mode: Mode) -> np.ndarray:
    """The pace table of a way of crossing."""
    if mode.flies:
        return np.full(gradients().size, 1.0 / mode.speed)
    return vehicle_pace(mode.speed) if mode.target_class == "vehicle" else foot_pace(mode.speed)
