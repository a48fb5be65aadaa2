"""Looks: who a scanning sensor detects in a minute of the world, drawn from the sensor model; and what a radar makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.columns import CLASSES, DETECTION, Kind, empty
from limes.sector.weather import Weather
from limes.sensing import Sensor, p_detect, reach
from limes.sensing.detection import swerling_1_snr
from limes.sensing.radar import RadarModel, resolution_cell
from limes.simulation.world import Moving

FASTEST = 30.0
"""Nobody on the ground is faster, m/s."""

_COUNT_SPREAD = 0.35  # spread (log) with which a radar tells how many from the strength of an echo (assumed)


@dataclass(frozen=True)
class Hits:
    """Who was detected when: times (n,), and rows of the `Moving` they were drawn from."""

    time: np.ndarray
    actor: np.ndarray


NO_HITS = Hits(np.zeros(0), np.zeros(0, np.int64))


def look_times(begin: float, end: float, period: float, phase: float) -> tuple[np.ndarray, np.ndarray]:
    """Times in (begin, end] at which a sensor looks, and the number of each look, counted since the epoch.

    >>> look_times(0.0, 10.0, 4.0, 2.0)[0].tolist()
    [2.0, 6.0, 10.0]
    """
    number = np.arange(np.floor((begin - phase) / period) + 1, np.floor((end - phase) / period) + 1).astype(np.int64)
    return phase + number * period, number


def in_reach(sensor: Sensor, span: Moving) -> np.ndarray:
    """Rows of those who may come within reach of a sensor (at a place, not a line) in the span."""
    seconds = (span.x.shape[1] - 1) // 2
    near = np.zeros(len(span.number), bool)
    for at in (0, seconds, 2 * seconds):
        near |= np.hypot(span.x[:, at] - sensor.x, span.y[:, at] - sensor.y) < reach(sensor) + FASTEST * seconds
    return np.flatnonzero(near)


def chances(sensor: Sensor, span: Moving, which: np.ndarray, times: np.ndarray, weather: Weather) -> np.ndarray:
    """P(detect) of each of `which` (m) at each look (k), 0 where somebody is not there; light and weather of `weather.time`."""
    x, y, vx, vy = span.at(times, which)
    there = np.isfinite(x) & np.isfinite(vx)
    x, y, vx, vy = (np.where(there, values, 0.0) for values in (x, y, vx, vy))
    p = np.zeros(x.shape)
    for index in np.unique(span.classes[which]):
        row = span.classes[which] == index
        height = span.height[which][row][:, None]
        speed, heading = np.hypot(vx[row], vy[row]), np.arctan2(vx[row], vy[row])
        p[row] = p_detect(sensor, CLASSES[index], x[row], y[row], height, speed, heading, weather.time, weather)
    return np.where(there, p, 0.0)


def draw(
    sensor: Sensor, span: Moving, times: np.ndarray, weather: Weather, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who (row of the span) is detected in which look, and with which chance, in order of look and row."""
    which = in_reach(sensor, span)
    if not len(which) or not len(times):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    p = chances(sensor, span, which, times, weather)
    look, row = np.nonzero((rng.random(p.shape) < p).T)
    return which[row], look, p[row, look]


def radar_look(
    sensor: Sensor, span: Moving, times: np.ndarray, scans: np.ndarray, weather: Weather, rng: np.random.Generator
) -> tuple[np.ndarray, Hits]:
    """Rows of a radar's looks, an EMPTY row for each look that saw nobody, and who was hit."""
    model = sensor.model
    assert isinstance(model, RadarModel)
    actor, look, p = draw(sensor, span, times, weather, rng)
    x, y, vx, vy = span.pairs(times[look], actor)
    spread = _spread(span.members[actor], rng)
    dx, dy = x + spread[0] - sensor.x, y + spread[1] - sensor.y
    distance, bearing = np.hypot(dx, dy), np.arctan2(dx, dy)
    rate = (vx * dx + vy * dy) / np.maximum(distance, 1.0)
    cell = _cells(model, look, distance, bearing)
    rows = empty(DETECTION, len(np.unique(cell)))
    weight = np.bincount(cell)
    first = np.zeros(len(rows), np.int64)
    first[cell[::-1]] = np.arange(len(cell))[::-1]
    rows["kind"], rows["time"], rows["scan"] = Kind.RANGE_BEARING, times[look[first]], scans[look[first]]
    rows["range"] = np.maximum(np.bincount(cell, distance) / weight + rng.normal(0.0, model.sigma_range, len(rows)), 1.0)
    turn = np.bincount(cell, np.angle(np.exp(1j * (bearing - bearing[first][cell])))) / weight
    rows["bearing"] = (bearing[first] + turn + rng.normal(0.0, model.sigma_bearing, len(rows))) % (2 * np.pi)
    rows["range_rate"] = np.bincount(cell, rate) / weight + rng.normal(0.0, model.sigma_range_rate, len(rows))
    rows["snr_db"] = echo_db(p[first], model.pfa, rng)
    members = np.bincount(cell, span.members[actor])
    rows["members"] = np.where(members > 1, counted(members, _COUNT_SPREAD, rng), 0)
    return with_empty(rows, times, scans, look[first]), Hits(times[look], actor)


def _cells(model: RadarModel, look: np.ndarray, distance: np.ndarray, bearing: np.ndarray) -> np.ndarray:
    """Number of the resolution cell of each hit: those of one look that share range cell and beam give one echo."""
    depth, _ = resolution_cell(model, 1.0)
    beam = np.floor((bearing % (2 * np.pi)) / model.beamwidth).astype(np.int64)
    key = (look.astype(np.int64) << 40) + (np.floor(distance / depth).astype(np.int64) << 16) + beam
    return np.unique(key, return_inverse=True)[1].reshape(-1)


def with_empty(rows: np.ndarray, times: np.ndarray, scans: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The rows and an EMPTY one for each look that is not among `seen`."""
    blank = np.setdiff1d(np.arange(len(times)), seen)
    none = empty(DETECTION, len(blank))
    none["kind"], none["time"], none["scan"] = Kind.EMPTY, times[blank], scans[blank]
    return np.concatenate([rows, none])


def echo_db(p: np.ndarray, pfa: float, rng: np.random.Generator) -> np.ndarray:
    """Signal-to-noise ratio, dB, of an echo that was detected: Swerling 1 with the mean that gives p, given that it passed.

    An exponential echo above a threshold is the threshold plus the same exponential.
    """
    mean = np.array([swerling_1_snr(float(min(max(one, 1e-3), 0.999)), pfa) for one in p])
    return 10.0 * np.log10(-np.log(pfa) + (1.0 + mean) * rng.exponential(1.0, len(p)))


def counted(members: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    """How many a sensor says they are: the truth times a log-normal error, at least one."""
    return np.maximum(np.rint(members * np.exp(rng.normal(0.0, spread, len(members)))), 1.0).astype(np.int64)


def _spread(members: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where in a group the echo comes from: a standard deviation of 2 m for each root of its members beyond the first."""
    return rng.normal(0.0, 2.0, (2, len(members))) * np.sqrt(members - 1.0)
