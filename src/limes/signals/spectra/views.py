"""Views of a spectrum on the grid of its technique, in which one material looks the same on two instruments.

Two views: the smoothed spectrum with its broad background clipped away (SNIP: Ryan et al. 1988), and its smoothed first
derivative (Savitzky and Golay 1964), which forgets background and slope. In Raman the signed square root of both is
taken, which keeps one strong band from deciding alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from limes.signals.spectra.spectrum import Floats, Spectrum

Float32s = NDArray[np.float32]


@dataclass(frozen=True)
class Grid:
    """The even axis of a technique: ends and step in its unit, and how many cells smoothing, background and shift span."""

    low: float
    high: float
    step: float
    smooth: int
    background: int
    shift: int

    @property
    def axis(self) -> Floats:
        """Places of the cells (p,), ascending."""
        return np.arange(self.low, self.high + self.step / 2, self.step)


GRIDS = {
    "raman": Grid(150.0, 3600.0, 2.0, 9, 40, 4),
    "mid-ir": Grid(400.0, 4000.0, 4.0, 7, 40, 2),
    "nir": Grid(350.0, 2500.0, 10.0, 5, 12, 0),
}
"""Techniques that can be searched: Raman and mid-IR shift by up to 8 cm-1 between instruments, NIR grids do not."""

VIEWS = ("smooth", "slope")
"""Names of the views, in the order of the first axis of `views`."""


def on_grid(spectrum: Spectrum) -> tuple[Floats, int, int]:
    """The spectrum on the grid of its technique (p,), and the cells [first, end) that it covers; 0 elsewhere.

    Finer spectra are averaged over each cell, coarser ones interpolated.
    """
    grid = GRIDS[spectrum.technique]
    axis = grid.axis
    first = int(np.searchsorted(axis, spectrum.x[0] - grid.step / 2))
    end = int(np.searchsorted(axis, spectrum.x[-1] + grid.step / 2, side="right"))
    place = np.floor((spectrum.x - grid.low) / grid.step + 0.5)
    inside = (place >= 0) & (place < axis.size)
    cell = place[inside].astype(np.int64)
    count = np.bincount(cell, minlength=axis.size)
    total = np.bincount(cell, spectrum.y[inside], axis.size)
    values = np.interp(axis, spectrum.x, spectrum.y)
    values[count > 0] = total[count > 0] / count[count > 0]
    values[:first] = values[end:] = 0.0
    return values, first, max(end, first)


def views(values: Floats, first: int, end: int, technique: str) -> Float32s:
    """Both views of gridded values (2, p), each with mean 0 and length 1 over the cells it covers, 0 elsewhere.

    A view without any variation stays 0, so that it resembles nothing.
    """
    grid = GRIDS[technique]
    found = np.zeros((2, values.size), np.float32)
    if end - first < 2 * grid.smooth:
        return found
    part = values[first:end]
    smooth = savgol_filter(part, grid.smooth, 2, mode="nearest")
    flat = smooth - clipped(smooth, grid.background) if technique != "nir" else smooth
    for k, view in enumerate((flat, savgol_filter(part, grid.smooth, 2, deriv=1, mode="nearest"))):
        found[k, first:end] = _unit(np.sign(view) * np.sqrt(np.abs(view)) if technique == "raman" else view)
    return found


def clipped(values: Floats, half_width: int) -> Floats:
    """Background under the peaks (n,) by SNIP: clipping with windows that shrink from `half_width` cells to 1.

    Ryan et al. 1988, without the square-root stretch, which values below zero do not have.

    >>> peak = np.zeros(41)
    >>> peak[20] = 9.0
    >>> float(clipped(peak + np.arange(41.0), 5)[20])
    20.0
    """
    base = values.copy()
    for width in range(min(half_width, (values.size - 1) // 2), 0, -1):
        middle = base[width:-width]
        base[width:-width] = np.minimum(middle, 0.5 * (base[: -2 * width] + base[2 * width :]))
    return base


def _unit(view: Floats) -> Floats:
    centred = view - view.mean()
    length = float(np.linalg.norm(centred))
    scale = float(np.abs(view).max(initial=0.0))
    return centred / length if length > 1e-9 * max(scale, 1e-30) * view.size**0.5 else np.zeros_like(view)
