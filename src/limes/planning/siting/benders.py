"""The bound on any choice of sites: cuts over the sites alone, in HiGHS (Benders; Cordeau, Furini & Ljubic 2019).

Variables are a share x of each site and the weight theta that each group of columns gives at most. At a point x^ let I_j be the
sum of x^ over the sites that see column j, and J the columns with I_j >= 1. As min(1, I_j) is at most 1 and at most I_j,

    theta_g <= w(J in g) + sum_i x_i w(columns of g that i sees, not in J)

holds for every choice of sites and is tight at x^. One product over the non-zeros makes the cuts of all groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, vstack

from limes.planning.quiet import quiet
from limes.planning.siting.cover import Cover, columns_of, covered
from limes.planning.siting.swap import swapped

_EDGE = 1e-9


@dataclass(frozen=True)
class Proof:
    """A choice of sites, what it covers, and what none can exceed: after `rounds` of cuts, and `relaxed` before branching."""

    chosen: tuple[int, ...]
    value: float
    bound: float
    relaxed: float
    rounds: int


@dataclass
class _Cuts:
    """Rows of cuts: theta_g - sum_i a_gi x_i <= b_g, over (sites + groups) variables."""

    rows: list[csr_array]
    right: list[np.ndarray]


def online_bound(about: Cover, chosen: list[int], count: int) -> float:
    """What no choice of `count` sites can exceed, from any choice: its own value and the `count` largest gains over it.

    Holds as coverage is submodular (Nemhauser, Wolsey & Fisher 1978).
    """
    left = about.weight.copy()
    for site in chosen:
        left[columns_of(about, site)] = 0.0
    gains = np.sort(about.sees @ left)[::-1]
    return covered(about, chosen) + float(gains[:count].sum())


def groups_of(about: Cover, chosen: list[int]) -> np.ndarray:
    """A group for each column: the first chosen site that sees it, else the last group."""
    group = np.full(about.weight.size, len(chosen), np.int64)
    for i, site in reversed(list(enumerate(chosen))):
        group[columns_of(about, site)] = i
    return group


def prove(about: Cover, chosen: list[int], count: int, gap: float, seconds: float) -> Proof:
    """Bound any choice of `count` sites, improving `chosen` on the way, until the gap is at most `gap` or time is up."""
    return _Search(about, chosen, count, gap, seconds).run()


class _Search:
    """The state of one proof: cuts, the best choice, the best bound."""

    def __init__(self, about: Cover, chosen: list[int], count: int, gap: float, seconds: float) -> None:
        self.about, self.count, self.gap = about, count, gap
        self.end = perf_counter() + seconds
        self.best, self.value = list(chosen), covered(about, chosen)
        self.group = groups_of(about, chosen)
        self.groups = int(self.group.max(initial=0)) + 1
        self.most = np.bincount(self.group, about.weight, minlength=self.groups)
        self.owner = np.repeat(np.arange(about.sites), np.diff(about.sees.indptr))
        self.bound = min(online_bound(about, chosen, count), float(about.weight.sum()))
        self.cuts, self.rounds = _Cuts([], []), 0
        self.free = np.ones(about.sites, bool)

    def run(self) -> Proof:
        self._cut(self._point(self.best))
        relaxed = self._relax()
        if not self._done():
            self._branch()
        return Proof(tuple(sorted(self.best)), self.value, max(self.bound, self.value), max(relaxed, self.value), self.rounds)

    def _done(self) -> bool:
        return self.bound <= self.value * (1.0 + self.gap) + 1e-9 or perf_counter() > self.end

    def _point(self, chosen: list[int]) -> np.ndarray:
        x = np.zeros(self.about.sites)
        x[chosen] = 1.0
        return x

    def _cut(self, x: np.ndarray, theta: np.ndarray | None = None) -> float:
        """Add the cuts at a point that are violated (all without `theta`); the weight that the point covers."""
        share = x @ self.about.sees
        full = share >= 1.0 - _EDGE
        right = np.bincount(self.group[full], self.about.weight[full], minlength=self.groups)
        worth = np.where(full, 0.0, self.about.weight)[self.about.sees.indices]
        slope = np.bincount(
            self.owner * self.groups + self.group[self.about.sees.indices], worth, minlength=self.about.sites * self.groups
        ).reshape(self.about.sites, self.groups)
        reached = right + x @ slope
        wanted = np.arange(self.groups) if theta is None else np.flatnonzero(theta > reached + 1e-7 * (1.0 + reached))
        if wanted.size:
            rows = np.concatenate([-slope[:, wanted].T, np.eye(self.groups)[wanted]], axis=1)
            self.cuts.rows.append(csr_array(rows))
            self.cuts.right.append(right[wanted])
        return float(reached.sum())

    def _relax(self) -> float:
        """Cut at optima of the relaxation, halfway to the last best point, until the bound stands still."""
        inner, still = self._point(self.best), 0
        while not self._done():
            found = self._solve()
            if found is None:
                break
            x, theta, top, price = found
            still = still + 1 if top > self.bound * (1.0 - 1e-5) else 0
            self.bound = min(self.bound, top)
            self._fix(top, price)
            reached = self._cut(0.5 * (x + inner), theta)
            if reached < top - 1e-7 * top:
                reached = self._cut(x, theta)
            self._round(x)
            inner, self.rounds = 0.5 * (x + inner), self.rounds + 1
            if still > 4 or reached >= top * (1.0 - 1e-6):
                break
        return self.bound

    def _solve(self) -> tuple[np.ndarray, np.ndarray, float, np.ndarray] | None:
        """The relaxation's optimum: x, theta, value, and what choosing each site that is not chosen would cost."""
        n = self.about.sites
        goal = np.concatenate([np.zeros(n), -np.ones(self.groups)])
        limits = np.concatenate([self.free.astype(float), self.most])
        matrix, right = vstack([*self.cuts.rows, self._spend()]).tocsr(), np.concatenate([*self.cuts.right, [self.count]])
        left = max(self.end - perf_counter(), 0.1)
        found = linprog(  # type: ignore[call-overload]  # sparse rows are taken, the stubs do not say so
            goal, A_ub=matrix, b_ub=right, bounds=np.stack([np.zeros(limits.size), limits], axis=-1), method="highs",
            options={"time_limit": left},
        )  # fmt: skip
        if found.x is None or found.status != 0:
            return None
        price = np.asarray(found.lower.marginals)[:n]
        return found.x[:n], found.x[n:], -float(found.fun), price

    def _spend(self) -> csr_array:
        n = self.about.sites
        return csr_array(coo_array((np.ones(n), (np.zeros(n, int), np.arange(n))), shape=(1, n + self.groups)))

    def _fix(self, top: float, price: np.ndarray) -> None:
        """Leave out sites that no choice better than the best can hold: the relaxation with them falls below it."""
        self.free &= ~(top - price < self.value)
        self.free[self.best] = True

    def _round(self, x: np.ndarray) -> None:
        """A choice from a point: its largest shares, exchanged."""
        chosen = [int(i) for i in np.argsort(-x, kind="stable")[: self.count]]
        if covered(self.about, chosen) > 0.97 * self.value:
            self._keep(swapped(self.about, chosen, most=20))

    def _keep(self, chosen: list[int]) -> None:
        value = covered(self.about, chosen)
        if value > self.value:
            self.best, self.value = chosen, value

    def _branch(self) -> None:
        """Solve with whole sites, cut at the answer, again, until bound and choice meet."""
        n = self.about.sites
        goal = np.concatenate([np.zeros(n), -np.ones(self.groups)])
        whole = np.concatenate([np.ones(n), np.zeros(self.groups)])
        while not self._done():
            limits = Bounds(np.zeros(n + self.groups), np.concatenate([self.free.astype(float), self.most]))
            matrix = vstack([*self.cuts.rows, self._spend()]).tocsr()
            rows = LinearConstraint(matrix, -np.inf, np.concatenate([*self.cuts.right, [self.count]]))
            left = max(self.end - perf_counter(), 0.1)
            with quiet():
                found = milp(
                    goal, constraints=[rows], bounds=limits, integrality=whole,
                    options={"time_limit": left, "mip_rel_gap": 0.25 * self.gap},
                )  # fmt: skip
            if found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
                self.bound = min(self.bound, max(-float(found.mip_dual_bound), self.value))
            if found.x is None:
                break
            x, theta = np.round(found.x[:n]), found.x[n:]
            chosen = [int(i) for i in np.flatnonzero(x > 0.5)]
            self._keep(swapped(self.about, chosen, most=20))
            reached = self._cut(x, theta)
            self._cut(self._point(self.best), theta)
            self.rounds += 1
            if reached >= theta.sum() - 1e-7 * theta.sum() and found.status == 0:
                break
