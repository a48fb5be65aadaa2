"""From the pipeline into the store: cases, track histories and people's acts in the audit, in one transaction each time."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from limes.tracking import JOINED, LEFT
from limes.watch import audit, store
from limes.watch.cases import Case
from limes.watch.changes import Changes
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind
from limes.watch.view import case_json

_NAME = "watch"
_EVERY_S = 5.0
_FINE_S = 3600.0
_MOST_POINTS = 200_000

TRAIL = np.dtype([("track", "i8"), ("time", "f8"), ("x", "f8"), ("y", "f8"), ("existence", "f8")])
"""Where a track was at a time."""


class Projection:
    """Writes what people must find again; knows up to which journal record the store is complete.

    `follow` each record, `flush` when it suits: what could not be written stays and is written the next time. Only `flush`
    touches the database.
    """

    def __init__(self, database: store.Store, following: int) -> None:
        """Look up how far the store is; `following` is the next record of the journal: it cannot be farther than that."""
        self.database = database
        with database.read() as connection:
            self.known = min(store.position(connection, _NAME), following)
        self._following = self.known
        self._cases: dict[str, dict[str, Any]] = {}
        self._points: deque[dict[str, Any]] = deque(maxlen=_MOST_POINTS)
        self._fates: deque[dict[str, Any]] = deque(maxlen=_MOST_POINTS)
        self._acts: list[tuple[Record, str | None]] = []
        self._readings: dict[str, dict[str, Any]] = {}

    def follow(self, record: Record, changes: Changes, before: float | None, pipeline: Pipeline) -> None:
        """Note what one record did, right after the pipeline took it in; `before` is the clock before that.

        A case is kept as this record left it; a track history has a point every five seconds of the stream's clock. Of records
        that the store has already only the cases count.
        """
        self._following = record.seq + 1
        self._cases |= _case_rows(changes.cases | changes.cases_gone, pipeline)
        if record.seq < self.known:
            return
        for rows in changes.fates:
            self._fates.extend(dict(zip(rows.dtype.names or (), row, strict=True)) for row in rows.tolist())
        if record.kind is RecordKind.READING:
            record = replace(record, body={**record.body, "case": changes.readings.get(record.body["id"])})
            self._readings |= _reading_row(record, changes)
        if record.kind in (RecordKind.ACT, RecordKind.READING):
            self._acts.append((record, changes.refused.get(record.body["id"])))
        elif record.kind is RecordKind.CLOCK and _slot(pipeline.time) != _slot(before):
            self._points.extend(_points(pipeline))

    def flush(self, always: bool = False) -> list[tuple[str, str | None]]:
        """Write what waits; returns the acts (by id) that are in the audit now, and why those were refused that were.

        With `always` the position is written even when there is nothing else.
        """
        if not (always or self._cases or self._points or self._acts):
            return []
        position = max(self._following, self.known)
        with self.database.begin() as connection:
            store.put(connection, store.cases, list(self._cases.values()))
            store.put(connection, store.track_points, list(self._points))
            store.put(connection, store.track_events, list(self._fates))
            store.put(connection, store.readings, list(self._readings.values()))
            for record, refusal in self._acts:
                (_audit if record.kind is RecordKind.ACT else _audit_reading)(connection, record, refusal)
            store.put(connection, store.positions, [{"name": _NAME, "seq": position}])
        done = [(record.body["id"], refusal) for record, refusal in self._acts]
        self.known = position
        self._cases, self._acts, self._readings = {}, [], {}
        self._points.clear()
        self._fates.clear()
        return done


def history(connection: sa.Connection, track: int, since: float = 0.0) -> list[dict[str, float]]:
    """Where a track was, oldest first: time, plane x and y, existence."""
    table = store.track_points
    query = sa.select(table).where(table.c.track == track, table.c.time >= since).order_by(table.c.time)
    return [dict(row) for row in connection.execute(query).mappings()]


def fates(connection: sa.Connection, track: int) -> list[dict[str, float]]:
    """What became of a track, or who joined and left a group, oldest first, in the columns of the tracker's `EVENT`."""
    table = store.track_events
    of_group = table.c.status.in_((JOINED, LEFT)) & (table.c.hits == track)
    query = sa.select(table).where((table.c.track == track) | of_group).order_by(table.c.time)
    return [dict(row) for row in connection.execute(query).mappings()]


def trails(connection: sa.Connection, since: float, until: float) -> np.ndarray:
    """Where all tracks were from a time on, rows of `TRAIL` by track and time.

    What is older than an hour before `until` has one point a minute.
    """
    table = store.track_points
    first_of_minute = table.c.time % 60.0 < _EVERY_S
    query = (
        sa.select(*(table.c[name] for name in TRAIL.names or ()))
        .where(table.c.time >= since, (table.c.time >= until - _FINE_S) | first_of_minute)
        .order_by(table.c.track, table.c.time)
    )
    return np.array([tuple(row) for row in connection.execute(query)], TRAIL)


def cases(connection: sa.Connection, state: str | None = None, limit: int = 1000) -> list[dict[str, Any]]:
    """Cases as the page shows them, newest first; `state` picks those of one state."""
    table = store.cases
    query = sa.select(table.c.body).order_by(table.c.opened.desc(), table.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(table.c.state == state)
    return list(connection.execute(query).scalars())


def case(connection: sa.Connection, name: str) -> dict[str, Any] | None:
    """One case as the page shows it."""
    found: dict[str, Any] | None = connection.execute(sa.select(store.cases.c.body).where(store.cases.c.id == name)).scalar()
    return found


def readings(connection: sa.Connection, limit: int = 50) -> list[dict[str, Any]]:
    """The newest readings of checkpoints, newest first, without their curves."""
    table = store.readings
    found = connection.execute(sa.select(table.c.body).order_by(table.c.wall.desc(), table.c.id).limit(limit)).scalars()
    return [{key: value for key, value in body.items() if key != "curve"} for body in found]


def reading(connection: sa.Connection, name: str) -> dict[str, Any] | None:
    """One reading with its curve."""
    found: dict[str, Any] | None = connection.execute(
        sa.select(store.readings.c.body).where(store.readings.c.id == name)
    ).scalar()
    return found


def _slot(time: float | None) -> int | None:
    return None if time is None else math.floor(time / _EVERY_S)


def _points(pipeline: Pipeline) -> list[dict[str, Any]]:
    names = ("track", "time", "x", "y", "existence")
    columns = [pipeline.tracks[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _case_rows(names: set[str], pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """Rows of cases by id; those that have just gone are among the past ones."""
    gone = {case.id: case for case in pipeline.past} if names - pipeline.cases.keys() else {}
    found = [pipeline.cases.get(name) or gone.get(name) for name in sorted(names)]
    return {case.id: _case_row(case, pipeline) for case in found if case is not None}


def _case_row(case: Case, pipeline: Pipeline) -> dict[str, Any]:
    columns = ("id", "kind", "priority", "state", "opened", "updated", "km")
    body = case_json(case, pipeline.sector.border, pipeline.sector.crs)
    return {name: getattr(case, name) for name in columns} | {"body": body}


def _reading_row(record: Record, changes: Changes) -> dict[str, dict[str, Any]]:
    """The row of a reading by its id; none where it was refused after all."""
    body = record.body
    if body["id"] in changes.refused:
        return {}
    columns = {name: body[name] for name in ("id", "wall", "case", "sha256")}
    return {body["id"]: {**columns, "body": {**body, "journal": record.seq}}}


def _audit_reading(connection: sa.Connection, record: Record, refusal: str | None) -> None:
    """Chain of custody: who brought which bytes, when, from which instrument, and what was made of them."""
    told = (
        "file",
        "size",
        "sha256",
        "source",
        "crossing",
        "method",
        "verdict",
        "name",
        "level",
        "declared",
        "library",
        "limes",
        "open",
    )
    body = record.body
    detail = {name: body[name] for name in told if body.get(name)} | {"reading": body["id"], "journal": record.seq}
    verb = "reading" if refusal is None else "reading refused"
    why = {"why": refusal} if refusal else {}
    audit.record(connection, body["wall"], body["user"], verb, str(body.get("case") or body["id"]), detail | why)


def _audit(connection: sa.Connection, record: Record, refusal: str | None) -> None:
    act = record.body
    own = {"id", "wall", "user", "verb", "case"}
    detail = {name: value for name, value in act.items() if name not in own} | {"journal": record.seq}
    verb = act["verb"] if refusal is None else f"{act['verb']} refused"
    audit.record(connection, act["wall"], act["user"], verb, act["case"], detail | ({"why": refusal} if refusal else {}))
