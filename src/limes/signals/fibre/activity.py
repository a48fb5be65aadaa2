"""Blows that belong together: followed along the fibre as long as they go on, moving or staying."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from limes.signals.fibre.detect import Pick

MEMORY_S = 60.0
"""Blows of the last minute are what an activity is judged by."""


@dataclass
class Activity:
    """Something that stirs: its blows of the last minute, where it is expected, since when, and how many blows in all."""

    number: int
    begin: float
    along: float
    speed: float = 0.0
    last: float = 0.0
    blows: int = 0
    told: float = 0.0
    picks: deque[Pick] = field(default_factory=deque)

    def expected(self, time: float) -> float:
        """Place at which it should be heard at a time, m."""
        return self.along + self.speed * (time - self.last)

    def take(self, pick: Pick) -> None:
        """Add a blow; place and speed follow the blows of the last ten seconds by a straight line."""
        self.picks.append(pick)
        self.blows += 1
        while self.picks[0].time < pick.time - MEMORY_S:
            self.picks.popleft()
        recent = [p for p in self.picks if p.time >= pick.time - 10.0]
        t = np.array([p.time for p in recent]) - pick.time
        x = np.array([p.along for p in recent])
        spread = float(np.square(t - t.mean()).sum())
        raw = float(((t - t.mean()) * (x - x.mean())).sum()) / (spread + 4.0)
        self.speed = float(np.clip(raw, -40.0, 40.0))
        self.along = float(x.mean() - self.speed * t.mean())
        self.last = pick.time


class Follower:
    """Gathers picks into activities: nearest first, within `gate_m` of where an activity is expected.

    A moving one is searched for over as far as its speed may have erred; one that has been silent for `patience_s` is over.
    """

    def __init__(self, gate_m: float = 18.0, patience_s: float = 12.0) -> None:
        self.gate_m, self.patience_s = gate_m, patience_s
        self.active: list[Activity] = []
        self._numbers = 0

    def feed(self, picks: list[Pick]) -> None:
        """Take picks in the order of their times."""
        for pick in picks:
            owner = min(self.active, key=lambda one: abs(one.expected(pick.time) - pick.along), default=None)
            if owner is None or not self._near(owner, pick):
                self._numbers += 1
                owner = Activity(self._numbers, pick.time, pick.along, last=pick.time)
                self.active.append(owner)
            owner.take(pick)

    def _near(self, one: Activity, pick: Pick) -> bool:
        lag = pick.time - one.last
        gate = self.gate_m + 0.5 * pick.width + 1.5 * min(lag, 6.0)
        return lag <= self.patience_s and abs(one.expected(pick.time) - pick.along) <= gate

    def ended(self, time: float) -> list[Activity]:
        """Take out and return the activities that are over."""
        over = [one for one in self.active if time - one.last > self.patience_s]
        self.active = [one for one in self.active if time - one.last <= self.patience_s]
        return over
