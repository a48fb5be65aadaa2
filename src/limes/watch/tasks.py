"""What the people of a unit are told when somebody sends them: where to go and why."""

from __future__ import annotations

from typing import Any

from limes.geo import to_lonlat
from limes.watch.pipeline import Pipeline


def task(pipeline: Pipeline, unit: str, case: str) -> dict[str, Any]:
    """The task of a unit for a case; without a place where the case has none."""
    found = pipeline.cases.get(case)
    if found is None:
        return {"unit": unit, "case": case}
    said = {"unit": unit, "case": case, "title": found.title, "km": found.km}
    x, y = found.x, found.y
    if (x is None or y is None) and found.km is not None:
        x, y = (float(v) for v in pipeline.sector.border.point(1000.0 * found.km))
    if x is None or y is None:
        return said
    lon, lat = (round(float(v), 6) for v in to_lonlat(x, y, pipeline.sector.crs))
    return {**said, "lon": lon, "lat": lat, "x": x, "y": y}


def standing(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The tasks of all units that were sent and have not arrived, for somebody who has just come to listen."""
    return [
        task(pipeline, unit.id, unit.case)
        for unit in pipeline.units.units.values()
        if unit.state == "tasked" and unit.case is not None
    ]
