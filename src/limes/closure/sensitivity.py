"""What an answer hangs on: Sobol indices of independent uniform inputs, and the tornado of low and high values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from limes.errors import UsageError

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Indices:
    """Variance of a function's value and the Sobol indices of each input: first order and total (n,)."""

    variance: float
    first: np.ndarray
    total: np.ndarray


def sobol_exact(function: Function, low: np.ndarray, high: np.ndarray, nodes: int = 24) -> Indices:
    """Sobol indices (Sobol 1993) of a smooth function of at most four inputs, by Gauss-Legendre quadrature.

    `function` maps points (k, n) to values (k,); inputs are independent and uniform between `low` and `high` (n,).

    >>> found = sobol_exact(lambda x: x[:, 0] + 2.0 * x[:, 1], np.zeros(2), np.ones(2))
    >>> found.first.round(6).tolist()
    [0.2, 0.8]
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    if low.size > 4:
        raise UsageError(f"quadrature over {low.size} inputs is too much; use sobol_sampled")
    point, weight = np.polynomial.legendre.leggauss(nodes)
    axes = [(lo + hi) / 2.0 + (hi - lo) / 2.0 * point for lo, hi in zip(low, high, strict=True)]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
    value = function(grid).reshape((nodes,) * low.size)
    every = tuple(range(low.size))
    mean = float(_mean(value, every, weight))
    variance = float(_mean((value - mean) ** 2, every, weight))
    first, total = np.zeros(low.size), np.zeros(low.size)
    for i in every:
        others = tuple(axis for axis in every if axis != i)
        first[i] = float(_mean((_mean(value, others, weight) - mean) ** 2, (0,), weight)) / variance
        total[i] = 1.0 - float(_mean((_mean(value, (i,), weight) - mean) ** 2, tuple(range(len(others))), weight)) / variance
    return Indices(variance, first, total)


def _mean(value: np.ndarray, axes: tuple[int, ...], weight: np.ndarray) -> np.ndarray:
    """Mean over some axes by the quadrature's weights."""
    for axis in sorted(axes, reverse=True):
        value = np.tensordot(value, weight / 2.0, axes=([axis], [0]))
    return value


def sobol_sampled(function: Function, low: np.ndarray, high: np.ndarray, runs: int, rng: np.random.Generator) -> Indices:
    """Sobol indices by sampling: first order after Saltelli et al. 2010, total after Jansen 1999; runs x (n + 2) calls.

    Their standard error falls as 1 / sqrt(runs): 0.01 or so at 10,000 runs.

    >>> rng = np.random.default_rng(1)
    >>> found = sobol_sampled(lambda x: x[:, 0] + 2.0 * x[:, 1], np.zeros(2), np.ones(2), 20_000, rng)
    >>> bool(abs(found.first[1] - 0.8) < 0.03)
    True
    """
    low, high = np.asarray(low, float), np.asarray(high, float)
    a, b = (low + (high - low) * rng.random((runs, low.size)) for _ in range(2))
    ya, yb = function(a), function(b)
    variance = float(np.concatenate([ya, yb]).var())
    first, total = np.zeros(low.size), np.zeros(low.size)
    for i in range(low.size):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        y = function(mixed)
        first[i] = float(np.mean((yb - yb.mean()) * (y - ya))) / variance
        total[i] = float(np.mean((ya - y) ** 2)) / (2.0 * variance)
    return Indices(variance, first, total)


def ishigami(x: np.ndarray, a: float = 7.0, b: float = 0.1) -> np.ndarray:
    """The test function sin x1 + a sin^2 x2 + b x3^4 sin x1 (Ishigami & Homma 1990) at points (k, 3)."""
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


@dataclass(frozen=True)
class Swing:
    """What one input does to the answer: its name and the answers at its low and high value."""

    name: str
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """Distance between the two answers."""
        return abs(self.at_high - self.at_low)

    def departure(self, base: float) -> float:
        """How far the answer gets from the base at most."""
        return max(abs(self.at_low - base), abs(self.at_high - base))


def tornado(
    function: Callable[[Mapping[str, float]], float],
    base: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
) -> tuple[float, tuple[Swing, ...]]:
    """The answer at the base, and each input's swing with the others at base; what takes it farthest from there comes first.

    >>> base, swings = tornado(lambda x: x["a"] * x["b"], {"a": 1.0, "b": 2.0}, {"a": (0.0, 2.0), "b": (1.0, 2.0)})
    >>> base, [swing.name for swing in swings]
    (2.0, ['a', 'b'])
    """
    rows = [Swing(name, *(function({**base, name: value}) for value in ends)) for name, ends in ranges.items()]
    middle = function(base)
    return middle, tuple(sorted(rows, key=lambda row: (-row.departure(middle), row.name)))
