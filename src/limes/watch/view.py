"""The watch as JSON: what the page shows, whole or only what changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limes.columns import CLASSES
from limes.geo import to_lonlat
from limes.sector import Border, Weather
from limes.sensing import Sensor, reach
from limes.watch.alerts import Desk
from limes.watch.cases import Case, permitted, urgency
from limes.watch.changes import Changes
from limes.watch.health import WORKING
from limes.watch.picture import DIRECTIONS, Picture, picture
from limes.watch.strip import Strip
from limes.watch.units import Units
from limes.watch.wording import labels

if TYPE_CHECKING:
    from limes.watch.pipeline import Pipeline

_EVIDENCE: Mapping[str, Any] = {
    "seen_by": [],
    "could_have": [],
    "could_not": [],
    "classes": None,
    "nuisance_here": None,
    "similar": [],
    "factors": [],
    "arrivals": [],
    "nobody_in_time": None,
}
_CHI90 = 2.1460  # root of the 90 % quantile of chi-square with two degrees of freedom


def tracks_json(scene: Picture, crs: str, desk: Desk, suspects: set[int]) -> dict[str, Any]:
    """The tracks of a picture by id."""
    rows = scene.rows
    lon, lat = to_lonlat(rows["x"], rows["y"], crs)
    classes = np.round(rows["classes"].astype(float), 2)
    counts = np.stack([rows["count_low"], rows["count"], rows["count_high"]], axis=1)
    numbers = {
        "lon": np.round(lon, 6),
        "lat": np.round(lat, 6),
        "speed": np.round(scene.speed, 2),
        "course_deg": np.round(np.degrees(np.arctan2(rows["vx"], rows["vy"])) % 360.0),
        "existence": np.round(rows["existence"], 3),
        "count": np.round(counts),
        "ellipse": np.round(_ellipses(rows["covariance"]), 1),
        "km": np.round(scene.chainage / 1000.0, 2),
        "offset_m": np.round(scene.offset),
        "first": np.round(rows["first"], 1),
        "last": np.round(rows["last"], 1),
    }
    known = [math.isfinite(low) for low in scene.eta[:, 0].tolist()]
    tracks = rows["track"].tolist()
    columns = {name: values.tolist() for name, values in numbers.items()} | {
        "status": ["confirmed"] * len(rows),
        "classes": [dict(zip(CLASSES, row, strict=True)) for row in classes.tolist()],
        "label": labels(classes),
        "direction": [DIRECTIONS[index] for index in scene.direction.tolist()],
        "eta_s": [pair if ok else None for pair, ok in zip(np.round(scene.eta).tolist(), known, strict=True)],
        "case": [desk.case_of(track) for track in tracks],
        "disposition": ["suspect" if track in suspects else "unknown" for track in tracks],
    }
    return {
        str(track): dict(zip(columns, row, strict=True))
        for track, row in zip(tracks, zip(*columns.values(), strict=True), strict=True)
    }


def _ellipses(covariance: np.ndarray) -> np.ndarray:
    """Half axes (m) of the 90 % ellipse of the place and the grid bearing of the longer one (degrees), (n, 3)."""
    a, b, c = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    middle, half = (a + c) / 2.0, np.hypot((a - c) / 2.0, b)
    angle = np.degrees(np.arctan2(2.0 * b, a - c)) / 2.0
    major, minor = np.sqrt(middle + half), np.sqrt(np.maximum(middle - half, 0.0))
    return np.stack([_CHI90 * major, _CHI90 * minor, (90.0 - angle) % 180.0], axis=1)


def case_json(case: Case, border: Border, crs: str) -> dict[str, Any]:
    """One case; `time_left_s` counts from `updated`."""
    lon, lat = (None, None) if case.x is None else (float(v) for v in to_lonlat(case.x, case.y or 0.0, crs))
    left = case.time_left
    return {
        "id": case.id,
        "kind": case.kind,
        "priority": case.priority,
        "state": case.state,
        "opened": case.opened,
        "updated": case.updated,
        "heard": case.heard,
        "km": None if case.km is None else round(case.km, 2),
        "offset_m": None if case.offset is None else round(case.offset),
        "lon": None if lon is None else round(lon, 6),
        "lat": None if lat is None else round(lat, 6),
        "title": case.title,
        "sentence": case.sentence,
        "tracks": list(case.tracks),
        "asset": case.asset,
        "time_left_s": None if left is None else [round(left[0]), round(left[1])],
        "owner": case.owner,
        "unit": case.units[-1] if case.units else None,
        "units": list(case.units),
        "shelved_until": case.shelved_until,
        "hidden_by": case.hidden_by,
        "with_people": case.with_people,
        "outcome": case.outcome,
        "people": case.people,
        "reason": case.reason,
        "evidence": {**_EVIDENCE, **case.evidence},
        "actions": list(permitted(case)),
        "history": list(case.history),
    }


def cases_json(cases: Iterable[Case], border: Border, crs: str) -> dict[str, Any]:
    """Cases by id, in the order of the queue."""
    return {case.id: case_json(case, border, crs) for case in sorted(cases, key=urgency)}


def sensors_json(
    sensors: tuple[Sensor, ...], states: list[str], last: np.ndarray, only: set[str] | None = None
) -> dict[str, Any]:
    """Sensors by id with what the watch says of each."""
    return {
        sensor.id: {
            "asset": sensor.asset,
            "family": sensor.family,
            "lon": round(sensor.lon, 6),
            "lat": round(sensor.lat, 6),
            "state": state,
            "last": round(float(heard), 1) if np.isfinite(heard) else None,
            "reach_m": round(reach(sensor)),
        }
        for sensor, state, heard in zip(sensors, states, last, strict=False)
        if only is None or sensor.id in only
    }


def units_json(units: Units, crs: str, only: set[str] | None = None) -> dict[str, Any]:
    """Units by id."""
    found = {}
    for unit in units.units.values():
        if only is None or unit.id in only:
            lon, lat = to_lonlat(unit.x, unit.y, crs)
            place = {"lon": round(float(lon), 6), "lat": round(float(lat), 6)}
            found[unit.id] = {"name": unit.name, **place, "state": unit.state, "kind": unit.family, "case": unit.case}
    return found


def strip_json(strip: Strip) -> dict[str, Any] | None:
    """The strip: per km detection of each class, where it is blind and why; None before the first second."""
    if not strip.detect:
        return None
    return {
        "km": list(range(len(strip.why))),
        "detect": {name: np.round(values, 3).tolist() for name, values in strip.detect.items()},
        "blind": strip.blind.tolist(),
        "why": list(strip.why),
    }


def weather_json(weather: Weather, night: bool) -> dict[str, Any]:
    """The weather in force, in the words of the links."""
    return {
        "wind_mps": round(weather.wind, 1),
        "wind_from_deg": round(math.degrees(weather.wind_from)) % 360,
        "gust_mps": round(weather.gust, 1),
        "wind_aloft_mps": round(weather.wind_aloft, 1),
        "visibility_m": round(weather.visibility),
        "cloud": round(weather.cloud, 2),
        "rain_mm_h": round(weather.rain, 2),
        "temperature_c": round(weather.temperature, 1),
        "humidity": round(weather.humidity, 2),
        "night": night,
    }


def whole(pipeline: Pipeline) -> dict[str, Any]:
    """The snapshot: everything the page shows."""
    p = pipeline
    return {
        "type": "snapshot",
        **_head(p),
        "weather": weather_json(p.weather, _night(p)),
        "sensors": sensors_json(p.sensors, p.states, p.health.last),
        "units": units_json(p.units, p.sector.crs),
        "tracks": tracks_json(_scene(p, p.tracks), p.sector.crs, p.desk, p.suspects),
        "cases": cases_json(_shown(p), p.sector.border, p.sector.crs),
        "hidden": cases_json(p.desk.held(), p.sector.border, p.sector.crs),
        "strip": strip_json(p.strip),
        "gone": {"tracks": [], "cases": []},
    }


def part(pipeline: Pipeline, changes: Changes) -> dict[str, Any]:
    """The delta: of each part only what changed; parts that did not change at all are left out, `hidden` is always whole."""
    p, found = pipeline, {"type": "delta", **_head(pipeline)}
    if changes.weather:
        found["weather"] = weather_json(p.weather, _night(p))
    if changes.sensors:
        found["sensors"] = sensors_json(p.sensors, p.states, p.health.last, changes.sensors)
    if changes.units:
        found["units"] = units_json(p.units, p.sector.crs, changes.units)
    if changes.tracks:
        rows = p.tracks[np.isin(p.tracks["track"], np.fromiter(changes.tracks, np.int64))]
        found["tracks"] = tracks_json(_scene(p, rows), p.sector.crs, p.desk, p.suspects)
    if changes.cases:
        shown = [case for case in _shown(p) if case.id in changes.cases]
        found["cases"] = cases_json(shown, p.sector.border, p.sector.crs)
        found["hidden"] = cases_json(p.desk.held(), p.sector.border, p.sector.crs)
    if changes.strip:
        found["strip"] = strip_json(p.strip)
    return {
        **found,
        "gone": {"tracks": [str(track) for track in sorted(changes.tracks_gone)], "cases": sorted(changes.cases_gone)},
    }


def badges(pipeline: Pipeline) -> list[dict[str, str]]:
    """What must not be overlooked while it holds: modelled terrain, an aerostat down, load over the limit, a flood."""
    p, found = pipeline, []
    if p.sector.terrain.modelled:
        found.append({"id": "modelled-terrain", "text": "MODELLED TERRAIN"})
    down = {s.asset for s, name in zip(p.sensors, p.states, strict=True) if s.platform is not None and name not in WORKING}
    if down:
        found.append({"id": "aerostat-down", "text": f"DOWN: {', '.join(p.names[asset] for asset in sorted(down)).upper()}"})
    load = load_json(p)
    if load["per_hour"] > load["limit"]:
        found.append({"id": "load", "text": f"LOAD {load['per_hour']}/H"})
    if p.desk.flood is not None:
        found.append({"id": "flood", "text": "FLOOD OF ALERTS"})
    return found


def load_json(pipeline: Pipeline) -> dict[str, int]:
    """Alerts shown in the last hour and ten minutes, and the hourly limit."""
    load, time = pipeline.desk.load, pipeline.second
    return {
        "per_hour": load.per_hour(time),
        "last_10_min": load.in_window(time),
        "limit": load.budget.limit_per_hour,
    }


def _head(p: Pipeline) -> dict[str, Any]:
    return {
        "seq": p.seq,
        "time": p.time,
        "badges": badges(p),
        "load": load_json(p),
        "health": {"late": p.waiting.late, "lost": p.tracker.late},
    }


def _night(p: Pipeline) -> bool:
    return p.surroundings.moment(p.weather.time, p.weather, lambda km: 0.0, p.settings.hardship).night


def _scene(p: Pipeline, rows: np.ndarray) -> Picture:
    return picture(rows, float(rows["time"][0]) if len(rows) else 0.0, p.sector.border, p.settings.picture)


def _shown(p: Pipeline) -> list[Case]:
    return [case for case in p.cases.values() if case.hidden_by is None]
