"""The state of all tracks as flat columns that grow, copy and compact together."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numba import njit

IDENT, HITS, STATUS = 0, 1, 2
"""Columns of `whole`: the track's number, how many detections it took, its `Status`."""

FIRST, LAST, MISSED, HEIGHT = 0, 1, 2, 3
"""Columns of `real`: times of first and last detection, looks it should have been seen in since, height above ground."""


@dataclass
class Columns:
    """All tracks; the first `count` rows are live.

    `mean` (n, modes, 4) and `cov` (n, modes, 4, 4) of x, y, vx, vy in each mode; `weight` (n, modes) of the modes;
    `existence` (n,); `kinds` (n, classes) the probability of each class within its family; `real`, `whole`: see the constants.
    """

    count: int
    mean: np.ndarray
    cov: np.ndarray
    weight: np.ndarray
    existence: np.ndarray
    kinds: np.ndarray
    real: np.ndarray
    whole: np.ndarray

    @staticmethod
    def empty(modes: int, classes: int, capacity: int = 64) -> Columns:
        """No tracks, and room for `capacity`."""
        return Columns(
            0,
            np.zeros((capacity, modes, 4)),
            np.zeros((capacity, modes, 4, 4)),
            np.zeros((capacity, modes)),
            np.zeros(capacity),
            np.zeros((capacity, classes)),
            np.full((capacity, 4), np.nan),
            np.zeros((capacity, 3), np.int64),
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """The live rows of every column, by name, without copying."""
        return {f.name: getattr(self, f.name)[: self.count] for f in fields(self) if f.name != "count"}

    def copy(self) -> Columns:
        """The live rows alone, copied."""
        return Columns(self.count, **{name: column.copy() for name, column in self.arrays().items()})

    def room(self, rows: int) -> Columns:
        """These columns with capacity for at least `rows`; the same object where it already has it."""
        if rows <= len(self.existence):
            return self
        capacity = max(rows, 2 * len(self.existence))
        grown = {}
        for name, column in self.arrays().items():
            grown[name] = np.zeros((capacity, *column.shape[1:]), column.dtype)
            grown[name][: self.count] = column
        return Columns(self.count, **grown)


@njit(cache=True, nogil=True)
def move_row(
    source: int,
    target: int,
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    existence: np.ndarray,
    kinds: np.ndarray,
    real: np.ndarray,
    whole: np.ndarray,
) -> None:
    """Copy one track's row over another's."""
    mean[target] = mean[source]
    cov[target] = cov[source]
    weight[target] = weight[source]
    existence[target] = existence[source]
    kinds[target] = kinds[source]
    real[target] = real[source]
    whole[target] = whole[source]
