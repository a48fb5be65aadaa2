import numpy as np
import pytest

from limes.signals.survey.line import dipole_dipole, geometric_factor, reading_error
from limes.signals.survey.void import change, pole_changes, wavenumbers


@pytest.fixture(scope="module")
def array():
    electrodes, abmn = dipole_dipole(48)
    factor = geometric_factor(electrodes, abmn)
    error = reading_error(np.full(factor.size, 100.0), factor)
    return electrodes, abmn, factor, error


@pytest.mark.parametrize(
    ("depth", "largest", "strength"), [(3, 13.8, 39.6), (4, 8.1, 21.9), (5, 5.1, 13.1), (6, 3.4, 8.4), (8, 1.9, 3.8)]
)
def test_agrees_with_finite_elements(array, depth, largest, strength):
    # pyGIMLi 1.5.5, 1.5 m square void, 48 electrodes at 1 m; its cells make the void some per cent weaker than it is
    electrodes, abmn, factor, error = array
    kept = error <= 0.2
    assert np.count_nonzero(kept) == 864
    r = change(pole_changes(electrodes - 23.5, depth, 1.5, 1.5), abmn, factor)
    assert 100.0 * np.abs(r[kept]).max() == pytest.approx(largest, rel=0.1)
    assert np.sqrt(np.sum((r / error)[kept] ** 2)) == pytest.approx(strength, rel=0.09)


def test_small_deep_void_is_a_line_of_dipoles(array):
    # an insulating square answers an inclined field 2.188 times, a field along itself once, its area (Landau-Lifshitz, Milton)
    depth, side, offsets = 10.0, 0.2, np.array([-4.0, 0.0, 3.0, 9.0])
    y = np.linspace(-400.0, 400.0, 160_001)
    rays = [
        np.column_stack([-x + 0 * y, y, depth + 0 * y]) / (2.0 * np.pi * (x**2 + y**2 + depth**2)[:, None] ** 1.5)
        for x in offsets
    ]
    shape = np.array([2.188, 1.0, 2.188]) * side**2
    expected = [[np.trapezoid((one * other) @ shape, y) for one in rays] for other in rays]
    assert pole_changes(offsets, depth, side, side) == pytest.approx(np.array(expected), rel=0.02)


def test_no_contrast_no_change():
    assert np.abs(pole_changes(np.arange(5.0), 3.0, 2.0, 1.0, inside=1.0)).max() == 0.0


def test_water_draws_current_in():
    electrodes, abmn = dipole_dipole(12)
    factor = geometric_factor(electrodes, abmn)
    wet = change(pole_changes(electrodes - 5.5, 2.0, 1.0, 1.0, inside=20.0), abmn, factor)
    dry = change(pole_changes(electrodes - 5.5, 2.0, 1.0, 1.0), abmn, factor)
    strongest = np.abs(dry).argmax()
    assert wet[strongest] * dry[strongest] < 0.0


@pytest.mark.parametrize("r", [0.5, 2.0, 30.0])
def test_wavenumbers_bring_back_one_over_r(r):
    from scipy.special import k0

    k, weight = wavenumbers(0.5)
    assert np.sum(weight * k0(k * r)) / (2.0 * np.pi) == pytest.approx(1.0 / (2.0 * np.pi * r), rel=2e-3)
