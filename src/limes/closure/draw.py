"""A day's random draw of an inspection plan: which vehicle of which class goes to which tools, by a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.seeds import generator


@dataclass(frozen=True)
class Drawn:
    """The n-th vehicle of a class that day (from 1), and the tools (indices) that it is sent to."""

    goods: int
    number: int
    tools: tuple[int, ...]


def draw_day(
    mix: np.ndarray, modes: tuple[tuple[int, ...], ...], vehicles: np.ndarray, seed: int, day: str
) -> tuple[Drawn, ...]:
    """Draw a day: every vehicle's chance of each mode is exactly its class's `mix` (k, modes), whatever its number.

    `vehicles` (k,) expected of each class that day. The number of each mode is the expected one, rounded up or down at random
    (systematic sampling: Madow 1949), and a random order says who: nobody can reckon from those before what comes next, and
    no day needs more tests than planned but for one of each.

    >>> mix = np.array([[0.5, 0.5]])
    >>> [one.tools for one in draw_day(mix, ((), (0,)), np.array([4]), 1, "2026-01-20")].count((0,))
    2
    """
    found = []
    for k, row in enumerate(mix):
        rng = generator(seed, "inspection", day, k)
        number = int(vehicles[k])
        edges = np.concatenate([[0.0], np.cumsum(row / row.sum())]) * number
        edges[-1] = number
        ticks = np.floor(edges - rng.random() + 1.0)
        counts = np.diff(ticks).astype(np.int64)
        order = rng.permutation(np.repeat(np.arange(len(modes)), counts))
        found += [Drawn(k, n + 1, modes[mode]) for n, mode in enumerate(order) if modes[mode]]
    return tuple(found)
