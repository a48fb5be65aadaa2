"""How many looks a stay in one place is worth, and what several looks give together."""

from __future__ import annotations

import numpy as np

from limes.sensing.camera import CameraModel
from limes.sensing.radar import RadarModel
from limes.sensing.sensor import Sensor

SHARED_FATE = 30.0
"""Seconds within which looks of a radar or camera at one mover share their fate (assumed; 5 to 120).

Crops, posture, a wall and an operator's eye last: looks nearer in time than this count as one. Ground, fence and fibre sensors
state chances per passage and need no such rule.
"""


def looks_in(sensor: Sensor, seconds: np.ndarray | float) -> np.ndarray:
    """Independent looks of a sensor within some seconds, a fraction below one look."""
    shared = SHARED_FATE if isinstance(sensor.model, RadarModel | CameraModel) else 0.0
    return np.asarray(seconds, float) / max(sensor.period, shared)


def log_miss(p: np.ndarray, looks: np.ndarray | float) -> np.ndarray:
    """Natural logarithm of the chance that `looks` independent looks of probability p all miss; never below -30.

    >>> round(float(np.exp(log_miss(np.array(0.5), 2.0))), 3)
    0.25
    """
    return np.maximum(looks * np.log1p(-np.minimum(p, 1.0 - 1e-13)), -30.0)
