"""The tracker: detections of many sensors in, tracks out; late data is replayed, and everything can be put into bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from limes.columns import CLASSES, DETECTION, SENSOR, Status
from limes.tracking.filter import look as filter_look
from limes.tracking.looks import Look, cut, split
from limes.tracking.motion import BORDER_MOTION, Motion, predict
from limes.tracking.report import track_rows
from limes.tracking.snapshot import pack, pack_columns, unpack, unpack_columns
from limes.tracking.state import Columns

DetectCallback = Callable[[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]
"""p_detect(sensor row, x, y, vx, vy, time) -> probability of detection of each state in one look."""

EVENT = np.dtype(
    [
        ("time", "f8"),
        ("track", "i8"),
        ("status", "u1"),  # the `Status` it entered
        ("hits", "i4"),
        ("existence", "f8"),
        ("missed", "f8"),  # looks that should have seen it since its last detection
        ("last", "f8"),  # time of its last detection
    ]
)
"""Why and when a track was confirmed or dropped."""

_NO_LINE = np.zeros((0, 2))
_NOT_GIVEN = np.zeros(0)


@dataclass(frozen=True)
class Settings:
    """What the filter assumes.

    `birth` is the density of new things over that of false detections; tracks are `confirm`ed at that existence and dropped at
    `prune`; detections up to `window` seconds late are used as if they had come in time.
    """

    birth: float = 0.01
    confirm: float = 0.5
    prune: float = 1e-3
    window: float = 30.0


@dataclass
class _Entry:
    key: tuple[float, int, int]
    serial: int
    rows: np.ndarray
    looks: list[Look]
    owner: np.ndarray


@dataclass(frozen=True)
class _Checkpoint:
    after: tuple[float, int, int]
    time: float
    columns: Columns
    events: int


class Tracker:
    """A Poisson multi-Bernoulli tracker over columns.

    `sensors` are rows of `SENSOR`; `p_detect` tells what a miss means where a sensor's nominal figures do not (leave the
    Doppler blind zone out of it where `mdv` is set: the tracker applies that itself); `lines` holds the polyline (n, 2) of each
    sensor that reports distances along one.
    """

    def __init__(
        self,
        sensors: np.ndarray,
        motion: Motion = BORDER_MOTION,
        p_detect: DetectCallback | None = None,
        lines: Sequence[np.ndarray | None] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.sensors = np.asarray(sensors, SENSOR)
        self.motion = motion
        self.settings = settings or Settings()
        self.p_detect = p_detect
        self.lines = [
            _NO_LINE if line is None else np.ascontiguousarray(line, float) for line in lines or [None] * len(sensors)
        ]
        self.time = -np.inf
        self.received = 0
        self.late = 0
        self.contributions = np.zeros(0, np.int64)
        self._rates, self._table, self._family = motion.rates(), motion.table(), motion.class_family()
        shares = np.array([np.sum(self._family == f) for f in self._family], float)
        self._prior = np.where(self._family >= 0, 1.0 / shares, 0.0)
        self._sites = _sites(self.sensors)
        self._columns = Columns.empty(len(motion.modes), len(CLASSES))
        self._events: list[np.ndarray] = []
        self._entries: list[_Entry] = []
        self._checkpoints = [_Checkpoint((-np.inf, -1, -1), -np.inf, self._columns.copy(), 0)]

    def update(self, detections: np.ndarray) -> np.ndarray:
        """Take in the rows of one or more looks, in order of arrival; returns the confirmed tracks after them."""
        owners = []
        for indices in cut(detections):
            entry = self._entry(detections[indices], self.received + 1)
            self.received += len(indices)
            self._accept(entry)
            owners.append((indices, entry))
        self.contributions = np.full(len(detections), -1, np.int64)
        for indices, entry in owners:
            self.contributions[indices] = entry.owner
        rows = self.tracks(self.time)
        return rows[rows["status"] == Status.CONFIRMED]

    def tracks(self, time: float) -> np.ndarray:
        """Return every live track, tentative ones too, predicted to a time; the tracker itself does not move on."""
        columns = self._columns
        if time > self.time > -np.inf:
            columns = columns.copy()
            self._predict(columns, time - self.time)
        return track_rows(columns, max(time, self.time), self._table, self._family)

    @property
    def events(self) -> np.ndarray:
        """Every confirmation and drop of a confirmed track so far, rows of `EVENT`."""
        return np.concatenate(self._events) if self._events else np.zeros(0, EVENT)

    @property
    def dropped(self) -> np.ndarray:
        """Confirmed tracks that ended, when and why, rows of `EVENT`."""
        events = self.events
        return events[events["status"] == Status.DROPPED]

    def snapshot(self) -> bytes:
        """Everything the future depends on, as bytes: see `restore`."""
        arrays = pack_columns([self._columns, *(c.columns for c in self._checkpoints)])
        arrays["time"] = np.array([self.time, *(c.time for c in self._checkpoints)])
        arrays["after"] = np.array([c.after for c in self._checkpoints], float)
        arrays["events"], arrays["events_at"] = self.events, np.array([c.events for c in self._checkpoints], np.int64)
        arrays["received"], arrays["late"] = np.array(self.received), np.array(self.late)
        arrays["serial"] = np.array([e.serial for e in self._entries], np.int64)
        arrays["length"] = np.array([len(e.rows) for e in self._entries], np.int64)
        arrays["rows"] = np.concatenate([np.zeros(0, DETECTION), *(e.rows for e in self._entries)])
        arrays["owner"] = np.concatenate([np.zeros(0, np.int64), *(e.owner for e in self._entries)])
        arrays["contributions"] = self.contributions
        return pack(arrays)

    @classmethod
    def restore(
        cls,
        data: bytes,
        sensors: np.ndarray,
        motion: Motion = BORDER_MOTION,
        p_detect: DetectCallback | None = None,
        lines: Sequence[np.ndarray | None] | None = None,
        settings: Settings | None = None,
    ) -> Tracker:
        """Make a tracker from a `snapshot` and the arguments it was first made with; its future is byte for byte the same."""
        arrays = unpack(data)
        out = cls(sensors, motion, p_detect, lines, settings)
        out._columns, *states = unpack_columns(arrays)
        out.time, *times = arrays["time"].tolist()
        out.received, out.late, out.contributions = int(arrays["received"]), int(arrays["late"]), arrays["contributions"]
        out._events = [arrays["events"][k : k + 1] for k in range(len(arrays["events"]))]
        keys = [(float(t), int(sensor), int(scan)) for t, sensor, scan in arrays["after"]]
        out._checkpoints = [_Checkpoint(*row) for row in zip(keys, times, states, arrays["events_at"].tolist(), strict=True)]
        ends = np.cumsum(arrays["length"])
        for serial, length, end in zip(arrays["serial"].tolist(), arrays["length"], ends, strict=True):
            entry = out._entry(arrays["rows"][end - length : end], serial)
            entry.owner[:] = arrays["owner"][end - length : end]
            out._entries.append(entry)
        return out

    def _entry(self, rows: np.ndarray, serial: int) -> _Entry:
        sensor = int(rows["sensor"][0])
        looks = split(rows, np.arange(len(rows)), self.sensors[sensor], self.lines[sensor], serial)
        return _Entry(looks[0].key, serial, rows, looks, np.full(len(rows), -1, np.int64))

    def _accept(self, entry: _Entry) -> None:
        if not self._entries or entry.key >= self._entries[-1].key:
            self._process(entry)
        elif entry.key[0] < self.time - self.settings.window:
            self.late += len(entry.rows)
        else:
            self._replay(entry)

    def _replay(self, entry: _Entry) -> None:
        at = bisect_right([c.after for c in self._checkpoints], entry.key) - 1
        start = self._checkpoints[at]
        del self._checkpoints[at + 1 :]
        keys = [e.key for e in self._entries]
        again = self._entries[bisect_right(keys, start.after) :]
        del self._entries[bisect_right(keys, start.after) :]
        self._columns, self.time = start.columns.copy(), start.time
        del self._events[start.events :]
        again.insert(bisect_right([e.key for e in again], entry.key), entry)
        for each in again:
            self._process(each)

    def _process(self, entry: _Entry) -> None:
        for part in entry.looks:
            self._step(entry, part)
        self._entries.append(entry)
        if self.time - self._checkpoints[-1].time >= self.settings.window / 16.0:
            self._checkpoints.append(_Checkpoint(entry.key, self.time, self._columns.copy(), len(self._events)))
            self._forget()

    def _forget(self) -> None:
        limit = self.time - self.settings.window
        old = bisect_right([c.time for c in self._checkpoints], limit) - 1
        if old > 0:
            del self._checkpoints[:old]
            after = self._checkpoints[0].after
            del self._entries[: bisect_right([e.key for e in self._entries], after)]

    def _predict(self, columns: Columns, dt: float) -> None:
        c = columns
        predict(c.count, dt, c.mean, c.cov, c.weight, c.existence, self._rates, self._table, self.motion.life)

    def _step(self, entry: _Entry, part: Look) -> None:
        if part.time > self.time > -np.inf:
            self._predict(self._columns, part.time - self.time)
        self.time = part.time
        c = self._columns = self._columns.room(self._columns.count + len(part.z))
        c.count, owner, numbers, facts = filter_look(
            c.count, c.mean, c.cov, c.weight, c.existence, c.kinds, c.real, c.whole,
            part.time, part.serial, part.kind, part.size, part.counts, self._sites[part.sensor], self.lines[part.sensor],
            part.z, part.noise, part.density, part.evidence, part.height, part.members, self._given(part),
            float(self.sensors["sigma_range_rate"][part.sensor]), self._table, self._family, self._prior,
            self.settings.birth, self.settings.confirm, self.settings.prune,
        )  # fmt: skip
        entry.owner[part.rows] = owner
        if len(numbers):
            events = np.zeros(len(numbers), EVENT)
            events["time"] = part.time
            for k, name in enumerate(("track", "status", "hits")):
                events[name] = numbers[:, k]
            for k, name in enumerate(("existence", "missed", "last")):
                events[name] = facts[:, k]
            self._events.extend(events[k : k + 1] for k in range(len(events)))

    def _given(self, part: Look) -> np.ndarray:
        if self.p_detect is None or not self._columns.count:
            return _NOT_GIVEN
        rows = track_rows(self._columns, part.time, self._table, self._family)
        return np.asarray(self.p_detect(part.sensor, rows["x"], rows["y"], rows["vx"], rows["vy"], part.time), float)


def _sites(sensors: np.ndarray) -> np.ndarray:
    columns = ("x", "y", "reach", "azimuth", "width", "mdv", "p_detect")
    out = np.column_stack([sensors[name] for name in columns]).astype(float)
    out[:, 2] = np.where(np.isnan(out[:, 2]), np.inf, out[:, 2])
    out[:, 3] = np.nan_to_num(out[:, 3], nan=0.0)
    out[:, 4] = np.where(np.isnan(out[:, 4]), np.inf, out[:, 4])
    out[:, 5] = np.nan_to_num(out[:, 5], nan=0.0)
    return np.ascontiguousarray(out)
