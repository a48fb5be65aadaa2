"""Better choices by exchanging one site at a time, and again from choices that are partly thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array

from limes.planning.siting.cover import Cover, covered
from limes.planning.siting.greedy import budget_greedy, greedy

_GAIN = 1e-9


def swapped(
    about: Cover, chosen: Sequence[int], cost: np.ndarray | None = None, budget: float = np.inf, most: int = 10_000
) -> list[int]:
    """Exchange one chosen site for another as long as that gains, the best exchange each time (Teitz & Bart 1968).

    All exchanges of a round are valued by sparse products. With a `cost` (sites,) they stay within the `budget`.

    >>> from limes.planning.siting.cover import cover
    >>> about = cover([np.array([0, 1, 2, 3]), np.array([0, 1, 4]), np.array([2, 3, 5])], np.ones(6))
    >>> greedy(about, 2), sorted(swapped(about, greedy(about, 2)))
    ([0, 1], [1, 2])
    """
    best, others = np.array(chosen, np.int64), csr_array(about.sees.T)
    spent = None if cost is None else float(np.asarray(cost)[best].sum())
    for _ in range(most if best.size else 0):
        gain = gains(about, others, best)
        if cost is not None and spent is not None:
            money = spent - cost[best][:, None] + cost[None, :]
            gain[money > budget * (1.0 + 1e-12)] = -np.inf
        out, into = (int(i) for i in np.unravel_index(int(gain.argmax()), gain.shape))
        if gain[out, into] <= _GAIN * max(float(about.weight.sum()), 1.0):
            break
        if cost is not None and spent is not None:
            spent += float(cost[into] - cost[best[out]])
        best[out] = into
    return [int(site) for site in best]


def gains(about: Cover, others: csr_array, chosen: np.ndarray) -> np.ndarray:
    """What exchanging each chosen site (k,) for each site gains, (k, sites); -inf for sites that are chosen.

    `others` is `sees` turned round, (columns, sites).
    """
    rows = about.sees[chosen]
    count = rows.sum(axis=0)
    add = about.sees @ np.where(count == 0, about.weight, 0.0)
    alone = np.where(count == 1, about.weight, 0.0)
    lone = csr_array((alone[rows.indices], rows.indices, rows.indptr), shape=rows.shape)
    lone.eliminate_zeros()
    back = np.asarray((lone @ others).todense())
    gain = add[None, :] + back - np.asarray(lone.sum(axis=1)).reshape(-1, 1)
    gain[:, chosen] = -np.inf
    return gain


def restarted(
    about: Cover,
    chosen: Sequence[int],
    rng: np.random.Generator,
    rounds: int = 20,
    seconds: float = np.inf,
    cost: np.ndarray | None = None,
    budget: float = np.inf,
) -> list[int]:
    """Throw a random third of the best choice away, fill up greedily, exchange; keep what is better. Rounds are seeded.

    With a time limit (`seconds`) how many rounds are done hangs on the machine; without one the result does not.
    """
    best, value, begun = list(chosen), covered(about, chosen), perf_counter()
    for _ in range(rounds if best else 0):
        if perf_counter() - begun > seconds:
            break
        keep = sorted(int(i) for i in rng.permutation(len(best))[: len(best) - max(len(best) // 3, 1)])
        fresh = swapped(about, _filled(about, [best[i] for i in keep], len(best), cost, budget), cost, budget)
        found = covered(about, fresh)
        if found > value:
            best, value = fresh, found
    return best


def _filled(about: Cover, kept: list[int], count: int, cost: np.ndarray | None, budget: float) -> list[int]:
    """Fill a part of a choice up greedily."""
    left = about.weight.copy()
    left[about.sees[np.array(kept, np.int64)].indices] = 0.0
    rest = Cover(about.sees, left)
    if cost is None:
        return kept + [site for site in greedy(rest, count - len(kept)) if site not in kept]
    return kept + [s for s in budget_greedy(rest, cost, budget - float(cost[kept].sum())) if s not in kept]
