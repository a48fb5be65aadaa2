"""What the ground itself does to the readings: the grounds that are thought possible, and what each leaves of a signal.

A ground is a covariance of the readings: their errors, and for all but the uniform one what a random resistivity of the ground
does to them (through the sensitivities of the line). Whatever a background of that kind can explain is thereby taken out of the
data and of the templates alike, so that the strength of a template is what is really left of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from limes.signals.survey.line import ErtLine, Floats, GravityLine
from limes.signals.survey.resistivity import mesh, sensitivities

STRENGTHS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Standard deviations of log resistivity from place to place that are tried."""

LENGTHS = (2.0, 5.0)
"""Correlation lengths along the line, m, that are tried; half as much down."""

BACKGROUND = (0.5, 20.0, 8.0)
"""The smooth background: standard deviation of log resistivity, correlation length along and down, m."""

PULLS = ((0.0, 1.0), (5.0, 5.0), (10.0, 10.0))
"""Gravity of the ground that is tried: standard deviation, microgal, and correlation length, m."""


@dataclass(frozen=True)
class Ground:
    """One kind of ground: `name`, standard deviation of log resistivity (0 with `smooth` False: uniform) and its length, m."""

    name: str
    strength: float = 0.0
    length: float = 0.0
    smooth: bool = False


@dataclass(frozen=True, eq=False)
class Whitener:
    """Turns readings (n,) into independent ones of variance 1 with the free columns projected out; `log_norm` for odds."""

    lower: Floats
    matrix: Floats
    freedom: int
    log_norm: float

    def __call__(self, values: Floats) -> Floats:
        """Whiten values (n,) or (n, m)."""
        return np.asarray(self.matrix @ values)


def grounds(ert: bool = True) -> tuple[Ground, ...]:
    """Every ground that is tried: uniform, smooth, and smooth with a random part of each strength and length.

    >>> len(grounds())
    12
    """
    if not ert:
        return tuple(Ground(f"{std:g} microgal over {length:g} m" if std else "uniform", std, length) for std, length in PULLS)
    rough = [Ground(f"{100 * s:.0f} % over {length:g} m", s, length, True) for length in LENGTHS for s in STRENGTHS]
    return (Ground("uniform"), Ground("smooth", smooth=True), *rough)


def whitener(covariance: Floats, free: Floats) -> Whitener:
    """The whitener of a covariance (n, n) with columns (n, p) whose size is not known at all.

    `log_norm` is the part of the restricted log likelihood that does not depend on the readings (Patterson and Thompson 1971).
    """
    lower = cholesky(covariance, lower=True, check_finite=False)
    inverse = solve_triangular(lower, np.eye(len(lower)), lower=True, check_finite=False)
    basis, r = np.linalg.qr(inverse @ free)
    log_norm = -float(np.log(np.diag(lower)).sum() + np.log(np.abs(np.diag(r))).sum())
    return Whitener(lower, inverse - basis @ (basis.T @ inverse), len(lower) - free.shape[1], log_norm)


class ErtNoise:
    """Covariances of a resistivity line's readings over the grounds; the line's sensitivities are computed once."""

    def __init__(self, line: ErtLine) -> None:
        """Compute how the readings of `line` answer to the ground under it."""
        grid = mesh(line.electrodes, finer=2)
        self.variance = line.error**2
        x, z = grid.middles()
        self._places = np.column_stack([np.repeat(x, z.size), np.tile(z, x.size)])
        _, slopes = sensitivities(grid, np.ones(grid.shape), line.electrodes, line.abmn)
        self._slopes = slopes.reshape(len(line.abmn), -1)
        self._known: dict[tuple[float, float, float], Floats] = {}

    def covariance(self, ground: Ground) -> Floats:
        """Covariance (n, n) of log rho_a over a ground."""
        total = np.diag(self.variance)
        if ground.smooth:
            std, along, down = BACKGROUND
            total += std**2 * self._ground(along, down, 2.0)
        if ground.strength:
            total += ground.strength**2 * self._ground(ground.length, ground.length / 2.0, 1.0)
        return total

    def free(self) -> Floats:
        """The column (n, 1) of a uniform ground, whose resistivity is not known."""
        return np.ones((self.variance.size, 1))

    def _ground(self, along: float, down: float, power: float) -> Floats:
        """Covariance (n, n) that ground of standard deviation 1 and these correlation lengths, m, gives the readings."""
        key = (along, down, power)
        if key not in self._known:
            self._known[key] = self._slopes @ (correlation(self._places, along, down, power) @ self._slopes.T)
        return self._known[key]


class GravityNoise:
    """Covariances of a gravity line's stations over the grounds."""

    def __init__(self, line: GravityLine) -> None:
        """Remember the stations."""
        self.line = line

    def covariance(self, ground: Ground) -> Floats:
        """Covariance (n, n), microgal^2: the stations' errors and a correlated part."""
        x = self.line.x
        part = np.exp(-np.abs(x[:, None] - x[None, :]) / max(ground.length, 1e-9)) if ground.strength else 0.0
        return np.asarray(np.diag(self.line.error**2) + ground.strength**2 * part)

    def free(self) -> Floats:
        """Columns (n, 2) of a level and a slope, which the region's gravity makes."""
        x = self.line.x
        return np.column_stack([np.ones(x.size), (x - x.mean()) / max(float(np.ptp(x)), 1.0)])


def correlation(places: Floats, along: float, down: float, power: float = 1.0) -> Floats:
    """Correlation (c, c) of places (c, 2) with lengths `along`, `down`, m: exponential, or Gaussian with `power` 2."""
    scaled = places / [along, down]
    return np.asarray(np.exp(-(np.hypot(*(scaled[:, None, i] - scaled[None, :, i] for i in (0, 1))) ** power)))
