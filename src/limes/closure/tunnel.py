"""Tunnels: bored straight under the line in weeks, walked in minutes; found while dug, or else whoever comes out is.

A digging is heard minute by minute for weeks; a fibre that hears it at all hears it often. What decides is whether the stir is
followed up: most tunnels on record were found through people, not sensors.
"""

from __future__ import annotations

import numpy as np

from limes.closure.scene import Scene
from limes.closure.worst import Outcome
from limes.sensing.fibre import FibreModel, p_digging

DEPTH = 6.0
"""Metres below ground of a tunnel (as found at Nusaybin in 2016 and 2017; 4 to 10)."""

EXIT = 100.0
"""Metres behind the line within which a tunnel comes out (assumed; 50 to 300)."""

FOLLOWED = 0.8
"""Chance that a stir of digging on a fibre is followed up and the tunnel found (assumed; 0.5 to 0.95)."""

OTHERWISE = 0.05
"""Chance that it is found by other means before it is used (assumed; 0 to 0.3)."""

_MINUTES = 7.0 * 8.0 * 60.0  # of digging in a week, eight hours a day
_CHANNEL = 0.05  # km over which a stir is counted


def p_found_dug(model: FibreModel, availability: float, about: Scene) -> float:
    """P(a tunnel under a fibre is found while it is dug): heard often enough in a week, listened to, followed up.

    Heard means ten times as many reports in a week as nuisance makes within 50 m.
    """
    reports = float(p_digging(model, np.array(0.0), np.array(DEPTH), about.weather)) * _MINUTES
    heard = reports >= 10.0 * max(model.nuisance * _CHANNEL * 168.0, 1.0)
    return FOLLOWED * availability if heard else 0.0


def tunnels(about: Scene, foot: Outcome, lost: frozenset[str] = frozenset(), searched: np.ndarray | None = None) -> np.ndarray:
    """P(interdict) of the worst tunnel through each km (km,), NaN where nobody could come out.

    1 - (1 - found while dug)(1 - found otherwise)(1 - P of the way on foot from its mouth), from the inward search on foot.
    `searched` (km,) is P(surveys found it) where some were made: what they would have missed stays open.
    """
    ground = about.ground
    assert foot.inside is not None, "tunnels need the inward outcome on foot"
    mouths = np.flatnonzero((ground.region == 1) & (ground.offset <= max(EXIT, 1.5 * ground.grid.cell)))
    km = np.minimum((ground.chainage[mouths] / 1000.0).astype(np.int64), foot.p.size - 1)
    out = np.full(foot.p.size, np.inf)
    np.minimum.at(out, km, foot.inside.key[mouths])
    unheard = np.full(out.size, 1.0 - OTHERWISE)
    if searched is not None:
        unheard[: searched.size] *= 1.0 - searched[: out.size]
    spans = {a.id: (a.line_from, a.line_to) for a in about.deployment.family("fibre")}
    for sensor in about.sensors:
        if isinstance(sensor.model, FibreModel) and not {sensor.id, sensor.asset} & lost:
            first, last = spans[sensor.asset]
            whole = np.arange(out.size)
            over = (1000.0 * whole >= (first or 0.0)) & (np.minimum(1000.0 * (whole + 1), ground.length) <= (last or 0.0) + 1.0)
            unheard *= np.where(over, 1.0 - p_found_dug(sensor.model, sensor.availability, about), 1.0)
    return np.where(np.isfinite(out), 1.0 - unheard * (1.0 - np.minimum(out, 1.0)), np.nan)
