"""Which sensors saw which tracks: how often, when last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

SIGHTING = np.dtype([("key", "i8"), ("hits", "i8"), ("last", "f8")])


@dataclass
class Sightings:
    """Counts by track and sensor, kept as sorted keys track x `sensors` + sensor.

    >>> seen = Sightings(sensors=3)
    >>> seen.add(np.array([7, 7, -1]), np.array([0, 2, 2]), np.array([1.0, 2.0, 2.0]))
    >>> seen.of([7])
    [(0, 1, 1.0), (2, 1, 2.0)]
    """

    sensors: int
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, SIGHTING))

    def add(self, tracks: np.ndarray, sensors: np.ndarray, times: np.ndarray) -> None:
        """Count detections (n,) that went to tracks; -1 is no track."""
        used = tracks >= 0
        keys, which = np.unique(tracks[used] * self.sensors + sensors[used], return_inverse=True)
        if not len(keys):
            return
        hits = np.bincount(which, minlength=len(keys))
        last = np.full(len(keys), -np.inf)
        np.maximum.at(last, which, times[used])
        known = np.isin(keys, self.rows["key"])
        at = np.searchsorted(self.rows["key"], keys[known])
        self.rows["hits"][at] += hits[known]
        self.rows["last"][at] = np.maximum(self.rows["last"][at], last[known])
        if not known.all():
            fresh = np.zeros(int((~known).sum()), SIGHTING)
            fresh["key"], fresh["hits"], fresh["last"] = keys[~known], hits[~known], last[~known]
            rows = np.concatenate([self.rows, fresh])
            self.rows = rows[np.argsort(rows["key"], kind="stable")]

    def of(self, tracks: Iterable[int]) -> list[tuple[int, int, float]]:
        """Sensor, detections and time of the last one over some tracks, most detections first."""
        counts: dict[int, tuple[int, float]] = {}
        for track in tracks:
            low, high = np.searchsorted(self.rows["key"], [track * self.sensors, (track + 1) * self.sensors])
            for row in self.rows[low:high]:
                sensor = int(row["key"] % self.sensors)
                hits, last = counts.get(sensor, (0, -np.inf))
                counts[sensor] = (hits + int(row["hits"]), max(last, float(row["last"])))
        return sorted(((s, hits, last) for s, (hits, last) in counts.items()), key=lambda row: (-row[1], row[0]))

    def by_track(self, tracks: np.ndarray) -> np.ndarray:
        """How many sensors saw each track, (n,) for n tracks."""
        low = np.searchsorted(self.rows["key"], tracks * self.sensors)
        return np.searchsorted(self.rows["key"], (tracks + 1) * self.sensors) - low

    def forget(self, keep: np.ndarray, before: float) -> None:
        """Drop what was last counted before a time, but for tracks to keep (in cases)."""
        stays = (self.rows["last"] >= before) | np.isin(self.rows["key"] // self.sensors, keep)
        self.rows = self.rows[stays]
