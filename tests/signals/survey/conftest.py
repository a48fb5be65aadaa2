import numpy as np
import pytest

from limes.signals.survey.line import ErtLine, dipole_dipole, geometric_factor, reading_error
from limes.signals.survey.void import change, pole_changes


@pytest.fixture(scope="session")
def short_line():
    """Makes lines of 24 electrodes over uniform ground, with a void of 1.2 m at 3 m where `x` says one."""
    electrodes, abmn = dipole_dipole(24)
    factor = geometric_factor(electrodes, abmn)
    error = reading_error(np.full(factor.size, 80.0), factor)

    def make(seed, x=None):
        r = np.zeros(factor.size) if x is None else change(pole_changes(electrodes - x, 3.0, 1.2, 1.2), abmn, factor)
        noise = error * np.random.default_rng(seed).standard_normal(factor.size)
        return ErtLine(electrodes, abmn, 80.0 * (1.0 + r) * np.exp(noise), error, "line.dat")

    return make
