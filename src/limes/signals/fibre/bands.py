"""What the pass computes: bands, decimation and bins for a sampling rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

BANDS = ((1.0, 5.0), (5.0, 20.0), (20.0, 50.0), (50.0, 100.0), (100.0, 400.0))
"""Hz: ground that gives way under wheels; steps and spades; engines; machines and rain; what only a near source still has."""

BINS_PER_S = 25
"""Energy bins in a second: 40 ms each."""

WORKING_RATE = 250.0
"""Hz: rates of twice this and more are decimated to about it for all but the highest band."""


@dataclass(frozen=True)
class Design:
    """Filters for a rate: sections as float32, for the kernels of `limes.signals.fibre.kernels`.

    `every` is the decimation, `low` (sections, 6) its low-pass, `bands` (4, 2, 6) the bands after it and `high` (sections, 6)
    the highest band at full rate. `there` (5,) says which bands the rate reaches at all.
    """

    rate: float
    every: int
    low: np.ndarray
    bands: np.ndarray
    high: np.ndarray
    there: np.ndarray
    gains: tuple[np.float32, np.float32]

    @property
    def heard(self) -> np.ndarray:
        """Bands (4,) that feed the short over long average: all above the sway of the ground."""
        return self.there[:4] & (np.arange(4) > 0)


def design(rate: float, short_s: float = 0.2, long_s: float = 5.0) -> Design:
    """Filters for a sampling rate, Hz; averages over `short_s` and `long_s`.

    ValueError for a rate below 20 Hz or above 4 kHz: thin faster recordings out first (`limes.signals.fibre.steps.Filter`).

    >>> design(1000.0).every, design(100.0).there.tolist()
    (4, [True, True, True, False, False])
    """
    if not 20.0 <= rate <= 4000.0:
        raise ValueError(f"a rate of {rate:g} Hz is outside 20 to 4000 Hz")
    every = max(1, int(rate // WORKING_RATE))
    working = rate / every
    there = np.array([low < 0.4 * working for low, _ in BANDS[:4]] + [0.4 * rate > BANDS[4][0] and every > 1])
    bands = np.zeros((4, 2, 6), np.float32)
    bands[:, :, 3] = 1.0
    for k in np.flatnonzero(there[:4]):
        bands[k] = _butter(2, [BANDS[k][0], min(BANDS[k][1], 0.45 * working)], "bandpass", working)
    thin = _butter(8, 0.4 * working, "lowpass", rate) if every > 1 else np.zeros((0, 6), np.float32)
    top = [BANDS[4][0], min(BANDS[4][1], 0.45 * rate)]
    high = _butter(2, top, "bandpass", rate) if there[4] else np.zeros((0, 6), np.float32)
    gains = (np.float32(1.0 / (short_s * working)), np.float32(1.0 / (long_s * working)))
    return Design(rate, every, thin, bands, high, there, gains)


def _butter(order: int, cut: float | list[float], kind: Literal["bandpass", "lowpass"], rate: float) -> np.ndarray:
    from scipy.signal import butter

    return np.ascontiguousarray(butter(order, cut, kind, fs=rate, output="sos"), np.float32)
