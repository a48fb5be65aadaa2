"""The beats of a plan's patrols: stretches of border, how likely somebody passes with and without a patrol on them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from limes.closure.shuttle import p_meet_random
from limes.closure.worst import Outcome
from limes.planning.patrols import Schedule, schedule
from limes.sector import Deployment, Sector

BEAT = 5000.0
"""Metres of border that a patrol on a beat goes up and down (assumed)."""


def week(
    sector: Sector, deployment: Deployment, found: Outcome, night: bool, share: float = 0.5, seed: int = 1
) -> Schedule | None:
    """A week's beats for half (`share`) of the patrols, the rest being kept ready at their posts; None without patrols.

    Along a beat a patrol passes each place at random (no memory); it meets who is within its sight of the line. P(pass) of a
    beat without it is that of its worst km in `found`.
    """
    patrols = deployment.family("patrol")
    out = int(share * len(patrols))
    if out < 1:
        return None
    kind = sector.catalogue.kinds[patrols[0].kind]
    sight = kind.number("sight_night_m" if night else "sight_day_m")
    speed = kind.number("speed_road_mps") * (kind.number("night_factor") if night else 1.0)
    count = max(round(sector.border.length / BEAT), 1)
    length = sector.border.length / count
    reach = speed * (2.0 * sight / found.task.mode.speed) / length
    meet = float(p_meet_random(reach))
    edges = np.linspace(0.0, found.p.size, count + 1)
    parts = [found.p[int(a) : max(int(np.ceil(b)), int(a) + 1)] for a, b in pairwise(edges)]
    worst = [float(np.nanmin(np.append(part, 1.0))) for part in parts]
    unmet = 1.0 - np.clip(np.array(worst), 0.0, 0.99)
    names = tuple(f"km {i * length / 1000.0:.0f} to {(i + 1) * length / 1000.0:.0f}" for i in range(count))
    return schedule(names, unmet, unmet * (1.0 - meet), min(out, count), seed)
