"""The workshop of a plan: scenes with everything that could be bought, families of ways, and the true value of a choice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from limes.closure.ground import usual_cell
from limes.closure.scene import Scene, Setup, closure, scene
from limes.closure.worst import Direction, Outcome
from limes.planning.board import Board, Limits, Ready, ready, set_up
from limes.planning.candidates import BARRIERS, Candidate
from limes.planning.family import Case, Family, Owners, empty, extend, levels, owners
from limes.planning.request import Request, crew_allowed
from limes.sector import Asset, Deployment, Sector
from limes.sector.costs import cost
from limes.sensing.conditions import conditions

Key = tuple[str, str, Direction, int]
"""Weather, way of crossing, direction, and 1 with the aerostats down."""


@dataclass(frozen=True)
class Workshop:
    """Everything a search needs: one scene per weather with all candidates, owners, families, limits, who is aloft."""

    sector: Sector
    request: Request
    offered: tuple[Candidate, ...]
    scenes: dict[str, Scene]
    own: Owners
    families: dict[tuple[str, str, Direction], Family]
    limits: Limits
    aloft: frozenset[str]


def planning_cell(sector: Sector) -> float:
    """Cells twice as large as closure's usual ones, in whole multiples of the terrain's."""
    return 2.0 * usual_cell(sector)


def workshop(
    sector: Sector, request: Request, offered: tuple[Candidate, ...], time: float, setup: Setup, say: Callable[[str], None]
) -> Workshop:
    """Compute what every candidate can do, in every weather."""
    bought = tuple(asset for one in offered for asset in one.assets)
    whole = Deployment("everything", "", "", (*request.kept, *bought))
    scenes: dict[str, Scene] = {}
    for words in request.weathers:
        say(f"Computing what {len(offered)} candidates can do ({words}) ...")
        scenes[words] = scene(sector, whole, time, conditions(sector.weather.at(time), words), setup, request.modes)
    first = scenes[request.weathers[0]]
    own = owners(first, offered, first.hazards[request.modes[0]])
    kinds = tuple(kind for kind in BARRIERS if any(one.barrier == kind for one in offered))
    families = {}
    for words, about in scenes.items():
        for mode in request.modes:
            for direction in request.directions:
                if mode == "drone" and direction == "out":
                    continue
                ground_kinds = () if about.modes[mode].flies else kinds
                known = levels(about, mode, direction, request.kept, ground_kinds)
                case = Case(f"{mode} {direction}", about, about.modes[mode], direction, words, known)
                families[words, mode, direction] = empty(case, own)
    aloft = frozenset(a.id for a in whole.assets if a.family == "aerostat")
    return Workshop(sector, request, offered, scenes, own, families, limits(sector, request, offered), aloft)


def limits(sector: Sector, request: Request, offered: tuple[Candidate, ...]) -> Limits:
    """Capital, yearly cost, people on duty, and counts of kinds, less what is kept."""
    bill = cost(Deployment("kept", "", "", request.kept), sector.catalogue)
    names = ["capital", "yearly", "crew", *sorted(request.most)]
    most = [request.capital, request.yearly - bill.running.value, crew_allowed(request, sector) - bill.crew.value]
    use = [[one.capital, one.yearly, one.crew] for one in offered]
    for kind in sorted(request.most):
        most.append(request.most[kind])
        for row, one in zip(use, offered, strict=True):
            row.append(sum(a.length / 1000.0 if a.length else 1.0 for a in one.assets if a.kind == kind))
    return Limits(tuple(names), np.array(most, float), np.array(use, float).reshape(len(offered), len(names)))


def laid_out(shop: Workshop) -> tuple[Ready, ...]:
    """All families that hold ways, made ready for boards."""
    return tuple(ready(family, shop.own, shop.offered) for family in shop.families.values() if family.size)


def board(shop: Workshop, families: tuple[Ready, ...], chosen: np.ndarray | None = None) -> Board:
    """A board over families made ready, empty or with a choice on it."""
    none = np.zeros(len(shop.offered), bool)
    p_act = next(iter(shop.scenes.values())).response.p_act
    return set_up(shop.offered, shop.own, shop.limits, families, none if chosen is None else chosen, p_act)


def lost_of(shop: Workshop, chosen: np.ndarray, down: bool) -> frozenset[str]:
    """Ids that are not there: what was not chosen, and the aerostats when they are down."""
    gone = {a.id for one, has in zip(shop.offered, chosen, strict=True) if not has for a in one.assets}
    return frozenset(gone | shop.aloft) if down else frozenset(gone)


def true_values(shop: Workshop, chosen: np.ndarray) -> dict[Key, Outcome]:
    """The worst ways of a choice in every case, found by a whole search; with aerostats up, and down where it has any."""
    here = {a.id for one, has in zip(shop.offered, chosen, strict=True) if has for a in one.assets}
    here |= {a.id for a in shop.request.kept}
    states = (0, 1) if here & shop.aloft else (0,)
    asked = [(*key, state) for key in shop.families for state in states]

    def one(key: Key) -> Outcome:
        words, mode, direction, state = key
        return closure(shop.scenes[words], mode, direction, lost_of(shop, chosen, bool(state)))

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(asked, pool.map(one, asked), strict=True))


def learn(shop: Workshop, found: dict[Key, Outcome]) -> int:
    """Add the worst ways of a choice to the families; how many were new."""
    return sum(extend(shop.families[key[0], key[1], key[2]], outcome, shop.own) for key, outcome in found.items())


def least(found: dict[Key, Outcome]) -> float:
    """The least P(interdict) of all cases and km."""
    return min(float(np.nanmin(outcome.p)) for outcome in found.values() if np.isfinite(outcome.p).any())


def mean(found: dict[Key, Outcome]) -> float:
    """Mean over cases and km of the worst way through each."""
    return float(np.mean([np.nanmean(outcome.p) for outcome in found.values() if np.isfinite(outcome.p).any()]))


def assets_of(shop: Workshop, chosen: np.ndarray) -> tuple[Asset, ...]:
    """Assets of a choice, what is kept first."""
    return (*shop.request.kept, *(a for one, has in zip(shop.offered, chosen, strict=True) if has for a in one.assets))
