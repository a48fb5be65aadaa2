"""A recording in a file: what it holds, and a way to read any rows of it without reading the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.block import Block, native

LONGEST_ROW = 1 << 20
"""Channels above this many are taken for a misread header."""


@dataclass(frozen=True)
class Recording:
    """One stretch of one set of channels in a file, without a break in time.

    `rows` and `channels` are its size, `read(first, last)` gives rows as they are in the file, channels innermost. The other
    fields are those of a `Block`; `notes` say what was found odd and what was assumed.
    """

    file: str
    format: str
    time: float
    rate: float
    start: float
    spacing: float
    rows: int
    channels: int
    read: Callable[[int, int], np.ndarray]
    scale: float = 1.0
    unit: str = ""
    gauge: float = float("nan")
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.rows / self.rate

    def block(self, first: int = 0, last: int | None = None) -> Block:
        """Rows as a `Block`; all of them by default."""
        last = self.rows if last is None else min(last, self.rows)
        values = native(self.read(first, last))
        time = self.time + first / self.rate
        where = (time, self.rate, self.start, self.spacing)
        return Block(*where, values, self.scale, self.unit, self.gauge, self.file)

    def blocks(self, seconds: float = 1.0) -> Iterator[Block]:
        """The recording in blocks of some seconds, the last one shorter."""
        step = max(1, round(seconds * self.rate))
        for first in range(0, self.rows, step):
            yield self.block(first, first + step)


def recording(
    file: str,
    kind: str,
    when: tuple[float, float],
    where: tuple[float, float],
    size: tuple[int, int],
    read: Callable[[int, int], np.ndarray],
    scale: float = 1.0,
    unit: str = "",
    gauge: float = float("nan"),
    notes: tuple[str, ...] = (),
) -> Recording:
    """A `Recording` of time and rate, start and spacing, rows and channels; InputError when its numbers cannot be meant."""
    time, rate, start, spacing = (float(value) for value in (*when, *where))
    rows, channels = int(size[0]), int(size[1])
    for field, value in {"rate": rate, "spacing": abs(spacing), "rows": rows, "channels": channels}.items():
        if not (np.isfinite(value) and value > 0):
            raise InputError(file, field, f"is {value:g} in this {kind} file", "check how it was written")
    if channels > LONGEST_ROW or rate > 1e6:
        odd = f"are not believable: {channels} channels at {rate:g} Hz"
        raise InputError(file, "channels", odd, "check how it was written")
    if not (np.isfinite(time) and np.isfinite(start)):
        raise InputError(file, "time", "or start is not told", "check how it was written")
    return Recording(file, kind, time, rate, start, spacing, rows, channels, read, float(scale), unit, float(gauge), notes)


def pieces(times: np.ndarray, file: str) -> tuple[float, list[tuple[int, int]]]:
    """Rate (Hz) and the stretches [first, last) of rows whose times (s) run on without a break.

    A step that is off by more than half a sample and 2 ms, backwards too, begins a new stretch.

    >>> pieces(np.array([0.0, 0.1, 0.2, 5.0, 5.1]), "x")[1]
    [(0, 3), (3, 5)]
    """
    if len(times) < 2 or not np.isfinite(times).all():
        raise InputError(file, "time", "holds no two times", "the file was not written to its end")
    steps = np.diff(times)
    step = float(np.median(steps))
    if not step > 0:
        raise InputError(file, "time", "does not increase", "the file was not written to its end")
    broken = np.flatnonzero(np.abs(steps - step) > max(0.5 * step, 2e-3)) + 1
    edges = [0, *broken.tolist(), len(times)]
    stretches = list(pairwise(edges))
    first, last = max(stretches, key=lambda s: s[1] - s[0])
    rate = (last - first - 1) / float(times[last - 1] - times[first]) if last - first > 1 else 1.0 / step
    tidy = round(rate, 3)
    return (tidy if tidy and abs(rate / tidy - 1.0) < 1e-6 else rate), stretches


def epoch(text: str, file: str) -> float:
    """UTC epoch seconds of an ISO 8601 time, UTC where it names no zone; InputError for anything else.

    >>> epoch("1970-01-01T00:00:01.5", "x"), epoch("2016-03-08T17:40:30.195000000Z", "x")
    (1.5, 1457458830.195)
    """
    tidy = text.strip().replace(" (UTC)", "").replace("Z", "+00:00").replace(" ", "T")
    head, dot, tail = tidy.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        tidy = f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"
    try:
        moment = datetime.fromisoformat(tidy)
    except ValueError:
        raise InputError(file, "time", f"{text[:40]!r} is not a time", "check how it was written") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def missing(path: Path, kind: str, what: str) -> InputError:
    """The refusal of a file of a known kind that lacks something."""
    return InputError(
        path, what, f"is missing in this {kind} file", "the file was not written to its end, or is another version"
    )
