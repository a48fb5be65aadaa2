"""Plans over HTTP: those made for this place side by side, and what moving things of the deployment would change."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from limes.closure.live import live_closure
from limes.closure.scene import Scene, with_assets
from limes.errors import UsageError
from limes.geo import to_plane
from limes.sector import Asset
from limes.sensing import Sensor, crossing_table
from limes.web.closure import LiveClosure
from limes.web.sessions import Viewer, watch_of

router = APIRouter(prefix="/api", tags=["plan"])

FOLDER = "plans"
"""Where in a watch's data folder plans lie, one folder each as `limes plan -o` writes it."""

_TOLD = (
    "sector", "local_time", "request", "p_interdict", "bound", "cases", "on_usual_cells", "spent", "cost", "worst_ways",
    "sweep", "false_reports_per_hour", "people_moved", "legal_crossings", "not_considered", "modelled_terrain",
)  # fmt: skip


class Move(BaseModel):
    """An asset of the deployment and where it is to stand, degrees."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: Annotated[str, Field(max_length=60)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Moves(BaseModel):
    """What is moved at once."""

    model_config = ConfigDict(extra="forbid")

    moves: Annotated[list[Move], Field(min_length=1, max_length=20)]


@router.get("/plans")
def read_plans(user: Viewer, request: Request) -> list[dict[str, Any]]:
    """The plans in the data folder, by name: cost, P(interdict) before and after, per km, bound, weakest ways.

    Each was written by `limes plan SECTOR ... -o DATA/plans/NAME`; one that cannot be read is left out.
    """
    watch = watch_of(request)
    folder = watch.settings.data / FOLDER
    found = [(path.parent.name, _read(path)) for path in sorted(folder.glob("*/plan.json"))]
    return [{"name": name, **facts} for name, facts in found if facts and facts["sector"] == watch.sector.name]


def _read(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text("utf-8"))
        return {name: facts[name] for name in _TOLD}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@router.post("/plan/try")
def try_moves(user: Viewer, request: Request, asked: Moves) -> dict[str, Any]:
    """What P(detect before the line) and P(interdict) per km would be with some assets elsewhere; nothing is changed.

    Sensors and patrols count as they work now. A post takes its patrols with it.
    """
    closure: LiveClosure = request.app.state.closure
    about, lost, places = closure.moment()
    moved = tuple(part for move in asked.moves for part in _moved(about, move))
    other = with_assets(about, moved)
    gone = lost | {move.id for move in asked.moves} | {f"{name}{_SUFFIX}" for name in _all_parts(lost, moved)}
    known = closure.searched()
    before, after = (live_closure(one, out, places, searched=known) for one, out in ((about, lost), (other, gone)))
    return {
        "time": about.time,
        "before": {"closure": before["closure"], "coverage": _coverage(about, about.sensors, lost)},
        "after": {"closure": after["closure"], "coverage": _coverage(other, other.sensors, gone)},
        "worst_ways": after["worst_ways"],
    }


_SUFFIX = "~moved"


def _all_parts(lost: set[str], moved: tuple[Asset, ...]) -> set[str]:
    """Of what is out of order now, the patrols that are moved with their post: they are still bound."""
    return lost & {asset.id.removesuffix(_SUFFIX) for asset in moved if asset.family == "patrol"}


def _moved(about: Scene, move: Move) -> list[Asset]:
    """The asset at its new place with a name of its own, and the patrols that are based on it."""
    known = {asset.id: asset for asset in about.deployment.assets}
    asset = known.get(move.id)
    if asset is None:
        raise UsageError(f"{move.id} does not stand here; name an asset of the deployment")
    if asset.line_xy is not None or asset.family in ("patrol", "drone"):
        what = asset.family.replace("_", " ")
        raise UsageError(f"{move.id} is a {what} and cannot be dragged; move a tower, aerostat, sensor or post")
    x, y = (float(v) for v in to_plane(move.lon, move.lat, about.sector.crs))
    if not bool(about.sector.terrain.grid.inside(x, y)) or not np.isfinite(about.sector.terrain.sample(x, y)):
        raise UsageError(f"{move.id} would stand outside the sector's terrain; drop it inside")
    name = f"{asset.id}{_SUFFIX}"
    based = [unit for unit in about.deployment.assets if unit.base == asset.id]
    units = [replace(unit, id=f"{unit.id}{_SUFFIX}", base=name, x=x, y=y) for unit in based]
    return [replace(asset, id=name, x=x, y=y), *units]


def _coverage(about: Scene, sensors: tuple[Sensor, ...], lost: set[str]) -> dict[str, Any]:
    """P(detect before the line) of a person, per km and in the mean."""
    up = np.array([sensor.id not in lost and sensor.asset not in lost for sensor in sensors], bool)
    table = crossing_table(sensors, about.sector, "person", about.time, about.weather)
    p = table.detection(up, before_line=True)
    return {"km": p.round(3).tolist(), "mean": round(float(table.each(up, before_line=True).mean()), 3)}
