"""MiniSEED 2 (SEED manual 2.4): records of geophones and of fibres that are kept as one trace for each channel."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.formats.recording import Recording, recording
from limes.signals.fibre.formats.steim import decode_steim

_PLAIN = {1: "i2", 3: "i4", 4: "f4", 5: "f8"}
_STEIM = {10: 1, 11: 2}
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Trace:
    """One record: of which channel, when (epoch s), at which rate (Hz), its samples (n,)."""

    channel: str
    time: float
    rate: float
    samples: np.ndarray


def is_miniseed(head: bytes) -> bool:
    """Whether a file begins with the fixed header of a MiniSEED data record."""
    return len(head) >= 48 and head[:6].replace(b" ", b"0").isdigit() and head[6:7] in b"DRQM" and _order(head) is not None


def _order(head: bytes) -> str | None:
    for order in (">", "<"):
        year, day = struct.unpack_from(order + "HH", head, 20)
        if 1900 <= year <= 2100 and 1 <= day <= 366:
            return order
    return None


def read_miniseed(path: Path) -> tuple[Recording, ...]:
    """Recordings of a MiniSEED file: traces of one rate side by side, a new one wherever all of them pause."""
    traces, notes = parse_records(path.read_bytes())
    if not traces:
        raise InputError(path, "", f"holds no readable record ({'; '.join(notes[:1]) or 'none'})", "copy it again")
    rates = sorted({trace.rate for trace in traces})
    notes.append("tells no spacing: 1 m is assumed")
    return tuple(one for rate in rates for one in gathered([t for t in traces if t.rate == rate], path.name, tuple(notes)))


def parse_records(data: bytes) -> tuple[list[Trace], list[str]]:
    """Every record that can be read, in their order, and one note for each that cannot."""
    traces, notes, at = [], [], 0
    while at + 64 <= len(data):
        head = data[at : at + 64]
        if not is_miniseed(head):
            notes.append(f"byte {at}: no record begins here; 64 bytes are left out")
            at += 64
            continue
        length = 1 << _blockette(data[at : at + 4096], 1000)[1]
        try:
            traces.append(parse_record(data[at : at + length]))
        except (ValueError, struct.error, IndexError) as fault:
            notes.append(f"byte {at}: a record is left out: {fault}")
        at += max(length, 64)
    return traces, notes


def parse_record(record: bytes) -> Trace:
    """One whole record; ValueError says why it cannot be read."""
    order = _order(record) or ">"
    encoding, _, little = _blockette(record, 1000, words=True)
    names = [record[a:b].decode("ascii", "replace").strip() for a, b in ((18, 20), (8, 13), (13, 15), (15, 18))]
    samples, factor, multiplier = struct.unpack_from(order + "Hhh", record, 30)
    begin = struct.unpack_from(order + "H", record, 44)[0]
    rate = _rate(factor, multiplier)
    exact = _find(record, order, 100)
    if exact:
        rate = float(struct.unpack_from(order + "f", record, exact + 4)[0])
    if not samples or not rate > 0:
        raise ValueError("it holds no samples")
    time = _time(record, order)
    body = ">" if little else "<"
    if encoding in _STEIM:
        values = decode_steim(record[begin:], samples, _STEIM[encoding], body)
    elif encoding in _PLAIN:
        values = np.frombuffer(record, body + _PLAIN[encoding], samples, begin)
    else:
        raise ValueError(f"encoding {encoding} is not read")
    return Trace(".".join(names), time, rate, values.astype(np.int32 if values.dtype.kind == "i" else np.float32))


def _blockette(record: bytes, wanted: int, words: bool = False) -> tuple[int, ...]:
    """Encoding, record length (power of 2) and byte order (1: big) of blockette 1000; big Steim 2 in 512 bytes without it.

    With `words` as they are, else the length in the second place.
    """
    at = _find(record, _order(record) or ">", wanted)
    told = tuple(record[at + k] for k in (4, 6, 5)) if at else (11, 9, 1)
    return told if words else (told[0], min(max(told[1], 7), 20), told[2])


def _find(record: bytes, order: str, wanted: int) -> int:
    """Where a blockette begins; 0: not there."""
    at = struct.unpack_from(order + "H", record, 46)[0]
    for _ in range(16):
        if not 48 <= at <= len(record) - 8:
            return 0
        kind, following = struct.unpack_from(order + "HH", record, at)
        if kind == wanted:
            return int(at)
        at = following
    return 0


def _rate(factor: int, multiplier: int) -> float:
    """The rate, Hz, from the two numbers of the fixed header: negative ones divide."""
    if not factor or not multiplier:
        return 0.0
    base = float(factor) if factor > 0 else -1.0 / factor
    return base * multiplier if multiplier > 0 else base / -multiplier


def _time(record: bytes, order: str) -> float:
    year, day, hour, minute, second, _, fraction = struct.unpack_from(order + "HHBBBBH", record, 20)
    since = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second, microseconds=100 * fraction)
    time = (datetime(year, 1, 1, tzinfo=UTC) + since).timestamp()
    flags, correction = record[36], struct.unpack_from(order + "i", record, 40)[0]
    if not flags & 0x02:
        time += correction * 1e-4
    fine = _find(record, order, 1001)
    return time + (struct.unpack_from("b", record, fine + 5)[0] * 1e-6 if fine else 0.0)


def gathered(traces: list[Trace], file: str, notes: tuple[str, ...] = ()) -> list[Recording]:
    """Recordings of traces of one rate: channels by name; samples that only some lack are NaN, common pauses divide."""
    runs: list[list[Trace]] = []
    end = -np.inf
    for trace in sorted(traces, key=lambda one: one.time):
        if trace.time > end + _PAUSE_S:
            runs.append([])
        runs[-1].append(trace)
        end = max(end, trace.time + len(trace.samples) / trace.rate)
    return [one for run in runs for one in _gathered(run, file, notes)]


def _gathered(traces: list[Trace], file: str, notes: tuple[str, ...]) -> list[Recording]:
    """Recordings of traces that lie near one another in time."""
    rate, first = traces[0].rate, min(trace.time for trace in traces)
    names = sorted({trace.channel for trace in traces})
    at = [round((trace.time - first) * rate) for trace in traces]
    rows = max(a + len(t.samples) for a, t in zip(at, traces, strict=True))
    busy = np.zeros(rows + 1, np.int64)
    for a, trace in zip(at, traces, strict=True):
        busy[a] += 1
        busy[a + len(trace.samples)] -= 1
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (np.cumsum(busy) > 0).astype(int)])))
    found = []
    for a, b in edges.reshape(-1, 2).tolist():
        part = [(i - a, t) for i, t in zip(at, traces, strict=True) if a <= i < b]
        values, lost = _table(part, names, b - a)
        told = (*notes, *((f"{lost} samples of some channels are missing",) if lost else ()))
        reader = _Table(values)
        found.append(recording(file, "MiniSEED", (first + a / rate, rate), (0.0, 1.0), (b - a, len(names)), reader, notes=told))
    return found


def _table(part: list[tuple[int, Trace]], names: list[str], rows: int) -> tuple[np.ndarray, int]:
    filled = sum(len(trace.samples) for _, trace in part)
    whole = filled == rows * len(names) and all(t.samples.dtype == np.int32 for _, t in part)
    values = np.zeros((rows, len(names)), np.int32) if whole else np.full((rows, len(names)), np.nan, np.float32)
    for a, trace in part:
        values[a : a + len(trace.samples), names.index(trace.channel)] = trace.samples
    return values, 0 if whole else int(np.isnan(values).sum())


@dataclass(frozen=True)
class _Table:
    values: np.ndarray

    def __call__(self, first: int, last: int) -> np.ndarray:
        return self.values[first:last]
