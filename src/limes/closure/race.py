"""The race: does the response arrive before the crossing ends."""

from __future__ import annotations

from typing import Literal

import numpy as np

from limes.closure.easi import p_in_time

Law = Literal["normal", "lognormal", "exponential"]


def p_response_first(
    crossing_mean: np.ndarray | float,
    crossing_sd: np.ndarray | float,
    response_mean: np.ndarray | float,
    response_sd: np.ndarray | float,
    law: Law = "normal",
) -> np.ndarray:
    """P(response <= crossing) for independent times of given means and standard deviations (s), broadcast.

    Normal: Phi of the mean difference over its sd. Lognormal: the same on the logarithms of times with these means and sds.
    Exponential: the mean of the crossing over the sum of both means (rates mu and nu: nu / (nu + mu)); sds are not used.

    >>> float(p_response_first(900.0, 300.0, 600.0, 200.0).round(5))
    0.79731
    >>> float(p_response_first(900.0, 0.0, 600.0, 0.0, "exponential"))
    0.6
    """
    mx, sx, mr, sr = (np.asarray(v, float) for v in (crossing_mean, crossing_sd, response_mean, response_sd))
    if law == "exponential":
        return mx / (mx + mr)
    if law == "lognormal":
        (mx, vx), (mr, vr) = lognormal_of(mx, sx), lognormal_of(mr, sr)
        return p_in_time(mx - mr, vx + vr)
    return p_in_time(mx - mr, sx**2 + sr**2)


def lognormal_of(mean: np.ndarray | float, sd: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the logarithm of a lognormal time with this mean and sd.

    >>> mu, variance = lognormal_of(1.0, 1.0)
    >>> float(np.exp(mu + variance / 2).round(9))
    1.0
    """
    variance = np.log1p((np.asarray(sd, float) / np.asarray(mean, float)) ** 2)
    return np.log(np.asarray(mean, float)) - variance / 2.0, variance
