"""What no plan can exceed: a bound on the worst-path P(interdict) of any affordable choice of the candidates.

For a way through and a choice x of purchases let C be the sum over units of -ln(1 - free Phi), each at its best anywhere on the
way, and E the sum of all exposures of the way. Then

    P(interdict) <= p_act (1 - exp(-C(x)))   and   P(interdict) <= p_act (1 - exp(-E(x))).

The search's own rule V <- V + p max(0, w - V), with p the chance to be detected on a move and w the timeliness there, gives for
W the greatest w on the way 1 - V / W >= the product of (1 - p), that is V <= W (1 - exp(-E)); and W <= p_act (1 - exp(-C)), as
each unit is at its best for all moves at once. E is a sum over purchases.

Barriers delay. Somebody on the way could also follow it to its end, so the quickest time to the goal is at most what is left
of the way, with the barrier that stands where the way passes the line. z grows with the ratio of the crosser's time a to the
unit's time b to the meeting place; a is at most that time less the quickest from the meeting place without new barriers; and
only places that can be passed within that time count. So with a barrier of kind k there C is at most a sum over purchases C_k
that grows with the delay of k. Whatever stands there, for each kind j

    P(interdict) <= p_act (1 - exp(-C_j(x)) + y_j),   y_j the purchases there of kinds that delay for longer than j:

where none is bought C is at most C_j, and where one is the right side is at least p_act. E takes the seconds at the line with
the slowest barrier there.

1 - exp(-C) is concave, so tangents bound it from above. The least over any family of ways bounds the least over all ways, as
the family's ways stay open whatever is bought. What remains is a linear program; over whole purchases a mixed-integer one,
whose dual bound holds too when time runs out.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numba import njit
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack
from scipy.spatial import cKDTree
from scipy.special import ndtr

from limes.closure.ground import HOME
from limes.closure.scene import task_of
from limes.closure.worst import RESPONSE_SPREAD, Task, move_seconds
from limes.planning.board import Limits
from limes.planning.candidates import Candidate
from limes.planning.family import Family
from limes.planning.quiet import quiet
from limes.planning.work import Workshop

_CEILING = 20.0  # an exponent from which 1 - exp(-C) counts as 1
_STEP = 1e-4
_MOST_CUTS, _TURNS = 60, 40
_GRID = (0.2, 0.7, 1.6)  # where the first tangents are drawn
_TIES = 2e-5  # what the search adds to P(interdict) to tell ways of the same chance apart, at most, for five hours


@dataclass(frozen=True)
class Bound:
    """The bound on P(interdict), the shares of purchases that reach it in the relaxation, and the ways it rests on."""

    p: float
    shares: np.ndarray
    ways: int
    seconds: float


@dataclass(frozen=True)
class Rows:
    """One row for each way, state and kind of limit: t <= 1 - exp(-(bring x + there)) + freed x.

    `bring` (rows, candidates), `there` (rows,) of what is kept, `freed` (rows, candidates) 1 for barriers that lift the limit.
    """

    bring: np.ndarray
    there: np.ndarray
    freed: np.ndarray


def rows_of(shop: Workshop, family: Family, most: int) -> list[Rows]:
    """The rows of a family, of at most so many ways spread evenly over it: detection in each state, timeliness by barrier."""
    ways = np.unique(np.linspace(0, family.size - 1, min(most, family.size)).astype(np.int64))
    n, come, seen = shop.own.count, _come(shop, family, ways), _seen(family, ways)
    states = [np.ones(n + 2), np.where(shop.own.aloft, 0.0, 1.0)]
    if not shop.own.aloft[:-1].any() and not (shop.own.sensor == n + 1).any():
        states = states[:1]
    none, found = np.zeros((ways.size, n)), []
    for state in states:
        found.append(Rows(seen[:, :n] * state[:n], seen[:, n:] @ state[n:], none))
    place = 25.0 * family.bin[ways] + 12.5
    delay = [float((level.delay - family.case.levels[0].delay).max()) for level in family.case.levels]
    for j, slow in enumerate(delay):
        longer = {level.kind for level, other in zip(family.case.levels, delay, strict=True) if other > slow and level.kind}
        freed = none.copy()
        for i, one in enumerate(shop.offered):
            if one.barrier in longer:
                freed[:, i] = (place >= one.span[0]) & (place <= one.span[1])
        found.append(Rows(come[j, :, :n], come[j, :, n], freed))
    return found


def _seen(family: Family, ways: np.ndarray) -> np.ndarray:
    """Exposure of each way to each owner with the slowest barrier at the line, (ways, owners)."""
    wait = np.max([level.delay - family.case.levels[0].delay for level in family.case.levels], axis=0)
    of = np.repeat(np.arange(family.size), np.diff(family.start))
    sums = csr_array((np.ones(of.size), (np.arange(of.size), of)), shape=(of.size, family.size))
    whole = (family.exposure @ sums).toarray()[:, ways]
    return (whole + wait[family.bin[ways]] * family.rate[:, ways]).T


def _come(shop: Workshop, family: Family, ways: np.ndarray) -> np.ndarray:
    """-ln(1 - free Phi) of each owner's units at their best anywhere on each way, (levels, ways, candidates + 1: kept)."""
    case, about = family.case, family.case.scene
    bare = task_of(about.ground, case.mode, shop.request.kept, about.sector)
    soonest, edge = bare.quickest(case.direction).key, about.ground.edge
    home = np.flatnonzero((about.ground.region == HOME) & np.isfinite(soonest) & (edge | (not case.mode.flies)))
    place = np.stack(about.ground.place(home), axis=-1)
    free = np.array([unit.free for unit in about.response.units])
    whole = about.response.seconds[:, home].astype(float) - np.where(edge[home], case.mode.at_goal, 0.0)
    time, alike = np.unique(whole, axis=0, return_inverse=True)
    out = np.zeros((len(case.levels), ways.size, shop.own.count + 1))
    pace = float(min(bare.terrain.pace.min(), bare.terrain.road_pace if bare.terrain.road.any() else np.inf))
    more = np.stack([level.delay - case.levels[0].delay for level in case.levels])
    for row, i in enumerate(ways):
        part = slice(family.start[i], family.start[i + 1])
        left = _whole_time(family, bare, part) + case.levels[0].delay[family.bin[i]]
        cells = np.append(family.a[part], family.b[part.stop - 1])
        away, _ = cKDTree(np.stack(about.ground.place(cells), axis=-1)).query(place)
        ratio = np.zeros((len(case.levels), len(time)))
        _best_ratio(left + more[:, family.bin[i]], away * pace + soonest[home], soonest[home], time, ratio)
        z = z_of(ratio, case.mode.spread)[:, alike.ravel()]
        met = -np.log1p(-np.minimum(free * ndtr(z), 1.0 - 1e-12))
        for k in range(len(case.levels)):
            np.add.at(out[k, row], shop.own.unit, met[k])
    return out


def _whole_time(family: Family, bare: Task, part: slice) -> float:
    """Seconds of a way from its start to its end without any barrier."""
    a, b = family.a[part], family.b[part]
    (ax, ay), (bx, by) = bare.ground.place(a), bare.ground.place(b)
    return float(move_seconds(bare.terrain, a, b, np.hypot(bx - ax, by - ay)).sum())


@njit(cache=True, nogil=True, fastmath=False)
def _best_ratio(limit: np.ndarray, reached: np.ndarray, soonest: np.ndarray, time: np.ndarray, best: np.ndarray) -> None:
    """Greatest ratio of the crosser's time to each unit's (levels, units) over the places it can pass within its limit."""
    for m in range(soonest.size):
        for k in range(limit.size):
            if reached[m] <= limit[k]:
                mine = limit[k] - soonest[m]
                for u in range(time.shape[0]):
                    theirs = time[u, m]
                    if theirs <= 0.0:
                        best[k, u] = np.inf
                    elif mine > best[k, u] * theirs:
                        best[k, u] = mine / theirs


def z_of(ratio: np.ndarray, spread: float) -> np.ndarray:
    """z = (a - b) / sqrt((s a)^2 + (r b)^2) by the ratio a / b, growing with it; inf for an endless one.

    >>> z_of(np.array([0.0, 1.0, np.inf]), 0.25).round(2).tolist()
    [-3.33, 0.0, inf]
    """
    known = np.where(np.isfinite(ratio), ratio, 1.0)
    z = (known - 1.0) / np.sqrt((spread * known) ** 2 + RESPONSE_SPREAD**2)
    return np.where(np.isfinite(ratio), z, np.inf)


def bound(shop: Workshop, seconds: float = 60.0, most: int = 60) -> Bound:
    """The bound by cutting planes in HiGHS: tangents where the last answer lies; then with whole purchases."""
    begun = perf_counter()
    found = [rows for family in shop.families.values() if family.size for rows in rows_of(shop, family, most)]
    rows = Rows(*(np.concatenate(part) for part in zip(*((r.bring, r.there, r.freed) for r in found), strict=True)))
    p_act = next(iter(shop.scenes.values())).response.p_act
    share, x = relaxed(rows, shop.offered, shop.limits, seconds)
    return Bound(float(p_act * min(share + _STEP, 1.0)) + _TIES, x, rows.there.size, perf_counter() - begun)


def relaxed(rows: Rows, offered: tuple[Candidate, ...], limits: Limits, seconds: float) -> tuple[float, np.ndarray]:
    """A bound on the greatest t with t <= 1 - exp(-(bring x + there)) + freed x in every row, and a choice near it.

    Every value found on the way is a bound, as tangents only ever lie above; those that no longer bind are dropped.
    """
    n, begun = len(offered), perf_counter()
    end = begun + seconds
    fixed, right = _rules(offered, limits)
    every = np.arange(rows.there.size)
    first = [_drawn(rows, every, np.full(every.size, at)) for at in _GRID]
    cuts, limit = (np.concatenate(part) for part in zip(*first, strict=True))
    x, best = np.full(n, 0.1), 1.0
    for turn in range(_TURNS + 1):
        whole = turn == _TURNS or perf_counter() > 0.5 * (begun + end)
        point, top = _solved(vstack([fixed, csr_array(cuts)]).tocsr(), np.concatenate([right, limit]), whole, end)
        best = min(best, top)
        if point is None or whole:
            break
        x = point[:n]
        fresh, tops, reached = _tangents(rows, x, top)
        slack = limit - cuts @ point
        keep = (slack < 0.2) | (np.arange(limit.size) >= limit.size - 3 * _MOST_CUTS)
        cuts, limit = np.concatenate([cuts[keep], fresh]), np.concatenate([limit[keep], tops])
        if reached >= top - _STEP:
            break
    return best, x


def _solved(matrix: csr_array, right: np.ndarray, whole: bool, end: float) -> tuple[np.ndarray | None, float]:
    """The point with the greatest t over shares or whole purchases, None when time ran out before any, and its bound."""
    size = matrix.shape[1]
    goal, left = np.append(np.zeros(size - 1), -1.0), max(end - perf_counter(), 1.0)
    kinds = np.append(np.full(size - 1, int(whole)), 0)
    with quiet():
        done = milp(
            goal, constraints=[LinearConstraint(matrix, -np.inf, right)], bounds=Bounds(0.0, 1.0), integrality=kinds,
            options={"time_limit": left, "mip_rel_gap": 1e-3},
        )  # fmt: skip
    if whole:
        top = done.mip_dual_bound
        return done.x, 1.0 if top is None or not np.isfinite(top) else -float(top)
    return (done.x, -float(done.fun)) if done.status == 0 and done.fun is not None else (None, 1.0)


def _tangents(rows: Rows, x: np.ndarray, top: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Tangents of the rows that cut the point (x, top) off, the worst first; and the true value there."""
    has, free = rows.bring @ x + rows.there, rows.freed @ x
    value = -np.expm1(-np.minimum(has, _CEILING)) + free
    chosen = np.argsort(value, kind="stable")[:_MOST_CUTS]
    chosen = chosen[value[chosen] < top - 0.5 * _STEP]
    return *_drawn(rows, chosen, has[chosen]), float(value.min(initial=1.0))


def _drawn(rows: Rows, chosen: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tangents of chosen rows where bring x + there is `at`, as rows over (x, t), and their right sides."""
    at = np.clip(at, 0.0, _CEILING)
    slope = np.exp(-at)
    whole = slope[:, None] * rows.bring[chosen] + rows.freed[chosen]
    right = -np.expm1(-at) + slope * (rows.there[chosen] - at)
    return np.concatenate([-whole, np.ones((chosen.size, 1))], axis=1), right


def _rules(offered: tuple[Candidate, ...], limits: Limits) -> tuple[csr_array, np.ndarray]:
    """Limits, one purchase a site, and nothing without what it needs, as rows over (candidates, t)."""
    n, index = len(offered), {one.key: i for i, one in enumerate(offered)}
    finite = np.flatnonzero(np.isfinite(limits.most))
    parts = [csr_array(np.concatenate([limits.use[:, finite].T, np.zeros((finite.size, 1))], axis=1))]
    right = [limits.most[finite]]
    sites: dict[str, list[int]] = {}
    for i, one in enumerate(offered):
        sites.setdefault(one.site, []).append(i)
    shared = [group for group in sites.values() if len(group) > 1]
    row = np.repeat(np.arange(len(shared)), [len(group) for group in shared]) if shared else np.zeros(0, int)
    column = np.concatenate(shared).astype(int) if shared else np.zeros(0, int)
    parts.append(csr_array(coo_array((np.ones(row.size), (row, column)), shape=(len(shared), n + 1))))
    right.append(np.ones(len(shared)))
    pairs = [(i, index[one.needs]) for i, one in enumerate(offered) if one.needs in index]
    k = np.arange(len(pairs))
    both = np.array(pairs, int).reshape(-1, 2)
    need = coo_array(
        (np.concatenate([np.ones(k.size), -np.ones(k.size)]), (np.tile(k, 2), both.T.ravel())), shape=(k.size, n + 1)
    )
    parts.append(csr_array(need))
    right.append(np.zeros(k.size))
    return csr_array(vstack(parts)), np.concatenate(right)
