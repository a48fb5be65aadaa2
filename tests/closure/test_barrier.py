import numpy as np
import pytest

from limes.closure.barrier import p_covered_at_random, poisson_gaps, sensors_needed


@pytest.mark.parametrize(
    ("length", "radius", "k", "sensors"), [(98, 1.0, 1, 49), (98, 1.0, 2, 98), (98, 2.5, 3, 60), (10, 0.03, 1, 167)]
)
def test_rows_of_touching_disks(length, radius, k, sensors):
    assert sensors_needed(length, radius, k) == sensors


@pytest.mark.parametrize(("sensors", "a"), [(5, 0.15), (20, 0.1), (50, 0.05)])
def test_random_disks_cover_as_often_as_simulated(sensors, a):
    rng, runs = np.random.default_rng(sensors), 40_000
    x = np.sort(rng.random((runs, sensors)), axis=1)
    covered = (x[:, 0] <= a) & (x[:, -1] >= 1 - a) & (np.diff(x, axis=1) <= 2 * a).all(axis=1)
    assert p_covered_at_random(sensors, a) == pytest.approx(covered.mean(), abs=0.011)


def test_many_sensors_do_not_lose_digits():
    assert p_covered_at_random(400, 0.02) == pytest.approx(1.0, abs=1e-2)
    assert p_covered_at_random(1, 0.49) == 0.0
    assert p_covered_at_random(3, 0.01) == 0.0


def test_strewn_disks_leave_gaps():
    rng = np.random.default_rng(1)
    length, intensity, radius = 200_000.0, 1.0, 1.0
    x = np.sort(rng.random(rng.poisson(length * intensity))) * length
    gaps = np.diff(x) - 2.0 * radius
    share, expected = poisson_gaps(length, intensity, radius)
    assert gaps[gaps > 0].sum() / length == pytest.approx(share, rel=0.03)
    assert (gaps > 0).sum() == pytest.approx(expected, rel=0.02)
