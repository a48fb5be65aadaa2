"""What a planner asks for: budgets, people, counts, ways of crossing, weather, weights, what is kept, no-build areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from limes.closure.worst import Direction
from limes.errors import InputError, UsageError
from limes.sector import Asset, Deployment, Sector
from limes.sector.costs import HOURS_PER_WEEK, cost

MODES = ("foot", "vehicle", "drone")
"""Ways of crossing that a plan can be made against."""


@dataclass(frozen=True)
class Request:
    """A planner's question.

    `capital` USD for what is built new; `yearly` USD a year for all that runs, what is kept included; `roll` people employed in
    all. `most` pieces (or km) of a kind that may be bought. A plan counts against `modes` in `directions`, in every
    one of `weathers`, with aerostats up and down. `false_alarm` points of P(interdict) that one false report an hour
    costs, `harm` points that it costs when everybody is moved over dangerous ground: both must be stated, 0 is an answer.
    `forbidden` polygons (n, 2) in plane metres where nothing is built.
    """

    capital: float
    yearly: float = np.inf
    roll: float = np.inf
    most: Mapping[str, float] = field(default_factory=dict)
    modes: tuple[str, ...] = ("foot", "vehicle")
    directions: tuple[Direction, ...] = ("in", "out")
    weathers: tuple[str, ...] = ("clear",)
    false_alarm: float | None = None
    harm: float | None = None
    kept: tuple[Asset, ...] = ()
    forbidden: tuple[np.ndarray, ...] = ()
    seed: int = 1


def checked(request: Request, sector: Sector) -> Request:
    """The request itself; UsageError or InputError, in one line with its cure, when it cannot be answered."""
    for name, value in (("false-alarm-weight", request.false_alarm), ("harm-weight", request.harm)):
        if value is None or not 0.0 <= value < np.inf:
            raise UsageError(f"--{name} must be stated, 0 or more: how many points of P(interdict) it is worth to you")
    if not request.capital > 0.0:
        raise UsageError(f"a budget of {request.capital:g} USD buys nothing; give a positive --budget")
    strange = sorted(set(request.modes) - set(MODES)) or ([] if request.modes else ["none"])
    if strange:
        raise UsageError(f"--mode {strange[0]} is not known; use some of {', '.join(MODES)}")
    if set(request.modes) == {"drone"} and "in" not in request.directions:
        raise UsageError("nothing on the ground meets a drone that leaves; add --mode foot or --direction in")
    unknown = sorted(set(request.most) - set(sector.catalogue.kinds))
    if unknown:
        raise UsageError(f"--most {unknown[0]} is not in the catalogue; see limes catalogue list")
    _kept_fits(request, sector)
    return request


def _kept_fits(request: Request, sector: Sector) -> None:
    """What is kept must itself keep to the yearly budget, the roll and the counts."""
    if not request.kept:
        return
    bill = cost(Deployment("kept", "", "", request.kept), sector.catalogue)
    for name, has, may in (("--yearly", bill.running.value, request.yearly), ("--roll", bill.roll.value, request.roll)):
        if has > may * (1.0 + 1e-9):
            raise UsageError(f"what is kept already needs {has:,.0f} and {name} allows {may:,.0f}; raise it or keep less")


def crew_allowed(request: Request, sector: Sector) -> float:
    """People on duty at any hour that the roll can man: leave, training and sickness are taken off (GAO-18-50)."""
    staffing = sector.catalogue.staffing
    return request.roll * staffing["weekly_hours"].value * staffing["available_share"].value / HOURS_PER_WEEK


def as_much_as(request: Request, other: Deployment, sector: Sector) -> tuple[float, float, float]:
    """Capital, yearly cost and roll of a deployment, for a plan that may cost as much."""
    bill = cost(other, sector.catalogue)
    return bill.capital.value, bill.running.value, bill.roll.value


def allowed(request: Request, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether building is allowed at places (n,), bool."""
    import shapely

    found = np.ones(np.shape(x), bool)
    for ring in request.forbidden:
        if len(ring) < 3:
            raise InputError("no-build", "geometry", "is no polygon", "give a Polygon of three or more corners")
        found &= ~shapely.contains_xy(shapely.Polygon(ring), x, y)
    return found
