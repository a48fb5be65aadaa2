"""The bank: what voids of every place, depth and size within reach would do to the readings of this line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.signals.survey.gravity import GROUND_DENSITY, void_anomaly
from limes.signals.survey.line import ErtLine, Floats, GravityLine, geometric_factor
from limes.signals.survey.void import change, pole_changes

DEPTHS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0)
"""Depths of the centre, m, that are searched."""

SIZES = (0.8, 1.2, 1.5, 2.0, 3.0)
"""Widths and heights, m, of the square voids that are searched."""

_COVER = 0.4  # m of ground above a void, at least
_GRID = 0.25  # m: places of electrodes are rounded to this, so that few offsets repeat


@dataclass(frozen=True, eq=False)
class Bank:
    """Hypotheses h: `x`, `depth` and `size` (h,) m, with `ert` (h, n) changes of log rho_a and `gravity` (h, m) in microgal."""

    x: Floats
    depth: Floats
    size: Floats
    ert: Floats
    gravity: Floats


def places(line: ErtLine | GravityLine) -> Floats:
    """Places (p,), m along the line, at which a void is looked for: one per electrode or station spacing, at most 1 m apart."""
    ends = line.electrodes if isinstance(line, ErtLine) else line.x
    step = min(max(float(np.median(np.diff(ends))), 0.5), 1.0)
    return np.arange(ends[0], ends[-1] + step / 2.0, step)


def bank(
    ert: ErtLine | None,
    gravity: GravityLine | None = None,
    depths: tuple[float, ...] = DEPTHS,
    sizes: tuple[float, ...] = SIZES,
    density: float = GROUND_DENSITY,
) -> Bank:
    """The bank of air-filled voids for a resistivity line, a gravity line or both along the same metres."""
    main = ert if ert is not None else gravity
    assert main is not None, "a bank needs a line"
    at = places(main)
    shapes = [(depth, size) for depth in depths for size in sizes if depth - size / 2.0 >= _COVER]
    parts = [_electric(ert, at, depth, size) for depth, size in shapes] if ert is not None else []
    pulls = [_pull(gravity, at, depth, size, density) for depth, size in shapes] if gravity is not None else []
    depth_of, size_of = (np.repeat([shape[i] for shape in shapes], at.size) for i in (0, 1))
    none = np.zeros((len(shapes) * at.size, 0))
    return Bank(
        np.tile(at, len(shapes)), depth_of, size_of,
        np.concatenate(parts) if parts else none, np.concatenate(pulls) if pulls else none,
    )  # fmt: skip


def _electric(line: ErtLine, at: Floats, depth: float, size: float) -> Floats:
    """Changes (p, n) of log rho_a for voids at the places `at`: one system serves all places, since only offsets matter."""
    offsets: Floats = line.electrodes[None, :] - at[:, None]
    steps = np.round(offsets / _GRID).astype(np.int64)
    known, number = np.unique(steps, return_inverse=True)
    number = number.reshape(steps.shape)
    changes = pole_changes(np.asarray(known * _GRID, float), depth, size, size)
    factor = geometric_factor(line.electrodes, line.abmn)
    rows = [change(changes[np.ix_(row, row)], line.abmn, factor) for row in number]
    return np.log1p(np.clip(np.array(rows), -0.95, None))


def _pull(line: GravityLine, at: Floats, depth: float, size: float, density: float) -> Floats:
    return void_anomaly(line.x[None, :] - at[:, None], depth, size, size, density, line.height_m)
