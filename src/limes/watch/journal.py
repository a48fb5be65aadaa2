"""The journal: everything the watch consumes, appended and fsynced before anything else sees it.

A folder of segments, each named for its first sequence number. A segment starts with a header that states the row layout and
the sensor table of its detections, so that old rows stay readable. Each record carries its length, kind, sequence number and a
CRC-32; on opening, a torn tail is cut off and kept beside the segment.
"""

from __future__ import annotations

import itertools
import logging
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson

from limes.columns import DETECTION
from limes.errors import InputError
from limes.watch.records import Record, RecordKind, decode, encode

_LOG = logging.getLogger(__name__)
_MAGIC = b"LIMESJ1\n"
_HEAD = struct.Struct("<IIQB")  # payload length, CRC-32, sequence number, kind
_LIMIT = 1 << 30


@dataclass(frozen=True)
class _Header:
    """What a segment says of itself."""

    sensors: tuple[str, ...]
    schema: np.dtype[Any]
    size: int


class Journal:
    """An append-only record of everything that came in; `append` then `sync`, and only then acknowledge.

    >>> import tempfile
    >>> journal = Journal(Path(tempfile.mkdtemp()), sensors=("tower-1/radar",))
    >>> journal.append(RecordKind.CLOCK, {"time": 1.0})
    0
    >>> journal.sync()
    >>> [record.body for record in journal.read()]
    [{'time': 1.0}]
    >>> journal.close()
    """

    def __init__(self, folder: Path, sensors: tuple[str, ...], segment_bytes: int = 64 << 20) -> None:
        """Open or make the journal in `folder` for a table of sensors; cut off a torn tail."""
        self.folder = folder
        self.sensors = sensors
        self.segment_bytes = segment_bytes
        folder.mkdir(parents=True, exist_ok=True)
        self._index = {name: row for row, name in enumerate(sensors)}
        self.next = self._recover()
        self._file = self._open_last()

    def append(self, kind: RecordKind, content: Any) -> int:
        """Write one record and return its sequence number; it is durable only after `sync`."""
        return self.append_encoded(kind, encode(kind, content))

    def append_encoded(self, kind: RecordKind, payload: bytes) -> int:
        """Write one record from the bytes that `limes.watch.records.encode` made of it."""
        if self._file.tell() >= self.segment_bytes:
            self.sync()
            self._file.close()
            self._file = self._start_segment()
        seq = self.next
        self._file.write(_frame(seq, kind, payload))
        self.next += 1
        return seq

    def sync(self) -> None:
        """Return when everything appended so far is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def read(self, start: int = 0) -> Iterator[Record]:
        """Yield the records from sequence number `start` on, with rows indexed by this journal's sensor table.

        Rows of sensors that the table no longer has get sensor -1. Records that a damaged file has lost are passed over and
        named in the log.
        """
        self._file.flush()
        expected: int | None = None
        segments = self.segments()
        for segment, following in zip(segments, [*segments[1:], None], strict=True):
            if following is not None and _first_seq(following) <= start:
                continue
            expected = _first_seq(segment) if expected is None else expected
            for record in self._read_segment(segment):
                if record.seq != expected:
                    _LOG.error("%s: records %d to %d are damaged and lost", self.folder, expected, record.seq - 1)
                expected = record.seq + 1
                if record.seq >= start:
                    yield record

    def segments(self) -> list[Path]:
        """The segment files, oldest first."""
        return sorted(self.folder.glob("*.journal"))

    def drop(self, start: int, before: float) -> list[str]:
        """Delete the oldest segments that hold nothing from record `start` on and nothing from a time on; their names."""
        gone = []
        segments = self.segments()
        for segment, following in itertools.pairwise(segments):
            begun = self._clock_of(following)
            if _first_seq(following) > start or begun is None or begun > before:
                break
            segment.unlink()
            gone.append(segment.name)
        return gone

    def close(self) -> None:
        """Sync and close the file; closing twice does nothing."""
        if not self._file.closed:
            self.sync()
            self._file.close()

    def _read_segment(self, segment: Path) -> Iterator[Record]:
        with segment.open("rb") as file:
            header = _read_header(file, segment)
            if header is None:
                return
            remap = np.array([self._index.get(name, -1) for name in header.sensors], np.int32)
            for seq, kind, payload, _ in _frames(file):
                record = decode(seq, kind, payload, header.schema)
                if record.rows is not None and header.sensors != self.sensors:
                    record = Record(seq, kind, rows=_remapped(record.rows, remap))
                yield record

    def _clock_of(self, segment: Path) -> float | None:
        """The first time that a segment tells; None where it tells none."""
        clocks = (record.body["time"] for record in self._read_segment(segment) if record.kind is RecordKind.CLOCK)
        return next(clocks, None)

    def _recover(self) -> int:
        """Cut a torn tail off the last segment; return the next sequence number."""
        segments = self.segments()
        if not segments:
            return 0
        last = segments[-1]
        following = _first_seq(last)
        with last.open("rb") as file:
            header = _read_header(file, last)
            end = header.size if header else 0
            for seq, _, _, end_of_frame in _frames(file):
                following, end = seq + 1, end_of_frame
        if last.stat().st_size > end:
            _cut(last, end)
        if end == 0:
            last.unlink()
        return following

    def _open_last(self) -> BinaryIO:
        segments = self.segments()
        if segments:
            with segments[-1].open("rb") as file:
                header = _read_header(file, segments[-1])
            if header is not None and header.sensors == self.sensors and header.schema == DETECTION:
                return segments[-1].open("ab")
        return self._start_segment()

    def _start_segment(self) -> BinaryIO:
        path = self.folder / f"{self.next:020d}.journal"
        if path.exists():  # only a header, of another sensor table
            path.unlink()
        body = orjson.dumps({"sensors": self.sensors, "schema": DETECTION.descr})
        file = path.open("ab")
        file.write(_MAGIC + struct.pack("<II", len(body), zlib.crc32(body)) + body)
        file.flush()
        os.fsync(file.fileno())
        _sync_folder(self.folder)
        return file


def _frame(seq: int, kind: RecordKind, payload: bytes) -> bytes:
    crc = zlib.crc32(payload, zlib.crc32(struct.pack("<QB", seq, kind)))
    return _HEAD.pack(len(payload), crc, seq, kind) + payload


def _frames(file: BinaryIO) -> Iterator[tuple[int, RecordKind, bytes, int]]:
    """Yield sequence number, kind, payload and end position until the file ends or a record does not hold together."""
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        length, crc, seq, kind = _HEAD.unpack(head)
        if length > _LIMIT:
            return
        payload = file.read(length)
        if len(payload) < length or zlib.crc32(payload, zlib.crc32(struct.pack("<QB", seq, kind))) != crc:
            return
        yield seq, RecordKind(kind), payload, file.tell()


def _read_header(file: BinaryIO, path: Path) -> _Header | None:
    """Read a segment's header; None where the process died while writing it."""
    magic = file.read(len(_MAGIC))
    if magic != _MAGIC:
        if _MAGIC.startswith(magic):
            return None
        raise InputError(path, "header", "is not a journal segment", "move the file out of the journal folder")
    lengths = file.read(8)
    length, crc = struct.unpack("<II", lengths) if len(lengths) == 8 else (0, 1)
    body = file.read(length)
    if zlib.crc32(body) != crc:
        return None
    stated = orjson.loads(body)
    schema = np.dtype([tuple(column) for column in stated["schema"]])
    return _Header(tuple(stated["sensors"]), schema, file.tell())


def _remapped(rows: np.ndarray, remap: np.ndarray) -> np.ndarray:
    out = rows.copy()
    out["sensor"] = np.where(rows["sensor"] >= 0, remap[rows["sensor"]], -1)
    return out


def _first_seq(segment: Path) -> int:
    return int(segment.stem)


def _cut(path: Path, end: int) -> None:
    """Keep what stands after `end` in a file of its own, then cut it off."""
    with path.open("r+b") as file:
        file.seek(end)
        torn = path.with_suffix(f".torn-{end}")
        torn.write_bytes(file.read())
        _LOG.warning("%s: cut off an unfinished end and kept it in %s", path, torn.name)
        file.truncate(end)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
