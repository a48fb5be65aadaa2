"""A searched survey line in words, as JSON and as GeoJSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.geo import to_plane
from limes.sector import Border
from limes.signals.survey.search import Candidate, Survey


@dataclass(frozen=True)
class Ends:
    """Where a line begins and ends, degrees: longitude, latitude of both; the metres along it run from the first."""

    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A point of a line: longitude and latitude where the ends are known, `km` along the border where a sector is."""

    lon: float | None = None
    lat: float | None = None
    km: float | None = None


def place_of(x: float, length: float, ends: Ends | None, border: Border | None = None, crs: str = "") -> Place:
    """The place `x` metres along a line of `length` metres between two ends (straight), and its km along a border."""
    if ends is None:
        return Place()
    share = x / length if length else 0.0
    lon, lat = (a + share * (b - a) for a, b in zip(ends.start, ends.end, strict=True))
    if border is None:
        return Place(lon, lat)
    plane = to_plane(lon, lat, crs)
    chainage, _ = border.locate(np.array([float(plane[0])]), np.array([float(plane[1])]))
    return Place(lon, lat, float(chainage[0]) / 1000.0)


def summary(survey: Survey, ends: Ends | None = None, border: Border | None = None, crs: str = "") -> dict[str, Any]:
    """What a survey found and what it could have found, for JSON."""
    length = float(survey.places[-1])
    return {
        "files": [line.file for line in (survey.ert, survey.gravity) if line is not None],
        "readings": 0 if survey.ert is None else int(survey.ert.rho_a.size),
        "stations": 0 if survey.gravity is None else int(survey.gravity.x.size),
        "length_m": round(float(np.ptp(survey.places)), 1),
        "ground": survey.ground,
        "error_scale": round(survey.error_scale, 2),
        "threshold": {"log_ratio": round(survey.threshold, 2), "false_per_km": survey.wanted},
        "candidates": [_candidate(one, survey, place_of(one.x, length, ends, border, crs)) for one in survey.candidates],
        "power": power_rows(survey),
        "notes": notes(survey),
    }


def _candidate(one: Candidate, survey: Survey, place: Place) -> dict[str, Any]:
    row: dict[str, Any] = {
        "x_m": round(one.x, 1), "depth_m": one.depth, "size_m": one.size, "log_ratio": round(one.log_ratio, 2),
        "times_likelier": _times(one.log_ratio), "false_per_km": round(one.per_km, 3),
        "above_threshold": one.log_ratio >= survey.threshold,
        "depth_range_m": list(one.depths), "size_range_m": list(one.sizes),
        "rivals": [{"depth_m": r.depth, "size_m": r.size, "share": round(r.share, 3)} for r in one.rivals],
    }  # fmt: skip
    if place.lon is not None and place.lat is not None:
        row |= {"lon": round(place.lon, 6), "lat": round(place.lat, 6)}
    return row if place.km is None else {**row, "km": round(place.km, 3)}


def _times(log_ratio: float) -> float:
    return float(f"{math.exp(min(log_ratio, 300.0)):.3g}")


def power_rows(survey: Survey) -> list[dict[str, float]]:
    """P(found) at the threshold by depth and size of a void, as simulated over the ground at hand."""
    power = survey.power
    rows = zip(power.depth, power.size, power.p, strict=True)
    return [{"depth_m": float(depth), "size_m": float(size), "p_found": round(float(p), 3)} for depth, size, p in rows]


def notes(survey: Survey) -> list[str]:
    """What limits the answer, in words; the first says that nothing here proves that there is no tunnel."""
    said = [residual(survey)]
    if survey.ert is not None and survey.ert.relief > 1.0:
        said.append(f"the electrodes differ by {survey.ert.relief:.1f} m in height, but flat ground is assumed")
    if survey.error_scale > 1.5:
        times = f"{survey.error_scale:.1f} times as much as their stated errors"
        said.append(f"the readings scatter {times}; all errors were taken to be so much larger")
    if survey.ert is not None and survey.ert.dropped:
        said += [f"left out: {count} readings, {reason}" for reason, count in survey.ert.dropped]
    said.append("searched for: air-filled voids that cross the line at right angles; a flooded one is not")
    return said


def residual(survey: Survey) -> str:
    """Which voids the line would rather have missed than found; it never says that there is none.

    The sentence for each size names the depth down to which at least half of such voids are found.
    """
    parts = []
    for size in sorted({float(s) for s in survey.power.size}):
        rows = survey.power.size == size
        depths, p = survey.power.depth[rows], survey.power.p[rows]
        seen = [float(d) for d, q in zip(depths, p, strict=True) if q >= 0.5]
        parts.append(f"{size:g} m wide below {max(seen):g} m" if seen else f"{size:g} m wide at any depth")
    if not parts:
        return "this does not show that there is no tunnel"
    return f"this does not show that there is no tunnel: it would rather miss than find one {', '.join(parts)}"


def lines(facts: dict[str, Any]) -> list[str]:
    """The summary as lines of text."""
    threshold = facts["threshold"]
    said = [
        f"{', '.join(facts['files'])}: {facts['length_m']:g} m, {_counted(facts)}",
        f"ground: {facts['ground']}",
        f"threshold: log likelihood ratio {threshold['log_ratio']:g}, {threshold['false_per_km']:g} false candidates per km",
    ]
    found = [one for one in facts["candidates"] if one["above_threshold"]]
    said.append(f"{len(found)} candidate{'' if len(found) == 1 else 's'} above it" if found else "no candidate above it")
    said += [_line(number, one) for number, one in enumerate(facts["candidates"][: max(len(found), 3)], 1)]
    return said + [f"note: {note}" for note in facts["notes"]]


def _line(number: int, one: dict[str, Any]) -> str:
    where = f"x {one['x_m']:g} m"
    where += f", km {one['km']:.3f}" if "km" in one else ""
    where += f" ({one['lat']:.6f}, {one['lon']:.6f})" if "lat" in one else ""
    depth, size = one["depth_range_m"], one["size_range_m"]
    shape = f"depth {one['depth_m']:g} m ({depth[0]:g} to {depth[1]:g}), size {one['size_m']:g} m ({size[0]:g} to {size[1]:g})"
    weak = "" if one["above_threshold"] else "; below the threshold"
    per_km = f"{one['false_per_km']:g}" if one["false_per_km"] else "under 0.1"
    times = f"{one['times_likelier']:g} times likelier with a void"
    return f"  {number}. {where}: {shape}; {times}; {per_km} such per km by chance{weak}"


def _counted(facts: dict[str, Any]) -> str:
    words = [f"{facts['readings']} readings"] if facts["readings"] else []
    return ", ".join(words + ([f"{facts['stations']} gravity stations"] if facts["stations"] else []))


def geojson(facts: dict[str, Any], ends: Ends) -> dict[str, Any]:
    """The line and its candidates as a FeatureCollection."""
    found = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
         "properties": {key: value for key, value in one.items() if key not in ("lon", "lat", "rivals")}}
        for one in facts["candidates"]
    ]  # fmt: skip
    properties = {"files": facts["files"], "note": facts["notes"][0], "threshold": facts["threshold"]}
    line = {"type": "LineString", "coordinates": [list(ends.start), list(ends.end)]}
    return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": line, "properties": properties}, *found]}


def write_survey(facts: dict[str, Any], folder: Path, ends: Ends | None) -> dict[str, Path]:
    """Write survey.json, and survey.geojson where the ends are known, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"json": folder / "survey.json"}
    files["json"].write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    if ends is not None:
        files["geojson"] = folder / "survey.geojson"
        files["geojson"].write_text(json.dumps(geojson(facts, ends), ensure_ascii=False, indent=1), encoding="utf-8")
    return files
