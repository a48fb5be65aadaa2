"""One call from demand to a choice of sites with a proven bound: merge, greedy, exchanges, restarts, cuts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

from limes.errors import UsageError
from limes.planning.siting.benders import prove
from limes.planning.siting.cover import Cover, covered, merged
from limes.planning.siting.greedy import greedy
from limes.planning.siting.swap import restarted, swapped
from limes.seeds import generator


@dataclass(frozen=True)
class Siting:
    """A choice of sites, the weight it covers, and the least bound known on any choice.

    `relaxed` is the bound before branching. `columns` before and after merging; `seconds` of greedy, exchanges, restarts and
    proof; `values` after the first three.
    """

    chosen: tuple[int, ...]
    value: float
    bound: float
    relaxed: float
    columns: tuple[int, int]
    values: tuple[float, float, float]
    seconds: tuple[float, float, float, float]

    @property
    def gap(self) -> float:
        """How much better than this any choice could be, at most, as a share of it."""
        return (self.bound - self.value) / self.value if self.value > 0.0 else 0.0


def site(about: Cover, count: int, seed: int = 1, rounds: int = 10, gap: float = 0.0, seconds: float = 60.0) -> Siting:
    """Choose up to `count` sites that cover the most weight, and prove how far from the best that may be.

    `rounds` restarts from a `seed`; the proof ends when the gap is at most `gap` or after `seconds`.

    >>> import numpy as np
    >>> from limes.planning.siting.cover import within
    >>> line = np.stack([np.arange(12.0), np.zeros(12)], axis=-1)
    >>> found = site(within(line, line, np.ones(12), 1.0), 4)
    >>> found.value, round(found.bound, 6)
    (12.0, 12.0)
    """
    if count < 1:
        raise UsageError(f"{count} sites are asked for; ask for one or more")
    small, _ = merged(about)
    times, values = [perf_counter()], []
    chosen = greedy(small, count)
    for step in (lambda c: c, lambda c: swapped(small, c), lambda c: restarted(small, c, generator(seed, "siting"), rounds)):
        chosen = step(chosen)
        times.append(perf_counter())
        values.append(covered(small, chosen))
    proof = prove(small, chosen, min(count, small.sites), gap, seconds)
    times.append(perf_counter())
    spans = [b - a for a, b in pairwise(times)]
    return Siting(
        proof.chosen, proof.value, proof.bound, proof.relaxed, (about.weight.size, small.weight.size),
        (values[0], values[1], values[2]), (spans[0], spans[1], spans[2], spans[3]),
    )  # fmt: skip
