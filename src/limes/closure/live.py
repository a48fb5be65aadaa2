"""Closure of the moment: the same scene with what is out of order now and patrols where they are, in under a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from limes.closure.response import Response, response
from limes.closure.scene import Scene, closures
from limes.closure.tunnel import tunnels
from limes.closure.ways import Way, distinct, way
from limes.geo import to_lonlat

MOVED = 500.0
"""Metres from where a patrol was taken to be after which its travel times are computed again."""


def live_closure(
    about: Scene,
    lost: Iterable[str] = (),
    places: Mapping[str, tuple[float, float]] | None = None,
    most: int = 5,
    searched: np.ndarray | None = None,
) -> dict[str, Any]:
    """P(interdict) per km of every way of crossing with what is lost now, and the worst ways on foot towards home; for JSON.

    `lost` ids of sensors, assets and patrols that are out of order, grounded, away or bound; `places` plane coordinates of
    patrols that are known (of others their base); `searched` (km,) P(surveys
    found a tunnel) where some were made. The scene is made once for an hour and its weather.
    """
    gone = frozenset(lost)
    moved = moved_response(about, places or {})
    reply = moved.without(gone)
    found = closures(about, gone, moved)
    rows = [{"mode": mode, "direction": direction, **_row(outcome.p)} for (mode, direction), outcome in sorted(found.items())]
    ways = []
    if ("foot", "in") in found:
        rows.append({"mode": "tunnel", "direction": "in", **_row(tunnels(about, found["foot", "in"], gone, searched))})
        told = replace(about, response=moved)
        for km in distinct(found["foot", "in"], most):
            ways.append(_way(told, way(told, found["foot", "in"], km, gone)))
    return {
        "time": about.time,
        "cell_m": about.setup.cell,
        "lost": sorted(gone),
        "crews": {"deployed": len(about.response.units), "available": round(sum(u.free for u in reply.units), 1)},
        "closure": rows,
        "worst_ways": ways,
    }


def moved_response(about: Scene, places: Mapping[str, tuple[float, float]]) -> Response:
    """The scene's response with patrols where they are; only those that are elsewhere than before are computed."""
    units, seconds = list(about.response.units), about.response.seconds
    changed = [
        i for i, u in enumerate(units) if u.id in places and np.hypot(places[u.id][0] - u.x, places[u.id][1] - u.y) > MOVED
    ]
    if not changed:
        return about.response
    for i in changed:
        x, y = places[units[i].id]
        units[i] = replace(units[i], x=float(x), y=float(y))
    fresh = response(about.ground, tuple(units[i] for i in changed), about.setup.assess, about.coarse)
    seconds = seconds.copy()
    seconds[changed] = fresh.seconds
    return replace(about.response, units=tuple(units), seconds=seconds)


def _row(p: np.ndarray) -> dict[str, Any]:
    known = np.isfinite(p)
    return {
        "km": [round(float(v), 3) if ok else None for v, ok in zip(p, known, strict=True)],
        "mean": round(float(p[known].mean()), 3) if known.any() else None,
        "worst": round(float(p[known].min()), 3) if known.any() else None,
        "worst_km": int(np.nanargmin(p)) if known.any() else None,
    }


def _way(about: Scene, told: Way) -> dict[str, Any]:
    lon, lat = to_lonlat(told.x, told.y, about.sector.crs)
    return {
        "place": told.place,
        "km": round(told.chainage / 1000.0, 2),
        "p": round(told.p, 3),
        "p_detect": round(told.p_detect, 3),
        "why": told.why,
        "line": np.round(np.stack([lon, lat], axis=-1), 5).tolist(),
    }
