"""From the pipeline into the store: cases, track histories and people's acts in the audit, in one transaction each time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from limes.watch import audit, store
from limes.watch.cases import Case
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record
from limes.watch.view import case_json

_NAME = "watch"
_EVERY_S = 5.0


class Projection:
    """Writes what people must find again; knows up to which journal record the store is complete."""

    def __init__(self, database: store.Store) -> None:
        """Look up how far the store is."""
        self.database = database
        self._stored: dict[int, float] = {}
        with database.begin() as connection:
            self.known = store.position(connection, _NAME)

    def write(
        self,
        pipeline: Pipeline,
        changed: Collection[str],
        acts: Sequence[Record],
        following: int,
        refused: Mapping[str, str] | None = None,
    ) -> None:
        """Keep changed cases, a point of each track every five seconds and the acts, and that all before `following` is in.

        `refused` says which acts were not carried out, and why. Acts that the store has already are passed over, so a repeated
        record does no harm.
        """
        rows = [_case_row(pipeline.cases[name], pipeline) for name in sorted(changed) if name in pipeline.cases]
        points = self._points(pipeline.tracks)
        new_acts = [record for record in acts if record.seq >= self.known]
        if not (rows or points or new_acts):
            return
        with self.database.begin() as connection:
            store.put(connection, store.cases, rows)
            store.put(connection, store.track_points, points)
            for record in new_acts:
                _audit(connection, record, (refused or {}).get(record.body["id"]))
            store.put(connection, store.positions, [{"name": _NAME, "seq": following}])
        self.known = following

    def _points(self, tracks: np.ndarray) -> list[dict[str, Any]]:
        """A row for each track whose last stored point is old enough."""
        points = []
        for row in tracks:
            track, time = int(row["track"]), float(row["time"])
            if time - self._stored.get(track, -np.inf) >= _EVERY_S:
                self._stored[track] = time
                place = {"x": float(row["x"]), "y": float(row["y"]), "existence": float(row["existence"])}
                points.append({"track": track, "time": time, **place})
        alive = set(tracks["track"].tolist())
        self._stored = {track: time for track, time in self._stored.items() if track in alive}
        return points


def history(connection: sa.Connection, track: int, since: float = 0.0) -> list[dict[str, float]]:
    """Where a track was, oldest first: time, plane x and y, existence."""
    table = store.track_points
    query = sa.select(table).where(table.c.track == track, table.c.time >= since).order_by(table.c.time)
    return [dict(row) for row in connection.execute(query).mappings()]


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


def _case_row(case: Case, pipeline: Pipeline) -> dict[str, Any]:
    names = ("id", "kind", "priority", "state", "opened", "updated", "km")
    body = case_json(case, pipeline.sector.border, pipeline.sector.crs)
    return {name: getattr(case, name) for name in names} | {"body": body}


def _audit(connection: sa.Connection, record: Record, refusal: str | None) -> None:
    act = record.body
    own = {"id", "wall", "user", "verb", "case"}
    detail = {name: value for name, value in act.items() if name not in own} | {"journal": record.seq}
    verb = act["verb"] if refusal is None else f"{act['verb']} refused"
    audit.record(connection, act["wall"], act["user"], verb, act["case"], detail | ({"why": refusal} if refusal else {}))
