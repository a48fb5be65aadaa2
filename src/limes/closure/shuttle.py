"""Patrols on a beat: one that shuttles end to end, and one that cannot be predicted.

`reach` is a = speed x exposure / length of the beat: the share of the beat that the patrol covers while a crosser is exposed.
"""

from __future__ import annotations

import numpy as np


def p_meet_at(place: np.ndarray | float, reach: np.ndarray | float) -> np.ndarray:
    """P(a shuttling patrol passes a place) while a crosser is exposed there, at a moment it does not know.

    `place` is the share of the beat from one end (0-1). The patrol returns after 2u and 2(1 - u) beat times in turn, so the
    chance is (min(a, 2u) + min(a, 2(1 - u))) / 2: half as much at an end as in the middle.

    >>> p_meet_at(np.array([0.0, 0.5]), 0.25).tolist()
    [0.125, 0.25]
    """
    u, a = np.asarray(place, float), np.asarray(reach, float)
    return (np.minimum(a, 2.0 * u) + np.minimum(a, 2.0 * (1.0 - u))) / 2.0


def p_meet_uniform(reach: np.ndarray | float) -> np.ndarray:
    """Mean of `p_meet_at` over the beat: a - a^2 / 4 up to a = 2, then 1.

    >>> float(p_meet_uniform(0.25))
    0.234375
    """
    a = np.minimum(np.asarray(reach, float), 2.0)
    return a - a**2 / 4.0


def p_meet_watched(place: np.ndarray | float, reach: np.ndarray | float) -> np.ndarray:
    """P(meet) of a shuttle when the crosser has watched it and steps out right behind it: 0 or 1.

    It slips through wherever the longer of the two absences outlasts its exposure.

    >>> p_meet_watched(0.5, 0.9).item(), p_meet_watched(0.5, 1.0).item()
    (0.0, 1.0)
    """
    u = np.asarray(place, float)
    return (np.asarray(reach, float) >= 2.0 * np.maximum(u, 1.0 - u)).astype(float)


def p_meet_random(reach: np.ndarray | float) -> np.ndarray:
    """P(meet) of a patrol whose passages have no memory: 1 - exp(-a) everywhere, whatever the crosser has watched.

    It drives as far as the shuttle (each place is passed speed / length times an hour on average).

    >>> float(p_meet_random(1.0).round(3))
    0.632
    """
    return -np.expm1(-np.asarray(reach, float))
