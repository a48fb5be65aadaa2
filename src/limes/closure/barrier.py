"""Barrier coverage: how many disks watch a line without a gap, placed by plan or at random."""

from __future__ import annotations

from math import ceil, comb

import numpy as np


def sensors_needed(length: float, radius: float, k: int = 1) -> int:
    """Disks that k-cover a line by plan: k rows of ceil(s / 2r) touching disks (Kumar, Lai & Arora 2005).

    >>> sensors_needed(98.0, 1.0), sensors_needed(98.0, 2.5, k=3)
    (49, 60)
    """
    return k * ceil(length / (2.0 * radius) - 1e-9)


def p_covered_at_random(sensors: int, radius_over_length: float) -> float:
    """P(a line is covered without a gap) by disks whose centres fall uniformly on it (Stevens 1939, inclusion-exclusion).

    Inner spacings may be 2r, the two end spacings r. The sum alternates; terms are added exactly as fractions would be for up
    to some hundred sensors, in extended range beyond.

    >>> round(p_covered_at_random(20, 0.1), 4)
    0.5849
    """
    from fractions import Fraction

    a, total = Fraction(radius_over_length).limit_denominator(10**9), Fraction(0)
    for i in range(3):
        for j in range(sensors):
            left = 1 - i * a - 2 * j * a
            if left <= 0:
                break
            total += (-1) ** (i + j) * comb(2, i) * comb(sensors - 1, j) * left**sensors
    return float(min(max(total, Fraction(0)), Fraction(1)))


def poisson_gaps(length: float, intensity: float, radius: float) -> tuple[float, float]:
    """Uncovered share of a long line and expected number of gaps, for disks strewn at `intensity` per unit of length.

    exp(-2 r lambda) and lambda L exp(-2 r lambda) (Boolean model on a line; Hall 1988).

    >>> share, gaps = poisson_gaps(98.0, 1.0, 1.0)
    >>> round(share, 4), round(gaps, 2)
    (0.1353, 13.26)
    """
    share = float(np.exp(-2.0 * radius * intensity))
    return share, intensity * length * share
