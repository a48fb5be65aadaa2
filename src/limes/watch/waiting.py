"""Rows that wait until the clock has passed them, then come out look by look in one order, however they came in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from limes.columns import DETECTION

_WITHIN = ("along", "y", "x", "bearing", "range", "kind")
"""What orders the rows of one look, last first, so that the order in which they came does not matter."""


@dataclass
class Waiting:
    """Detections not yet given to the tracker.

    `passed` is the time up to which everything has come out; `late` counts rows that came in after that.
    """

    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, DETECTION))
    passed: float = -np.inf
    late: int = 0
    _parts: list[np.ndarray] = field(default_factory=list)

    def add(self, rows: np.ndarray) -> None:
        """Take in rows; those of sensors that are no longer known (-1) are dropped."""
        self._parts.append(rows[rows["sensor"] >= 0])

    def release(self, until: float) -> np.ndarray:
        """Give out every look that was complete by a time, sorted by time, sensor, scan and place; late ones come first."""
        fresh = _joined(self._parts)
        self._parts = []
        self.late += int(np.sum(fresh["time"] <= self.passed))
        self.passed = max(self.passed, until)
        rows = _joined([self.rows, fresh])
        times = look_times(rows)
        ready = times <= until
        self.rows = rows[~ready]
        out, times = rows[ready], times[ready]
        return out[np.lexsort((*(out[name] for name in _WITHIN), out["scan"], out["sensor"], times))]

    def gathered(self) -> np.ndarray:
        """Every row that waits, in the order in which they came."""
        return _joined([self.rows, *self._parts])


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """All parts in one array; those that are empty cost nothing."""
    filled = [part for part in parts if len(part)]
    if len(filled) == 1:
        return filled[0]
    return np.concatenate(filled) if filled else np.zeros(0, DETECTION)


def look_times(rows: np.ndarray) -> np.ndarray:
    """When the look that each row (n,) belongs to was complete: the latest time among rows of one sensor and scan number."""
    if not len(rows):
        return np.zeros(0)
    alone = rows["scan"] < 0
    number = np.where(alone, rows["time"], rows["scan"].astype(float))
    order = np.lexsort((number, alone, rows["sensor"]))
    keys = (rows["sensor"][order], alone[order], number[order])
    new = np.concatenate([[True], np.any([key[1:] != key[:-1] for key in keys], axis=0)])
    latest = np.maximum.reduceat(rows["time"][order], np.flatnonzero(new))
    out = np.empty(len(rows))
    out[order] = latest[np.cumsum(new) - 1]
    return out
