"""What the tracker has done within its window, so that a late look can be put where it belongs and the rest done again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from limes.columns import DETECTION
from limes.tracking.looks import Look
from limes.tracking.parties import JOINED, LEFT
from limes.tracking.state import Bias, State, Tracks

Key = tuple[float, int, int]
"""Time, sensor and scan of a look: the order in which looks are processed."""

EVENT = np.dtype(
    [
        ("time", "f8"),
        ("track", "i8"),  # public identity
        ("status", "u1"),  # 1 confirmed, 2 dropped (see `Status`), 3 joined a group, 4 left it
        ("hits", "i8"),  # detections so far; for 3 and 4 the number of the group
        ("existence", "f8"),
        ("missed", "f8"),  # looks that should have seen it since its last detection
        ("last", "f8"),  # time of its last detection
    ]
)
"""What happened to a track, and why."""

CHECKPOINTS = 16
"""States kept within the window: a late look costs the replay of at most the window's share between two of them more."""

_START: Key = (-np.inf, -1, -1)


@dataclass
class Entry:
    """One look as it was received, and the track that took each of its rows."""

    key: Key
    serial: int
    rows: np.ndarray
    site: np.ndarray
    looks: list[Look]
    owner: np.ndarray


@dataclass(frozen=True)
class Checkpoint:
    """The state after a look, and how many events there had been."""

    after: Key
    state: State
    events: int


class History:
    """The looks of the last `window` seconds with states between them; `time` is that of the newest look."""

    def __init__(self, window: float, state: State) -> None:
        self.window = window
        self.time = -np.inf
        self._entries: list[Entry] = []
        self._checkpoints = [Checkpoint(_START, state.copy(), 0)]
        self._events: list[np.void] = []

    @property
    def events(self) -> np.ndarray:
        """Everything logged so far and not settled, rows of `EVENT`."""
        return np.array(self._events, EVENT) if self._events else np.zeros(0, EVENT)

    def log(self, time: float, numbers: np.ndarray, facts: np.ndarray) -> None:
        """Add events: track, code and hits (n, 3); existence, missed and last (n, 3)."""
        rows = np.zeros(len(numbers), EVENT)
        rows["time"] = time
        for k, name in enumerate(("track", "status", "hits")):
            rows[name] = numbers[:, k]
        for k, name in enumerate(("existence", "missed", "last")):
            rows[name] = facts[:, k]
        self._events.extend(rows)

    def settle(self) -> np.ndarray:
        """Take out the events that no late look can change any more, rows of `EVENT`: they are forgotten here."""
        count = self._checkpoints[0].events
        rows = np.array(self._events[:count], EVENT) if count else np.zeros(0, EVENT)
        del self._events[:count]
        self._checkpoints = [replace(kept, events=kept.events - count) for kept in self._checkpoints]
        return rows

    def in_order(self, key: Key) -> bool:
        """Whether a look comes after all others."""
        return not self._entries or key >= self._entries[-1].key

    def too_late(self, key: Key) -> bool:
        """Whether a look is older than the window."""
        return key[0] < self.time - self.window

    def append(self, entry: Entry, state: State) -> None:
        """Note a processed look; now and then keep the state after it, and forget what is older than the window."""
        self._entries.append(entry)
        last = self._checkpoints[-1].after
        if entry.key == last:  # a checkpoint stands after all looks of its key
            self._checkpoints[-1] = Checkpoint(last, state.copy(), len(self._events))
        elif self.time - last[0] >= self.window / CHECKPOINTS:
            self._checkpoints.append(Checkpoint(entry.key, state.copy(), len(self._events)))
            self._forget(self.time - self.window)

    def _forget(self, before: float) -> None:
        old = 0
        while old + 1 < len(self._checkpoints) and self._checkpoints[old + 1].after[0] < before:
            old += 1
        if old:
            del self._checkpoints[:old]
            del self._entries[: self._after(self._checkpoints[0].after)]

    def rewind(self, late: Entry) -> tuple[State, list[Entry]]:
        """Go back to before a late look; returns the state there and the looks to process again, the late one among them."""
        at = bisect_right([c.after for c in self._checkpoints], late.key) - 1
        start = self._checkpoints[at]
        cut = self._after(start.after)
        again = self._entries[cut:]
        again.insert(bisect_right([e.key for e in again], late.key), late)
        del self._checkpoints[at + 1 :], self._entries[cut:], self._events[start.events :]
        self.time = start.after[0]
        return start.state.copy(), again

    def rename(self, names: dict[int, int], since: float) -> None:
        """Let the events since a time bear the names that tracks kept over a replay."""
        for event in reversed(self._events) if names else ():
            if event["time"] < since:
                break
            event["track"] = names.get(int(event["track"]), int(event["track"]))
            if event["status"] in (JOINED, LEFT):
                event["hits"] = names.get(int(event["hits"]), int(event["hits"]))

    def freeze(self) -> History:
        """The history as it stands, whatever happens to this one; states kept within it are never changed and are shared."""
        out = copy(self)
        out._entries = [replace(entry, owner=entry.owner.copy()) for entry in self._entries]
        out._checkpoints, out._events = list(self._checkpoints), list(self.events)
        return out

    def arrays(self, now: State) -> dict[str, np.ndarray]:
        """The whole history and the state `now` as named arrays, for a snapshot."""
        states = [now, *(c.state for c in self._checkpoints)]
        out = {f"track_{k}": np.concatenate([state.live()[k] for state in states]) for k in range(len(now.tracks))}
        out["count"] = np.array([state.count for state in states], np.int64)
        out["bias"] = np.stack([state.bias.mean for state in states])
        out["bias_cov"] = np.stack([state.bias.cov for state in states])
        out["scene"] = np.stack([state.scene for state in states])
        out["after"] = np.array([c.after for c in self._checkpoints], float)
        out["events_at"] = np.array([c.events for c in self._checkpoints], np.int64)
        out["time"], out["events"] = np.array(self.time), self.events
        out["serial"] = np.array([e.serial for e in self._entries], np.int64)
        out["length"] = np.array([len(e.rows) for e in self._entries], np.int64)
        out["site"] = np.stack([e.site for e in self._entries]) if self._entries else np.zeros((0, 0))
        out["rows"] = np.concatenate([np.zeros(0, DETECTION), *(e.rows for e in self._entries)])
        out["owner"] = np.concatenate([np.zeros(0, np.int64), *(e.owner for e in self._entries)])
        return out

    def restore(self, arrays: dict[str, np.ndarray], make: Callable[[np.ndarray, int, np.ndarray], Entry]) -> State:
        """Take over what `arrays` wrote; `make` turns rows, serial and site into an entry. Returns the state of that time."""
        ends = np.cumsum(arrays["count"])
        states = []
        for k, (count, end) in enumerate(zip(arrays["count"].tolist(), ends.tolist(), strict=True)):
            columns = (arrays[f"track_{c}"][end - count : end].copy() for c in range(len(Tracks._fields)))
            bias = Bias(arrays["bias"][k].copy(), arrays["bias_cov"][k].copy())
            states.append(State(count, Tracks(*columns), bias, arrays["scene"][k].copy()))
        keys = [(time, int(sensor), int(scan)) for time, sensor, scan in arrays["after"].tolist()]
        places = zip(keys, states[1:], arrays["events_at"].tolist(), strict=True)
        self._checkpoints = [Checkpoint(*place) for place in places]
        self.time, self._events = float(arrays["time"]), list(arrays["events"])
        ends = np.cumsum(arrays["length"])
        for serial, length, end, site in zip(arrays["serial"].tolist(), arrays["length"], ends, arrays["site"], strict=True):
            entry = make(arrays["rows"][end - length : end], serial, site)
            entry.owner[:] = arrays["owner"][end - length : end]
            self._entries.append(entry)
        return states[0]

    def _after(self, key: Key) -> int:
        return bisect_right([e.key for e in self._entries], key)
