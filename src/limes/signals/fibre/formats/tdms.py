"""Silixa TDMS: National Instruments' container (TDMS 2.0, as published by NI) with iDAS properties; channels are loci."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.formats.recording import Recording, epoch, recording

_INTERLEAVED, _BIG_ENDIAN, _RAW, _NEW_LIST = 0x20, 0x40, 0x08, 0x04
_TYPES = {1: "i1", 2: "i2", 3: "i4", 4: "i8", 5: "u1", 6: "u2", 7: "u4", 8: "u8", 9: "f4", 10: "f8", 0x21: "u1"}
_STRING, _TIME = 0x20, 0x44
_LEAD = struct.Struct("<4sIIQQ")
_EPOCH_1904 = 2_082_844_800


@dataclass
class _Segment:
    """Raw data of one segment: where it lies, how many values each channel has in a chunk, and how they are laid."""

    offset: int
    size: int
    counts: list[int]
    dtype: np.dtype[Any]
    interleaved: bool


@dataclass
class _File:
    properties: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, tuple[int, int]] = field(default_factory=dict)
    segments: list[_Segment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_tdms(head: bytes) -> bool:
    """Whether a file begins as TDMS does."""
    return head[:4] == b"TDSm"


def read_tdms(path: Path) -> tuple[Recording, ...]:
    """The recording of an iDAS TDMS file; a segment that is cut off gives the rows that are whole."""
    with path.open("rb") as file:
        parsed = _parse(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), path)
    rows = [_rows(segment) for segment in parsed.segments]
    if not sum(rows):
        raise InputError(path, "", "is a TDMS file without a whole row of samples", "copy it again from the instrument")
    props, channels = parsed.properties, len(parsed.segments[0].counts)
    rate = float(_first(props, path, "SamplingFrequency[Hz]", "SamplingFrequency"))
    spacing = float(_first(props, path, "SpatialResolution[m]", "SpatialResolution"))
    spacing *= float(props.get("Fibre Length Multiplier", 1.0))
    stamp = props.get("GPSTimeStamp") or props.get("CPUTimeStamp") or props.get("ISO8601 Timestamp")
    time = stamp if isinstance(stamp, float) else epoch(str(stamp), path.name)
    where = (float(props.get("Start Distance (m)", 0.0)), spacing)
    gauge = float(props.get("GaugeLength", "nan"))
    reader = _Reader(path, parsed.segments, np.cumsum([0, *rows]))
    size, notes = (sum(rows), channels), tuple(parsed.notes)
    return (recording(path.name, "Silixa TDMS", (time, rate), where, size, reader, gauge=gauge, notes=notes),)


@dataclass(frozen=True)
class _Reader:
    path: Path
    segments: list[_Segment]
    edges: np.ndarray

    def __call__(self, first: int, last: int) -> np.ndarray:
        parts = []
        for k, segment in enumerate(self.segments):
            a, b = max(first - int(self.edges[k]), 0), min(last, int(self.edges[k + 1])) - int(self.edges[k])
            if b > a:
                parts.append(_values(self.path, segment, a, b))
        return np.concatenate(parts) if len(parts) != 1 else parts[0]


def _values(path: Path, segment: _Segment, first: int, last: int) -> np.ndarray:
    """Rows of one segment."""
    n, per_chunk = len(segment.counts), segment.counts[0]
    if segment.interleaved:
        shape = (_rows(segment), n)
        return np.array(np.memmap(path, segment.dtype, "r", segment.offset, shape)[first:last])
    chunks = _rows(segment) // per_chunk
    held = np.memmap(path, segment.dtype, "r", segment.offset, (chunks, n, per_chunk))
    a, b = first // per_chunk, -(-last // per_chunk)
    return np.concatenate([held[k].T for k in range(a, b)])[first - a * per_chunk : last - a * per_chunk]


def _rows(segment: _Segment) -> int:
    """Whole rows that the bytes of a segment hold."""
    n, per_chunk = len(segment.counts), segment.counts[0]
    row = n * segment.dtype.itemsize
    if segment.interleaved:
        return segment.size // row
    return segment.size // (row * per_chunk) * per_chunk


def _parse(data: Any, path: Path) -> _File:
    found, at = _File(), 0
    while at + _LEAD.size <= len(data):
        tag, toc, _version, following, raw = _LEAD.unpack_from(data, at)
        if tag != b"TDSm":
            found.notes.append(f"byte {at}: no TDMS segment begins here; the rest is left out")
            break
        if toc & _BIG_ENDIAN:
            raise InputError(path, "", "is a big-endian TDMS file", "export it little-endian")
        begin = at + _LEAD.size
        try:
            _metadata(data, begin, toc, found)
        except (struct.error, IndexError, UnicodeDecodeError):
            raise InputError(path, "", f"has a damaged header at byte {begin}", "copy it again from the instrument") from None
        end = len(data) if following == 0xFFFFFFFFFFFFFFFF else min(begin + following, len(data))
        if begin + following > len(data):
            found.notes.append("is cut off: rows at its end are missing")
        if toc & _RAW and found.channels:
            found.segments.append(_segment(path, found.channels, begin + raw, end, bool(toc & _INTERLEAVED)))
        at = begin + following
    if not found.segments:
        raise InputError(path, "", "is a TDMS file without samples", "copy it again from the instrument")
    if any(len(one.counts) != len(found.segments[0].counts) for one in found.segments):
        raise InputError(path, "", "changes its number of channels within", "export it as one file for each setting")
    return found


def _segment(path: Path, channels: dict[str, tuple[int, int]], offset: int, end: int, interleaved: bool) -> _Segment:
    kinds, counts = {kind for kind, _ in channels.values()}, [count for _, count in channels.values()]
    kind = kinds.pop()
    if kinds or len(set(counts)) != 1 or kind not in _TYPES or not counts[0]:
        raise InputError(path, "", "holds channels of different kinds or lengths", "is it a recording of one fibre?")
    return _Segment(offset, max(end - offset, 0), counts, np.dtype("<" + _TYPES[kind]), interleaved)


def _metadata(data: Any, at: int, toc: int, found: _File) -> None:
    """Objects and properties of one segment; channels keep their layout from earlier segments where it is not told again."""
    if not toc & 0x02:
        return
    if toc & _NEW_LIST:
        found.channels = {}
    (objects,) = struct.unpack_from("<I", data, at)
    at += 4
    for _ in range(objects):
        name, at = _string(data, at)
        (index,) = struct.unpack_from("<I", data, at)
        at += 4
        if index == 0:
            found.channels.setdefault(name, (0, 0))
        elif index != 0xFFFFFFFF:
            kind, _dim, count = struct.unpack_from("<IIQ", data, at)
            found.channels[name] = (kind, count)
            at += max(index - 4, 16)
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(count):
            key, at = _string(data, at)
            value, at = _property(data, at)
            if name == "/":
                found.properties[key] = value


def _string(data: Any, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<I", data, at)
    if size > 1 << 20:
        raise IndexError
    return data[at + 4 : at + 4 + size].decode("utf-8", "replace"), at + 4 + size


def _property(data: Any, at: int) -> tuple[Any, int]:
    (kind,) = struct.unpack_from("<I", data, at)
    at += 4
    if kind == _STRING:
        return _string(data, at)
    if kind == _TIME:
        fraction, seconds = struct.unpack_from("<Qq", data, at)
        return seconds - _EPOCH_1904 + fraction / 2.0**64, at + 16
    if kind not in _TYPES:
        raise IndexError
    dtype = np.dtype("<" + _TYPES[kind])
    return np.frombuffer(data[at : at + dtype.itemsize], dtype)[0], at + dtype.itemsize


def _first(props: dict[str, Any], path: Path, *names: str) -> Any:
    for name in names:
        if name in props:
            return props[name]
    raise InputError(path, names[0], "is not among its properties", "is it an iDAS recording?")
