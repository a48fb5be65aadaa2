"""SEG-Y (SEG technical standard, revisions 0 to 2): traces of one length are the channels."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.formats.recording import Recording, recording

_HEAD = 3600
_TRACE = 240
_TYPES = {1: "u4", 2: "i4", 3: "i2", 5: "f4", 6: "f8", 8: "i1"}
_IBM = 1


def is_segy(head: bytes) -> bool:
    """Whether the binary header at byte 3200 makes sense, in either byte order."""
    return _order(head) is not None


def _order(head: bytes) -> str | None:
    if len(head) < _HEAD:
        return None
    for order in (">", "<"):
        step, _, samples, _, code = struct.unpack_from(order + "HHHHh", head, 3216)
        if code in _TYPES and step > 0 and samples > 0:
            return order
    return None


def read_segy(path: Path) -> tuple[Recording, ...]:
    """The traces of a SEG-Y file as one recording; a last trace that is cut off is left out and named.

    The spacing is that of the receiver coordinates where these differ, else 1 m and said so.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD + _TRACE)
    order = _order(head) or ">"
    step, _, samples, _, code = struct.unpack_from(order + "HHHHh", head, 3216)
    extended = max(0, struct.unpack_from(order + "h", head, 3504)[0])
    dtype, begin = np.dtype(order + _TYPES[code]), _HEAD + 3200 * extended
    trace = np.dtype([("head", "u1", _TRACE), ("samples", dtype, samples)])
    count, rest = divmod(size - begin, trace.itemsize)
    if count < 1:
        raise InputError(path, "", "is a SEG-Y file without a whole trace", "copy it again")
    notes = [f"the last trace is cut off ({rest} bytes)"] if rest else []
    headers = np.array(np.memmap(path, trace, "r", begin, count)["head"])
    spacing, start = _places(headers, order, notes)
    time = _time(headers[0].tobytes(), order, notes)
    reader = _Reader(path, trace, begin, count, code == _IBM)
    found = recording(path.name, "SEG-Y", (time, 1e6 / step), (start, spacing), (samples, count), reader, notes=tuple(notes))
    return (found,)


@dataclass(frozen=True)
class _Reader:
    path: Path
    trace: np.dtype[Any]
    begin: int
    count: int
    ibm: bool

    def __call__(self, first: int, last: int) -> np.ndarray:
        rows = np.memmap(self.path, self.trace, "r", self.begin, self.count)["samples"][:, first:last].T
        return from_ibm(rows) if self.ibm else np.array(rows)


def from_ibm(words: np.ndarray) -> np.ndarray:
    """IBM hexadecimal floats as float32: sign, exponent of 16 less 64, fraction of 24 bits.

    >>> from_ibm(np.array([0xC276A000], np.uint32)).tolist()
    [-118.625]
    """
    words = words.astype(np.uint32)
    fraction = (words & 0xFFFFFF).astype(np.float64) / 2.0**24
    value = fraction * 16.0 ** (((words >> 24) & 0x7F).astype(np.float64) - 64.0)
    return np.where(words >> 31, -value, value).astype(np.float32)


def _places(headers: np.ndarray, order: str, notes: list[str]) -> tuple[float, float]:
    """Spacing of the channels, m, and the place of the first: from receiver coordinates along their line."""
    words = np.ascontiguousarray(headers[:1, 68:72]).view(order + "i2").astype(float)
    scale = words[0, 1]
    xy = np.ascontiguousarray(headers[:, 80:88]).view(order + "i4").astype(float)
    xy *= scale if scale > 0 else 1.0 / -scale if scale < 0 else 1.0
    steps = np.hypot(*np.diff(xy, axis=0).T)
    if len(steps) and np.median(steps) > 0:
        return float(np.median(steps)), 0.0
    notes.append("tells no spacing: 1 m is assumed")
    return 1.0, 0.0


def _time(head: bytes, order: str, notes: list[str]) -> float:
    year, day, hour, minute, second, _basis = struct.unpack_from(order + "6h", head, 156)
    if not 1970 <= year <= 2100:
        notes.append("tells no time: 1970-01-01 is assumed")
        return 0.0
    since = timedelta(days=max(day, 1) - 1, hours=hour, minutes=minute, seconds=second)
    return (datetime(year, 1, 1, tzinfo=UTC) + since).timestamp()
