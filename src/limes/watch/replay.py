"""Replay: a journal or a recording played through a fresh pipeline, at any speed: what could be known at each moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.links import Recording
from limes.watch.changes import Changes
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind


def replay(
    pipeline: Pipeline,
    records: Iterable[Record],
    speed: float = 0.0,
    until: float | None = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[tuple[Record, Changes]]:
    """Apply records in order and yield each with what it changed.

    `speed` seconds of the stream pass in one second of the wall; 0 plays as fast as it goes. It ends before the first clock
    record later than `until`. The pipeline is the caller's: fresh, or restored from a snapshot that ends where the records
    begin.
    """
    begin, first = now(), None
    for record in records:
        if record.kind is RecordKind.CLOCK:
            moment = float(record.body["time"])
            if until is not None and moment > until:
                return
            first = moment if first is None else first
            early = begin + (moment - first) / speed - now() if speed > 0.0 else 0.0
            if early > 0.0:
                sleep(early)
        yield record, pipeline.apply(record)


def recorded(recording: Recording, pipeline: Pipeline, step: float = 0.5) -> Iterator[Record]:
    """Turn a recording into the records that a journal of it would hold, with a clock record every `step` seconds of its time.

    Its sensors are matched by name: InputError when it holds detections of sensors that the pipeline does not know.
    """
    rows = _matched(recording, pipeline)
    rows = rows[np.argsort(rows["time"], kind="stable")]
    events = sorted((e for e in recording.events if e.get("type") != "clock"), key=lambda event: float(event.get("time", 0.0)))
    moments = np.array([float(event.get("time", 0.0)) for event in events])
    spans = [times for times in (rows["time"], moments[moments > 0.0]) if len(times)]
    if not spans:
        return
    start, end = min(float(times.min()) for times in spans), max(float(times.max()) for times in spans)
    seq, row, event = 0, 0, 0
    for moment in np.arange(start, end + 2.0 * step + pipeline.settings.hold_s, step).tolist():
        next_row = int(np.searchsorted(rows["time"], moment, "right"))
        next_event = int(np.searchsorted(moments, moment, "right"))
        parts: list[tuple[RecordKind, np.ndarray | None, Any]] = []
        if next_row > row:
            parts.append((RecordKind.DETECTIONS, rows[row:next_row], None))
        if next_event > event:
            parts.append((RecordKind.EVENTS, None, events[event:next_event]))
        row, event = next_row, next_event
        for kind, part, body in [*parts, (RecordKind.CLOCK, None, {"time": moment})]:
            yield Record(seq, kind, part, body)
            seq += 1


def _matched(recording: Recording, pipeline: Pipeline) -> np.ndarray:
    """The recording's rows with the sensor numbers of the pipeline."""
    index = pipeline.directory.index
    used = np.unique(recording.detections["sensor"])
    names = [str(name) for name in recording.sensors["id"]]
    unknown = [names[row] for row in used if names[row] not in index]
    if unknown:
        cure = "replay it with the deployment that it was made with"
        raise InputError("recording", "sensors", f"names {unknown[0]!r}, which the deployment lacks", cure)
    table = np.array([index.get(name, -1) for name in names], np.int32)
    rows = recording.detections.copy()
    rows["sensor"] = table[rows["sensor"]] if len(rows) else rows["sensor"]
    return rows
