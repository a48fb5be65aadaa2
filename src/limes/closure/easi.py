"""Timely detection and EASI: the chance that a crossing is detected while the response still has time to arrive.

A path is a sequence of tasks, each with a probability of detection, a delay and the moment of its sensing (begin, middle or
end of the delay). Limes uses the convention "each-detection": an alarm is communicated anew at every detection. The
published spreadsheets use "first-detection-only": communication is tried once, at the first detection, and a failure there
is final. With p_communication = 1 they agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.special import ndtr

Sensed = Literal["begin", "middle", "end"]
Communication = Literal["each-detection", "first-detection-only"]

LEFT_AT = {"begin": 1.0, "middle": 0.5, "end": 0.0}
"""Share of a task's delay that is left when it is sensed at its begin, middle or end."""


def remaining_delay(delay_mean: np.ndarray, delay_sd: np.ndarray, detect_at: Sequence[Sensed]) -> tuple[np.ndarray, np.ndarray]:
    """Mean (..., n) and variance (..., n) of the delay left after sensing at each task, seconds and seconds squared.

    A middle leaves half the mean and a quarter of the variance of its task (Garcia 2008).

    >>> mean, variance = remaining_delay(np.array([10.0, 20.0]), np.array([2.0, 4.0]), ("middle", "begin"))
    >>> mean.tolist(), variance.tolist()
    ([25.0, 20.0], [17.0, 16.0])
    """
    mean, variance = np.asarray(delay_mean, float), np.asarray(delay_sd, float) ** 2
    left = np.array([LEFT_AT[at] for at in detect_at])
    return left * mean + _after(mean), left**2 * variance + _after(variance)


def _after(values: np.ndarray) -> np.ndarray:
    """Sum of the tasks that follow each task."""
    return np.flip(np.cumsum(np.flip(values, -1), -1), -1) - values


def p_in_time(mean_left: np.ndarray, variance: np.ndarray | float) -> np.ndarray:
    """Probability that a normal spare time of a mean and variance is positive; without variance a step at zero.

    >>> p_in_time(np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])).tolist()
    [0.5, 1.0, 0.0]
    """
    mean, sd = np.broadcast_arrays(np.asarray(mean_left, float), np.sqrt(np.asarray(variance, float)))
    spread = sd > 0.0
    return np.where(spread, ndtr(mean / np.where(spread, sd, 1.0)), (mean > 0.0).astype(float))


def easi(
    p_detect: np.ndarray,
    delay_mean: np.ndarray,
    delay_sd: np.ndarray,
    detect_at: Sequence[Sensed],
    response_mean: np.ndarray | float,
    response_sd: np.ndarray | float,
    p_communication: np.ndarray | float = 1.0,
    communication: Communication = "each-detection",
) -> np.ndarray:
    """Probability of interruption of paths (...): estimate of adversary sequence interruption (Bennett 1977; Garcia 2008).

    `p_detect`, `delay_mean`, `delay_sd` (..., n) by task, times in seconds; the response's mean and sd (...) seconds count
    from detection to arrival; delays and response are independent normals.

    >>> door, tasks = [0.0, 0.0, 0.9, 0.0, 0.9, 0.0], np.array([10.0, 12.0, 90.0, 10.0, 90.0, 120.0])
    >>> once = easi(np.array(door), tasks, 0.3 * tasks, ["begin"] * 6, 300.0, 90.0, 0.95, "first-detection-only")
    >>> round(float(once), 3)
    0.476
    """
    p, pc = np.asarray(p_detect, float), np.asarray(p_communication, float)[..., None]
    mean, variance = remaining_delay(delay_mean, delay_sd, detect_at)
    spare = mean - np.asarray(response_mean, float)[..., None]
    in_time = p_in_time(spare, variance + np.asarray(response_sd, float)[..., None] ** 2)
    missed = p * pc if communication == "each-detection" else p
    return (_survival(missed) * p * pc * in_time).sum(-1)


def _survival(p: np.ndarray) -> np.ndarray:
    """Chance that no earlier task ended it."""
    before = np.cumprod(1.0 - p, axis=-1)
    return np.concatenate([np.ones((*before.shape[:-1], 1)), before[..., :-1]], axis=-1)


def critical_detection_point(delay: np.ndarray, detect_at: Sequence[Sensed], response: float) -> int | None:
    """Index of the last task whose sensing leaves more delay than the response takes (s); None when no task does.

    >>> critical_detection_point(np.array([10.0, 90.0, 60.0]), ("begin", "begin", "begin"), 100.0)
    1
    """
    left = remaining_delay(delay, np.zeros_like(np.asarray(delay, float)), detect_at)[0]
    timely = np.flatnonzero(left > response)
    return int(timely[-1]) if timely.size else None


def timely_detection(
    p_detect: np.ndarray, delay: np.ndarray, detect_at: Sequence[Sensed], response: np.ndarray | float
) -> np.ndarray:
    """P(interrupt) of paths (...) with fixed times: 1 - prod(1 - PD) up to the critical detection point (Garcia 2008).

    `p_detect` and `delay` (..., n), times in seconds.

    >>> p = timely_detection(np.array([0.5, 0.8]), np.array([30.0, 60.0]), ("begin", "begin"), np.array([70.0, 50.0]))
    >>> p.round(3).tolist()
    [0.5, 0.9]
    """
    left = remaining_delay(delay, np.zeros_like(np.asarray(delay, float)), detect_at)[0]
    timely = left > np.asarray(response, float)[..., None]
    return 1.0 - np.prod(np.where(timely, 1.0 - np.asarray(p_detect, float), 1.0), axis=-1)
