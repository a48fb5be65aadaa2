"""Sensors as the tracker knows them: one row of `limes.columns.SENSOR` each."""

from __future__ import annotations

import numpy as np

from limes.columns import SENSOR, Kind, empty
from limes.sector.weather import Weather
from limes.sensing.camera import CameraModel, swept_share
from limes.sensing.fence import TOUCH, FenceModel
from limes.sensing.fibre import FibreModel
from limes.sensing.ground import GroundModel
from limes.sensing.nuisance import nuisance_rate
from limes.sensing.radar import RadarModel
from limes.sensing.sensor import Sensor

CALM = Weather(0.0, 2.0, 0.0, 3.0, 4.0, 20_000.0, 0.2, 0.0, 15.0, 0.5)
"""Calm, dry, clear weather for nominal figures."""


def sensor_rows(sensors: tuple[Sensor, ...]) -> np.ndarray:
    """One row of `SENSOR` per sensor, in their order, with nominal figures for calm dry weather (mean of a day and night).

    Radars and cameras report range and bearing (a camera's range error is that at half its reach), ground sensors pings,
    fences and fibres the distance along their line. Sensors that report events have period 0. What hangs on a tether does
    not anchor registration.
    """
    rows = empty(SENSOR, len(sensors))
    rows["mdv"] = 0.0
    for row, sensor in zip(rows, sensors, strict=True):
        row["id"], row["x"], row["y"], row["height"] = sensor.id, sensor.x, sensor.y, sensor.height
        row["surveyed"] = sensor.platform is None
        _fill(row, sensor)
        rate = np.mean([nuisance_rate(sensor, CALM, 3600.0 * hour) for hour in range(24)])
        row["clutter"] = rate * sensor.period / 3600.0
    return rows


def _fill(row: np.void, sensor: Sensor) -> None:
    model = sensor.model
    if isinstance(model, RadarModel):
        values = (
            Kind.RANGE_BEARING,
            model.sigma_range,
            model.sigma_bearing,
            model.sigma_range_rate,
            model.pd,
            model.max_range,
            model.period,
        )
        row["mdv"] = model.mdv
    elif isinstance(model, CameraModel):
        p = model.attention * swept_share(model, sensor.width)
        sigma = model.sigma_range_fraction * model.max_range / 2.0
        values = (Kind.RANGE_BEARING, sigma, model.sigma_bearing, np.nan, p, model.max_range, model.period)
    elif isinstance(model, GroundModel):
        values = (Kind.PING, model.sigma, np.nan, np.nan, model.p_detect, model.ranges["walk"], 0.0)
    elif isinstance(model, FenceModel):
        values = (Kind.ALONG, model.sigma_along, np.nan, np.nan, model.p_climb, TOUCH, 0.0)
    else:
        values = (Kind.ALONG, model.sigma_along, np.nan, np.nan, model.p_detect, model.ranges["walk"], 0.0)
    names = ("kind", "sigma_range", "sigma_bearing", "sigma_range_rate", "p_detect", "reach", "period")
    for name, value in zip(names, values, strict=True):
        row[name] = value
    row["area"] = _area(sensor, float(row["reach"]))


def _area(sensor: Sensor, reach: float) -> float:
    if isinstance(sensor.model, FenceModel | FibreModel):
        return 2.0 * reach * sensor.length
    return 0.5 * sensor.width * reach**2
