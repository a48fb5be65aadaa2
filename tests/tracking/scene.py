"""Small made scenes for the tracking tests: one or two sensors over a few straight walkers and vehicles."""

from __future__ import annotations

import numpy as np

from limes.columns import DETECTION, SENSOR, Kind, empty


def sensor(kind=Kind.POSITION, **columns):
    """One sensor row with plain figures; any column can be given."""
    row = empty(SENSOR, 1)
    figures = {"id": "s", "kind": kind, "x": 0.0, "y": 0.0, "height": 10.0, "p_detect": 0.9, "clutter": 2.0, "area": 1e8}
    figures |= {"sigma_range": 10.0, "sigma_bearing": 1e-3, "sigma_range_rate": 0.3, "reach": np.inf, "mdv": 0.0}
    figures |= {"period": 2.0, "surveyed": True}
    for name, value in (figures | columns).items():
        row[name] = value
    return row


def scan(site, time, number, states, rng, p_detect=0.9, clutter=2.0, index=0):
    """Rows of one look at true states (n, 4): seen with p_detect, plus false ones in the 10 km square about the origin."""
    site = site[0]
    seen = states[rng.random(len(states)) < p_detect]
    number_false = rng.poisson(clutter)
    false = np.hstack([rng.uniform(-5e3, 5e3, (number_false, 2)), rng.uniform(-10, 10, (number_false, 2))])
    every = np.vstack([seen, false])
    rows = empty(DETECTION, max(len(every), 1))
    rows["time"] = rows["arrival"] = time
    rows["sensor"], rows["scan"], rows["kind"] = index, number, site["kind"]
    if not len(every):
        rows["kind"] = Kind.EMPTY
        return rows
    if site["kind"] == Kind.POSITION:
        rows["x"] = every[:, 0] + rng.normal(0, site["sigma_range"], len(every))
        rows["y"] = every[:, 1] + rng.normal(0, site["sigma_range"], len(every))
    else:
        dx, dy = every[:, 0] - site["x"], every[:, 1] - site["y"]
        rho = np.hypot(dx, dy)
        rows["range"] = rho + rng.normal(0, site["sigma_range"], len(every))
        rows["bearing"] = np.arctan2(dx, dy) + rng.normal(0, site["sigma_bearing"], len(every))
        rate = (dx * every[:, 2] + dy * every[:, 3]) / rho
        rows["range_rate"] = rate + rng.normal(0, site["sigma_range_rate"], len(every))
    return rows


def straight(starts, duration, site, seed=0, clutter=2.0, p_detect=0.9, phase=0.0, index=0):
    """All looks of a sensor over things that move straight from `starts` (n, 4) of x, y, vx, vy."""
    rng = np.random.default_rng(seed)
    starts, out = np.asarray(starts, float), []
    for k, time in enumerate(np.arange(phase, duration, float(site["period"][0]))):
        states = starts.copy()
        states[:, :2] += time * starts[:, 2:]
        out.append(scan(site, time, k, states, rng, p_detect, clutter, index))
    return np.concatenate(out)
