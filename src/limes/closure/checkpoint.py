"""Concealment in the legal flow: whether what is hidden in a vehicle is found at a crossing point.

Vehicles are chosen at random with chances that fit a smuggler who knows them (`limes.closure.inspection`), inward and outward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.closure.inspection import Plan, Tool, blind_plan, plan_inspection
from limes.closure.traffic import Direction, Traffic, load_traffic
from limes.sector import Deployment, Sector

FLOW = 30.0
"""Vehicles an hour through a crossing point in one direction (assumed; 5 to 120)."""

WAIT = 20.0
"""Minutes that a vehicle may wait for a test on average (assumed; 5 to 60)."""

SEARCH_TEAM = 2.0
"""Officers who search one vehicle by hand (assumed)."""

SEARCHES_PER_H = 3.0
"""Vehicles an hour that a team searches (assumed; 1 to 6)."""

SEARCHERS = 0.5
"""Share of a crossing point's crew that is free to search (assumed; 0.2 to 0.7)."""

_CHEMICAL = ("raman", "ftir", "nir")


@dataclass(frozen=True)
class Hidden:
    """One kind of contraband in one direction: P(found) that the plan guarantees, and the class that its smuggler takes.

    `blind` is P(found) when the same tools test everything alike.
    """

    contraband: str
    direction: Direction
    p_found: float
    reply: str
    blind: float


@dataclass(frozen=True)
class Checked:
    """One crossing point with what is found of each kind hidden there, and the chemical tests an hour.

    `p_chemical`, `p_radioactive` are the least P(found) of such material over both directions, 0 where nothing looks for it.
    """

    id: str
    name: str
    chainage: float
    p_chemical: float
    p_radioactive: float
    tests_per_h: float
    hidden: tuple[Hidden, ...]


def checkpoints(
    sector: Sector,
    deployment: Deployment,
    flow: float = FLOW,
    lost: frozenset[str] = frozenset(),
    traffic: Traffic | None = None,
) -> tuple[Checked, ...]:
    """Every crossing point with its tools, each direction with `flow` vehicles an hour and half of the tools' time."""
    about = traffic or load_traffic()
    found, known = [], dict[tuple[tuple[str, int, float], ...], tuple[Hidden, ...]]()
    for point in sector.crossings:
        tools = tools_at(sector, deployment, point.id, about, lost)
        key = tuple((one.name, one.servers, one.tests_per_h) for one in tools)  # points alike are solved once
        known[key] = hidden = known.get(key) or _hidden(tools, about, flow)
        chainage = float(sector.border.locate(point.x, point.y)[0])
        least = {by: _least(hidden, about, by) for by in ("chemical", "radioactive")}
        chemical = sum(one.servers * one.tests_per_h for one in tools if one.name in _CHEMICAL)
        found.append(Checked(point.id, point.name, chainage, least["chemical"], least["radioactive"], chemical, hidden))
    return tuple(found)


def tools_at(
    sector: Sector, deployment: Deployment, crossing: str, traffic: Traffic, lost: frozenset[str] = frozenset()
) -> tuple[Tool, ...]:
    """The instruments of a crossing point by method, and the teams of its crew that search by hand."""
    assets = [one for one in deployment.assets if one.properties.get("crossing") == crossing and one.id not in lost]
    found: dict[str, Tool] = {}
    for asset in (one for one in assets if one.family == "checkpoint"):
        kind = sector.catalogue.kinds[asset.kind]
        method, more = str(kind.traits["method"]), 0 if asset.kind not in found else found[asset.kind].servers
        finds = "chemical" if method in _CHEMICAL else "radioactive"
        p = np.array([kind.number("p_detect") if by == finds else 0.0 for by in traffic.by])
        false = kind.number("p_false_alarm")
        found[asset.kind] = Tool(method, more + 1, kind.number("tests_per_h"), kind.availability.value, p, false)
    crew = sum(float(one.crew or 0.0) for one in assets if one.family == "gate")
    teams = int(SEARCHERS * crew / SEARCH_TEAM)
    search = (Tool("search", teams, SEARCHES_PER_H, 1.0, traffic.search),) if teams else ()
    return (*found.values(), *search)


def plan_at(
    tools: tuple[Tool, ...], traffic: Traffic, direction: Direction, flow: float = FLOW, wait: float = WAIT, share: float = 0.5
) -> Plan:
    """The inspection plan of one direction, which has `share` of the tools' time; weight is frequency times harm."""
    weight = traffic.weight[direction] * traffic.harm
    mine = [Tool(one.name, one.servers, share * one.tests_per_h, one.availability, one.p, one.p_false) for one in tools]
    return plan_inspection(flow * traffic.share, mine, traffic.reach, traffic.effort, weight, wait)


def plan_facts(plan: Plan, blind: Plan, traffic: Traffic) -> dict[str, Any]:
    """A plan in words and figures, ready for JSON; `blind` is what testing all alike would find."""
    tools = [
        {"tool": tool.name, "servers": tool.servers, "wait_min": round(float(wait), 2), "utilisation": round(float(load), 4)}
        for tool, wait, load in zip(plan.tools, plan.wait_min, plan.load, strict=True)
    ]
    rates = {
        goods: {tool.name: round(float(rate), 5) for tool, rate in zip(plan.tools, row, strict=True)}
        for goods, row in zip(traffic.goods, plan.rates, strict=True)
    }
    replies = [
        {"contraband": kind, "p_found": round(float(plan.guaranteed[j]), 5), "goods": traffic.goods[plan.reply[j]],
         "p_found_blind": round(float(blind.guaranteed[j]), 5)}
        for j, kind in enumerate(traffic.contraband)
    ]  # fmt: skip
    return {"tools": tools, "rates": rates, "replies": replies}


def _hidden(tools: tuple[Tool, ...], traffic: Traffic, flow: float) -> tuple[Hidden, ...]:
    found = []
    directions: tuple[Direction, ...] = ("in", "out")
    for direction in directions:
        plan = plan_at(tools, traffic, direction, flow)
        blind = blind_plan(flow * traffic.share, plan.tools, traffic.reach, traffic.effort, WAIT)
        found += [
            Hidden(name, direction, float(plan.guaranteed[j]), traffic.goods[plan.reply[j]], float(blind.guaranteed[j]))
            for j, name in enumerate(traffic.contraband)
        ]
    return tuple(found)


def _least(hidden: tuple[Hidden, ...], traffic: Traffic, by: str) -> float:
    names = {name for name, how in zip(traffic.contraband, traffic.by, strict=True) if how == by}
    return min((one.p_found for one in hidden if one.contraband in names), default=0.0)
