"""The state of all tracks as flat columns that grow, copy and compact together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from limes.tracking.compiled import light

IDENT, HITS, STATUS, GROUP, PARTY, LATEST = 0, 1, 2, 3, 4, 5
"""Columns of `whole`: own number, detections taken, `Status`, its group in this look counted from 1 (0 alone), the lasting
number of its group (0 alone), serial number of its last detection."""

FIRST, LAST, MISSED, HEIGHT, PEOPLE, TOLD, DOUBT = 0, 1, 2, 3, 4, 5, 6
"""Columns of `real`: times of first and last detection, looks since that should have seen it, height above ground, the sum and
weight of what sensors told of how many it is, and the variance that unknown biases add to its place."""

WHOLE, REAL = 6, 7


class Tracks(NamedTuple):
    """One row per track; only the first `State.count` are live.

    `mean` (n, modes, 4) and `cov` (n, modes, 4, 4) of x, y, vx, vy in each mode, `weight` (n, modes) of the modes,
    `existence` (n,), `kinds` (n, classes) the probability of each class within its family, `lean` (n, biases, 4) how far the
    means move with each sensor bias; `real` and `whole`: see the constants.
    """

    mean: np.ndarray
    cov: np.ndarray
    weight: np.ndarray
    existence: np.ndarray
    kinds: np.ndarray
    lean: np.ndarray
    real: np.ndarray
    whole: np.ndarray


class Bias(NamedTuple):
    """Estimated systematic errors of the sensors, (biases,), and their covariance."""

    mean: np.ndarray
    cov: np.ndarray


@dataclass
class State:
    """Everything the filter knows at one time; `scene` (modes, modes) is what it learned of how often things switch modes."""

    count: int
    tracks: Tracks
    bias: Bias
    scene: np.ndarray

    @staticmethod
    def empty(modes: int, classes: int, bias: Bias, capacity: int = 64) -> State:
        """No tracks, and room for `capacity`."""
        shapes = ((modes, 4), (modes, 4, 4), (modes,), (), (classes,), (len(bias.mean), 4), (REAL,))
        columns = [np.zeros((capacity, *shape)) for shape in shapes]
        return State(0, Tracks._make([*columns, np.zeros((capacity, WHOLE), np.int64)]), bias, np.zeros((modes, modes)))

    def live(self) -> Tracks:
        """The live rows of every column, not copied."""
        return Tracks._make([column[: self.count] for column in self.tracks])

    def copy(self) -> State:
        """The live rows alone, copied."""
        bias = Bias(self.bias.mean.copy(), self.bias.cov.copy())
        return State(self.count, Tracks._make([column[: self.count].copy() for column in self.tracks]), bias, self.scene.copy())

    def reserve(self, rows: int) -> None:
        """Make room for at least `rows` tracks."""
        if rows <= len(self.tracks.existence):
            return
        capacity = max(rows, 2 * len(self.tracks.existence), 64)
        grown = [np.zeros((capacity, *column.shape[1:]), column.dtype) for column in self.tracks]
        for new, old in zip(grown, self.live(), strict=True):
            new[: self.count] = old
        self.tracks = Tracks(*grown)


@light
def copy_matrix(source: np.ndarray, target: np.ndarray) -> None:
    """Copy a small matrix entry by entry."""
    for a in range(source.shape[0]):
        for b in range(source.shape[1]):
            target[a, b] = source[a, b]


@light
def copy_vector(source: np.ndarray, target: np.ndarray) -> None:
    """Copy a small vector entry by entry."""
    for a in range(len(source)):
        target[a] = source[a]


@light
def move_row(source: int, target: int, tracks: Tracks) -> None:
    """Copy one track's row over another's."""
    for m in range(tracks.weight.shape[1]):
        copy_matrix(tracks.cov[source, m], tracks.cov[target, m])
    copy_matrix(tracks.mean[source], tracks.mean[target])
    copy_matrix(tracks.lean[source], tracks.lean[target])
    copy_vector(tracks.weight[source], tracks.weight[target])
    copy_vector(tracks.kinds[source], tracks.kinds[target])
    copy_vector(tracks.real[source], tracks.real[target])
    copy_vector(tracks.whole[source], tracks.whole[target])
    tracks.existence[target] = tracks.existence[source]
