"""Closure of the moment over HTTP: what can get through with what works now."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import Any

import numpy as np
from fastapi import APIRouter, Request

from limes.closure.ground import usual_cell
from limes.closure.live import live_closure
from limes.closure.scene import Scene, Setup, scene
from limes.watch import tunnel_cases
from limes.watch.service import Watch
from limes.web.sessions import Viewer

router = APIRouter(prefix="/api")

_HOUR = 3600.0
_CELL = 90.0
_MOVING = frozenset({"ready"})


class LiveClosure:
    """The scene of the hour, made when it is first asked for and again when the hour is over."""

    def __init__(self, watch: Watch) -> None:
        """Remember the watch; nothing is computed yet."""
        self.watch = watch
        self._making = threading.Lock()
        self._kept: tuple[int, Scene] | None = None

    def now(self) -> dict[str, Any]:
        """Closure with the sensors that work now and the patrols that are ready, where they are."""
        about, lost, places = self.moment()
        return live_closure(about, lost, places, searched=self.searched())

    def moment(self) -> tuple[Scene, set[str], dict[str, tuple[float, float]]]:
        """The scene of the hour, what is out of order or bound now, and where the patrols are."""
        pipeline = self.watch.pipeline
        with self.watch.lock:
            time, weather = pipeline.time or 0.0, pipeline.weather
            lost = {s.id for s, up in zip(pipeline.sensors, pipeline.up, strict=True) if not up}
            units = pipeline.units.state()
        lost |= {unit["id"] for unit in units if unit["state"] not in _MOVING}
        places = {unit["id"]: (unit["x"], unit["y"]) for unit in units if unit["family"] == "patrol"}
        with self._making:
            slot = int(time // _HOUR)
            if self._kept is None or self._kept[0] != slot:
                sector = self.watch.sector
                setup = Setup(cell=max(usual_cell(sector), _aligned(sector.terrain.grid.cell)))
                self._kept = slot, scene(sector, self.watch.deployment, time, weather, setup)
            return replace(self._kept[1], time=time), lost, places

    def searched(self) -> np.ndarray:
        """P(a tunnel through each km was found) by the surveys of the tunnel cases."""
        with self.watch.store.read() as database:
            return tunnel_cases.searched(database, math.ceil(self.watch.sector.border.length / 1000.0))


def _aligned(own: float) -> float:
    """The multiple of the terrain's cell nearest to 90 m."""
    return own * max(round(_CELL / own), 1)


@router.get("/closure", tags=["place"])
def read_closure(user: Viewer, request: Request) -> dict[str, Any]:
    """P(interdict) per km of every way of crossing, as things stand, and the worst ways on foot towards home.

    The first answer of an hour takes some seconds, the others under one.
    """
    closure: LiveClosure = request.app.state.closure
    return closure.now()
