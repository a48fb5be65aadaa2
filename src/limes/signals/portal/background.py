"""The background of a lane: what its empty seconds count, forgotten slowly, held still while a vehicle stands there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.signals.n42 import Floats
from limes.signals.portal.samples import Bools


@dataclass(frozen=True, eq=False)
class Background:
    """What is known of the background before each of n samples.

    `rate` (n, windows) counts a second; `seconds` (n,) live seconds that the rate rests on; `age` (n,) seconds since the
    newest of them.
    """

    rate: Floats
    seconds: Floats
    age: Floats


def follow(
    time: Floats,
    live: Floats,
    counts: Floats,
    free: Bools,
    memory: float = 60.0,
    guard: float = 3.0,
    start: tuple[Floats, float] | None = None,
) -> Background:
    """Follow a drifting background over samples with `counts` (n, windows); only `free` (n,) samples count.

    A sample's weight falls by e every `memory` seconds of free time, so a hold forgets nothing. The last `guard` seconds do
    not count yet: a vehicle is felt before it trips the light barrier. `start` holds counts (windows,) and live seconds known
    beforehand, taken with at most the weight of a memory.

    >>> seen = follow(np.arange(4.0), np.ones(4), np.full((4, 1), 9.0), np.array([True, True, False, False]), guard=0.0)
    >>> seen.rate[:, 0].tolist(), seen.age.tolist()
    ([0.0, 9.0, 9.0, 9.0], [inf, 0.0, 0.0, 1.0])
    """
    rate, seconds, age = np.zeros(counts.shape), np.zeros(len(time)), np.full(len(time), np.inf)
    total, lasted, newest = np.zeros(counts.shape[1]), 0.0, -np.inf
    if start is not None and start[1] > 0:
        weight = min(1.0, memory / start[1])
        total, lasted, newest = start[0] * weight, start[1] * weight, float(time[0]) if len(time) else 0.0
    following = 0
    for k in range(len(time)):
        while following < k and time[following] + live[following] <= time[k] - guard + 1e-9:
            if free[following]:
                keep = np.exp(-live[following] / memory)
                total, lasted = keep * total + counts[following], keep * lasted + live[following]
                newest = time[following] + live[following]
            following += 1
        if lasted > 0:
            rate[k], seconds[k], age[k] = total / lasted, lasted, max(time[k] - newest, 0.0)
    return Background(rate, seconds, age)
