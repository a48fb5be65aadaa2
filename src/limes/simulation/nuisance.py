"""Nuisance: reports of what is not there, or of what nobody asked about, at the rates of the sensor model."""

from __future__ import annotations

import numpy as np

from limes.columns import DETECTION, LABELS, Kind, empty
from limes.sector import Border
from limes.sector.weather import Weather
from limes.sensing import Sensor, nuisance_rate
from limes.sensing.camera import CameraModel
from limes.sensing.ground import GroundModel
from limes.sensing.radar import RadarModel
from limes.simulation.passages import along_line, line_length
from limes.simulation.scenario import Disturbance

_CALLED = np.array([LABELS.index(name) for name in ("unknown", "unknown", "unknown", "animal", "person")], np.uint8)
"""What sensors that name things call nuisance, drawn evenly (assumed)."""


def nuisance_rows(
    sensor: Sensor,
    times: np.ndarray,
    scans: np.ndarray,
    begin: float,
    seconds: float,
    weather: Weather,
    rng: np.random.Generator,
) -> np.ndarray:
    """Nuisance rows of a sensor in `seconds` from `begin`: at its looks (times, scans) where it scans, else at any moment."""
    rate = nuisance_rate(sensor, weather, weather.time)
    count = int(rng.poisson(rate * seconds / 3600.0))
    if isinstance(sensor.model, RadarModel | CameraModel):
        return _plots(sensor, times, scans, count if len(times) else 0, rng)
    rows = empty(DETECTION, count)
    rows["time"] = np.sort(begin + rng.uniform(0.0, seconds, count))
    rows["label"] = rng.choice(_CALLED, count)
    rows["label_p"] = np.where(rows["label"] > 0, 0.5, np.nan)
    if isinstance(sensor.model, GroundModel):
        rows["kind"] = Kind.PING
    else:
        rows["kind"], rows["along"] = Kind.ALONG, rng.uniform(0.0, line_length(sensor), count)
    return rows


def _plots(sensor: Sensor, times: np.ndarray, scans: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """False plots anywhere in the sensor's sector, evenly by area."""
    model = sensor.model
    assert isinstance(model, RadarModel | CameraModel)
    look = np.sort(rng.integers(0, max(len(times), 1), count))
    rows = empty(DETECTION, count)
    rows["kind"], rows["time"], rows["scan"] = Kind.RANGE_BEARING, times[look], scans[look]
    rows["bearing"] = (sensor.azimuth + rng.uniform(-0.5, 0.5, count) * sensor.width) % (2 * np.pi)
    rows["range"] = np.sqrt(rng.uniform(model.min_range**2, model.max_range**2, count))
    if isinstance(model, RadarModel):
        rows["snr_db"] = 10.0 * np.log10(-np.log(model.pfa) + rng.exponential(1.0, count))
        rows["range_rate"] = rng.choice([-1.0, 1.0], count) * (model.mdv + rng.exponential(0.5, count))
    else:
        rows["sigma"] = np.maximum(model.sigma_range_fraction * rows["range"], 1.0)
        rows["label"] = rng.choice(_CALLED, count)
        rows["label_p"] = np.where(rows["label"] > 0, 0.5, np.nan)
    return rows


def disturbance_rows(
    sensor: Sensor, border: Border, disturbance: Disturbance, begin: float, seconds: float, rng: np.random.Generator
) -> np.ndarray:
    """Rows that a disturbed part of the border adds to a line sensor in `seconds` from `begin`."""
    kms = np.array([disturbance.from_km, disturbance.to_km])
    along = np.sort(along_line(sensor, *border.point(kms * 1000.0))[1])
    count = int(rng.poisson(disturbance.per_km_h * (along[1] - along[0]) / 1000.0 * seconds / 3600.0))
    rows = empty(DETECTION, count)
    rows["kind"] = Kind.ALONG
    rows["time"] = np.sort(begin + rng.uniform(0.0, seconds, count))
    rows["along"] = rng.uniform(along[0], along[1], count)
    return rows
