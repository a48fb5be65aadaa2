"""Microgravity of a long rectangular void: what is missing pulls less."""

from __future__ import annotations

import numpy as np

from limes.signals.survey.line import Floats

NEWTON = 6.67430e-11
"""Constant of gravitation, m3/(kg s2) (CODATA 2018)."""

GROUND_DENSITY = 1900.0
"""Density of the ground, kg/m3, that a void lacks (assumed; 1600 to 2300)."""

_MICROGAL = 1e-8


def void_anomaly(
    offset: Floats, depth: float, width: float, height: float, density: float = GROUND_DENSITY, sensor: float = 0.3
) -> Floats:
    """Vertical gravity anomaly (n,), microgal, of an infinitely long rectangular void; negative: it pulls less.

    `offset` (n,) m from above its centre, `depth` of the centre below ground, `sensor` height above ground, m. Closed form of
    the two-dimensional prism (Hubbert 1948; Telford et al. 1990): the integral of 2 G rho z / (x^2 + z^2) over the section.

    >>> float(np.round(-void_anomaly(np.array([0.0]), 5.0, 1.5, 1.5), 1)[0])
    10.8
    """
    top, bottom = depth - height / 2.0 + sensor, depth + height / 2.0 + sensor
    right, left = np.asarray(offset) + width / 2.0, np.asarray(offset) - width / 2.0
    section = _corner(right, bottom) - _corner(left, bottom) - _corner(right, top) + _corner(left, top)
    return np.asarray(-2.0 * NEWTON * density * section / _MICROGAL)


def _corner(x: Floats, z: float) -> Floats:
    """Antiderivative of z / (x^2 + z^2) in x and z."""
    return np.asarray(0.5 * x * np.log(x**2 + z**2 + 1e-300) + z * np.arctan2(x, z))
