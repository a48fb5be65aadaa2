"""A plan for a sector: what to put where under a budget, its worst ways, and a bound on what any plan could reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import numpy as np

from limes.closure.scene import Setup, closure, scene
from limes.closure.ways import Way, distinct, way
from limes.closure.worst import Outcome
from limes.errors import UsageError
from limes.planning.board import Ready, by_km, standing
from limes.planning.bound import Bound, bound
from limes.planning.candidates import Candidate, candidates
from limes.planning.harm import Moved, danger, false_reports, moved
from limes.planning.join import joined
from limes.planning.request import Request, checked
from limes.planning.search import best_choice, complete, improved
from limes.planning.work import (
    Key,
    Workshop,
    assets_of,
    board,
    laid_out,
    learn,
    least,
    lost_of,
    mean,
    planning_cell,
    true_values,
    workshop,
)  # fmt: skip
from limes.sector import Deployment, Sector
from limes.sector.costs import Cost, cost
from limes.seeds import generator
from limes.sensing.conditions import conditions

CLOSE = 0.005
"""Rounds of new worst ways end when model and search agree on the least P(interdict) to this."""


LEAST = 3.0
"""How many times the least P(interdict) counts beside the mean when choices are compared."""


@dataclass(frozen=True)
class Point:
    """One budget of a sweep: its share of the full one, the money spent, what the plan for it reaches, what none exceeds."""

    share: float
    capital: float
    yearly: float
    least: float
    mean: float
    bound: float


@dataclass(frozen=True)
class Plan:
    """A plan.

    `deployment` what stands then; `bought` the purchases and `losses` what the least and the mean lose, over the ways known,
    without each; `before` and `after` the worst ways of what is kept and of the plan by case; `bound` on the least
    P(interdict) of any affordable choice of the `offered` purchases. `weak` the worst ways told; `moved` crossers on foot
    before and after; `false_reports` an hour before and after; `bill` of all that stands; `sweep` what other budgets reach;
    `first_seconds` until the first plan, `rounds` of new ways.
    """

    request: Request
    sector: Sector
    time: float
    setup: Setup
    deployment: Deployment
    offered: int
    bought: tuple[Candidate, ...]
    losses: tuple[tuple[float, float], ...]
    before: dict[Key, Outcome]
    after: dict[Key, Outcome]
    bound: Bound
    weak: tuple[Way, ...]
    moved: tuple[Moved, Moved] | None
    false_reports: tuple[float, float]
    bill: Cost
    sweep: tuple[Point, ...]
    first_seconds: float
    rounds: int

    @property
    def least(self) -> float:
        """The least P(interdict) of the plan over all cases and km."""
        return least(self.after)

    @property
    def mean(self) -> float:
        """Mean over cases and km of the worst way through each."""
        return mean(self.after)

    @property
    def gap(self) -> float:
        """How much more than this any plan could reach, at most, in points of P(interdict)."""
        return max(self.bound.p - self.least, 0.0)


@dataclass(frozen=True)
class Effort:
    """How long to search: rounds of new ways, tries and exchanges in each, budgets of the sweep, seconds for the bound."""

    rounds: int = 6
    tries: int = 4
    exchanges: int = 12
    sweep: tuple[float, ...] = (0.25, 0.5, 0.75)
    bound_seconds: float = 90.0


def plan(
    sector: Sector,
    request: Request,
    time: float,
    setup: Setup | None = None,
    effort: Effort | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Plan:
    """Make a plan; UsageError, in one line with its cure, for a request that cannot be met.

    `time` UTC epoch seconds of the moment planned for; `setup` None takes cells twice as large as closure's usual ones.
    """
    begun, effort = perf_counter(), effort or Effort()
    setup = Setup(planning_cell(sector)) if setup is None else setup
    offered = candidates(sector, checked(request, sector), say)
    _answerable(request, offered)
    shop = workshop(sector, request, offered, time, setup, say)
    before = true_values(shop, np.zeros(len(offered), bool))
    _crossable(before)
    learn(shop, before)
    penalty = penalties(shop)
    chosen, after, first, rounds = _searched(shop, effort, penalty, begun, say)
    say("Bounding every plan ...")
    top = bound(shop, effort.bound_seconds)
    points = tuple(_point(shop, effort, penalty, share, say) for share in effort.sweep)
    return _told(shop, chosen, before, after, top, points, first, rounds)


def _answerable(request: Request, offered: tuple[Candidate, ...]) -> None:
    if not offered:
        raise UsageError("nothing may be built anywhere; allow some ground or some kinds")
    units = [one for one in offered if any(asset.family == "patrol" for asset in one.assets)]
    if not units and not any(asset.family == "patrol" for asset in request.kept):
        raise UsageError("no patrol is kept and no post may be built: nobody could answer; allow post-border or --keep one")
    cheapest = min((one.capital for one in offered), default=0.0)
    if cheapest > request.capital:
        raise UsageError(f"nothing is to be had for {request.capital:,.0f} USD: the cheapest purchase costs {cheapest:,.0f}")


def _crossable(found: dict[Key, Outcome]) -> None:
    if not any(np.isfinite(outcome.p).any() for outcome in found.values()):
        raise UsageError("no way leads through this ground for any --mode: it is void or cut off; see limes sector check")


def penalties(shop: Workshop) -> np.ndarray:
    """Points of P(interdict) that the false reports of each candidate cost, (candidates,)."""
    about = next(iter(shop.scenes.values()))
    rate = np.zeros(len(shop.offered) + 2)
    for sensor, owner in zip(about.sensors, _owner_of(shop), strict=True):
        rate[owner] += false_reports(about, (sensor,))
    weight = shop.request.false_alarm or 0.0
    return weight * rate[: len(shop.offered)]


def _owner_of(shop: Workshop) -> list[int]:
    who = {asset.id: i for i, one in enumerate(shop.offered) for asset in one.assets}
    about = next(iter(shop.scenes.values()))
    return [who.get(sensor.asset, len(shop.offered)) for sensor in about.sensors]


def _searched(
    shop: Workshop, effort: Effort, penalty: np.ndarray, begun: float, say: Callable[[str], None]
) -> tuple[np.ndarray, dict[Key, Outcome], float, int]:
    """Choose on the ways known, search the worst ways of that choice, learn them, again; the truly best choice is kept."""
    p_act = next(iter(shop.scenes.values())).response.p_act
    rng = generator(shop.request.seed, "plan")
    best = np.zeros(len(shop.offered), bool)
    found, first, near, rounds = true_values(shop, best), 0.0, None, 0
    top = _score(shop, best, found, penalty)
    for rounds in range(1, effort.rounds + 1):
        families = laid_out(shop)
        chosen, model = best_choice(partial(board, shop, families), penalty, p_act, effort.tries, near)
        if rounds > 1:
            start = best if _model_least(shop, families, best) > model else chosen
            chosen = improved(partial(board, shop, families), start, penalty, rng, effort.exchanges)
        model = _model_least(shop, families, chosen)
        truth = true_values(shop, chosen)
        new, score = learn(shop, truth), _score(shop, chosen, truth, penalty)
        first = first or perf_counter() - begun
        near = max(least(truth), near or 0.0)
        say(f"Round {rounds}: least P(interdict) {least(truth):.3f}, mean {mean(truth):.3f}, {new} new ways ...")
        if score > top:
            best, found, top = chosen, truth, score
        if new == 0 or (rounds > 2 and abs(model - least(truth)) < CLOSE):
            break
    return best, found, first, rounds


def _model_least(shop: Workshop, families: tuple[Ready, ...], chosen: np.ndarray) -> float:
    here = board(shop, families, chosen)
    return float(by_km(here, standing(here), 0).min())


def _score(shop: Workshop, chosen: np.ndarray, found: dict[Key, Outcome], penalty: np.ndarray) -> float:
    """What a choice is worth: the least P(interdict), three times, and the mean, less what it costs others by the weights."""
    others = float(penalty[chosen].sum()) + (shop.request.harm or 0.0) * _harm(shop, found)
    return LEAST * least(found) + mean(found) - others


def _harm(shop: Workshop, found: dict[Key, Outcome]) -> float:
    feet = [outcome for key, outcome in found.items() if key[1] == "foot"]
    if not feet or not shop.request.harm:
        return 0.0
    about = danger(shop.sector, feet[0].task.ground)
    return max(moved(outcome, about).any for outcome in feet)


def _point(shop: Workshop, effort: Effort, penalty: np.ndarray, share: float, say: Callable[[str], None]) -> Point:
    """The best plan found for a share of the budget, on the ways known and then searched."""
    say(f"Planning for {share:.0%} of the budget ...")
    most = shop.limits.most.copy()
    most[:3] = most[:3] * share
    small = replace(shop, limits=replace(shop.limits, most=most))
    p_act = next(iter(shop.scenes.values())).response.p_act
    families = laid_out(small)
    chosen, _ = best_choice(lambda: board(small, families), penalty, p_act, effort.tries)
    found = true_values(small, chosen)
    used = small.limits.use[chosen].sum(axis=0)
    top = bound(small, effort.bound_seconds / 6.0)
    return Point(share, float(used[0]), float(used[1]), least(found), mean(found), top.p)


def _told(
    shop: Workshop, chosen: np.ndarray, before: dict[Key, Outcome], after: dict[Key, Outcome], top: Bound,
    points: tuple[Point, ...], first: float, rounds: int,
) -> Plan:  # fmt: skip
    """Put everything together; the deployment is searched again by itself, as closure will find it."""
    sector, request = shop.sector, shop.request
    deployment = joined(sector, Deployment("plan", "Plan", _note(request), assets_of(shop, chosen)))
    about = next(iter(shop.scenes.values()))
    alone = scene(sector, deployment, about.time, about.weather, about.setup, request.modes)
    worst = min(after.items(), key=lambda item: float(np.nanmin(item[1].p)))
    lost = lost_of(shop, chosen, bool(worst[0][3]))
    told = tuple(way(shop.scenes[worst[0][0]], worst[1], km, lost) for km in distinct(worst[1]))
    bill = cost(deployment, sector.catalogue)
    used = shop.limits.use[chosen].sum(axis=0)
    points = (*points, Point(1.0, float(used[0]), float(used[1]), least(after), mean(after), top.p))
    kept_ids = {a.id for a in request.kept}
    reports = (
        false_reports(about, tuple(s for s in about.sensors if s.asset in kept_ids)), false_reports(alone, alone.sensors),
    )  # fmt: skip
    bought = tuple(one for one, has in zip(shop.offered, chosen, strict=True) if has)
    return Plan(
        request=request, sector=sector, time=about.time, setup=about.setup, deployment=deployment, offered=len(shop.offered),
        bought=bought, losses=losses(shop, chosen), before=before, after=after, bound=top, weak=told,
        moved=_moves(shop, before, after), false_reports=reports, bill=bill, sweep=points, first_seconds=first, rounds=rounds,
    )  # fmt: skip


def losses(shop: Workshop, chosen: np.ndarray) -> tuple[tuple[float, float], ...]:
    """What the least and the mean P(interdict) over the ways known lose without each purchase (and those that need it)."""
    families = laid_out(shop)

    def figures(some: np.ndarray) -> tuple[float, float]:
        here = board(shop, families, some)
        p = by_km(here, standing(here), 0)
        return float(p.min()), float(p.mean())

    whole, found = figures(chosen), []
    for i in np.flatnonzero(chosen):
        less = chosen.copy()
        less[i] = False
        part = figures(complete(shop.offered, less))
        found.append((whole[0] - part[0], whole[1] - part[1]))
    return tuple(found)


def _note(request: Request) -> str:
    ways = ", ".join(f"{mode} {direction}" for mode in request.modes for direction in request.directions)
    return f"Made by limes plan for {ways}; {', '.join(request.weathers)}; seed {request.seed}."


def _moves(shop: Workshop, before: dict[Key, Outcome], after: dict[Key, Outcome]) -> tuple[Moved, Moved] | None:
    """Where crossers on foot go before and after, in the first weather, towards home, aerostats up."""
    key: Key = (shop.request.weathers[0], "foot", shop.request.directions[0], 0)
    if key not in after:
        return None
    about = danger(shop.sector, after[key].task.ground)
    return moved(before[key], about), moved(after[key], about)


def evaluated(sector: Sector, deployment: Deployment, request: Request, time: float, cell: float) -> dict[Key, Outcome]:
    """The worst ways of any deployment in a request's cases, on cells of a size: for comparing plans side by side."""
    found: dict[Key, Outcome] = {}
    down = frozenset(asset.id for asset in deployment.family("aerostat"))
    for words in request.weathers:
        about = scene(sector, deployment, time, conditions(sector.weather.at(time), words), Setup(cell), request.modes)
        for mode in request.modes:
            for direction in request.directions:
                if mode == "drone" and direction == "out":
                    continue
                for state in (0, 1) if down else (0,):
                    found[words, mode, direction, state] = closure(about, mode, direction, down if state else frozenset())
    return found
