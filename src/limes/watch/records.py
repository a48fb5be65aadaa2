"""What the journal holds and the pipeline consumes, in order: detections, events, clock ticks, acts of people, readings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import orjson

from limes.columns import DETECTION, recast


class RecordKind(IntEnum):
    """What a record of the journal is about."""

    DETECTIONS = 1
    """Rows of `limes.columns.DETECTION`."""
    EVENTS = 2
    """A list of status, weather, position and hello messages."""
    CLOCK = 3
    """The stream's time moves to `time`; nothing else moves it."""
    ACT = 4
    """What a named person did."""
    READING = 5
    """What a checkpoint's instrument measured, analysed, with the hash of its file."""


@dataclass(frozen=True)
class Record:
    """One entry of the journal: its sequence number, kind, and rows or a JSON body."""

    seq: int
    kind: RecordKind
    rows: np.ndarray | None = None
    body: Any = None


def encode(kind: RecordKind, content: Any) -> bytes:
    """Turn rows (DETECTIONS) or a JSON-able body (all other kinds) into the bytes that the journal keeps.

    >>> encode(RecordKind.CLOCK, {"time": 3.0})
    b'{"time":3.0}'
    """
    if kind is RecordKind.DETECTIONS:
        return bytes(np.ascontiguousarray(content, DETECTION).tobytes())
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def decode(seq: int, kind: RecordKind, payload: bytes, schema: np.dtype[Any] = DETECTION) -> Record:
    """Read the bytes of one record; `schema` is the row layout that was in force when they were written."""
    if kind is not RecordKind.DETECTIONS:
        return Record(seq, kind, body=orjson.loads(payload))
    rows = np.frombuffer(payload, schema)
    return Record(seq, kind, rows=rows if schema == DETECTION else recast(rows, DETECTION))
