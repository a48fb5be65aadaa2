"""A closure study as figures: the summary, the table per km, and the files."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from limes.closure.measures import rate_beside
from limes.closure.movement import Mode
from limes.closure.repair import Repair
from limes.closure.study import Study
from limes.closure.ways import Way
from limes.geo import to_lonlat
from limes.sensing import available
from limes.units import format_time

NOT_IN_IT = (
    "what patrols and sentries see with their own eyes",
    "roads that roads.geojson does not hold; patrols are taken to have a track 250 m behind the line",
    "crops, villages and people among whom somebody disappears before the strip ends",
    "neutralisation: it ends where a patrol meets the crossing",
)
"""What the figures leave out."""


def summary(study: Study) -> dict[str, Any]:
    """The figures of a study, ready for JSON (None for what has no value); `table` has those per km."""
    return {name: _plain(value) for name, value in _summary(study).items()}


def _plain(value: Any) -> Any:
    """The same without numbers that JSON does not have."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(value) if np.isfinite(value) else None
    return value


def _summary(study: Study) -> dict[str, Any]:
    about, main = study.scene, study.outcomes[study.mode, study.direction]
    setup, zone = about.setup, about.sector.time_zone
    detect = float(np.nanmean(study.p_detect))
    rate = rate_beside(main.mean, detect)
    return {
        "sector": about.sector.name,
        "deployment": about.deployment.name,
        "time": format_time(about.time),
        "local_time": format_time(about.time, zone),
        "modelled_terrain": about.sector.terrain.modelled,
        "assumptions": vars(setup) | {mode.name: _mode(mode) for mode in about.modes.values()},
        "out_of_order": sorted(study.lost),
        "kept_from_working_by_weather": sorted({s.asset for s in about.sensors if not available(s, about.weather)}),
        "p_interdict": _states(study),
        "crossing_points": [asdict(point) for point in study.checkpoints],
        "in_depth": {"mode": study.mode, "direction": study.direction},
        "worst_ways": [_way(way, repair) for way, repair in zip(study.ways, study.repairs, strict=True)],
        "worst_of_the_others": [_way(way, None) for way in study.others],
        "crews": {
            "deployed": study.crews[0],
            "available": round(study.crews[1], 1),
            "people_on_duty": round(study.cost.crew.value),
            "people_on_the_roll": round(study.cost.roll.value),
        },
        "effectiveness_rate": {
            "p_interdict": rate.p_interdict,
            "p_detect": detect,
            "rate": rate.rate,
            "why_not_alone": rate.why,
        },
        **_deeper(study),
        "not_in_it": list(NOT_IN_IT),
        "notices": list(about.sector.notices),
    }


def _mode(mode: Mode) -> dict[str, Any]:
    return {"speed_mps": mode.speed, "spread": mode.spread}


def _states(study: Study) -> list[dict[str, Any]]:
    """Mean and worst of every mode and direction, with aerostats up and down."""
    rows = []
    for state, found in (("up", study.outcomes), ("down", study.grounded)):
        for (mode, direction), outcome in found.items():
            rows.append({"aerostats": state, "mode": mode, "direction": direction, **_figures(outcome.p)})
        tunnels = study.tunnels[0 if state == "up" else 1]
        if tunnels is not None:
            rows.append({"aerostats": state, "mode": "tunnel", "direction": "in", **_figures(tunnels)})
    return rows


def _figures(p: np.ndarray) -> dict[str, Any]:
    if not np.isfinite(p).any():
        return {"mean": None, "worst": None, "worst_km": None}
    return {"mean": float(np.nanmean(p)), "worst": float(np.nanmin(p)), "worst_km": int(np.nanargmin(p))}


def _way(way: Way, repair: Repair | None) -> dict[str, Any]:
    known = {
        "mode": way.mode,
        "direction": way.direction,
        "place": way.place,
        "km": way.chainage / 1000.0,
        "p_interdict": way.p,
        "p_detect": way.p_detect,
        "p_detect_in_time": way.p_before,
        "why": way.why,
        "time_line_s": {
            "at_the_line": float(way.at[way.line]),
            "last_timely_point": float(way.at[way.last]) if way.last >= 0 else None,
            "at_the_goal": float(way.at[-1]),
        },
        "barriers": list(way.barriers),
        "barrier_delay_s": way.delay,
        "seen_by": dict(way.sensors),
        "unit": None if way.unit is None else dict(zip(("id", "needs_s", "they_pass_s"), way.unit, strict=True)),
    }
    return known if repair is None else {**known, "repair": vars(repair)}


def _deeper(study: Study) -> dict[str, Any]:
    deep, main = study.deeper, study.outcomes[study.mode, study.direction]
    if deep is None:
        return {}
    cell = study.scene.setup.cell
    return {
        "discretisation": [
            {"cell_m": deep.cell, "mean": deep.mean, "worst": deep.worst},
            {"cell_m": cell, "mean": main.mean, "worst": main.worst},
        ],
        "contributions": [vars(row) for row in deep.shares],
        "losses": [vars(row) for row in deep.losses],
        "ordinary_failures": vars(deep.draws),
        "sensitivity": {"base": deep.base, "swings": [vars(row) for row in deep.swings]},
    }


def table(study: Study) -> list[dict[str, Any]]:
    """P(interdict) of the worst way through every km: one row per km, one column per mode, direction and state."""
    columns: dict[str, np.ndarray] = {}
    for state, found in (("", study.outcomes), ("_no_aerostat", study.grounded)):
        columns |= {f"{mode}_{direction}{state}": outcome.p for (mode, direction), outcome in found.items()}
        tunnels = study.tunnels[0 if not state else 1]
        columns |= {} if tunnels is None else {f"tunnel_in{state}": tunnels}
    size = len(study.p_detect)
    return [{"km": km, **{name: _number(p[km]) for name, p in columns.items()}} for km in range(size)]


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def ways_geojson(study: Study) -> dict[str, Any]:
    """The worst ways as lines in degrees."""
    features = []
    for way in (*study.ways, *study.others):
        lon, lat = to_lonlat(way.x, way.y, study.scene.sector.crs)
        pairs = np.round(np.stack([lon, lat], axis=-1), 6).tolist()
        known = {
            "mode": way.mode,
            "direction": way.direction,
            "place": way.place,
            "p_interdict": round(way.p, 4),
            "why": way.why,
        }
        features.append({"type": "Feature", "properties": known, "geometry": {"type": "LineString", "coordinates": pairs}})
    return {"type": "FeatureCollection", "features": features}


def write_closure(study: Study, folder: Path) -> dict[str, Path]:
    """Write closure.json, closure.csv and ways.geojson into a folder that is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"json": folder / "closure.json", "csv": folder / "closure.csv", "ways": folder / "ways.geojson"}
    files["json"].write_text(json.dumps(summary(study), ensure_ascii=False, indent=1) + "\n", "utf-8")
    rows = table(study)
    with files["csv"].open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    files["ways"].write_text(json.dumps(ways_geojson(study), ensure_ascii=False) + "\n", "utf-8")
    return files
