"""What one unit of a material is in a mixture."""

from __future__ import annotations

import numpy as np
from scipy.signal import savgol_filter

from limes.signals.spectra.spectrum import Floats
from limes.signals.spectra.views import GRIDS, clipped


def band_area(values: Floats, technique: str) -> float:
    """The area of the bands of covered values (m,) above their clipped background, in cells; 1 for reflectance.

    Light that two kinds of grain reflect adds up by the area each shows, so reflectance needs no unit.

    >>> x = np.arange(400.0, 4000.0, 4.0)
    >>> round(band_area(np.exp(-(((x - 2000.0) / 40.0) ** 2)), "mid-ir") * 4.0 / (40.0 * np.pi**0.5), 2)
    1.0
    """
    if technique == "nir":
        return 1.0
    grid = GRIDS[technique]
    width = min(grid.smooth, (values.size - 1) // 2 * 2 + 1)
    smooth = savgol_filter(values, width, 2, mode="nearest")
    return max(float(np.maximum(smooth - clipped(smooth, 3 * grid.background), 0.0).sum()), 1e-30)
