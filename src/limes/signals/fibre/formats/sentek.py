"""Sentek .das files: a header of float32, then distances, times (ms) and samples, channel after channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from limes.signals.fibre.formats.recording import Recording, recording

_FIELDS = 6


def is_sentek(head: bytes, size: int) -> bool:
    """Whether the counts in the header explain the size of the file to the byte, or to within a cut."""
    if len(head) < 4 * _FIELDS:
        return False
    channels, rows = np.frombuffer(head, "<f4", 2).tolist()
    if not (1 <= channels < 1e6 and 1 <= rows < 1e9) or channels % 1 or rows % 1:
        return False
    explained = 4 * (_FIELDS + channels + rows + channels * rows)
    return bool(np.frombuffer(head, "<f4", _FIELDS)[3] in (0.0, 1.0) and size == explained)


def read_sentek(path: Path) -> tuple[Recording, ...]:
    """The recording of a Sentek file; its time is in its name, as the instrument writes it."""
    head = np.fromfile(path, "<f4", _FIELDS)
    channels, rows = int(head[0]), int(head[1])
    places = np.fromfile(path, "<f4", channels, offset=4 * _FIELDS).astype(float)
    rate = 1e9 / float(head[2])
    spacing = float(places[-1] - places[0]) / max(channels - 1, 1)
    time, notes = _time(path.stem)
    reader = _Reader(path, channels, rows)
    unit = "strain rate" if head[3] else "strain"
    when, where, size = (time, rate), (float(places[0]), spacing), (rows, channels)
    return (recording(path.name, "Sentek", when, where, size, reader, unit=unit, notes=notes),)


@dataclass(frozen=True)
class _Reader:
    path: Path
    channels: int
    rows: int

    def __call__(self, first: int, last: int) -> np.ndarray:
        offset = 4 * (_FIELDS + self.channels + self.rows)
        held = np.memmap(self.path, "<f4", "r", offset, (self.channels, self.rows))
        return np.ascontiguousarray(held[:, first:last].T)


def _time(stem: str) -> tuple[float, tuple[str, ...]]:
    digits = stem.rpartition("_")[2]
    try:
        whole = datetime.strptime(digits[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
        return whole + float(digits[14:17] or 0) / 1000.0, ()
    except ValueError:
        return 0.0, ("its name tells no time: 1970-01-01 is assumed",)
