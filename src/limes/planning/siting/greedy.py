"""Greedy choices with a heap: gains only fall as more is covered, so an old gain that is best when renewed is the best."""

from __future__ import annotations

import heapq

import numpy as np

from limes.planning.siting.cover import Cover, columns_of, covered

_TINY = 1e-12


def greedy(about: Cover, count: int) -> list[int]:
    """Up to `count` sites, each the one that adds most; at least 1 - 1/e of the best (Nemhauser, Wolsey & Fisher 1978).

    Lazy as Minoux 1978: a gain is only computed anew when its old value leads. Ties go to the lower index.

    >>> from limes.planning.siting.cover import cover
    >>> greedy(cover([np.array([0, 1]), np.array([1, 2]), np.array([3])], np.array([1.0, 2.0, 4.0, 1.5])), 2)
    [1, 2]
    """
    return _lazy(about, np.ones(about.sites), float(count), np.ones(about.sites))


def budget_greedy(about: Cover, cost: np.ndarray, budget: float) -> list[int]:
    """Sites of a cost each, together within a budget: the better of greedy by gain and greedy by gain per cost.

    At least (1 - 1/e) / 2 of the best (Leskovec et al. 2007). What costs nothing and helps is taken.
    """
    cost = np.asarray(cost, float)
    found = [_lazy(about, cost, budget, per) for per in (np.ones(about.sites), np.maximum(cost, _TINY))]
    return max(found, key=lambda chosen: covered(about, chosen))


def _lazy(about: Cover, cost: np.ndarray, budget: float, per: np.ndarray) -> list[int]:
    """Take what gains most per `per` until the budget is spent."""
    left, money = about.weight.copy(), budget * (1.0 + _TINY)
    gains = about.sees @ left / per
    heap = [(-gain, site, 0) for site, gain in enumerate(gains.tolist()) if gain > 0.0]
    heapq.heapify(heap)
    chosen: list[int] = []
    while heap:
        _, site, stamp = heap[0]
        if cost[site] > money:
            heapq.heappop(heap)
        elif stamp == len(chosen):
            heapq.heappop(heap)
            chosen.append(site)
            money -= cost[site]
            left[columns_of(about, site)] = 0.0
        else:
            now = float(left[columns_of(about, site)].sum()) / per[site]
            if now > 0.0:
                heapq.heapreplace(heap, (-now, site, len(chosen)))
            else:
                heapq.heappop(heap)
    return chosen
