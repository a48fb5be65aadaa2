"""What each part of a deployment contributes to closure: by taking it away, and by Shapley's value over sampled orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from limes.closure.scene import Scene, closure
from limes.closure.worst import Direction
from limes.sector import Deployment
from limes.seeds import generator

Value = Callable[[frozenset[str]], float]
"""Closure (0-1) without the assets named."""


@dataclass(frozen=True)
class Share:
    """One part of a deployment.

    `removal` what mean P(interdict) over the km loses without it, `worst` what the worst km loses; `shapley` its fair share of
    the whole with its standard error, NaN when not sampled.
    """

    name: str
    removal: float
    worst: float
    shapley: float
    error: float


def parts(deployment: Deployment) -> dict[str, frozenset[str]]:
    """The parts that can fail or be bought together: each tower, aerostat and line, each string of ground sensors, each post.

    A post counts with its patrols. Ground sensors form a string when their ids differ only after the last hyphen.
    """
    found: dict[str, set[str]] = {}
    for asset in deployment.assets:
        if asset.family in ("aerostat", "tower", "fibre", "fence_sensor", "wall", "fence", "gate"):
            found[asset.id] = {asset.id}
        elif asset.family == "seismic":
            found.setdefault(asset.id.rpartition("-")[0] or asset.id, set()).add(asset.id)
        elif asset.family == "patrol" and asset.base is not None:
            found.setdefault(asset.base, set()).add(asset.id)
    return {name: frozenset(ids) for name, ids in found.items()}


def shares(
    about: Scene, mode: str, direction: Direction, groups: Mapping[str, frozenset[str]], orders: int = 0, seed: int = 1
) -> tuple[Share, ...]:
    """Each part's loss by removal and, over `orders` pairs of sampled orders, its Shapley value; the weightiest first."""
    whole = closure(about, mode, direction)
    names = list(groups)
    with ThreadPoolExecutor(max_workers=2) as pool:
        without = list(pool.map(lambda name: closure(about, mode, direction, groups[name]), names))

    def value(lost: frozenset[str]) -> float:
        return closure(about, mode, direction, lost).mean

    mean, error = shapley(value, groups, orders, seed) if orders else (np.full(len(names), np.nan),) * 2
    rows = [
        Share(name, whole.mean - part.mean, whole.worst - part.worst, float(mean[i]), float(error[i]))
        for i, (name, part) in enumerate(zip(names, without, strict=True))
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.shapley if orders else row.removal), -row.removal, row.name)))


def shapley(value: Value, groups: Mapping[str, frozenset[str]], orders: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shapley values (Shapley 1953) and their standard errors by sampled orders (Castro, Gomez & Tejada 2009).

    Each order is used forwards and backwards, which cancels much of the error. The values add up to that of the whole less
    that of nothing, exactly. Errors are those between pairs; NaN for one pair.

    >>> worth = lambda lost: 3.0 - len(lost)
    >>> mean, _ = shapley(worth, {name: frozenset(name) for name in "abc"}, 2, 1)
    >>> mean.tolist()
    [1.0, 1.0, 1.0]
    """
    names = list(groups)

    def one(index: int) -> np.ndarray:
        order = generator(seed, "shapley", index).permutation(len(names))
        return 0.5 * (_marginal(value, groups, names, order) + _marginal(value, groups, names, order[::-1]))

    with ThreadPoolExecutor(max_workers=2) as pool:
        rows = np.stack(list(pool.map(one, range(orders))))
    error = rows.std(axis=0, ddof=1) / np.sqrt(orders) if orders > 1 else np.full(len(names), np.nan)
    return rows.mean(axis=0), error


def _marginal(value: Value, groups: Mapping[str, frozenset[str]], names: list[str], order: np.ndarray) -> np.ndarray:
    """What each part loses when the parts are taken away in an order."""
    lost: frozenset[str] = frozenset()
    before, out = value(lost), np.zeros(len(names))
    for i in order:
        lost = lost | groups[names[i]]
        after = value(lost)
        out[i], before = before - after, after
    return out
