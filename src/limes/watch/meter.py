"""How the watch itself is doing: what comes in, what is refused, how far behind the pipeline is, how fast time runs."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

_WINDOW_S = 10.0


class Meter:
    """Counts over the last ten seconds; any thread may count or look.

    >>> meter = Meter()
    >>> meter.received(50, 2)
    >>> meter.report()["refused"]
    2
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start from nothing; `clock` gives seconds that never go back."""
        self.clock = clock
        self.detections = 0
        self.refused = 0
        self._started = clock()
        self._arrived: deque[tuple[float, int]] = deque()
        self._streamed: deque[tuple[float, float]] = deque()
        self._begun: float | None = None
        self._lag = 0.0
        self._lock = threading.Lock()

    def received(self, detections: int, refused: int) -> None:
        """Note what one parcel held."""
        with self._lock:
            now = self.clock()
            self.detections += detections
            self.refused += refused
            self._arrived.append((now, detections))
            _forget(self._arrived, now)

    def begun(self, since: float) -> None:
        """Note that the pipeline takes up what has been in the journal since then."""
        with self._lock:
            self._begun = since

    def applied(self, stream_time: float | None) -> None:
        """Note that the pipeline is done with what it took up and stands at this stream time."""
        with self._lock:
            now = self.clock()
            self._lag = now - (now if self._begun is None else self._begun)
            self._begun = None
            if stream_time is not None:
                self._streamed.append((now, stream_time))
            _forget(self._streamed, now)

    def speed(self) -> float:
        """Stream seconds per second over the last ten seconds; 0 when it stands still."""
        with self._lock:
            _forget(self._streamed, self.clock())
            if len(self._streamed) < 2:
                return 0.0
            (wall0, stream0), (wall1, stream1) = self._streamed[0], self._streamed[-1]
            return (stream1 - stream0) / (wall1 - wall0) if wall1 > wall0 else 0.0

    def report(self) -> dict[str, float | int]:
        """The figures the page shows; `journal_lag_s` is how long the last record waited until it was worked off."""
        with self._lock:
            now = self.clock()
            _forget(self._arrived, now)
            recent = sum(count for _, count in self._arrived)
            lag = self._lag if self._begun is None else max(self._lag, now - self._begun)
            return {
                "ingest_per_s": round(recent / max(1.0, min(_WINDOW_S, now - self._started)), 1),
                "journal_lag_s": round(lag, 3),
                "detections": self.detections,
                "refused": self.refused,
            }


def _forget(noted: deque[tuple[float, float]] | deque[tuple[float, int]], now: float) -> None:
    while noted and noted[0][0] < now - _WINDOW_S:
        noted.popleft()
