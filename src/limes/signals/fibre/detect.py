"""Blows out of band energies: every channel against its own noise, which is learnt as it changes.

For each channel and band the level, the lower quartile of the energy in dB, moves by fixed steps towards each new value (a sign
test, so that a blow moves it no further than a calm moment does), and the height above it that one moment in a hundred exceeds
moves up by 0.99 and down by 0.01 of a step (Robbins and Monro 1951). Whatever the noise does, the share of moments above that
height therefore comes back to one in a hundred. The lower quartile and not the median, because somebody who digs hard fills
more than half of all moments; and blows hardly move either, or an hour of digging would teach a channel that it is its noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from limes.signals.fibre.bands import BINS_PER_S
from limes.signals.fibre.stream import Energies

FRAME = 5
"""Energy bins in a frame: 0.2 s."""

FRAME_S = FRAME / BINS_PER_S
RARE = 0.01
LOW = 0.25
_QUIET_DB = -300.0
_BLOW_SHARE, _LEVEL_SHARE = 0.01, 0.2
_STRETCH_M, _BROAD_DB = 500.0, 6.0
_SKIRT, _SKIRT_S, _SKIRT_M = 1.25, 0.45, 100.0


@dataclass(frozen=True)
class Pick:
    """One blow in one frame: time (s), place (m), width (m), height above the noise in units of its 1 % quantile and in dB.

    `bands` (5,) is its height above the noise in each band, dB.
    """

    time: float
    along: float
    width: float
    height: float
    db: float
    bands: tuple[float, ...]


class Levels:
    """The noise of every channel and band: running level and the height above it that is exceeded once in a hundred frames.

    `step_db` is how fast the level may move: a change of 5 dB (threefold) is followed in 40 s with 0.05. What stands higher
    than `blow` times the quantile is a blow and not noise: it moves the quantile by a hundredth and the level by a fifth.
    """

    def __init__(
        self, shape: tuple[int, ...], step_db: float = 0.05, step_rare: float = 0.4, learn: int = 25, blow: float = 1.8
    ) -> None:
        self.level = np.zeros(shape, np.float32)
        self.above = np.full(shape, 4.0, np.float32)
        self.step_db, self.step_rare, self.learn, self.blow = step_db, step_rare, learn, blow
        self._first: list[np.ndarray] = []
        self._seen = 0

    @property
    def ready(self) -> bool:
        """Whether the first frames have been seen, from which it starts."""
        return len(self._first) >= self.learn

    def height(self, db: np.ndarray) -> np.ndarray:
        """How high a frame (shape of the noise, dB) stands above it, in units of the 1 % quantile; zeros until `ready`."""
        return (db - self.level) / self.above if self.ready else np.zeros_like(db)

    def learn_from(self, db: np.ndarray, share: np.ndarray | float = 1.0, shared: np.ndarray | float = 0.0) -> None:
        """Learn the level from a frame, and the quantile from it less what is `shared`, dB.

        `share` (as the last axis) is how much the frame may move the quantile: less where there is a blow.
        """
        if not self.ready:
            self._first.append(db)
            if self.ready:
                self._start(np.stack(self._first))
            return
        whole = db - self.level
        over = whole - shared
        self._seen += 1
        step = max(self.step_rare, 2.0 * 50.0 / (50.0 + self._seen))
        weight = np.where(over > self.blow * self.above, np.float32(_BLOW_SHARE), np.float32(1.0)) * np.float32(share)
        slow = np.maximum(weight, np.float32(_LEVEL_SHARE))
        self.above += np.where(over > self.above, np.float32(1 - RARE), np.float32(-RARE)) * (np.float32(step) * weight)
        np.maximum(self.above, 0.5, out=self.above)
        self.level += np.where(whole > 0, np.float32(LOW), np.float32(LOW - 1.0)) * (np.float32(2.0 * self.step_db) * slow)

    def _start(self, frames: np.ndarray) -> None:
        self.level = np.quantile(frames, LOW, axis=0).astype(np.float32)
        self.above = np.clip(2.0 * (np.quantile(frames, 0.75, axis=0) - self.level), 2.0, 6.0).astype(np.float32)


class Detector:
    """Picks out of `Energies` as they come; begins anew with each epoch.

    What half of the channels of 500 m show together is taken out first; `broad_frames` counts the moments in which more than
    the share `broad` of a fibre did so by 6 dB. A blow stands more than `bar` times the 1 % quantile above the noise on at
    least two channels within `join_m`. A pick within 100 m and half a second of one that is a quarter higher is its skirt and
    is not told.
    """

    def __init__(self, bar: float = 1.8, join_m: float = 25.0, broad: float = 0.25) -> None:
        self.bar, self.join_m, self.broad = bar, join_m, broad
        self.broad_frames = 0
        self.levels: Levels | None = None
        self._epoch = -1
        self._recent: list[Pick] = []
        self._waiting: list[np.ndarray] = []
        self._next = 0.0

    def feed(self, passed: Energies) -> list[Pick]:
        """The picks of the frames that are complete."""
        if passed.epoch != self._epoch:
            self._epoch, self._waiting = passed.epoch, []
            self.levels = Levels((4, passed.power.shape[2]), blow=self.bar)
        bins = passed.power[passed.settled][:, 1:]
        if not len(bins):
            return []
        first = passed.time + passed.bin_s * int(np.argmax(passed.settled)) - passed.bin_s * len(self._waiting)
        every = np.concatenate([np.array(self._waiting).reshape(-1, *bins.shape[1:]), bins]) if self._waiting else bins
        whole = len(every) // FRAME * FRAME
        self._waiting = list(every[whole:])
        frames = every[:whole].reshape(-1, FRAME, *bins.shape[1:]).mean(axis=1)
        db = np.where(frames > 0, 10.0 * np.log10(np.maximum(frames, 1e-30)), np.float32(_QUIET_DB)).astype(np.float32)
        picks: list[Pick] = []
        for k, frame in enumerate(db):
            picks += self._frame(first + (k + 0.5) * FRAME_S, frame, passed)
        return picks

    def _frame(self, time: float, db: np.ndarray, passed: Energies) -> list[Pick]:
        assert self.levels is not None
        there = np.isfinite(passed.power[0, 1:, 0])
        db = np.where(there[:, None], db, np.float32(0.0))
        shared = np.zeros_like(db)
        if self.levels.ready:
            shared = shared_db(db - self.levels.level, max(64, round(_STRETCH_M / abs(passed.spacing))))
            self.broad_frames += bool((shared.max(axis=0) > _BROAD_DB).mean() > self.broad)
        over = db - shared - self.levels.level
        best = np.where(there[:, None], self.levels.height(db - shared), 0.0).max(axis=0)
        hit = np.flatnonzero(best > self.bar)
        share = np.ones(best.size, np.float32)
        gap = max(1, round(self.join_m / abs(passed.spacing)))
        groups = [one for one in np.split(hit, np.flatnonzero(np.diff(hit) > gap) + 1) if len(one) > 1]
        for one in groups:
            share[max(0, int(one[0]) - gap) : int(one[-1]) + gap + 1] = _BLOW_SHARE
        self.levels.learn_from(db, share, shared)
        return self._own([_pick(time, one, best, over, there, passed) for one in groups])

    def _own(self, picks: list[Pick]) -> list[Pick]:
        """Picks that are not the skirts of a louder one near them in the last moments: waves run on along the fibre."""
        if not picks:
            return []
        since = picks[0].time - _SKIRT_S
        self._recent = [one for one in self._recent if one.time >= since] + picks

        def louder(pick: Pick) -> bool:
            others = (one for one in self._recent if abs(one.along - pick.along) < _SKIRT_M)
            return any(one.height > _SKIRT * pick.height for one in others)

        return [pick for pick in picks if not louder(pick)]


def shared_db(over: np.ndarray, stretch: int) -> np.ndarray:
    """What half of the channels of each stretch show together, dB above the noise (bands, channels); never below 0.

    An earthquake, a gust or the interrogator lifts a whole stretch; what is left after taking it out is local.

    >>> shared_db(np.array([[20.0, 21.0, 20.0, 45.0]]), 4).tolist()
    [[20.5, 20.5, 20.5, 20.5]]
    """
    channels = over.shape[1]
    parts = max(1, channels // stretch)
    edges = np.linspace(0, channels, parts + 1).astype(int)
    middle = np.stack([np.median(over[:, a:b], axis=1) for a, b in pairwise(edges)], axis=1)
    return np.asarray(np.repeat(np.maximum(middle, 0.0), np.diff(edges), axis=1), over.dtype)


def _pick(time: float, group: np.ndarray, best: np.ndarray, over: np.ndarray, there: np.ndarray, passed: Energies) -> Pick:
    """The pick of some channels: its place is their centre, weighted by how far they stand out."""
    weight = best[group].astype(float)
    places = passed.start + passed.spacing * group
    loudest = int(group[np.argmax(weight)])
    bands = (0.0, *(float(v) if t else float("nan") for v, t in zip(over[:, loudest], there, strict=True)))
    width = float(np.ptp(places)) + abs(passed.spacing)
    return Pick(time, float(np.average(places, weights=weight)), width, float(weight.max()), float(np.nanmax(bands)), bands)
