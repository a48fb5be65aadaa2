"""How a fibre is: dead and noisy channels, and the place from which on nothing is heard any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Health:
    """`dead` and `noisy` channels, counted and by index; `break_at` (m) is where everything beyond is dead, NaN if nowhere."""

    channels: int
    dead: tuple[int, ...]
    noisy: tuple[int, ...]
    break_at: float


def health(level_db: np.ndarray, start: float, spacing: float, dead_db: float = 20.0, noisy_db: float = 15.0) -> Health:
    """Judge channels by their noise level (channels,), dB, each against the middle half of all that are alive.

    A channel `dead_db` below the lower quartile is dead, one `noisy_db` above the upper quartile noisy. Where the last tenth or
    more of a fibre is dead without interruption it is broken there.

    >>> health(np.r_[np.zeros(80), np.full(20, -90.0)], 0.0, 5.0).break_at
    400.0
    """
    alive = level_db[np.isfinite(level_db) & (level_db > -200.0)]
    low, high = np.quantile(alive, [0.25, 0.75]) if len(alive) else (0.0, 0.0)
    if len(alive) and high - low > dead_db:
        low = float(np.quantile(alive, 0.75)) - dead_db / 2.0
    bad = ~np.isfinite(level_db) | (level_db < low - dead_db)
    loud = np.isfinite(level_db) & (level_db > high + noisy_db)
    last = int(np.flatnonzero(~bad)[-1]) + 1 if (~bad).any() else 0
    broken = start + spacing * last if last <= 0.9 * len(bad) else float("nan")
    dead = tuple(np.flatnonzero(bad[:last]).tolist())
    return Health(len(level_db), dead, tuple(np.flatnonzero(loud).tolist()), broken)
