"""Drones: limits of weather, what is shown of a place, and search against its integral."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import bundled, load, load_deployment
from limes.sensing import p_cued, p_detect
from limes.sensing.drone import grounded, on_station, p_search, random_search

NIGHT = 1768941600.0


@pytest.fixture(scope="module")
def kilis():
    return load(bundled("kilis-jarabulus"))


@pytest.fixture(scope="module")
def drone(kilis):
    return load_deployment(kilis.deployments["bundled"], kilis).family("drone")[0]


@pytest.fixture(scope="module")
def camera(kilis, drone):
    (camera,) = on_station(drone, kilis, drone.x + 1500.0, drone.y - 900.0)
    return camera


@pytest.mark.parametrize(
    ("changed", "why"),
    [({}, None), ({"rain": 3.0}, "rain"), ({"visibility": 800.0}, "fog"), ({"gust": 14.0}, "wind"), ({"rain": 0.9}, None)],
)
def test_it_stays_down_in_rain_fog_and_wind(kilis, clear, changed, why):
    assert grounded(kilis.catalogue.kinds["drone-quad"], dataclasses.replace(clear, **changed)) == why


def test_on_station_it_shows_who_is_there(kilis, drone, camera, clear):
    x, y = drone.x + 1500.0, drone.y - 900.0
    place = ("person", x, y, 1.7, NIGHT, clear)
    detect, recognise = (float(p_cued(camera, *place, level=level)) for level in ("detect", "recognise"))
    assert detect >= recognise > 0.95
    assert np.hypot(camera.x - x, camera.y - y) == pytest.approx(camera.height)
    assert np.hypot(camera.x - drone.x, camera.y - drone.y) < np.hypot(x - drone.x, y - drone.y)
    far = ("person", x + 2000.0, y, 1.7, NIGHT, clear)
    assert float(p_cued(camera, *far)) == 0.0


def test_it_is_a_sensor_like_any_other(drone, camera, clear):
    storm = dataclasses.replace(clear, gust=13.0)
    look = ("person", drone.x + 1500.0, drone.y - 900.0, 1.7, 1.3, 0.0, NIGHT)
    assert float(p_detect(camera, *look, clear)) > 0.0
    assert float(p_detect(camera, *look, storm)) == 0.0


@pytest.mark.parametrize("effort", [0.05, 0.5, 2.0, 12.0])
def test_search_is_the_best_of_its_effort(effort):
    """Koopman's formula against effort ln(density / level) laid where it is positive, the level such that it adds up."""
    spread = 150.0
    r = np.linspace(0.0, 12.0 * spread, 400_001)
    density = np.exp(-(r**2) / (2 * spread**2)) / (2 * np.pi * spread**2)
    total = effort * np.pi * spread**2  # width x speed x seconds

    def laid(level):
        return np.maximum(np.log(density / level), 0.0)

    low, high = 1e-30, density[0]
    for _ in range(200):
        level = np.sqrt(low * high)
        low, high = (level, high) if np.trapezoid(laid(level) * 2 * np.pi * r, r) > total else (low, level)
    found = np.trapezoid(density * (1.0 - np.exp(-laid(level))) * 2 * np.pi * r, r)
    assert random_search(1.0, 1.0, total, spread) == pytest.approx(found, abs=1e-4)


@given(st.floats(1.0, 200.0), st.floats(0.0, 20.0), st.floats(0.0, 3600.0), st.floats(5.0, 3000.0), st.floats(1.0, 3.0))
def test_more_time_or_less_ground_is_never_worse(width, speed, seconds, spread, factor):
    p = random_search(width, speed, seconds, spread)
    assert 0.0 <= p <= 1.0
    assert random_search(width, speed, seconds * factor, spread) >= p - 1e-12
    assert random_search(width, speed, seconds, spread * factor) <= p + 1e-12


def test_searching_beats_nothing_and_knowing_beats_searching(camera, clear):
    near, far = (p_search(camera, "person", spread, 600.0, 8.0, NIGHT, clear) for spread in (60.0, 600.0))
    assert 0.9 < near <= 1.0
    assert far < 0.5 * near
    assert p_search(camera, "clutter", 60.0, 600.0, 8.0, NIGHT, clear) == 0.0
