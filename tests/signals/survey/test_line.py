from dataclasses import replace

import numpy as np
import pytest

from limes.errors import InputError
from limes.signals.survey.line import FAR, dipole_dipole, geometric_factor, usable, windows


def test_factors_of_known_arrays():
    electrodes = np.arange(6.0)
    rows = np.array([[0, 3, 1, 2], [1, 0, 3, 4], [0, FAR, 1, FAR], [0, FAR, 1, 2]])
    expected = 2.0 * np.pi * np.array([1.0, 12.0, 1.0, 2.0])
    assert geometric_factor(electrodes, rows) == pytest.approx(expected)


def test_unusable_readings_are_counted(short_line):
    line = short_line(1)
    line.rho_a[:3] = -5.0
    kept = usable(line)
    assert ("not a positive resistivity", 3) in kept.dropped
    assert kept.rho_a.size < line.rho_a.size
    assert np.all(kept.error <= 0.2)


def test_two_electrodes_at_one_place_are_refused(short_line):
    line = short_line(1)
    with pytest.raises(InputError, match="electrodes: two stand at one place"):
        usable(replace(line, electrodes=np.zeros(24)))


def test_windows_hold_whole_readings_and_cover_the_line():
    electrodes, abmn = dipole_dipole(150)
    near = abmn[np.ptp(abmn, axis=1) < 20]
    from limes.signals.survey.line import ErtLine

    parts = windows(ErtLine(electrodes, near, np.full(len(near), 100.0), np.full(len(near), 0.02)))
    assert parts[0].electrodes[0] == 0.0
    assert parts[-1].electrodes[-1] == 149.0
    for part in parts:
        assert part.abmn.min() >= 0
        assert part.abmn.max() < part.electrodes.size
        assert len(part.abmn) <= 1600
