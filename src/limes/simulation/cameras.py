"""Cameras: cued to what other sensors report, sweeping their sector while there is nothing to look at.

When the radar on its mast, or a sensor in the ground within its reach, has just reported somebody, a camera looks there at the
narrow field of view and says what it is.
"""

from __future__ import annotations

import numpy as np

from limes.columns import CLASSES, DETECTION, LABELS, Kind, empty
from limes.sector.weather import Weather
from limes.sensing import Sensor, p_cued
from limes.sensing.camera import CameraModel, p_resolve
from limes.simulation.looks import Hits, counted, draw, with_empty
from limes.simulation.world import Moving

_MISTAKEN = 0.05  # share of labels that are wrong although the picture would do (assumed)
_COUNT_SPREAD = 0.15  # spread (log) of a count in a picture (assumed)
_SLEW = np.pi / 2.0  # usual turn from one place to the next
_LABELS = np.array([LABELS.index(name) if name in LABELS else 0 for name in CLASSES])
_SEEN = np.array([LABELS.index(name) for name in ("person", "group", "vehicle", "animal")])


def sweep(
    sensor: Sensor, span: Moving, times: np.ndarray, scans: np.ndarray, weather: Weather, rng: np.random.Generator
) -> np.ndarray:
    """Rows of a camera that sweeps its sector at the wide field of view, an EMPTY row for each sweep without anybody."""
    actor, look, _ = draw(sensor, span, times, weather, rng)
    rows = _pictures(sensor, span, actor, times[look], weather, rng, cued=False)
    rows["scan"] = scans[look]
    return with_empty(rows, times, scans, look)


def follow(
    sensor: Sensor, span: Moving, hits: Hits, begin: float, end: float, weather: Weather, rng: np.random.Generator
) -> np.ndarray:
    """Rows of a camera sent from one reported place to the next in [begin, end), each as long as its head and dwell need.

    It takes those whose first report came before its look, in turn, and reports whom it finds.
    """
    model = sensor.model
    assert isinstance(model, CameraModel)
    actors = np.unique(hits.actor)
    since = np.array([hits.time[hits.actor == actor].min() for actor in actors])
    slot = model.dwell + _SLEW / model.slew
    when, who = [], []
    for turn, time in enumerate(np.arange(begin + rng.uniform(0.0, slot), end, slot).tolist()):
        reported = actors[since < time]
        if len(reported):
            when.append(time)
            who.append(int(reported[turn % len(reported)]))
    times, chosen = np.array(when), np.array(who, np.int64)
    x, y, _, _ = span.pairs(times, chosen)
    p = np.zeros(len(chosen))
    for index in np.unique(span.classes[chosen]):
        row = (span.classes[chosen] == index) & np.isfinite(x)
        height = span.height[chosen[row]]
        p[row] = p_cued(sensor, CLASSES[index], x[row], y[row], height, weather.time, weather)
    found = rng.random(len(chosen)) < p
    return _pictures(sensor, span, chosen[found], times[found], weather, rng, cued=True)


def _pictures(
    sensor: Sensor, span: Moving, actor: np.ndarray, times: np.ndarray, weather: Weather, rng: np.random.Generator, cued: bool
) -> np.ndarray:
    """Rows of pictures in which somebody was found: bearing, a rough range, and what the picture lets one call it."""
    model = sensor.model
    assert isinstance(model, CameraModel)
    x, y, _, _ = span.pairs(times, actor)
    dx, dy = x - sensor.x, y - sensor.y
    distance = np.hypot(dx, dy)
    rows = empty(DETECTION, len(actor))
    rows["kind"], rows["time"] = Kind.RANGE_BEARING, times
    rows["sigma"] = np.maximum(model.sigma_range_fraction * distance, 1.0)
    rows["range"] = np.clip(distance + rng.normal(0.0, 1.0, len(actor)) * rows["sigma"], 10.0, model.max_range)
    rows["bearing"] = (np.arctan2(dx, dy) + rng.normal(0.0, model.sigma_bearing, len(actor))) % (2 * np.pi)
    told = _recognised(sensor, span.classes[actor], distance, weather, cued)
    clear = rng.random(len(actor)) < told
    wrong = rng.random(len(actor)) < _MISTAKEN
    label = np.where(wrong, rng.choice(_SEEN, len(actor)), _LABELS[span.classes[actor]])
    rows["label"] = np.where(clear, label, 0)
    rows["label_p"] = np.where(clear, 0.5 + 0.45 * told, np.nan)
    rows["members"] = np.where(clear, counted(span.members[actor], _COUNT_SPREAD, rng), 0)
    return rows


def _recognised(sensor: Sensor, classes: np.ndarray, distance: np.ndarray, weather: Weather, cued: bool) -> np.ndarray:
    """Probability that a picture tells the class of whom it shows."""
    model, out = sensor.model, np.zeros(len(classes))
    assert isinstance(model, CameraModel)
    for index in np.unique(classes):
        row = classes == index
        place = (np.hypot(distance[row], sensor.height), weather, sensor.lon, sensor.lat, weather.time)
        out[row] = p_resolve(model, sensor.targets[CLASSES[index]], *place, level="recognise", cued=cued)
    return out
