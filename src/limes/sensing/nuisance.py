"""How often a sensor reports what is not there, or what nobody asked about: by weather and by hour."""

from __future__ import annotations

import numpy as np

from limes.sector.weather import Weather
from limes.sensing.camera import CameraModel
from limes.sensing.fibre import FibreModel
from limes.sensing.ground import GroundModel
from limes.sensing.model import available
from limes.sensing.radar import RadarModel, false_alarm_rate
from limes.sensing.sensor import Sensor
from limes.sensing.sun import sun_elevation

_NIGHT_ANIMALS, _DAY_ANIMALS = 1.5, 0.5  # over their mean (assumed): foxes, dogs and boar walk by night
_NIGHT_TRAFFIC, _DAY_TRAFFIC = 0.3, 1.7  # over its mean (assumed)


def nuisance_rate(sensor: Sensor, weather: Weather, time: float) -> float:
    """False and nuisance detections per hour of a sensor in the weather and light of a time; 0 while it cannot work.

    What people call nuisance is mostly true signal of wind, rain, animals and traffic: each has its own part of the rate,
    those of animals and traffic change between night and day with the sun. A line's rate is that of its whole length.
    """
    if not available(sensor, weather):
        return 0.0
    model = sensor.model
    if isinstance(model, RadarModel):
        return false_alarm_rate(model, weather)
    if isinstance(model, CameraModel):
        return model.false_per_hour
    night = _night_share(sensor, time)
    animals = model.animals * (_NIGHT_ANIMALS * night + _DAY_ANIMALS * (1.0 - night))
    if isinstance(model, GroundModel):
        return model.nuisance + model.per_wind * max(weather.wind - 5.0, 0.0) + model.per_rain * weather.rain + animals
    rate = model.nuisance + model.per_wind * max(weather.wind - 8.0, 0.0) + model.per_rain * weather.rain + animals
    if isinstance(model, FibreModel):
        rate += model.traffic * (_NIGHT_TRAFFIC * night + _DAY_TRAFFIC * (1.0 - night))
    return rate * sensor.length / 1000.0


def _night_share(sensor: Sensor, time: float) -> float:
    """1 by night, 0 by day, even between 6 degrees below the horizon and the horizon."""
    elevation = float(np.degrees(sun_elevation(sensor.lon, sensor.lat, time)))
    return float(np.clip(-elevation / 6.0, 0.0, 1.0))
