"""The patrolling game on a line: one patroller, n places, an attack that takes m periods, discrete time.

The value is the probability of interception that the best randomised patrol guarantees against every attack.
"""

from __future__ import annotations

from math import ceil

from limes.errors import UsageError


def line_bounds(nodes: int, duration: int) -> tuple[float, float]:
    """What some patrol guarantees and what no patrol can exceed.

    Below: cover the line by stretches of floor(m/2) + 1 nodes, patrol one chosen at random to and fro (Alpern, Morton &
    Papadaki 2011), or oscillate end to end, m / (2 (n - 1)). Above: attacks at once on nodes m apart, of which one walk meets
    at most one, and attacks on the two ends (the same; Papadaki et al. 2016).

    >>> line_bounds(98, 2)[0] == line_bounds(98, 2)[1] == 1 / 49
    True
    """
    n, m = nodes, duration
    if n < 1 or m < 1:
        raise UsageError(f"a line of {n} nodes attacked for {m} periods is no game; both must be at least 1")
    if n == 1 or m >= 2 * (n - 1):
        return 1.0, 1.0
    oscillate = m / (2.0 * (n - 1))
    below = max(1.0 / ceil(n / (m // 2 + 1)), oscillate)
    above = 1.0 / ((n - 1) // m + 1)
    if m == 2:
        above = min(above, 1.0 / ceil(n / 2))
    return below, min(above, oscillate) if m >= n - 1 else above


def line_value(nodes: int, duration: int) -> float:
    """Value of the game where it has a closed form here; UsageError with the bounds where it has not.

    m = 1: 1 / n. m = 2: 1 / ceil(n / 2). n - 1 <= m <= 2 (n - 1): m / (2 (n - 1)). Longer: 1.

    >>> line_value(50, 60) == 60 / 98
    True
    """
    below, above = line_bounds(nodes, duration)
    if above - below > 1e-12:
        raise UsageError(f"n = {nodes}, m = {duration} lies between {below:.6g} and {above:.6g}; use line_bounds")
    return below
