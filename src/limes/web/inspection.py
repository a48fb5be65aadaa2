"""Routes of random inspection: the plan of a crossing point, and what the next vehicle is tested with."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, Field

from limes.closure.checkpoint import FLOW, WAIT, plan_at, plan_facts, tools_at
from limes.closure.inspection import Plan, blind_plan
from limes.closure.traffic import Direction, Traffic, load_traffic
from limes.watch import audit
from limes.watch.service import Watch
from limes.web.sessions import Operator, Viewer, watch_of

router = APIRouter(prefix="/api", tags=["checkpoint"])


class Vehicle(BaseModel):
    """What drives up: where, which way, and with what goods. Nothing about who drives it."""

    crossing: str = Field(max_length=64)
    direction: Literal["in", "out"]
    goods: str = Field(max_length=64)


class Plans:
    """The plan of each crossing point and direction, made when first asked for; `traffic.toml` of the data folder counts."""

    def __init__(self, watch: Watch) -> None:
        """Read the traffic when it is first needed."""
        self.watch = watch
        self._lock = threading.Lock()
        self._traffic: Traffic | None = None
        self._plans: dict[tuple[str, str], Plan] = {}

    def plan(self, crossing: str, direction: Direction) -> tuple[Plan, Traffic]:
        """The plan with the traffic that it is for; 404 where there is no such crossing point."""
        if crossing not in self.watch.pipeline.points:
            raise HTTPException(404, "no such crossing point")
        with self._lock:
            if self._traffic is None:
                own = self.watch.settings.data / "traffic.toml"
                self._traffic = load_traffic(own) if own.is_file() else load_traffic()
            key = (crossing, direction)
            if key not in self._plans:
                tools = tools_at(self.watch.sector, self.watch.deployment, crossing, self._traffic)
                self._plans[key] = plan_at(tools, self._traffic, direction)
            return self._plans[key], self._traffic


def _plans(request: Request) -> Plans:
    found: Plans = request.app.state.plans
    return found


@router.get("/inspection")
def read_plan(
    user: Viewer,
    request: Request,
    crossing: Annotated[str, Query(max_length=64)],
    direction: Direction = "in",
) -> dict[str, Any]:
    """Rates by goods and tool, waits, the smuggler's best reply and the P(found) that is guaranteed, at 30 vehicles an hour."""
    plan, traffic = _plans(request).plan(crossing, direction)
    blind = blind_plan(FLOW * traffic.share, plan.tools, traffic.reach, traffic.effort, WAIT)
    return {"goods": list(traffic.goods), "flow_per_h": FLOW, **plan_facts(plan, blind, traffic)}


@router.post("/inspection")
def next_vehicle(vehicle: Vehicle, user: Operator, request: Request) -> dict[str, Any]:
    """Draw what the next vehicle is tested with; each draw is in the audit before it is told, so none is repeated unseen."""
    plan, traffic = _plans(request).plan(vehicle.crossing, vehicle.direction)
    if vehicle.goods not in traffic.goods:
        raise HTTPException(400, f"goods must be one of {', '.join(traffic.goods)}")
    row = plan.mix[traffic.goods.index(vehicle.goods)]
    mode = secrets.SystemRandom().choices(range(len(plan.modes)), weights=row.tolist())[0]
    tools = [plan.tools[i].name for i in plan.modes[mode]]
    detail = {"direction": vehicle.direction, "goods": vehicle.goods, "tools": tools, "chance": round(float(row[mode]), 4)}
    with watch_of(request).store.begin() as database:
        audit.record(database, time.time(), user.name, "inspection drawn", vehicle.crossing, detail)
    return {"crossing": vehicle.crossing, **detail}
