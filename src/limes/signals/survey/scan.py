"""The template scan: how much likelier are the readings with a void of a place, depth and size than without one.

Over a ground with covariance C the readings y and a template r give b = r' C^-1 y and d^2 = r' C^-1 r, both with the unknown
background projected out; T = b / d is standard normal without a void and has mean d with one. The strength of a real void
is known to about 30 %, so its amplitude is integrated out with that spread. Which ground it is, is not known either: the
likelihoods with and without a void are each summed over the grounds before they are divided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limes.signals.survey.bank import Bank
from limes.signals.survey.ground import ErtNoise, GravityNoise, Ground, Whitener, grounds, whitener
from limes.signals.survey.line import ErtLine, Floats, GravityLine, Ints

AMPLITUDE_SPREAD = 0.3
"""Standard deviation of a void's effect over that of its template (assumed: section, lining, halo; 0.2 to 0.5)."""

_BATCH = 128


@dataclass(frozen=True, eq=False)
class Sheet:
    """One set of readings prepared for the scan: for each ground its whitener, white templates (h, n) and their d^2 (h,)."""

    grounds: tuple[Ground, ...]
    whiteners: tuple[Whitener, ...]
    templates: tuple[np.ndarray, ...]
    power: tuple[Floats, ...]
    values: Floats

    def draw(self, ground: int, scale: float, rng: np.random.Generator, count: int) -> Floats:
        """Readings (n, count) as a ground without a void would give them."""
        return scale * self.whiteners[ground].lower @ rng.standard_normal((self.values.size, count))


def ert_sheet(line: ErtLine, bank: Bank) -> Sheet:
    """Prepare a resistivity line against the bank's templates."""
    noise = ErtNoise(line)
    return _sheet(grounds(), noise, bank.ert, np.log(line.rho_a))


def gravity_sheet(line: GravityLine, bank: Bank) -> Sheet:
    """Prepare a gravity line against the bank's templates."""
    return _sheet(grounds(ert=False), GravityNoise(line), bank.gravity, line.anomaly)


def _sheet(kinds: tuple[Ground, ...], noise: ErtNoise | GravityNoise, templates: Floats, values: Floats) -> Sheet:
    whiteners = tuple(whitener(noise.covariance(kind), noise.free()) for kind in kinds)
    white = tuple(np.ascontiguousarray(one(templates.T).T, np.float32) for one in whiteners)
    power = tuple(np.einsum("hn,hn->h", one, one, dtype=np.float64) for one in white)
    return Sheet(kinds, whiteners, white, power, values)


def whitened(sheet: Sheet, values: Floats) -> Floats:
    """Readings (n, d) whitened over every ground: (g, n, d)."""
    return np.array([one(values) for one in sheet.whiteners])


def with_voids(sheet: Sheet, white: Floats, rows: Ints, columns: Ints) -> Floats:
    """Whitened readings (g, n, t): void `rows[t]` of the bank put into readings `columns[t]` of the white ones (g, n, d)."""
    return np.array([w[:, columns] + t[rows].T for w, t in zip(white, sheet.templates, strict=True)])


def without(sheet: Sheet, white: Floats, rows: Ints, directions: int = 10) -> Floats:
    """Whitened readings (g, n, d) with what voids `rows` of the bank have in common taken out: their main directions."""
    rest = []
    for values, templates in zip(white, sheet.templates, strict=True):
        _, _, main = np.linalg.svd(templates[rows], full_matrices=False)
        rest.append(values - main[:directions].T @ (main[:directions] @ values))
    return np.array(rest)


def log_ratios(sheets: Sequence[Sheet], white: Sequence[Floats]) -> Floats:
    """Log likelihood ratio (h, d) of every void for d sets of whitened readings, (g, n, d) per sheet; the sheets' logs add."""
    count = white[0].shape[2]
    total = np.zeros((sheets[0].power[0].size, count))
    for first in range(0, count, _BATCH):
        part = slice(first, first + _BATCH)
        for sheet, values in zip(sheets, white, strict=True):
            total[:, part] += _one_sheet(sheet, values[:, :, part])
    return total


def _one_sheet(sheet: Sheet, white: Floats) -> Floats:
    plain, scale2 = fit(sheet, white)
    top = plain.max(axis=0)
    with_void = np.zeros((sheet.power[0].size, white.shape[2]))
    for g, templates in enumerate(sheet.templates):
        near = plain[g] > top - 25.0
        if near.any():
            b = (templates @ white[g][:, near].astype(np.float32)) / scale2[g, near]
            gain = amplitude_free(b, sheet.power[g][:, None] / scale2[g, near])
            with_void[:, near] += np.exp(np.minimum(gain, 600.0) + (plain[g] - top)[near])
    return np.log(np.maximum(with_void, 1e-300)) - np.log(np.exp(plain - top).sum(axis=0))


def fit(sheet: Sheet, white: Floats) -> tuple[Floats, Floats]:
    """Restricted log likelihood (g, d) of whitened readings (g, n, d) over each ground without a void, and squared error scale.

    Where the readings scatter more than their errors say, all errors are taken to be that much larger; never smaller.
    """
    rest = np.square(white).sum(axis=1)
    freedom = np.array([one.freedom for one in sheet.whiteners])[:, None]
    norm = np.array([one.log_norm for one in sheet.whiteners])[:, None]
    scale2 = np.maximum(rest / freedom, 1.0)
    return norm - freedom / 2.0 * np.log(scale2) - rest / (2.0 * scale2), scale2


def amplitude_free(b: np.ndarray, power: np.ndarray, spread: float = AMPLITUDE_SPREAD) -> np.ndarray:
    """Log likelihood ratio with the amplitude a ~ N(1, spread^2) integrated out of exp(a b - a^2 d^2 / 2).

    >>> bool(np.isclose(amplitude_free(np.array(9.0), np.array(9.0), 1e-6), 9.0 - 4.5))
    True
    """
    precision = 1.0 / spread**2
    return np.asarray((b + precision) ** 2 / (2.0 * (power + precision)) - precision / 2.0 - 0.5 * np.log1p(power / precision))


def peaks(profile: Floats, apart: int) -> list[int]:
    """Places of a profile (p,) from the highest on, each at least `apart` places from the ones before it.

    >>> peaks(np.array([0.0, 3.0, 2.0, 0.0, 0.0, 1.0]), 2)
    [1, 5]
    """
    left = profile.copy()
    found = []
    while np.isfinite(left).any() and left.max() > -np.inf:
        best = int(left.argmax())
        found.append(best)
        left[max(best - apart, 0) : best + apart] = -np.inf
    return found
