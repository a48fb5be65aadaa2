"""What closure hangs on: every stated assumption at its low and its high value, the others as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from limes.closure.hazard import Hazards
from limes.closure.scene import Scene
from limes.closure.sensitivity import Swing, tornado
from limes.closure.worst import Direction, outcome, task

RANGES: Mapping[str, tuple[float, float]] = {
    "time to assess, s": (60.0, 300.0),
    "detections answered": (0.6, 0.98),
    "crews available, factor": (0.57, 1.2),
    "crosser's speed, factor": (0.65, 1.4),
    "sensors' rates, factor": (0.5, 2.0),
    "barriers' delay, factor": (0.5, 3.0),
}
"""Low and high of what is varied. Crews: 0.43 (GAO-18-50) to 0.9 of their time against 0.75; the rest is assumed."""


def swings(about: Scene, mode: str, direction: Direction) -> tuple[float, tuple[Swing, ...]]:
    """Mean P(interdict) over the km as it is, and what each assumption does to it, the widest first."""
    setup = about.setup
    base = dict.fromkeys(RANGES, 1.0) | {"time to assess, s": setup.assess, "detections answered": setup.p_act}
    return tornado(lambda x: _mean(about, mode, direction, x), base, RANGES)


def _mean(about: Scene, mode: str, direction: Direction, x: Mapping[str, float]) -> float:
    crews = x["crews available, factor"]
    units = tuple(replace(unit, free=min(unit.free * crews, 1.0)) for unit in about.response.units)
    late = about.response.slower(x["time to assess, s"] - about.setup.assess)
    reply = replace(late, units=units, p_act=x["detections answered"])
    work = about.tasks[mode]
    if x["crosser's speed, factor"] != 1.0 or x["barriers' delay, factor"] != 1.0:
        quicker = replace(work.mode, speed=work.mode.speed * x["crosser's speed, factor"])
        work = task(work.ground, quicker, work.delay * x["barriers' delay, factor"])
    found = _scaled(about.hazards[mode], x["sensors' rates, factor"])
    return outcome(work, found, np.ones(len(found.ids), bool), reply, direction).mean


def _scaled(found: Hazards, factor: float) -> Hazards:
    if factor == 1.0:
        return found
    rate, near, fence = (tuple(part * factor for part in parts) for parts in (found.rate, found.near_rate, found.fence))
    return replace(found, rate=rate, near_rate=near, fence=fence)
