"""Is this measurement worth searching? Saturation, cosmic rays, signal above noise, and bands above background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import savgol_filter

from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, clipped, on_grid

LEAST_SNR = 6.0
"""Bands lower than this many times the noise are not searched."""

LEAST_RELIEF = {"raman": 0.02, "mid-ir": 0.06, "nir": 0.02}
"""Least height of the bands as a share of the spectrum's level: what is flatter has no bands to know it by."""

_FLAT_TOP = 4
_SPIKE_NOISE = 12.0


@dataclass(frozen=True)
class Quality:
    """What the gate found: `snr` (band height over noise), `relief` (band height over level), and faults in words.

    `again` holds reasons to measure again; `too_little` says why there is not enough signal, empty where there is.
    """

    snr: float
    relief: float
    again: tuple[str, ...]
    too_little: str

    @property
    def good(self) -> bool:
        """Whether the spectrum may be searched."""
        return not self.again and not self.too_little


def gate(spectrum: Spectrum) -> Quality:
    """Judge a spectrum before any search; only a technique that can be searched has bands to judge.

    >>> from limes.signals.spectra.spectrum import Raw, normalise
    >>> x = np.arange(300.0, 1800.0, 2.0)
    >>> y = 100 + 500 * np.exp(-((x - 1000) ** 2) / 200) + np.random.default_rng(1).normal(0, 2, x.size)
    >>> gate(normalise(Raw(x, y, "Raman shift"), "a")).good
    True
    >>> gate(normalise(Raw(x, np.minimum(y, 400.0), "Raman shift"), "a")).again
    ('saturated: 11 points in a row at the highest value',)
    """
    values, first, end = on_grid(spectrum)
    grid, part = GRIDS[spectrum.technique], values[first:end]
    if part.size < 4 * grid.smooth:
        low, high = grid.low, grid.high
        return Quality(0.0, 0.0, (), f"covers too little of {low:g} to {high:g} {spectrum.x_unit}")
    smooth = savgol_filter(part, grid.smooth, 2, mode="nearest")
    height = _height(smooth, grid.background, spectrum.technique)
    snr = height / max(noise(part), 1e-6 * float(np.abs(part).max()), 1e-30)
    relief = height / max(float(np.percentile(np.abs(part), 90)), 1e-30)
    again = tuple(filter(None, (saturation(spectrum), spikes(spectrum))))
    return Quality(snr, relief, again, _too_little(snr, relief, spectrum.technique))


def noise(values: Floats) -> float:
    """Standard deviation of the noise of an even series (n,), from its second differences (median, so bands do not count)."""
    return float(1.4826 * np.median(np.abs(np.diff(values, 2))) / np.sqrt(6.0)) if values.size > 2 else 0.0


def saturation(spectrum: Spectrum) -> str:
    """A run of equal points at the top (Raman, gamma) or absorbance beyond what instruments read; empty where neither."""
    y = spectrum.y
    top = float(y.max())
    level = np.flatnonzero(y >= top - 1e-9 * max(abs(top), 1e-30))
    runs = np.split(level, np.flatnonzero(np.diff(level) > 1) + 1)
    longest = max(len(run) for run in runs)
    if longest >= _FLAT_TOP and top > float(np.median(y)):
        return f"saturated: {longest} points in a row at the highest value"
    return ""


def spikes(spectrum: Spectrum) -> str:
    """Cosmic rays in a Raman spectrum: points far above both sides within 2.5 cm-1, where no band is so narrow; else empty.

    A spectrum sampled more coarsely than every 1.25 cm-1 cannot tell a spike from a narrow band and is passed.
    """
    if spectrum.technique != "raman" or spectrum.x.size < 32:
        return ""
    reach = int(2.5 / max(float(np.median(np.diff(spectrum.x))), 0.05))
    if reach < 2 or reach * 2 >= spectrum.x.size:
        return ""
    y = spectrum.y
    middle = y[reach:-reach]
    above = middle - np.maximum(y[: -2 * reach], y[2 * reach :])
    high = above > max(_SPIKE_NOISE * noise(y), 0.05 * float(np.ptp(y)))
    sharp = high & (above > 0.85 * (middle - _local_floor(y, reach)))
    places = spectrum.x[reach:-reach][sharp]
    return f"cosmic ray near {places[0]:.0f} cm-1" if places.size else ""


def _local_floor(y: Floats, reach: int) -> Floats:
    """Lowest value within four reaches of each point (n - 2 reach,): what the height of a band is counted from."""
    wide = np.pad(y, 3 * reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(wide, 8 * reach + 1)
    return np.asarray(windows.min(axis=1))


def _height(smooth: Floats, background: int, technique: str) -> float:
    """Height of the bands: above the clipped background, in reflectance also below the hull turned over."""
    height = float(np.percentile(smooth - clipped(smooth, background), 99))
    return max(height, float(np.percentile(clipped(-smooth, background) * -1 - smooth, 99))) if technique == "nir" else height


def _too_little(snr: float, relief: float, technique: str) -> str:
    if snr < LEAST_SNR:
        return f"bands stand {snr:.1f} times above the noise, less than {LEAST_SNR:g}"
    if relief < LEAST_RELIEF[technique]:
        return f"bands are {relief:.1%} of the level, less than {LEAST_RELIEF[technique]:.0%}: nothing to know it by"
    return ""
