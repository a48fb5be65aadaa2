"""Routes about the place: the sector, its terrain, the deployment, coverage, and who sees a point."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from limes.geo import to_plane
from limes.web.looks import drones_over, who_sees
from limes.web.scene import Question, Scene
from limes.web.sessions import Viewer, watch_of

router = APIRouter(prefix="/api", tags=["place"])

Class = Literal["person", "group", "vehicle", "animal", "drone"]
State = Literal["now", "up", "down"]
Conditions = Literal["", "clear", "haze", "fog", "rain", "storm"]
_DAY = "private, max-age=86400"


def scene_of(request: Request) -> Scene:
    """What the map is drawn from."""
    scene: Scene = request.app.state.scene
    return scene


@router.get("/sector")
def sector(user: Viewer, request: Request) -> dict[str, Any]:
    """The sector: names, border, km marks, places, crossing points, notices, terrain label."""
    return scene_of(request).sector


@router.get("/deployment")
def deployment(user: Viewer, request: Request) -> dict[str, Any]:
    """What stands where, as GeoJSON."""
    return scene_of(request).deployment


@router.get("/hillshade/{z}/{x}/{y}.png", response_class=Response)
def hillshade(z: int, x: int, y: int, user: Viewer, request: Request) -> Response:
    """A 256 px web-mercator tile of the sector's own terrain, shaded; 204 where there is no terrain."""
    if not (0 <= z <= 18 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise HTTPException(404, "no such tile")
    tile = scene_of(request).hillshade_tile(z, x, y)
    if tile is None:
        return Response(status_code=204, headers={"Cache-Control": _DAY})
    return Response(tile, media_type="image/png", headers={"Cache-Control": _DAY})


def asked(
    target: Class = "person",
    state: State = "now",
    hour: Annotated[float | None, Query(ge=0, le=24)] = None,
    weather: Conditions = "",
) -> Question:
    """What coverage somebody asks for."""
    return Question(target, state, hour, weather)


Asked = Annotated[Question, Depends(asked)]


@router.get("/coverage")
def coverage(user: Viewer, request: Request, question: Asked) -> dict[str, Any]:
    """P(detect) per km before the line and where to fetch the picture.

    `state` up and down set every aerostat so, and every other sensor to work; `hour` asks for a local hour of the watch's day
    and `weather` for conditions laid over it. `aerostats` holds the mean with them up and with them down,
    `weather_stops` how many sensors that weather keeps from working.
    """
    return scene_of(request).coverage_json(question)


@router.get("/coverage.png", response_class=Response)
def coverage_picture(user: Viewer, request: Request, question: Asked) -> Response:
    """P(detect within a minute) of a mover anywhere in the sector as a web-mercator overlay."""
    return Response(scene_of(request).coverage_png(question), media_type="image/png")


@router.get("/sight")
def sight(
    user: Viewer,
    request: Request,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    target: Class = "person",
) -> dict[str, Any]:
    """Who sees this place: each sensor that reaches it, from which height above ground, with what probability, or why not.

    `line` is the profile along the line of sight: the ground at distances from the sensor, as it sees it (lowered by the curve
    of the earth), the ends of the straight line over it, and where ground first stands in the way. `drones` says how soon each
    could be over the place, and how surely its camera would then show somebody and tell what it is.
    """
    watch = watch_of(request)
    x, y = (float(v) for v in to_plane(lon, lat, watch.sector.crs))
    if not watch.sector.terrain.grid.inside(x, y):
        raise HTTPException(404, "the place is outside the sector's terrain")
    with watch.lock:
        weather, time = watch.pipeline.weather, watch.pipeline.time or 0.0
        up, arrivals = watch.pipeline.up.copy(), watch.pipeline.units.drones(x, y, weather)
    chainage, offset = watch.sector.border.locate(x, y)
    seen = who_sees(watch.sector, watch.pipeline.sensors, up, x, y, target, time, weather)
    place = {"km": round(float(chainage) / 1000.0, 2), "offset_m": round(float(offset), 0)}
    height = float(watch.sector.terrain.sample(x, y))
    missed = float(np.prod([1.0 - row["p"] for row in seen])) if seen else 1.0
    return {
        **place,
        "ground_m": round(height, 1),
        "target": target,
        "p_any_look": round(1.0 - missed, 3),
        "sensors": seen,
        "drones": drones_over(watch.sector, watch.deployment, arrivals, x, y, target, time, weather),
    }
