"""Network interdiction: which arcs to lengthen or cut so that the best path, or the greatest flow, is as bad as possible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from limes.errors import UsageError

_MOST_SETS = 64


@dataclass(frozen=True)
class Network:
    """Directed arcs from `tail` to `head` (indices, (m,)) with a length or capacity each, among `nodes` nodes."""

    nodes: int
    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Interdiction:
    """The value after the best interdiction, inf when source and sink are cut apart, and every optimal set found."""

    value: float
    sets: tuple[tuple[int, ...], ...]


def interdict_path(
    network: Network, added: np.ndarray | None, source: int, sink: int, budget: int, all_sets: bool = False
) -> Interdiction:
    """Lengthen at most `budget` arcs so that the shortest path is longest (Israeli & Wood 2002, dual MIP, by HiGHS).

    `added` (m,) is what interdiction adds to an arc's length; None removes the arc. With `all_sets` every optimal set of
    `budget` arcs is listed, up to 64.

    >>> net = Network(3, np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([1.0, 1.0, 5.0]))
    >>> interdict_path(net, None, 0, 2, 1).value
    5.0
    """
    m, n = len(network.tail), network.nodes
    apart = float(network.weight.sum()) + 1.0
    d = np.full(m, apart) if added is None else np.asarray(added, float)
    rows, step = np.arange(m), np.ones(m)
    entries = np.concatenate([step, -step, -d])
    columns = np.concatenate([network.head, network.tail, n + rows])
    dual = coo_array((entries, (np.tile(rows, 3), columns)), shape=(m, n + m)).tocsr()
    spend = csr_array(np.concatenate([np.zeros(n), np.ones(m)])[None, :])
    goal = np.zeros(n + m)
    goal[sink] = -1.0
    longest = apart if added is None else apart + float(d.sum())
    low, high = np.zeros(n + m), np.concatenate([np.full(n, longest), np.ones(m)])
    high[source] = 0.0
    integer = np.concatenate([np.zeros(n), np.ones(m)])
    rows_of = (dual, network.weight.astype(float), spend, n)
    value, sets = _solve(goal, rows_of, Bounds(low, high), integer, min(budget, m), all_sets)
    return Interdiction(float("inf") if -value >= longest - 1e-6 else -value, sets)


def interdict_flow(network: Network, source: int, sink: int, budget: int, all_sets: bool = False) -> Interdiction:
    """Cut at most `budget` arcs so that the greatest flow is least (Wood 1993, min-cut MIP, by HiGHS).

    >>> net = Network(3, np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([3.0, 4.0, 5.0]))
    >>> interdict_flow(net, 0, 2, 1).value
    3.0
    """
    m, n = len(network.tail), network.nodes
    rows, step = np.arange(m), np.ones(m)
    entries = np.concatenate([step, -step, -step, -step])
    columns = np.concatenate([network.head, network.tail, n + rows, n + m + rows])
    cut = coo_array((entries, (np.tile(rows, 4), columns)), shape=(m, n + 2 * m)).tocsr()
    spend = csr_array(np.concatenate([np.zeros(n + m), np.ones(m)])[None, :])
    goal = np.concatenate([np.zeros(n), network.weight.astype(float), np.zeros(m)])
    low, high = np.zeros(n + 2 * m), np.ones(n + 2 * m)
    low[sink], high[source] = 1.0, 0.0
    integer = np.concatenate([np.zeros(n + m), np.ones(m)])
    value, sets = _solve(goal, (cut, np.zeros(m), spend, n + m), Bounds(low, high), integer, min(budget, m), all_sets)
    return Interdiction(value, sets)


def _solve(
    goal: np.ndarray,
    parts: tuple[csr_array, np.ndarray, csr_array, int],
    bounds: Bounds,
    integer: np.ndarray,
    budget: int,
    all_sets: bool,
) -> tuple[float, tuple[tuple[int, ...], ...]]:
    """Solve for exactly `budget` arcs; with `all_sets` again and again, each found set forbidden, while the value holds."""
    matrix, limit, spend, first = parts
    least: float | None = None
    sets: list[tuple[int, ...]] = []
    forbidden: list[csr_array] = []
    while len(sets) < (_MOST_SETS if all_sets else 1):
        constraints = [LinearConstraint(matrix, -np.inf, limit), LinearConstraint(spend, budget, budget)]
        if forbidden:
            constraints.append(LinearConstraint(vstack(forbidden).tocsr(), -np.inf, budget - 1))
        found = milp(goal, constraints=constraints, bounds=bounds, integrality=integer, options={"mip_rel_gap": 0.0})
        if not found.success:
            break
        chosen = np.flatnonzero(found.x[first:] > 0.5)
        value = _exactly(goal, constraints[0], bounds, first, chosen)
        least = value if least is None else least
        if value > least + 1e-7 * max(abs(least), 1.0):
            break
        sets.append(tuple(int(i) for i in chosen))
        mark = np.zeros((1, goal.size))
        mark[0, first + chosen] = 1.0
        forbidden.append(csr_array(mark))
        if budget == 0:
            break
    if least is None:
        raise UsageError("the interdiction problem has no solution; check that lengths and budget are not negative")
    return least, tuple(sorted(sets))


def _exactly(goal: np.ndarray, rows: LinearConstraint, bounds: Bounds, first: int, chosen: np.ndarray) -> float:
    """The value of a chosen set by itself: a solver takes integers as such that are off by a millionth."""
    low, high = bounds.lb.copy(), bounds.ub.copy()
    low[first:], high[first:] = 0.0, 0.0
    low[first + chosen], high[first + chosen] = 1.0, 1.0
    found = milp(goal, constraints=[rows], bounds=Bounds(low, high))
    assert found.fun is not None
    return round(float(found.fun), 9)
