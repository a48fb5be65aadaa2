"""Views of a spectrum on the grid of its technique, in which one material looks the same on two instruments.

A view is the smoothed level, the bands above the clipped background (SNIP: Ryan et al. 1988), or a derivative (Savitzky
and Golay 1964), which forgets background and slope; as it is, as its signed square root, which keeps one strong band from
deciding alone, of the logarithm, which forgets brightness, or divided by its local size, which lets weak bands speak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
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


@dataclass(frozen=True)
class View:
    """One view: "level", "bands", "slope" or "bend", smoothed over `width` cells, and what is done to it.

    `of`: "values" or their "logarithm"; `size`: "plain", "root" (signed square root) or "local" (over its local size).
    """

    kind: str
    width: int
    size: str = "plain"
    of: str = "values"


GRIDS = {
    "raman": Grid(150.0, 3600.0, 2.0, 9, 40, 3),
    "mid-ir": Grid(400.0, 4000.0, 4.0, 7, 40, 0),
    "nir": Grid(350.0, 2500.0, 10.0, 5, 12, 0),
}
"""Techniques that can be searched. Raman shifts by up to 6 cm-1 between instruments; in infrared a shift tells materials
of one series apart, and interferometers keep their axis to a fraction of a cell."""

VIEWS = {
    "raman": (View("bands", 9, "root"), View("slope", 9, "root"), View("slope", 17, "root"), View("bend", 25, "root")),
    "mid-ir": (View("slope", 5), View("slope", 7, "root"), View("bend", 9), View("bend", 13)),
    "nir": (
        View("level", 5),
        View("slope", 5, "root"),
        View("slope", 5, of="logarithm"),
        View("slope", 5, "local"),
        View("bend", 5, "root"),
    ),
}
"""Views of each technique, in the order of the first axis of `views`."""


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
    """Every view of gridded values (v, p), each with mean 0 and length 1 over the cells it covers, 0 elsewhere.

    A view without any variation stays 0, so that it resembles nothing.
    """
    grid, kinds = GRIDS[technique], VIEWS[technique]
    found = np.zeros((len(kinds), values.size), np.float32)
    if end - first < 2 * grid.smooth:
        return found
    for k, view in enumerate(kinds):
        found[k, first:end] = _unit(_seen(values[first:end], view, grid))
    return found


def _seen(part: Floats, view: View, grid: Grid) -> Floats:
    """One view of covered cells (m,), not yet centred."""
    width = min(view.width, (part.size - 1) // 2 * 2 - 1)
    plain = np.log(np.maximum(part, 1e-3)) if view.of == "logarithm" else part
    order = {"level": 0, "bands": 0, "slope": 1, "bend": 2}[view.kind]
    seen = savgol_filter(plain, width, 3 if order == 2 else 2, deriv=order, mode="nearest")
    if view.kind == "bands":
        seen = seen - clipped(seen, grid.background)
    if view.size == "root":
        return np.asarray(np.sign(seen) * np.sqrt(np.abs(seen)))
    if view.size == "local":
        energy = np.square(seen)
        local = np.sqrt(np.maximum(uniform_filter1d(energy, 3 * grid.background // 2, mode="nearest"), 0.0))
        return np.asarray(seen / np.maximum(local + 0.1 * np.sqrt(energy.mean()), 1e-30))
    return np.asarray(seen)


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
