"""Sun and light against published positions, the solar calculator's rules and tabled illuminance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sensing.sun import MOONLESS_LUX, illuminance, sun_elevation, sun_position, sunlight_share
from limes.units import parse_time


def test_golden_colorado_2003():
    # Reda and Andreas, Solar Position Algorithm (NREL, 2004): zenith 50.12796 without refraction, azimuth 194.34024
    elevation, bearing = sun_position(-105.1786, 39.742476, parse_time("2003-10-17T12:30:30-07:00"))
    assert np.degrees(elevation) == pytest.approx(39.87204, abs=0.01)
    assert np.degrees(bearing) == pytest.approx(194.34024, abs=0.02)


def test_solstices_on_the_tropics():
    # the sun stands within the tropic's latitude of overhead at noon
    june = sun_elevation(0.0, 23.436, parse_time("2026-06-21T12:02:00+00:00"))
    december = sun_elevation(0.0, -23.436, parse_time("2026-12-21T11:58:00+00:00"))
    assert np.degrees(june) > 89.5
    assert np.degrees(december) > 89.5


@pytest.mark.parametrize(
    ("day", "minutes"), [("2026-02-11", -14.2), ("2026-05-14", 3.7), ("2026-07-26", -6.5), ("2026-11-03", 16.4)]
)
def test_equation_of_time_at_its_extremes(day, minutes):
    # noon comes early by the equation of time: published extremes, The Astronomical Almanac
    noon = parse_time(f"{day}T12:00:00+00:00")
    times = noon + np.arange(-1800.0, 1800.0, 5.0)
    highest = times[np.argmax(sun_elevation(0.0, 10.0, times))]
    assert -(highest - noon) / 60.0 == pytest.approx(minutes, abs=0.3)


def test_equal_day_and_night_at_the_equinox():
    times = parse_time("2026-03-20T00:00:00+00:00") + np.arange(0, 86400, 60.0)
    assert np.mean(sun_elevation(37.5, 36.7, times) > 0) == pytest.approx(0.5, abs=0.005)


@given(st.floats(-180, 180), st.floats(-89, 89), st.floats(0, 2.4e9))
def test_position_is_an_angle(lon, lat, time):
    elevation, bearing = sun_position(lon, lat, time)
    assert abs(elevation) <= np.pi / 2
    assert 0.0 <= bearing < 2 * np.pi + 1e-12


def test_arrays_broadcast():
    assert sun_elevation(np.zeros((3, 1)), np.zeros(4), 0.0).shape == (3, 4)


@pytest.mark.parametrize(
    ("elevation", "lux", "tolerance"),
    [(90.0, 1.29e5, 0.02), (-0.83, 453.0, 0.05), (-6.0, 3.4, 0.02), (-12.0, 8.1e-3, 0.05)],
)
def test_illuminance_of_a_clear_sky(elevation, lux, tolerance):
    # Janiczek and DeYoung 1987; sunset about 450 lux, ends of civil and nautical twilight
    assert illuminance(np.radians(elevation)) == pytest.approx(lux, rel=tolerance)


def test_night_keeps_the_light_of_the_air():
    assert illuminance(np.radians(-40.0)) == MOONLESS_LUX


def test_light_grows_with_elevation():
    steps = illuminance(np.radians(np.linspace(-20, 90, 400)))
    assert np.all(np.diff(steps) >= -0.01 * steps[:-1])


def test_overcast_takes_three_quarters():
    assert sunlight_share(1.0) == pytest.approx(0.25)
    assert sunlight_share(0.5) == pytest.approx(1 - 0.75 * 0.5**3.4)
    assert illuminance(0.5, 1.0) == pytest.approx(0.25 * illuminance(0.5))
