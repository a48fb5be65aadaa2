"""Ways of actors: where somebody is at any time, as a pure function of what was planned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.closure.movement import tobler_speed
from limes.sector import Terrain

PIECE = 120.0
"""Longest piece of a way with one speed, metres."""


@dataclass(frozen=True)
class Path:
    """A way as knots: `time` (n,) s growing, plane `x`, `y` (n,) m; straight and even between them."""

    time: np.ndarray
    x: np.ndarray
    y: np.ndarray

    @property
    def start(self) -> float:
        """When it begins."""
        return float(self.time[0])

    @property
    def end(self) -> float:
        """When it ends; before and after, nobody is there."""
        return float(self.time[-1])

    def at(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Plane x and y at times (any shape), NaN before the start and after the end.

        >>> way = Path(np.array([0.0, 10.0]), np.array([0.0, 20.0]), np.array([5.0, 5.0]))
        >>> way.at(np.array([5.0, 11.0]))[0].tolist()
        [10.0, nan]
        """
        x = np.interp(times, self.time, self.x, left=np.nan, right=np.nan)
        return x, np.interp(times, self.time, self.y, left=np.nan, right=np.nan)

    def shifted(self, seconds: float, dx: float = 0.0, dy: float = 0.0) -> Path:
        """The same way later and beside it, for those who go along."""
        return Path(self.time + seconds, self.x + dx, self.y + dy)


def walk(
    x: np.ndarray, y: np.ndarray, start: float, speed: float, terrain: Terrain | None = None, arrive: float | None = None
) -> Path:
    """A way through waypoints (n,), in plane metres, from `start` (s) at `speed` (m/s on level ground).

    With terrain walkers slow down on slopes as Tobler's do; without it speed is even. With `arrive` (s) the last point is
    reached then, whatever the speed.

    >>> walk(np.array([0.0, 100.0]), np.zeros(2), 0.0, 2.0).end
    50.0
    """
    px, py, length = _pieces(x, y)
    pace = np.full(len(length), speed)
    if terrain is not None:
        gradient = np.diff(terrain.sample(px, py)) / np.maximum(length, 1e-9)
        slower = tobler_speed(gradient) / tobler_speed(0.0)
        pace = speed * np.where(np.isfinite(slower), np.maximum(slower, 0.1), 1.0)
    took = np.concatenate([[0.0], np.cumsum(length / pace)])
    if arrive is not None:
        took *= (arrive - start) / took[-1] if took[-1] > 0.0 else 1.0
    return Path(start + took, px, py)


def _pieces(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of a polyline with its legs cut into even pieces of at most `PIECE`, and the length of each piece."""
    length = np.hypot(np.diff(x), np.diff(y))
    count = np.maximum(np.ceil(length / PIECE), 1.0).astype(np.int64)
    leg = np.repeat(np.arange(len(count)), count)
    part = (np.arange(len(leg)) - np.repeat(np.cumsum(count) - count, count)) / count[leg]
    px = np.append(x[leg] + part * np.diff(x)[leg], x[-1])
    py = np.append(y[leg] + part * np.diff(y)[leg], y[-1])
    return px, py, (length / count)[leg]


def joined(parts: list[Path]) -> Path:
    """One way from several that follow one another; a gap in time is a wait."""
    return Path(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("time", "x", "y")))


def meander(x: np.ndarray, y: np.ndarray, amplitude: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Bend the straight line between two points sideways, for nobody walks straight over fields; both ends are kept.

    The bend is three half waves with random weights; its standard deviation in the middle is about `amplitude` metres.
    """
    length = float(np.hypot(x[1] - x[0], y[1] - y[0]))
    count = max(int(np.ceil(length / (4.0 * PIECE))), 1) + 1
    part = np.linspace(0.0, 1.0, count)
    weights = rng.normal(0.0, amplitude / np.sqrt(2.0), 3)
    side = sum(weight * np.sin((k + 1) * np.pi * part) for k, weight in enumerate(weights))
    nx, ny = ((y[1] - y[0]) / length, -(x[1] - x[0]) / length) if length > 0.0 else (0.0, 0.0)
    return x[0] + part * (x[1] - x[0]) + side * nx, y[0] + part * (y[1] - y[0]) + side * ny
