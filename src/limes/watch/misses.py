"""What a miss means to the tracker: the sensor model's chance that a look reports a track where it is now."""

from __future__ import annotations

import numpy as np

from limes.sector import Weather
from limes.sensing import Sensor, p_detect
from limes.sensing.camera import CameraModel
from limes.sensing.radar import RadarModel

_FLOOR = 0.005  # a model that is sure of a miss must not forbid a detection that came all the same
_EVENT = 0.5  # what senses events only: its silence between them is no miss, so the number does not matter much
_FAST = 4.0  # m/s, nobody on foot


def miss_model(
    sensor: Sensor, x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray, time: float, weather: Weather
) -> np.ndarray:
    """P(detect) in one look of a sensor for states (n,) in a weather.

    A radar is asked as if everybody moved along its beam: its blind zone is the tracker's own affair.
    """
    if not isinstance(sensor.model, RadarModel | CameraModel):
        return np.full(len(x), _EVENT)
    speed = np.hypot(vx, vy)
    out = np.full(len(x), _FLOOR)
    for name, mine in (("person", speed < _FAST), ("vehicle", speed >= _FAST)):
        if mine.any():
            target = sensor.targets[name]
            along = np.arctan2(x[mine] - sensor.x, y[mine] - sensor.y)
            pace = np.maximum(speed[mine], target.speed)
            p = p_detect(sensor, name, x[mine], y[mine], target.height, pace, along, time, weather)
            out[mine] = np.maximum(p, _FLOOR)
    return out
