"""A whole study of closure: every way of crossing both directions, the worst ways told, and what the answer hangs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from limes.closure.checkpoint import Checked, checkpoints
from limes.closure.contribution import Share, parts, shares
from limes.closure.ground import usual_cell
from limes.closure.losses import Draws, Loss, losses, ordinary_failures
from limes.closure.repair import Repair, cheapest, repairs
from limes.closure.scene import DIRECTIONS, Scene, Setup, closures, scene
from limes.closure.sensitivity import Swing
from limes.closure.swings import swings
from limes.closure.tunnel import tunnels
from limes.closure.ways import Way, distinct, p_detects, way
from limes.closure.worst import Direction, Outcome
from limes.sector import Deployment, Sector
from limes.sector.costs import Cost, cost
from limes.sector.weather import Weather

Outcomes = Mapping[tuple[str, Direction], Outcome]


@dataclass(frozen=True)
class Deeper:
    """What takes longer: contributions, losses, ordinary failures and swings, on cells of `cell` metres, twice as large.

    `mean` and `worst` are P(interdict) on them: what halving the cell changes is the error of the discretisation.
    """

    cell: float
    mean: float
    worst: float
    shares: tuple[Share, ...]
    losses: tuple[Loss, ...]
    draws: Draws
    base: float
    swings: tuple[Swing, ...]


@dataclass(frozen=True)
class Study:
    """Closure of a deployment, for `mode` and `direction` in depth.

    `outcomes` with all in order but what is `lost`; `grounded` the same without aerostats (empty when there are none).
    `tunnels` (km,) P(interdict), with and without aerostats. `ways` the worst distinct ways with the cheapest `repairs` (None:
    not asked, or none helps); `others` the worst way of every other mode and direction. `p_detect` (km,) along the worst ways.
    `crews` units deployed, and available at a moment.
    """

    scene: Scene
    mode: str
    direction: Direction
    lost: frozenset[str]
    outcomes: Outcomes
    grounded: Outcomes
    tunnels: tuple[np.ndarray, np.ndarray | None]
    checkpoints: tuple[Checked, ...]
    ways: tuple[Way, ...]
    repairs: tuple[Repair | None, ...]
    others: tuple[Way, ...]
    p_detect: np.ndarray
    crews: tuple[int, float]
    cost: Cost
    deeper: Deeper | None


def study(
    sector: Sector,
    deployment: Deployment,
    time: float,
    weather: Weather,
    setup: Setup | None = None,
    mode: str = "foot",
    direction: Direction = "in",
    lost: frozenset[str] = frozenset(),
    mend: bool = True,
    orders: int | None = 4,
    say: Callable[[str], None] | None = None,
) -> Study:
    """Compute a study; `setup` None takes the usual cell. `mend` asks for repairs; `orders` pairs of Shapley's orders.

    `orders` None leaves out all that `Deeper` holds. `say` is told what is being done.
    """
    tell = say or (lambda text: None)
    setup = Setup(cell=usual_cell(sector)) if setup is None else setup
    tell("Computing what each sensor and patrol can do ...")
    about = scene(sector, deployment, time, weather, setup)
    tell("Searching the worst ways ...")
    found = closures(about, lost)
    aerostats = frozenset(asset.id for asset in deployment.family("aerostat")) - lost
    grounded = closures(about, lost | aerostats) if aerostats else {}
    under = tunnels(about, found["foot", "in"], lost)
    under_blind = tunnels(about, grounded["foot", "in"], lost | aerostats) if grounded else None
    main = found[mode, direction]
    told = tuple(way(about, main, km, lost) for km in distinct(main))
    tell("Trying repairs ...")
    mended = tuple(cheapest(repairs(about, weak)) if mend and weak.p < 0.9 * setup.p_act else None for weak in told)
    deep = None if orders is None else _deeper(about, mode, direction, orders, tell)
    units = about.response.without(lost).units
    return Study(
        scene=about, mode=mode, direction=direction, lost=lost, outcomes=found, grounded=grounded, tunnels=(under, under_blind),
        checkpoints=checkpoints(sector, deployment, lost=lost), ways=told, repairs=mended,
        others=_others(about, found, mode, direction, lost), p_detect=p_detects(main),
        crews=(len(units), sum(unit.free for unit in units)), cost=cost(deployment, sector.catalogue), deeper=deep,
    )  # fmt: skip


def _others(about: Scene, found: Outcomes, mode: str, direction: Direction, lost: frozenset[str]) -> tuple[Way, ...]:
    """The worst way of each other mode and direction."""
    chosen = [(m, d) for m in about.modes for d in DIRECTIONS if (m, d) != (mode, direction)]
    return tuple(way(about, found[key], km, lost) for key in chosen for km in distinct(found[key], 1))


def _deeper(about: Scene, mode: str, direction: Direction, orders: int, tell: Callable[[str], None]) -> Deeper:
    setup = replace(about.setup, cell=2.0 * about.setup.cell)
    coarse = scene(about.sector, about.deployment, about.time, about.weather, setup, only=mode)
    tell("Taking parts away ...")
    lines = losses(coarse, mode, direction)
    draws = ordinary_failures(coarse, mode, direction)
    base, rows = swings(coarse, mode, direction)
    tell("Sharing out what each part contributes ...")
    given = shares(coarse, mode, direction, parts(about.deployment), orders)
    whole = closures(coarse)[mode, direction]
    return Deeper(setup.cell, whole.mean, whole.worst, given, lines, draws, base, rows)
