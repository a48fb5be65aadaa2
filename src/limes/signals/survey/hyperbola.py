"""Hyperbolas in a radar line: what a pipe, a stone or a tunnel's roof across the line leaves, picked by coherence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.signals.survey.formats.radar import RadarLine
from limes.signals.survey.line import Floats

VELOCITIES = (0.06, 0.07, 0.08, 0.09, 0.10, 0.11, 0.12, 0.13, 0.15)
"""Velocities of the wave in the ground that are tried, m/ns: wet clay to dry sand (Davis and Annan 1989)."""


@dataclass(frozen=True)
class Pick:
    """A hyperbola: its apex at `x` m and `time_ns`, the `velocity` m/ns that fits, `depth` m, and `score` (0 to 1)."""

    x: float
    time_ns: float
    velocity: float
    depth: float
    score: float


def cleaned(line: RadarLine) -> Floats:
    """Traces (n, t) without their common part, each sample scaled to the same strength over the line."""
    rest = line.traces - np.median(line.traces, axis=0)
    return np.asarray(rest / (np.sqrt(np.mean(rest**2, axis=0)) + 1e-9 * (np.abs(rest).max() + 1.0)))


def picks(line: RadarLine, most: int = 10, reach: float = 1.5, least: float = 0.15) -> tuple[Pick, ...]:
    """The hyperbolas of a line, most coherent first: t^2 = t0^2 + 4 (x - x0)^2 / v^2 over `reach` m to both sides.

    The score is the semblance (Neidell and Taner 1971) along it less that along a level line, so that layers score nothing.
    """
    values = cleaned(line)
    spacing = float(np.median(np.abs(np.diff(line.x))))
    half = int(min(max(reach / spacing, 4), 40, (len(values) - 1) // 2))
    stride = max(round(reach / spacing / half), 1)
    times = np.maximum(line.start_ns + line.step_ns * np.arange(values.shape[1]), 0.0)
    level = _semblance(values, [np.arange(times.size)] * (2 * half + 1), half, stride)
    scores = []
    for velocity in VELOCITIES:
        away = stride * spacing * np.arange(-half, half + 1)
        paths = [np.sqrt(times**2 + 4.0 * d**2 / velocity**2) for d in away]
        scores.append(_semblance(values, [_index(path, line) for path in paths], half, stride) - level)
    best = np.array(scores)
    best[:, :, times < 2.0] = 0.0
    return _peaks(line, best, times, most, least, reach)


def _index(times: Floats, line: RadarLine) -> np.ndarray:
    return np.round((times - line.start_ns) / line.step_ns).astype(np.int64)


def _semblance(values: Floats, paths: list[np.ndarray], half: int, stride: int) -> Floats:
    """Semblance (n, t) along paths of samples, smoothed over five samples; 0 where a path leaves the line."""
    count, samples = values.shape
    total, power = np.zeros_like(values), np.zeros_like(values)
    edge = half * stride
    inner = slice(edge, count - edge)
    for j, path in zip(range(-half, half + 1), paths, strict=True):
        inside = path < samples
        moved = values[edge + j * stride : count - edge + j * stride][:, np.where(inside, path, 0)] * inside
        total[inner] += moved
        power[inner] += moved**2
    box = np.ones(5)
    top, bottom = (np.apply_along_axis(np.convolve, 1, part, box, "same") for part in (total**2, power))
    return np.asarray(top / ((2 * half + 1) * bottom + 1e-9))


def _peaks(line: RadarLine, best: Floats, times: Floats, most: int, least: float, reach: float) -> tuple[Pick, ...]:
    found: list[Pick] = []
    map_of = best.max(axis=0)
    while len(found) < most:
        i, j = np.unravel_index(int(map_of.argmax()), map_of.shape)
        score = float(map_of[i, j])
        if score < least:
            break
        velocity = VELOCITIES[int(best[:, i, j].argmax())]
        found.append(Pick(float(line.x[i]), float(times[j]), velocity, velocity * float(times[j]) / 2.0, score))
        map_of[np.ix_(np.abs(line.x - line.x[i]) < reach / 2.0, np.abs(times - times[j]) < 8.0)] = 0.0
    return tuple(found)
