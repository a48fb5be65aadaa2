"""How the watch itself is doing: what comes in, what is refused, how far behind the pipeline is, how fast time runs."""

from __future__ import annotations

import time
from collections import deque

_WINDOW_S = 10.0


class Meter:
    """Counts over the last ten seconds, from any thread.

    >>> meter = Meter()
    >>> meter.received(50, 2)
    >>> meter.report()["refused"]
    2
    """

    def __init__(self) -> None:
        """Start from nothing."""
        self.detections = 0
        self.refused = 0
        self._started = time.monotonic()
        self._arrived: deque[tuple[float, int]] = deque()
        self._streamed: deque[tuple[float, float]] = deque()
        self._last_in = self._last_done = self._started

    def received(self, detections: int, refused: int) -> None:
        """Note what one parcel held."""
        now = time.monotonic()
        self.detections += detections
        self.refused += refused
        self._last_in = now
        self._arrived.append((now, detections))
        while self._arrived[0][0] < now - _WINDOW_S:
            self._arrived.popleft()

    def applied(self, stream_time: float | None) -> None:
        """Note that the pipeline has worked off a batch and stands at this stream time."""
        now = time.monotonic()
        self._last_done = now
        if stream_time is not None:
            self._streamed.append((now, stream_time))
        while self._streamed and self._streamed[0][0] < now - _WINDOW_S:
            self._streamed.popleft()

    def speed(self) -> float:
        """Stream seconds per wall second over the last ten seconds; 0 when it stands still."""
        if len(self._streamed) < 2:
            return 0.0
        (wall0, stream0), (wall1, stream1) = self._streamed[0], self._streamed[-1]
        return (stream1 - stream0) / (wall1 - wall0) if wall1 > wall0 else 0.0

    def report(self) -> dict[str, float | int]:
        """The figures the page shows."""
        now = time.monotonic()
        recent = sum(count for when, count in list(self._arrived) if when >= now - _WINDOW_S)
        return {
            "ingest_per_s": round(recent / max(1.0, min(_WINDOW_S, now - self._started)), 1),
            "journal_lag_s": round(max(0.0, self._last_in - self._last_done), 3),
            "detections": self.detections,
            "refused": self.refused,
        }
