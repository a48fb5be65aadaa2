"""Routes for the people on watch: cases and acts, tracks, units, sensors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field

from limes.columns import Status
from limes.geo import to_lonlat
from limes.tracking import EVENT, JOINED, LEFT
from limes.watch import projection
from limes.watch.pipeline import Changes
from limes.web.sessions import Operator, Viewer, watch_of

router = APIRouter(prefix="/api", tags=["watch"])

_FATES = {Status.CONFIRMED: "confirmed", Status.DROPPED: "dropped", JOINED: "joined", LEFT: "left"}


class Act(BaseModel):
    """What a person decides on a case; which fields a verb needs is said when one is missing."""

    verb: Literal["confirm", "dismiss", "dispatch", "rescue", "shelve", "note", "close", "reopen"]
    reason: str | None = Field(None, max_length=2000)
    unit: str | None = Field(None, max_length=64)
    minutes: float | None = None
    outcome: str | None = Field(None, max_length=2000)
    people: str | None = Field(None, max_length=64)
    text: str | None = Field(None, max_length=2000)


@router.get("/state", response_class=Response)
def state(user: Viewer, request: Request) -> Response:
    """The whole picture, as the first live message holds it."""
    return Response(request.app.state.broadcaster.picture(), media_type="application/json")


@router.get("/cases")
def every_case(
    user: Viewer, request: Request, state: Annotated[str | None, Query(max_length=16)] = None
) -> list[dict[str, Any]]:
    """Cases newest first, hidden and resolved ones too; `state` picks those of one state."""
    with watch_of(request).store.read() as database:
        return projection.cases(database, state)


@router.get("/cases/{case}")
def one_case(case: str, user: Viewer, request: Request) -> dict[str, Any]:
    """One case with its evidence and history."""
    with watch_of(request).store.read() as database:
        found = projection.case(database, case)
    if found is None:
        raise HTTPException(404, "no such case")
    return found


@router.post("/cases/{case}/acts")
def act(case: str, act: Act, user: Operator, request: Request) -> dict[str, Any]:
    """Do what a person decided; the answer comes when it is on the disk and in the audit. 409 says why it cannot be done."""
    watch_of(request).act(user, case, act.verb, act.model_dump(exclude={"verb"}, exclude_none=True))
    return one_case(case, user, request)


@router.get("/trails")
def every_trail(
    user: Viewer, request: Request, seconds: Annotated[float, Query(gt=0.0, le=86400.0)] = 1800.0
) -> dict[str, dict[str, list[float]]]:
    """Where all tracks were along the line: time, km and existence by track, a minute apart where it is over an hour ago."""
    watch = watch_of(request)
    now = watch.pipeline.time or 0.0
    with watch.store.read() as database:
        rows = projection.trails(database, now - seconds, now)
    chainage, _ = watch.sector.border.locate(rows["x"], rows["y"])
    columns = {"time": rows["time"].round(1), "km": (chainage / 1000.0).round(2), "existence": rows["existence"].round(2)}
    names, first = np.unique(rows["track"], return_index=True)
    parts = {name: np.split(values, first[1:]) for name, values in columns.items()}
    return {str(track): {name: part[index].tolist() for name, part in parts.items()} for index, track in enumerate(names)}


@router.get("/tracks/{track}")
def one_track(track: Annotated[int, Path(ge=0, le=2**53 - 1)], user: Viewer, request: Request) -> dict[str, Any]:
    """Where a track or group was, what saw it, why it was confirmed or dropped, who joined, and where it is, if it still is."""
    watch = watch_of(request)
    with watch.store.read() as database:
        points, told = projection.history(database, track), projection.fates(database, track)
    with watch.lock:
        live = watch.pipeline.delta(Changes(tracks={track}))["tracks"].get(str(track))
        seen = watch.pipeline.sightings.of([track])
        sensors, recent = watch.pipeline.sensors, watch.pipeline.tracker.events
    if live is None and not points:
        raise HTTPException(404, "no such track")
    seen_by = [{"sensor": sensors[row].id, "hits": hits, "last": last} for row, hits, last in seen]
    lon, lat = to_lonlat(np.array([p["x"] for p in points]), np.array([p["y"] for p in points]), watch.sector.crs)
    history = [
        {"time": p["time"], "lon": round(float(a), 6), "lat": round(float(b), 6), "existence": p["existence"]}
        for p, a, b in zip(points, lon, lat, strict=True)
    ]
    of_group = np.isin(recent["status"], (JOINED, LEFT)) & (recent["hits"] == track)
    told += [dict(zip(EVENT.names or (), row, strict=True)) for row in recent[(recent["track"] == track) | of_group].tolist()]
    events = [{**event, "what": _FATES[int(event["status"])]} for event in told]
    return {"id": track, "history": history, "seen_by": seen_by, "events": events, "now": live}
