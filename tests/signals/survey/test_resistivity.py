import numpy as np
import pytest

from limes.signals.survey.line import dipole_dipole, geometric_factor
from limes.signals.survey.resistivity import Mesh, mesh, responses, sensitivities
from limes.signals.survey.void import change, pole_changes


def wenner(spacings, count):
    rows = [(i, i + 3 * a, i + a, i + 2 * a) for a in spacings for i in (0, count - 1 - 3 * a)]
    return np.arange(float(count)), np.array(rows)


def two_layers(spacing, first, second, thickness):
    """Wenner over two layers by the series of images (Telford et al. 1990)."""
    k, n = (second - first) / (second + first), np.arange(1, 2001)
    t = 2.0 * n * thickness / spacing
    return first * (1.0 + 4.0 * np.sum(k**n * (1.0 / np.sqrt(1.0 + t**2) - 1.0 / np.sqrt(4.0 + t**2))))


def deep(grid, floor):
    """The mesh with a node at `floor` m."""
    z = np.sort(np.append(grid.z[np.abs(grid.z - floor) > 0.1], floor))
    return Mesh(grid.x, z, grid.inner, grid.deep + z.size - grid.z.size)


@pytest.mark.parametrize("second", [10.0, 1000.0])
def test_two_layers(second):
    electrodes, abmn = wenner((1, 2, 4, 8), 26)
    grid = deep(mesh(electrodes), 2.0)
    _, z = grid.middles()
    ground = np.where(z < 2.0, 100.0, second)[None, :] * np.ones((grid.shape[0], 1))
    found = responses(grid, ground, electrodes, abmn)
    expected = np.repeat([two_layers(a, 100.0, second, 2.0) for a in (1, 2, 4, 8)], 2)
    assert found == pytest.approx(expected, rel=0.04)


def test_vertical_contact():
    # pole potentials over an upright contact by images: rho1 (1/r + k/r') on the source's side, rho1 (1 + k)/r beyond
    electrodes, abmn = dipole_dipole(16)
    grid = mesh(electrodes)
    x, _ = grid.middles()
    ground = np.where(x < 7.5, 100.0, 400.0)[:, None] * np.ones((1, grid.shape[1]))
    k, a, m = 0.6, electrodes[:, None], electrodes[None, :]
    with np.errstate(divide="ignore"):
        left = 100.0 * np.where(m < 7.5, 1.0 / np.abs(a - m) + k / np.abs(15.0 - a - m), 1.6 / np.abs(a - m))
        right = 400.0 * np.where(m > 7.5, 1.0 / np.abs(a - m) - k / np.abs(15.0 - a - m), 0.4 / np.abs(a - m))
    volts = np.where(a < 7.5, left, right) / (2.0 * np.pi)
    one, two, three, four = abmn.T
    expected = geometric_factor(electrodes, abmn) * (
        volts[one, three] - volts[two, three] - volts[one, four] + volts[two, four]
    )
    assert responses(grid, ground, electrodes, abmn) == pytest.approx(expected, rel=0.05)


def test_void_as_by_boundary_elements():
    electrodes, abmn = dipole_dipole(16)
    grid = mesh(electrodes, finer=4)
    z = np.concatenate([np.arange(0.0, 4.0, 0.25), 4.0 + 0.25 * np.cumsum(1.25 ** np.arange(25))])
    grid = Mesh(grid.x, z, grid.inner, 20)
    x, down = grid.middles()
    ground = np.full(grid.shape, 100.0)
    ground[np.ix_((x > 7.0) & (x < 8.0), (down > 2.0) & (down < 3.0))] = 1e8
    found = responses(grid, ground, electrodes, abmn) / 100.0 - 1.0
    expected = change(pole_changes(electrodes - 7.5, 2.5, 1.0, 1.0), abmn, geometric_factor(electrodes, abmn))
    assert np.abs(found - expected).max() < 0.09 * np.abs(expected).max()


def test_sensitivities_sum_to_one_and_are_slopes():
    electrodes, abmn = dipole_dipole(12)
    grid = mesh(electrodes)
    rng = np.random.default_rng(1)
    ground = 50.0 * np.exp(0.3 * rng.standard_normal(grid.shape))
    _, slopes = sensitivities(grid, ground, electrodes, abmn)
    assert slopes.sum(axis=(1, 2)) == pytest.approx(np.ones(len(abmn)), rel=1e-9)
    more, less = ground.copy(), ground.copy()
    more[9, 3] *= 1.01
    less[9, 3] /= 1.01
    up, down = (np.log(responses(grid, one, electrodes, abmn)) for one in (more, less))
    assert (up - down) / (2.0 * np.log(1.01)) == pytest.approx(slopes[:, 9, 3], abs=5e-4)
