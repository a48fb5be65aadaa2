"""The search over terrain: quickest times and least P(interdict) from every cell to a goal.

Cells have 16 neighbours (king and knight moves), so a way is at most 2.8 % longer than the straight one. Both searches run
backwards from the goal, so that what a cell holds is what lies ahead of somebody who stands there.

The least P(interdict) V obeys V(c) = min over moves c -> n of V(n) + p max(0, w - V(n)): with p the chance to be detected on
the move and w the chance that a response to a detection there comes in time. V never falls along a search and grows with V(n),
so settling cells by rising V (Dijkstra 1959; Knuth 1977) is exact.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from limes.closure.dijkstra import Bounds, Seeds, Terrainlike, Watched, each_group, packed, search, work

_NOTHING = np.zeros((0, 3))
_NEVER = np.zeros(0, bool)


@dataclass(frozen=True)
class Field:
    """A search's result, flat: `key` (cells,) seconds or P, inf where there is no way; `link` the next cell on the way.

    `order` holds the settled cells by rising key. A link under 0 says that the cell is a seed.
    """

    key: np.ndarray
    link: np.ndarray
    order: np.ndarray


def begin(cells: np.ndarray, key: np.ndarray | float = 0.0, link: np.ndarray | int = -1) -> Seeds:
    """Seeds of a search from cells (k,), with a key and a link for each or for all."""
    whole = np.asarray(cells, np.int64)
    return Seeds(whole, np.broadcast_to(np.asarray(key, float), whole.shape).copy(), np.full(whole.shape, link, np.int64))


def quickest(ground: Terrainlike, here: int, seeds: Seeds, outward: bool = False, limit: float = np.inf) -> Field:
    """Least time from every cell of a region to the seeds (or from them, `outward`), seconds.

    Seeds start with their key in seconds. No cell beyond `limit` s is searched from.

    >>> from limes.closure.movement import foot_pace
    >>> flat, none = np.zeros(9, np.float32), np.zeros(9, bool)
    >>> g = Terrainlike(3, 10.0, flat, np.ones(9, np.uint8), flat, none, none, foot_pace(1.0), np.inf, 0.0)
    >>> quickest(g, 1, begin(np.array([0]))).key.round(2).tolist()[:4]
    [0.0, 10.0, 20.0, 10.0]
    """
    made = work(ground.region.size)
    settled, _, _ = search(True, outward, ground, _NOTHING, Bounds(here, 0.0, np.inf, limit, False, _NEVER), seeds, made)
    return Field(made.key, made.link, made.order[:settled].copy())


def least_watched(ground: Terrainlike, watched: Watched, here: int, seeds: Seeds) -> Field:
    """Least P(interdict) from every cell of a region to the seeds, which start with their key."""
    made = work(ground.region.size)
    settled, _, _ = search(False, False, ground, packed(watched), Bounds(here, 0.0, np.inf, np.inf, False, _NEVER), seeds, made)
    return Field(made.key, made.link, made.order[:settled].copy())


@dataclass(frozen=True)
class Ways:
    """The best way of each group: its P(interdict), inf without one; its cells from stop to seed; the seed used, or -1."""

    chance: np.ndarray
    cells: tuple[np.ndarray, ...]
    seed: np.ndarray


def best_of_groups(
    ground: Terrainlike,
    watched: Watched,
    here: int,
    seeds: Seeds,
    first: np.ndarray,
    stop: np.ndarray,
    middle: np.ndarray,
    wide: float,
) -> Ways:
    """Least P(interdict) from any `stop` cell by way of each group of seeds: one search per group, ended at the first.

    Group g has the seeds first[g] to first[g + 1] and keeps within `wide` metres of the chainage middle[g]. Two threads, each
    with half of the groups.
    """
    groups, rows = len(first) - 1, ground.region.size // ground.nx
    best, length = np.full(groups, np.inf), np.zeros(groups, np.int64)
    paths = np.full((groups, 4 * (rows + ground.nx) + 2), -1, np.int64)
    marked = Seeds(seeds.cell, seeds.key, -2 - np.arange(seeds.cell.size, dtype=np.int64))
    look, made, places = packed(watched), first.astype(np.int64), middle.astype(float)

    def some(begin: int, end: int) -> None:
        each_group(
            ground, look, here, stop, marked, made[begin : end + 1], places[begin:end], wide,
            work(ground.region.size), best[begin:end], paths[begin:end], length[begin:end],
        )  # fmt: skip

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(some, (0, groups // 2), (groups // 2, groups)))
    seed = np.where(np.isfinite(best), -2 - paths[:, -1], -1)
    return Ways(best, tuple(paths[i, : length[i]].copy() for i in range(groups)), seed)
