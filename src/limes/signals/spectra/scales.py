"""The scale on which materials add up in a mixture, and the way back to what was measured."""

from __future__ import annotations

import numpy as np
from scipy.signal import savgol_filter

from limes.signals.spectra.spectrum import Floats
from limes.signals.spectra.views import GRIDS, clipped


def additive(values: Floats, technique: str) -> Floats:
    """Values on the scale on which materials add up, of the same shape.

    Absorbance and Raman intensity do; diffuse reflectance R does as single-scattering albedo w = 4 R / (1 + R)^2 (Hapke
    1981, isotropic scatterers under diffuse light).

    >>> additive(np.array([0.0, 1.0]), "nir").tolist()
    [0.0, 1.0]
    """
    if technique != "nir":
        return values
    reflectance = np.clip(values, 0.0, 1.0)
    return np.asarray(4.0 * reflectance / np.square(1.0 + reflectance))


def measured_scale(values: Floats, technique: str) -> Floats:
    """The inverse of `additive`, of the same shape.

    >>> measured_scale(additive(np.array([0.25, 0.5]), "nir"), "nir").round(12).tolist()
    [0.25, 0.5]
    """
    if technique != "nir":
        return values
    root = np.sqrt(1.0 - np.clip(values, 0.0, 1.0))
    return np.asarray((1.0 - root) / (1.0 + root))


def band_area(values: Floats, technique: str) -> float:
    """What one unit of a material is on the additive scale: the area of its bands above the clipped background, in cells.

    Reflectance needs no unit: single-scattering albedos are shares already.
    """
    if technique == "nir":
        return 1.0
    grid = GRIDS[technique]
    width = min(grid.smooth, (values.size - 1) // 2 * 2 + 1)
    smooth = savgol_filter(values, width, 2, mode="nearest")
    return max(float(np.maximum(smooth - clipped(smooth, 3 * grid.background), 0.0).sum()), 1e-30)
