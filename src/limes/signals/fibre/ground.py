"""How the ground carries a blow to a fibre: surface waves over layered ground, and what an interrogator makes of them.

All of it is modelled. A source at distance r is heard after r / c(f), weaker by 1 / sqrt(r) (surface waves spread in two
dimensions) and by exp(-pi f r / (Q c)) (Aki and Richards 2002, section 5.5). Soft ground over firm ground is dispersive: waves
longer than a few times its depth run in the firm ground. A straight fibre answers with cos^2 of the angle of arrival, averaged
over the gauge length: a sinc of the wave number along the fibre (Martin et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ground:
    """Soft ground of velocity `soft` (m/s) and `depth` (m) over firm ground of velocity `firm`, with quality `q`."""

    soft: float = 220.0
    firm: float = 500.0
    depth: float = 4.0
    q: float = 25.0

    def velocity(self, frequency: np.ndarray) -> np.ndarray:
        """Phase velocity at frequencies (Hz), m/s: firm for long waves, soft for short ones.

        >>> Ground().velocity(np.array([0.0, 1000.0])).round(3).tolist()
        [500.0, 220.0]
        """
        return self.soft + (self.firm - self.soft) * np.exp(-4.0 * self.depth * np.asarray(frequency) / self.soft)


@dataclass(frozen=True)
class Array:
    """A straight fibre: `channels` of them, `spacing` metres apart from `start`, `gauge` metres long, at `rate` Hz."""

    channels: int
    spacing: float = 5.0
    rate: float = 250.0
    gauge: float = 10.0
    start: float = 0.0

    @property
    def places(self) -> np.ndarray:
        """Place of each channel along the fibre, m."""
        return self.start + self.spacing * np.arange(self.channels)


def heard(
    array: Array, ground: Ground, along: float, distance: float, wavelet: np.ndarray, reach: float = 150.0
) -> tuple[slice, np.ndarray]:
    """What the channels within `reach` metres record of a source at a place `along` the fibre and a `distance` from it (m).

    `wavelet` (n,) is the source's own signal at the rate of the fibre. Returns which channels, and their samples (n + tail,
    channels) from the moment on at which the wavelet begins at the source.
    """
    places = array.places
    near = np.flatnonzero(np.abs(places - along) <= reach)
    if not len(near):
        return slice(0, 0), np.zeros((len(wavelet), 0))
    part = slice(int(near[0]), int(near[-1]) + 1)
    off = places[part] - along
    r = np.hypot(off, max(distance, 0.5))
    rows = len(wavelet) + int(np.ceil(reach * 1.2 / ground.soft * array.rate))
    n = 1 << (rows - 1).bit_length()
    f = np.fft.rfftfreq(n, 1.0 / array.rate)
    c = ground.velocity(f)
    cosine = off / r
    delay = np.exp(-2j * np.pi * (f / c)[:, None] * r)
    fade = np.exp(-np.pi * (f / (ground.q * c))[:, None] * r) / np.sqrt(r)
    seen = cosine**2 * np.sinc((f / c)[:, None] * cosine * array.gauge)
    out = np.fft.irfft(np.fft.rfft(wavelet, n)[:, None] * delay * fade * seen, n, axis=0)
    return part, out[:rows]


def ricker(frequency: float, rate: float) -> np.ndarray:
    """A Ricker wavelet (Ricker 1953) of peak frequency (Hz), whole, starting at about zero.

    >>> float(ricker(20.0, 1000.0).max())
    1.0
    """
    half = int(np.ceil(1.2 / frequency * rate))
    a = (np.pi * frequency * np.arange(-half, half + 1) / rate) ** 2
    return (1.0 - 2.0 * a) * np.exp(-a)
