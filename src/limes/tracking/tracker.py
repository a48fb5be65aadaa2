"""The tracker: detections of many sensors in, tracks out; late data is replayed, and everything can be put into bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from limes.columns import CLASSES, SENSOR, Kind, Status
from limes.tracking.filter import Model
from limes.tracking.history import Entry, History
from limes.tracking.looks import ROW, Look, cut, facts_of, sites, split
from limes.tracking.motion import BORDER_MOTION, Motion, predict
from limes.tracking.names import Names
from limes.tracking.parties import name_by_count, party_rows
from limes.tracking.registration import Registration, bias_rows, slots
from limes.tracking.report import member_rows, summarise
from limes.tracking.snapshot import pack, unpack
from limes.tracking.state import IDENT, PARTY, State
from limes.tracking.step import filter_look

DetectCallback = Callable[[int, np.ndarray, np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]
"""p_detect(sensor row, x, y, vx, vy, time) -> probability of detection of each state in one look."""

_NO_LINE = np.zeros((0, 2))
_NOT_GIVEN = np.zeros(0)


@dataclass(frozen=True)
class Settings:
    """What the filter assumes.

    `birth` is the density of new things over that of false detections; tracks are `confirm`ed at that existence and dropped at
    `prune`; detections up to `window` seconds late are used as if they had come in time; people who walk together are tracked
    as groups where `groups` says so; `registration` says how wrong sensors may be (None: all are true).
    """

    birth: float = 0.03
    confirm: float = 0.5
    prune: float = 4e-3
    window: float = 30.0
    groups: bool = True
    registration: Registration | None = field(default_factory=Registration)


class Tracker:
    """A Poisson multi-Bernoulli tracker over columns.

    `sensors` are rows of `SENSOR`; `p_detect` tells what a miss means where a sensor's nominal figures do not (leave the
    Doppler blind zone out of it where `mdv` is set: the tracker applies that itself); `lines` holds the polyline (n, 2) of each
    sensor that reports distances along one: where it is missing its detections are passed over and counted, see `placeless`.
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
        self.received = 0
        self.late = 0
        self._owner = np.zeros(0, np.int64)
        self._placeless = np.zeros(len(self.sensors), np.int64)
        self._sites = sites(self.sensors)
        self._slot, bias = slots(self.sensors, self.settings.registration)
        self._facts = facts_of(self.sensors, self._slot, self.lines)
        self._model = _model(motion, self.settings, np.diag(bias.cov).copy())
        self._state = State.empty(len(motion.modes), len(CLASSES), bias)
        self._history = History(self.settings.window, self._state)
        self._names = Names()

    @property
    def time(self) -> float:
        """Time of the newest look; -inf before the first."""
        return self._history.time

    @property
    def events(self) -> np.ndarray:
        """What became of the tracks so far, rows of `EVENT`: who was confirmed or dropped and why, who joined or left whom.

        Without what `settle` has taken.
        """
        return self._history.events

    def settle(self) -> np.ndarray:
        """Take the events that no late look can change any more, rows of `EVENT`.

        Whoever tracks for long does it now and then: events pile up otherwise.
        """
        return self._history.settle()

    @property
    def dropped(self) -> np.ndarray:
        """Confirmed tracks that ended, when and why, rows of `EVENT`."""
        events = self.events
        return events[events["status"] == Status.DROPPED]

    @property
    def biases(self) -> np.ndarray:
        """Systematic errors estimated so far, rows of `BIAS`, one for each sensor that is not surveyed."""
        return bias_rows(self._slot, self._state.bias)

    @property
    def contributions(self) -> np.ndarray:
        """The track (or group) that each row of the last update went to or began, -1 none."""
        ident, public = self._state.live().whole[:, IDENT], self._names.of(self._state)
        order = np.argsort(ident)
        if not len(ident):
            return self._owner
        at = order[np.minimum(np.searchsorted(ident, self._owner, sorter=order), len(ident) - 1)]
        return np.where(ident[at] == self._owner, public[at], self._owner)

    @property
    def placeless(self) -> np.ndarray:
        """Detections passed over of each sensor, (sensors,): they lie along a line that nobody told."""
        return self._placeless.copy()

    def update(self, detections: np.ndarray) -> np.ndarray:
        """Take in the rows of one or more looks, in order of arrival; returns the confirmed tracks after them."""
        self.feed(detections)
        rows = self.tracks(self.time)
        return rows[rows["status"] == Status.CONFIRMED]

    def feed(self, detections: np.ndarray) -> None:
        """Take in rows like `update` without writing out the tracks: for those who ask later, or at another time."""
        entries = []
        for indices in cut(detections):
            entry = self._entry(detections[indices], self.received + 1)
            self._count_placeless(entry)
            self.received += len(indices)
            self._accept(entry)
            entries.append((indices, entry))
        self._owner = np.full(len(detections), -1, np.int64)
        for indices, entry in entries:
            self._owner[indices] = entry.owner

    def tracks(self, time: float) -> np.ndarray:
        """Return every live track, tentative ones too, groups as one, predicted to a time; the tracker does not move on."""
        state = self._at(time)
        party = self._names.public(state.live().whole[:, PARTY])
        return name_by_count(party_rows(self._rows(state, time), party))

    def members(self, time: float) -> np.ndarray:
        """Like `tracks`, with a row for each member of a group; `track` is still the number of the group."""
        state = self._at(time)
        rows = self._rows(state, time)
        rows["track"] = self._names.of(state)
        return name_by_count(rows)

    def place(self, sensor: int, x: float, y: float) -> None:
        """Say where a moving sensor stands for the looks that come from now on."""
        self._sites[sensor, :2] = x, y

    def snapshot(self) -> bytes:
        """Everything the future depends on, as bytes: see `restore`."""
        return self.freeze()()

    def freeze(self) -> Callable[[], bytes]:
        """Take hold of what a `snapshot` holds; the function returned writes it, later and in any thread if need be."""
        history, state = self._history.freeze(), self._state.copy()
        rest = {"received": np.array(self.received), "late": np.array(self.late), "sites": self._sites.copy()}
        rest["alias"] = np.array(list(self._names.alias.items()), np.int64).reshape(-1, 2)
        rest |= {"last_owner": self._owner.copy(), "placeless": self._placeless.copy()}
        return lambda: pack(history.arrays(state) | rest)

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
        out.received, out.late, out._owner = int(arrays["received"]), int(arrays["late"]), arrays["last_owner"]
        out._sites, out._placeless = arrays["sites"], arrays["placeless"]
        out._state = out._history.restore(arrays, out._entry)
        out._names = Names(dict(arrays["alias"].tolist()))
        return out

    def _at(self, time: float) -> State:
        state = self._state
        if time > self.time > -np.inf:
            state, model = state.copy(), self._model
            predict(state.count, time - self.time, state.tracks, state.scene, model.trust, model.rates, model.table, model.life)
        return state

    def _rows(self, state: State, time: float) -> np.ndarray:
        rows = member_rows(state, max(time, self.time), self._model.table, self._model.family)
        rows["track"] = self._names.public(rows["track"])
        return rows

    def _entry(self, rows: np.ndarray, serial: int, site: np.ndarray | None = None) -> Entry:
        sensor = int(rows["sensor"][0])
        site = self._sites[sensor].copy() if site is None else site
        looks = split(rows, self._facts[sensor], site, serial)
        key = (looks[0].time, sensor, int(rows["scan"][0]))
        return Entry(key, serial, rows, site, looks, np.full(len(rows), -1, np.int64))

    def _count_placeless(self, entry: Entry) -> None:
        sensor = entry.key[1]
        if self._facts[sensor].kind == Kind.ALONG and len(self.lines[sensor]) < 2:
            self._placeless[sensor] += np.count_nonzero(entry.rows["kind"] == Kind.ALONG)

    def _accept(self, entry: Entry) -> None:
        if self._history.in_order(entry.key):
            self._process(entry)
        elif self._history.too_late(entry.key):
            self.late += len(entry.rows)
        else:
            before = self._state
            self._state, again = self._history.rewind(entry)
            for each in again:
                self._process(each)
            self._history.rename(self._names.follow(before, self._state), entry.key[0])

    def _process(self, entry: Entry) -> None:
        for look in entry.looks:
            self._step(entry, look)
        self._history.append(entry, self._state)

    def _step(self, entry: Entry, look: Look) -> None:
        state, dt = self._state, look.time - self.time
        dt = dt if 0.0 < dt < np.inf else 0.0
        given = self._given(entry.key[1], look)
        self._history.time = look.time
        state.reserve(state.count + len(look.real))
        state.count, owner, numbers, facts, moved = filter_look(
            state.count, dt, state.tracks, state.bias, state.scene, look, given, self._model, entry.serial, len(entry.rows)
        )
        entry.owner[look.whole[::-1, ROW]] = owner[::-1]
        if len(numbers):
            self._log(look.time, numbers, facts)
        if len(moved):
            moved[:, 2] = self._names.public(moved[:, 2])
            self._log(look.time, moved, np.zeros((len(moved), 3)))

    def _log(self, time: float, numbers: np.ndarray, facts: np.ndarray) -> None:
        numbers[:, 0] = self._names.public(numbers[:, 0])
        self._history.log(time, numbers, facts)

    def _given(self, sensor: int, look: Look) -> np.ndarray:
        if self.p_detect is None or not self._state.count:
            return _NOT_GIVEN
        state = self._at(look.time)
        mean, _ = summarise(state.count, state.tracks, state.bias)
        x, y, vx, vy = mean.T
        return np.ascontiguousarray(self.p_detect(sensor, x, y, vx, vy, look.time), float)


def _model(motion: Motion, settings: Settings, bias_prior: np.ndarray) -> Model:
    family = motion.class_family()
    shares = np.array([np.sum(family == f) for f in family], float)
    prior = np.where(family >= 0, 1.0 / shares, 0.0)
    memory = settings.registration.memory if settings.registration is not None else np.inf
    return Model(
        motion.table(), motion.rates(), motion.trusts(), motion.life, family, prior, bias_prior, memory,
        settings.birth, settings.confirm, settings.prune, settings.groups,
    )  # fmt: skip
