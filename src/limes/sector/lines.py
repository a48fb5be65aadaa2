"""Lines that follow the border: where a fence, a wall or a fibre lies between two kilometres."""

from __future__ import annotations

import numpy as np

from limes.sector.border import Border

LINE_OFFSET = {"wall": 5.0, "fence": 8.0, "fence_sensor": 8.0, "fibre": 20.0}
"""Metres from the border line towards home at which a line lies when its file does not say."""


def beside(border: Border, start: float, end: float, offset: float) -> np.ndarray:
    """The line that runs beside the border from chainage `start` to `end`, `offset` metres towards home: (n, 2).

    A bend sharper than the offset is smoothed, so that the line does not cross itself there.
    """
    chainage = border.chainage
    inner = chainage[(chainage > start) & (chainage < end)]
    along = np.concatenate([[start], inner, [end]])
    x, y = border.point(along)
    nx, ny = border.normal_home(along, span=20.0 + 4.0 * abs(offset))
    return np.stack([x + offset * nx, y + offset * ny], axis=-1)
