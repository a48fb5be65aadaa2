"""Passages: what sensors in the ground, on fences and in buried fibre report, moment by moment."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from limes.columns import CLASSES, DETECTION, LABELS, Kind, empty
from limes.sector import Border
from limes.sector.nearest import BoxTree, box_tree, nearest
from limes.sector.weather import Weather
from limes.sensing import Sensor, reach
from limes.sensing.fence import FenceModel
from limes.sensing.fibre import FibreModel, p_digging
from limes.sensing.ground import GroundModel
from limes.simulation.looks import FASTEST, Hits, chances, in_reach, look_times
from limes.simulation.scenario import Digging
from limes.simulation.world import Moving

_STEPS = {"person": "person", "group": "person", "vehicle": "vehicle", "animal": "animal"}
_TOUCHES = {"person": "climb", "group": "climb", "vehicle": "cut"}


def passages(
    sensor: Sensor, span: Moving, begin: float, end: float, phase: float, weather: Weather, rng: np.random.Generator
) -> tuple[np.ndarray, Hits]:
    """Rows that an event sensor reports in [begin, end), in order of time, and who made them.

    After a report the sensor (of a fence: the zone) is quiet for its hold.
    """
    which = in_reach(sensor, span) if sensor.line is None else _beside(sensor, span)
    times, _ = look_times(begin, end, sensor.period, phase)
    if not len(which) or not len(times):
        return empty(DETECTION, 0), Hits(np.zeros(0), which[:0])
    p = chances(sensor, span, which, times, weather)
    look, row = np.nonzero((rng.random(p.shape) < p).T)
    actor, when = which[row], times[look]
    x, y, _, _ = span.pairs(when, actor)
    rows = empty(DETECTION, len(actor))
    rows["time"] = when
    _say_where(rows, sensor, x, y, rng)
    _say_what(rows, sensor, span.classes[actor], rng)
    kept = _after_hold(rows, sensor)
    return rows[kept], Hits(when[kept], actor[kept])


def _beside(sensor: Sensor, span: Moving) -> np.ndarray:
    """Rows of those who may come within reach of a line sensor in the span."""
    seconds = (span.x.shape[1] - 1) // 2
    near = np.zeros(len(span.number), bool)
    for at in (0, seconds, 2 * seconds):
        off, _ = along_line(sensor, span.x[:, at], span.y[:, at])
        near |= off < reach(sensor) + FASTEST * seconds
    return np.flatnonzero(near)


def _say_where(rows: np.ndarray, sensor: Sensor, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> None:
    model = sensor.model
    if isinstance(model, GroundModel):
        rows["kind"] = Kind.PING
        return
    assert isinstance(model, FenceModel | FibreModel)
    _, along = along_line(sensor, x, y)
    rows["kind"] = Kind.ALONG
    rows["along"] = np.clip(along + rng.normal(0.0, model.sigma_along, len(rows)), 0.0, line_length(sensor))


def _say_what(rows: np.ndarray, sensor: Sensor, classes: np.ndarray, rng: np.random.Generator) -> None:
    """Labels: right with the model's chance, else unknown; a fence tells climbing from cutting, not who."""
    model = sensor.model
    if isinstance(model, FenceModel):
        names, p = _TOUCHES, model.p_climb
    else:
        assert isinstance(model, GroundModel | FibreModel)
        names, p = _STEPS, model.p_label
    right = np.array([LABELS.index(names.get(CLASSES[index], "unknown")) for index in classes], np.uint8)
    told = (rng.random(len(rows)) < p) & (right > 0)
    rows["label"] = np.where(told, right, 0)
    rows["label_p"] = np.where(told, p, np.nan)


def _after_hold(rows: np.ndarray, sensor: Sensor) -> np.ndarray:
    """Indices of the rows that a sensor sends: at most one per zone and slot of its hold."""
    if sensor.hold <= 0.0:
        return np.arange(len(rows))
    zone = np.floor(rows["along"] / sensor.model.zone) if isinstance(sensor.model, FenceModel) else np.zeros(len(rows))
    key = np.stack([zone, np.floor(rows["time"] / sensor.hold)])
    return np.sort(np.unique(key, axis=1, return_index=True)[1])


def digging_rows(
    sensor: Sensor,
    border: Border,
    digging: Digging,
    scenario_begin: float,
    begin: float,
    weather: Weather,
    rng: np.random.Generator,
) -> np.ndarray:
    """The report that a fibre may make of a minute of digging that begins at `begin`; no rows when it hears nothing."""
    model = sensor.model
    assert isinstance(model, FibreModel)
    x, y = border.point(digging.km * 1000.0)
    off, along = along_line(sensor, np.atleast_1d(x), np.atleast_1d(y))
    active = scenario_begin + digging.start <= begin < scenario_begin + digging.end
    p = p_digging(model, np.array(digging.offset_m), np.array(digging.depth_m), weather, digging.machine)
    heard = rng.random() < p and active and off[0] < reach(sensor)
    rows = empty(DETECTION, int(heard))
    rows["time"] = begin + rng.uniform(0.0, 60.0, len(rows))
    rows["kind"] = Kind.ALONG
    rows["along"] = np.clip(along[0] + rng.normal(0.0, model.sigma_along, len(rows)), 0.0, line_length(sensor))
    rows["label"] = np.where(rng.random(len(rows)) < model.p_label, LABELS.index("digging"), 0)
    rows["label_p"] = np.where(rows["label"] > 0, model.p_label, np.nan)
    return rows


def along_line(sensor: Sensor, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from a sensor's line and length along it to the nearest point, metres (n,)."""
    assert sensor.line is not None
    tree, chainage = _line(sensor.line.tobytes())
    segment, part, off = nearest(tree, np.asarray(x, float), np.asarray(y, float))
    return np.abs(off), chainage[segment] + part * (chainage[segment + 1] - chainage[segment])


def line_length(sensor: Sensor) -> float:
    """Length of a sensor's line on the plane, metres."""
    assert sensor.line is not None
    return float(_line(sensor.line.tobytes())[1][-1])


@lru_cache(maxsize=256)
def _line(points: bytes) -> tuple[BoxTree, np.ndarray]:
    line = np.frombuffer(points).reshape(-1, 2)
    return box_tree(line[:, 0], line[:, 1]), np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
