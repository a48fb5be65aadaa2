"""A plan as figures: the summary, the table per km, and the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from limes.closure.worst import Outcome
from limes.planning.patrols import Schedule
from limes.planning.plan import Plan
from limes.planning.work import Key
from limes.sector import CrossingPoint, save_deployment
from limes.sector.costs import Cost, Spread
from limes.units import format_time

NOT_CONSIDERED = (
    "gates: a wall needs them, and each is a weak place that is forced in a minute; place them and run limes closure again",
    "strings of ground sensors, drones, tall towers and command posts: add them by hand and compare",
    "checkpoint lanes and instruments: they do not change the ways across country; limes inspect spreads them",
    "what is between the candidate places: the bound is one on any choice among them, not on every place on the map",
    "agreements with the other side, land rights, building time and delivery",
    "what patrols and sentries see with their own eyes, and whatever limes closure leaves out",
)
"""What a plan leaves out."""


def summary(plan: Plan, fine: dict[str, dict[Key, Outcome]], week: Schedule | None) -> dict[str, Any]:
    """The figures of a plan, ready for JSON.

    `fine` holds outcomes on closure's usual cells by name of a deployment ("kept", "plan", another one to compare with).
    """
    request, sector = plan.request, plan.sector
    return {
        "sector": sector.name,
        "modelled_terrain": sector.terrain.modelled,
        "time": format_time(plan.time),
        "local_time": format_time(plan.time, sector.time_zone),
        "request": {
            "capital": request.capital, "yearly": _number(request.yearly), "roll": _number(request.roll),
            "most": dict(request.most), "modes": list(request.modes), "directions": list(request.directions),
            "weathers": list(request.weathers), "false_alarm_weight": request.false_alarm, "harm_weight": request.harm,
            "kept": [asset.id for asset in request.kept], "no_build_areas": len(request.forbidden), "seed": request.seed,
        },
        "cell_m": plan.setup.cell,
        "p_interdict": {"least": plan.least, "mean": plan.mean},
        "bound": {
            "p_interdict": plan.bound.p, "gap": plan.gap, "ways": plan.bound.ways, "candidates": plan.offered,
            "means": "no affordable choice of the candidates has a greater least P(interdict) in this model on these cells",
        },
        "cases": _cases(plan),
        "on_usual_cells": {name: _states(found) for name, found in fine.items()},
        "bought": [
            {"what": one.what, "kind": one.kind, "capital": one.capital, "yearly": one.yearly, "crew": one.crew,
             "least_without": plan.least - loss[0], "mean_lost_without": loss[1]}
            for one, loss in zip(plan.bought, plan.losses, strict=True)
        ],
        "cost": bill(plan.bill),
        "spent": {"capital": sum(one.capital for one in plan.bought), "yearly": sum(one.yearly for one in plan.bought)},
        "worst_ways": [{"place": w.place, "mode": w.mode, "direction": w.direction, "p": w.p, "why": w.why} for w in plan.weak],
        "sweep": [vars(point) for point in plan.sweep],
        "false_reports_per_hour": {"before": plan.false_reports[0], "after": plan.false_reports[1]},
        "people_moved": moves(plan),
        "legal_crossings": [_crossing(point) for point in sector.crossings],
        "patrol_week": None if week is None else _week(week),
        "seconds_to_first_plan": plan.first_seconds,
        "rounds": plan.rounds,
        "not_considered": list(NOT_CONSIDERED),
        "notices": list(sector.notices),
    }  # fmt: skip


def _crossing(point: CrossingPoint) -> dict[str, Any]:
    known = {"id": point.id, "name": point.name, "lon": point.lon, "lat": point.lat, "modes": list(point.modes)}
    return {**known, "open_hours": point.open_hours or "not known"}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _cases(plan: Plan) -> list[dict[str, Any]]:
    before = {key: _figures(found) for key, found in plan.before.items()}
    rows = []
    for key, found in plan.after.items():
        words, mode, direction, state = key
        was = before.get(key) or before.get((words, mode, direction, 0))
        rows.append(
            {"weather": words, "mode": mode, "direction": direction, "aerostats": "down" if state else "up",
             "before": was, "after": _figures(found)}
        )  # fmt: skip
    return rows


def _figures(found: Outcome) -> dict[str, Any]:
    known = np.isfinite(found.p)
    if not known.any():
        return {"mean": None, "worst": None, "worst_km": None}
    return {"mean": float(found.mean), "worst": float(found.worst), "worst_km": int(np.nanargmin(found.p))}


def _states(found: dict[Key, Outcome]) -> list[dict[str, Any]]:
    return [
        {"weather": k[0], "mode": k[1], "direction": k[2], "aerostats": "down" if k[3] else "up", **_figures(outcome),
         "km": [_rounded(v) for v in outcome.p]}
        for k, outcome in found.items()
    ]  # fmt: skip


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def bill(cost: Cost) -> dict[str, Any]:
    """A cost as JSON: its lines and sums with their ranges."""
    lines = [
        {"kind": line.kind, "title": line.title, "quantity": line.quantity, "per": line.per, "capital": _spread(line.capital),
         "yearly": _spread(line.yearly + line.renewal), "crew": line.crew.value}
        for line in cost.lines
    ]  # fmt: skip
    sums = {"capital": _spread(cost.capital), "running": _spread(cost.running), "roll": _spread(cost.roll)}
    return {"lines": lines, **sums, "crew": cost.crew.value}


def _spread(value: Spread) -> dict[str, float]:
    return {"value": value.value, "low": value.low, "high": value.high}


def moves(plan: Plan) -> dict[str, Any] | None:
    """Where crossers on foot go, before and after, and in words whether the plan moves them over dangerous ground."""
    if plan.moved is None:
        return None
    before, after = plan.moved
    names = ("rivers", "summits", "mines")
    words = [name for name in names if getattr(after, name) > getattr(before, name) + 0.01]
    said = (
        f"The plan moves people towards {', '.join(words)}: plan for their rescue there."
        if words
        else "The plan moves nobody towards rivers, summits or known mines that is seen here."
    )
    return {
        "crosser": "chooses among the km by quantal response, utility 10 (1 - P), lambda 0.76",
        "before": vars(before), "after": vars(after), "said": said,
    }  # fmt: skip


def _week(week: Schedule) -> dict[str, Any]:
    return {
        "beats": list(week.beats),
        "share": [round(float(s), 4) for s in week.share],
        "p_pass_at_best_place": week.value,
        "shifts": [[week.beats[i] for i in np.flatnonzero(row)] for row in week.walked],
    }


def write_plan(plan: Plan, facts: dict[str, Any], folder: Path) -> dict[str, Path]:
    """Write deployment.geojson and plan.json into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"deployment": folder / "deployment.geojson", "json": folder / "plan.json"}
    save_deployment(plan.deployment, files["deployment"], plan.sector)
    files["json"].write_text(json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n", "utf-8")
    return files


def words(facts: dict[str, Any], home: str) -> list[str]:
    """A plan in lines of text, from its summary."""
    p, bound = facts["p_interdict"], facts["bound"]
    lines = [
        f"plan for {facts['sector']}, {facts['local_time']}{'  MODELLED TERRAIN' if facts['modelled_terrain'] else ''}",
        f"least P(interdict) {p['least']:.3f} over all km, ways and weather; mean {p['mean']:.3f}; {facts['cell_m']:g} m cells",
        f"no plan of {bound['candidates']} candidates in the limits exceeds {bound['p_interdict']:.3f}, gap {bound['gap']:.3f}",
        f"spent {facts['spent']['capital']:,.0f} USD to build and {facts['spent']['yearly']:,.0f} USD a year",
        "",
        f"{'way':34}{'before':>16}{'after':>16}   mean (worst) P(interdict)",
    ]
    for row in facts["cases"]:
        way = "towards" if row["direction"] == "in" else "away from"
        name = f"{row['mode']} {way} {home}, aerostats {row['aerostats']}"
        lines.append(f"{name:44}{_pair(row['before'])}{_pair(row['after'])}   {row['weather']}")
    lines += ["", *_compared(facts["on_usual_cells"]), "weakest ways"] + [
        f"  {w['place']}: {w['p']:.2f}, {w['why']}" for w in facts["worst_ways"]
    ]
    count: dict[str, int] = {}
    for one in facts["bought"]:
        count[one["kind"]] = count.get(one["kind"], 0) + 1
    lines += ["", "bought: " + ", ".join(f"{n} x {kind}" for kind, n in sorted(count.items()))]
    if facts["people_moved"]:
        lines.append(facts["people_moved"]["said"])
    names = ", ".join(f"{c['name']} ({', '.join(c['modes'])})" for c in facts["legal_crossings"])
    lines.append(f"legal crossing points, where people may ask for protection: {names or 'none on this stretch'}")
    week = facts["patrol_week"]
    if week:
        lines.append(f"patrols: a week of {len(week['shifts'])} shifts over {len(week['beats'])} beats is in plan.json")
    return lines + ["not considered:"] + [f"  {text}" for text in facts["not_considered"]]


def _compared(fine: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Least and mean of every deployment on closure's usual cells, one line each."""
    lines = ["on closure's usual cells, least and mean P(interdict):"]
    for name, rows in fine.items():
        known = [row for row in rows if row["mean"] is not None]
        if known:
            figures = min(row["worst"] for row in known), sum(row["mean"] for row in known) / len(known)
            lines.append(f"  {name:24}{figures[0]:8.3f}{figures[1]:8.3f}")
    return lines


def _pair(figures: dict[str, Any] | None) -> str:
    if figures is None or figures["mean"] is None:
        return f"{'-':>16}"
    return f"{figures['mean']:>9.2f} ({figures['worst']:.2f})"
