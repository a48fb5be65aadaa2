"""A smooth image of the ground under a resistivity line, for the eye: it may lose a void that the scan still finds."""

from __future__ import annotations

import numpy as np

from limes.signals.survey.ground import correlation
from limes.signals.survey.line import ErtLine, Floats, usable
from limes.signals.survey.resistivity import mesh, responses, sensitivities

SPREAD = 0.7
"""Standard deviation of log resistivity that the image takes for granted, correlated over 6 m along and 3 m down (assumed)."""

ROUNDS = 3
"""Times that the readings are computed anew over the image so far."""

_LEAST_ERROR = 0.03


def smooth_image(line: ErtLine) -> tuple[Floats, Floats, Floats, float]:
    """Middles across (c,) and down (d,), m, resistivity (c, d), ohm m, and the misfit in standard errors (root mean square).

    Gauss-Newton in the space of the readings (Tarantola 1987): the likeliest smooth ground. The sensitivities of each reading
    must sum to 1, which is checked each time; ValueError where they do not.
    """
    kept = usable(line)
    grid = mesh(kept.electrodes, finer=1)
    x, z = grid.middles()
    places = np.column_stack([np.repeat(x, z.size), np.tile(z, x.size)])
    prior = SPREAD**2 * correlation(places, 6.0, 3.0)
    values, error = np.log(kept.rho_a), np.maximum(kept.error, _LEAST_ERROR)
    level = float(np.median(values))
    ground = np.full(len(places), level)
    for _ in range(ROUNDS):
        reading, slopes = sensitivities(grid, np.exp(ground).reshape(grid.shape), kept.electrodes, kept.abmn)
        jacobian = slopes.reshape(len(values), -1)
        if not np.allclose(jacobian.sum(axis=1), 1.0, atol=1e-6):
            raise ValueError("the sensitivities do not sum to 1: the image would be wrong")
        rest = values - np.log(np.maximum(reading, 1e-3)) + jacobian @ (ground - level)
        spread = prior @ jacobian.T
        ground = level + spread @ np.linalg.solve(jacobian @ spread + np.diag(error**2), rest)
    image = np.exp(ground).reshape(grid.shape)
    found = responses(grid, image, kept.electrodes, kept.abmn)
    misfit = (values - np.log(np.maximum(found, 1e-3))) / error
    return x, z, image, float(np.sqrt(np.mean(misfit**2)))
