import numpy as np
import pytest

from limes.signals.survey.gravity import NEWTON, void_anomaly


@pytest.mark.parametrize(
    ("depth", "size", "peak"),
    [
        (3, 1.0, 7.7),
        (3, 1.5, 17.3),
        (3, 2.0, 30.7),
        (5, 1.5, 10.8),
        (5, 2.0, 19.1),
        (8, 1.5, 6.9),
        (10, 1.0, 2.5),
        (10, 2.0, 9.8),
    ],
)
def test_peaks_as_by_harmonica(depth, size, peak):
    assert -void_anomaly(np.array([0.0]), depth, size, size)[0] == pytest.approx(peak, rel=0.02)


def test_far_away_it_is_a_line_of_mass():
    x = np.array([0.0, 30.0])
    expected = -2.0 * NEWTON * 1900.0 * 4.0 * 20.0 / (x**2 + 400.0) * 1e8
    assert void_anomaly(x, 20.0, 2.0, 2.0, sensor=0.0) == pytest.approx(expected, rel=1e-3)


def test_is_the_integral_over_the_section():
    rng = np.random.default_rng(2)
    x, z = rng.uniform(-1.5, 1.5, 200_000), rng.uniform(2.3, 3.3, 200_000)
    expected = -2.0 * NEWTON * 1900.0 * 3.0 * np.mean(z / ((x - 2.0) ** 2 + z**2)) * 1e8
    assert void_anomaly(np.array([2.0]), 2.5, 3.0, 1.0)[0] == pytest.approx(expected, rel=2e-3)


def test_strength_of_a_line_of_stations():
    # 41 stations at 1 m, 5 microgal each, level taken out: d' 4.0 for 1.5 m at 5 m
    g = void_anomaly(np.arange(-20.0, 21.0), 5.0, 1.5, 1.5)
    assert np.sqrt(np.sum((g - g.mean()) ** 2)) / 5.0 == pytest.approx(4.0, rel=0.03)
