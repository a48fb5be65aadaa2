"""Which vehicles to inspect with what: random by design, weighed by goods, against smugglers who see the plan and answer it.

A Stackelberg game with several kinds of followers (DOBSS: Paruchuri, Pearce, Marecki, Tambe, Ordonez & Kraus 2008), in the
form that holds whatever a follower does who is content with nearly the best (COBRA: Pita, Jain, Tambe, Ordonez & Kraus 2010);
solved exactly as one mixed-integer program. Instruments are lanes with queues (`limes.closure.queues`): a limit on the mean
wait caps how many vehicles each may be sent. Classes are of goods and route; nothing here knows a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from limes.closure.queues import mmc
from limes.errors import UsageError

CONTENT = 0.02
"""A smuggler is content with a class that is worse than his best by less than this chance of being found (assumed)."""


@dataclass(frozen=True, eq=False)
class Tool:
    """An instrument, or a team that searches by hand: servers side by side, tests an hour of each, share of time that works.

    `p` (j,) P(found) of each kind of contraband by a test that looks at the right spot. `p_false` of harmless goods: each false
    call costs a second test.
    """

    name: str
    servers: int
    tests_per_h: float
    availability: float
    p: np.ndarray
    p_false: float = 0.0


@dataclass(frozen=True, eq=False)
class Plan:
    """A random inspection plan for k classes of goods and j kinds of contraband.

    `modes` are sets of tools (indices) that a vehicle may be sent to, () for none; `mix` (k, modes) the chance of each;
    `rates` (k, tools) the chance that a vehicle is tested by each tool. `p_found` (k, j), nan where a kind does not fit.
    `reply` (j,) the class that a smuggler of each kind may take at worst: of all that are within `CONTENT` of his best, the one
    with the least P(found), which is `guaranteed` (j,). `wait_min` (tools,) mean minutes before a test, `load` (tools,)
    utilisation.
    """

    tools: tuple[Tool, ...]
    modes: tuple[tuple[int, ...], ...]
    mix: np.ndarray
    rates: np.ndarray
    p_found: np.ndarray
    reply: np.ndarray
    guaranteed: np.ndarray
    wait_min: np.ndarray
    load: np.ndarray


def plan_inspection(
    flow: np.ndarray,
    tools: Sequence[Tool],
    reach: np.ndarray,
    effort: np.ndarray,
    weight: np.ndarray,
    wait_min: float = 20.0,
    floor: float = 0.02,
    minutes_per_h: float | None = None,
) -> Plan:
    """The plan that finds most, weighed, when every smuggler knows it and takes the class that suits him best.

    `flow` (k,) vehicles an hour of each class; `reach` (k, j) share of tests that look at the right spot; `effort` (k, j) what
    a class costs a smuggler, in chance of being found, inf where it does not fit; `weight` (j,) of one load that passes.
    At most `wait_min` minutes are waited on average for each tool; every class is tested with a chance of at least `floor`,
    or of what can be had; `minutes_per_h` of all tests together where there is a common budget.

    >>> search = Tool("search", 1, 6.0, 1.0, np.array([0.5]))
    >>> found = plan_inspection(np.array([6.0, 6.0]), [search], np.ones((2, 1)), np.zeros((2, 1)), np.ones(1))
    >>> found.rates[:, 0].round(3).tolist(), found.guaranteed.round(3).tolist()
    ([0.333, 0.333], [0.167])
    """
    if not (flow > 0).all() or not np.isfinite(effort).any(axis=0).all():
        raise UsageError("every class needs a flow, and every kind of contraband a class that it fits into")
    modes = tuple(one for size in range(len(tools) + 1) for one in combinations(range(len(tools)), size))
    p = _p_modes(tools, modes, reach)
    uses = np.array([[float(i in mode) for mode in modes] for i in range(len(tools))]).reshape(len(tools), len(modes))
    room = np.array([most_tests(one, wait_min) for one in tools])
    rows = [flow[:, None] * use for use in uses]
    if minutes_per_h is not None:
        rows, room = [*rows, flow[:, None] * (_minutes(tools) @ uses)], np.append(room, minutes_per_h)
    floor = min(floor, float(room[: len(tools)].max(initial=0.0) / flow.sum()), (minutes_per_h or np.inf) / 600.0)
    tested = np.tile(np.append(uses.sum(axis=0) > 0, floor), (flow.size, 1)).astype(float)
    mix = _solve(p, effort, weight, (np.array(rows).reshape(len(rows), flow.size, len(modes)), room), tested)
    return _told(mix, flow, tools, modes, p, effort)


def blind_plan(flow: np.ndarray, tools: Sequence[Tool], reach: np.ndarray, effort: np.ndarray, wait_min: float = 20.0) -> Plan:
    """What the same tools find when every class is tested alike, each tool by itself: the plan to compare with."""
    modes = tuple(one for size in range(len(tools) + 1) for one in combinations(range(len(tools)), size))
    rate = np.array([min(most_tests(one, wait_min) / float(flow.sum()), 1.0) for one in tools])
    chance = [np.prod([rate[i] if i in mode else 1.0 - rate[i] for i in range(len(tools))]) for mode in modes]
    mix = np.tile(np.array(chance), (flow.size, 1))
    return _told(mix, flow, tools, modes, _p_modes(tools, modes, reach), effort)


def most_tests(tool: Tool, wait_min: float) -> float:
    """Vehicles an hour that a tool can be sent so that they wait `wait_min` minutes on average (M/M/c), availability counted.

    A false call costs a second test. Solved by bisection: the wait rises with the flow.

    >>> round(most_tests(Tool("x", 1, 6.0, 1.0, np.zeros(1)), 10.0), 3)  # M/M/1: wait = rho / (mu - lambda)
    3.0
    """
    service = tool.tests_per_h / (1.0 + tool.p_false)
    low, high = 0.0, tool.servers * service * (1.0 - 1e-9)
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if 60.0 * mmc(middle, service, tool.servers).wait <= wait_min else (low, middle)
    return low * tool.availability


def _minutes(tools: Sequence[Tool]) -> np.ndarray:
    return np.array([60.0 * (1.0 + one.p_false) / one.tests_per_h for one in tools])


def _p_modes(tools: Sequence[Tool], modes: Sequence[tuple[int, ...]], reach: np.ndarray) -> np.ndarray:
    """P(found) (k, j, modes): tools of a mode taken as independent."""
    missed = [1.0 - reach * one.p[None, :] for one in tools]
    return np.stack([1.0 - np.prod([np.ones_like(reach), *(missed[i] for i in mode)], axis=0) for mode in modes], axis=2)


@dataclass(frozen=True, eq=False)
class _Program:
    """Rows of a mixed-integer program with their bounds, over variables in blocks of given sizes."""

    ends: np.ndarray
    rows: list[np.ndarray]
    low: list[float]
    high: list[float]

    def add(self, parts: dict[int, np.ndarray], low: float, high: float) -> None:
        """Bound a row; `parts` are the coefficients of each block that it touches."""
        row = np.zeros(self.ends[-1])
        for block, values in parts.items():
            row[self.ends[block - 1] if block else 0 : self.ends[block]] = values.ravel()
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)


_MIX, _BEST, _FOUND, _REPLY, _WORSE = range(5)


def _solve(
    p: np.ndarray, effort: np.ndarray, weight: np.ndarray, lanes: tuple[np.ndarray, np.ndarray], least: np.ndarray
) -> np.ndarray:
    """The mix (k, modes) of greatest weighed P(found), of every reply within `CONTENT` of the best the worst counted.

    Blocks: the mix; each kind's least burden (j) and P(found) (j); which class is the least burden (k, j); which classes are
    so much worse that he leaves them (k, j). `lanes` are rows (r, k, modes) with the most (r,) that they may sum to; `least`
    (k, modes) rows of tested vehicles, by class, with the floor in their last column.
    """
    classes, kinds, many = p.shape
    fits = np.isfinite(effort)
    sizes = (classes * many, kinds, kinds, classes * kinds, classes * kinds)
    program = _Program(np.cumsum(sizes), [], [], [])
    for row, most in zip(*lanes, strict=True):
        program.add({_MIX: row}, 0.0, float(most))
    for k in range(classes):
        only = np.zeros((classes, many))
        only[k] = 1.0
        program.add({_MIX: only}, 1.0, 1.0)
        only[k] = least[k, :-1]
        program.add({_MIX: only}, float(least[k, -1]), 1.0)
    for k, j in zip(*np.nonzero(fits), strict=True):
        _reply_rows(program, p, effort, int(k), int(j))
    for j in range(kinds):
        chosen = np.zeros((classes, kinds))
        chosen[:, j] = 1.0
        program.add({_REPLY: chosen}, 1.0, 1.0)
        chosen[:, j] = np.where(fits[:, j], effort[:, j], 0.0)
        mine = (np.arange(kinds) == j).astype(float)
        program.add({_BEST: mine, _FOUND: -mine, _REPLY: -chosen}, 0.0, np.inf)  # found <= best - effort of the chosen class
    cost = np.zeros(program.ends[-1])
    cost[program.ends[_BEST] : program.ends[_FOUND]] = -weight
    free = np.repeat(fits.ravel()[None], 2, axis=0).ravel().astype(float)
    upper = np.concatenate(
        [np.ones(sizes[0]), (p.max(axis=2) + np.where(fits, effort, 9.0)).min(axis=0), p.max(axis=(0, 2)), free]
    )
    whole = np.concatenate([np.zeros(program.ends[_FOUND]), np.ones(2 * classes * kinds)])
    held = LinearConstraint(np.array(program.rows), program.low, program.high)
    found = milp(cost, constraints=held, bounds=Bounds(0.0, upper), integrality=whole, options={"mip_rel_gap": 1e-4})
    if not found.success or found.x is None:
        raise UsageError(f"no inspection plan fits: {found.message}")
    mix = np.clip(found.x[: sizes[0]].reshape(classes, many), 0.0, 1.0)
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _reply_rows(program: _Program, p: np.ndarray, effort: np.ndarray, k: int, j: int) -> None:
    """What one class means to smugglers of one kind: P(found) counts there unless they leave it, being so much worse off.

    The factors that switch a row off are the least that do: the program solves the sooner.
    """
    classes, kinds, many = p.shape
    here, mine, cell = np.zeros((classes, many)), np.zeros(kinds), np.zeros((classes, kinds))
    here[k], mine[j], cell[k, j] = p[k, j], 1.0, 1.0
    own, most = float(effort[k, j]), p[:, j].max(axis=1)
    best = float((most + effort[:, j]).min())
    off, left = own + float(most[k]), max(best + CONTENT - own, 0.0)
    program.add({_MIX: here, _BEST: -mine, _REPLY: off * cell}, -np.inf, off - own)  # best >= P + effort of the chosen class
    program.add({_MIX: here, _BEST: -mine}, -own, np.inf)  # best <= P + effort of every class
    program.add({_MIX: here, _FOUND: -mine, _WORSE: float(most.max()) * cell}, 0.0, np.inf)  # found <= P unless he leaves it
    program.add(
        {_MIX: here, _BEST: -mine, _WORSE: -left * cell}, CONTENT - left - own, np.inf
    )  # left: P + effort >= best + content


def _told(
    mix: np.ndarray,
    flow: np.ndarray,
    tools: Sequence[Tool],
    modes: tuple[tuple[int, ...], ...],
    p: np.ndarray,
    effort: np.ndarray,
) -> Plan:
    """The plan of a mix with what it means to smugglers and to those who wait."""
    rates = mix @ np.array([[float(i in mode) for i in range(len(tools))] for mode in modes]).reshape(len(modes), len(tools))
    p_found = np.einsum("kjm,km->kj", p, mix)
    burden = np.where(np.isfinite(effort), p_found + effort, np.inf)
    as_good = burden < burden.min(axis=0) + CONTENT - 1e-7
    worst = np.where(as_good, p_found, np.inf)
    lanes = np.array([_lane(tool, float(rate)) for tool, rate in zip(tools, flow @ rates, strict=True)]).reshape(-1, 2)
    return Plan(
        tuple(tools), modes, mix, rates, np.where(np.isfinite(effort), p_found, np.nan), worst.argmin(axis=0),
        worst.min(axis=0), lanes[:, 0], lanes[:, 1],
    )  # fmt: skip


def _lane(tool: Tool, sent: float) -> tuple[float, float]:
    """Mean wait in minutes and utilisation of a lane that works."""
    service = tool.tests_per_h / (1.0 + tool.p_false)
    lane = mmc(min(sent / tool.availability, tool.servers * service * (1.0 - 1e-9)), service, tool.servers)
    return 60.0 * lane.wait, lane.utilisation
