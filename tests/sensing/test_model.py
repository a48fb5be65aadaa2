"""The one interface: shapes, geometry, availability, and what each family makes of the same mover."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limes.columns import CLASSES
from limes.grid import Grid
from limes.sector import Weather
from limes.sensing import available, can_see, nuisance_rate, p_cued, p_detect, reach
from limes.sensing.aerostat import platform_of
from limes.sensing.model import p_in_sight
from limes.sensing.sight import Sight

KINDS = ("radar-medium", "radar-gmti-light", "camera-day", "camera-thermal-long", "seismic", "fence-sensor", "fibre")
LINE = np.array([[-500.0, 0.0], [500.0, 0.0]])
NOON = 1768898400.0


@pytest.fixture(scope="module")
def sensors(make_sensor):
    return {key: make_sensor(key, line=LINE if key in ("fence-sensor", "fibre") else None) for key in KINDS}


@pytest.mark.parametrize("key", KINDS)
def test_arrays_broadcast_and_are_probabilities(sensors, clear, key):
    x = np.linspace(-3000, 3000, 7)[:, None]
    y = np.linspace(-1000, 1000, 5)
    p = p_detect(sensors[key], "person", x, y, 1.7, 1.3, np.pi, NOON, clear)
    assert p.shape == (7, 5)
    assert p.min() >= 0.0
    assert p.max() <= 1.0


WEATHERS = st.builds(
    Weather,
    time=st.just(NOON),
    wind=st.floats(0, 40),
    wind_from=st.floats(0, 6.28),
    gust=st.floats(0, 60),
    wind_aloft=st.floats(0, 80),
    visibility=st.floats(0, 100_000),
    cloud=st.floats(0, 1),
    rain=st.floats(0, 150),
    temperature=st.floats(-40, 55),
    humidity=st.floats(0, 1),
)


@given(WEATHERS, st.sampled_from(KINDS), st.sampled_from(CLASSES), st.floats(0, 2e9), st.integers(0, 2**32 - 1))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_weather_any_place_any_hour_gives_probabilities(sensors, weather, key, name, time, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(0, 3000, (2, 30))
    x[0] = y[0] = 0.0
    for p in (
        p_detect(sensors[key], name, x, y, 1.7, rng.uniform(0, 30, 30), rng.uniform(0, 7, 30), time, weather),
        p_cued(sensors[key], name, x, y, 1.7, time, weather, "recognise"),
    ):
        assert np.isfinite(p).all()
        assert p.min() >= 0.0
        assert p.max() <= 1.0
    assert nuisance_rate(sensors[key], weather, time) >= 0.0


@pytest.mark.parametrize("key", KINDS)
def test_a_point_is_an_array_without_axes(sensors, clear, key):
    p = p_detect(sensors[key], "vehicle", 0.0, 0.5, 1.8, 8.0, 0.0, NOON, clear)
    assert p.shape == ()


@pytest.mark.parametrize("key", KINDS)
def test_clutter_is_nothing_to_detect(sensors, clear, key):
    assert p_detect(sensors[key], "clutter", 0.0, 300.0, 1.0, 1.0, 0.0, NOON, clear) == 0.0


@pytest.mark.parametrize("key", KINDS)
def test_points_one_by_one_are_points_together(sensors, clear, key):
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-600, 600, (2, 40))
    speed, heading = rng.uniform(0, 3, 40), rng.uniform(0, 2 * np.pi, 40)
    together = p_detect(sensors[key], "person", x, y, 1.7, speed, heading, NOON, clear)
    apart = [
        float(p_detect(sensors[key], "person", *point, NOON, clear))
        for point in zip(x, y, np.full(40, 1.7), speed, heading, strict=True)
    ]
    np.testing.assert_allclose(together, apart, rtol=1e-12)


def test_blocks_join_without_a_seam(sensors, clear):
    y = np.linspace(200, 15_000, 40_000)
    p = p_detect(sensors["radar-medium"], "person", 0.0, y, 1.7, 1.3, np.pi, NOON, clear)
    assert np.all(np.diff(p) <= 1e-12)


def test_known_to_be_in_sight_is_the_same_without_looking(sensors, clear):
    y = np.linspace(200, 15_000, 100)
    whole = p_detect(sensors["radar-medium"], "person", 0.0, y, 1.7, 1.3, np.pi, NOON, clear)
    known = p_in_sight(sensors["radar-medium"], "person", np.zeros(100), y, 1.3, np.pi, NOON, clear)
    np.testing.assert_array_equal(whole, known)


def test_heading_decides_what_a_radar_sees(sensors, clear):
    headings = np.array([0.0, np.pi / 2, np.pi, 3 * np.pi / 2])
    p = p_detect(sensors["radar-medium"], "person", 0.0, 4000.0, 1.7, 1.3, headings, NOON, clear)
    assert p[0] == pytest.approx(p[2])
    assert p[0] > 0.9
    assert p[1] == pytest.approx(p[3])
    assert p[1] < 0.01


@pytest.mark.parametrize("turn", [0.3, 1.2, 2.5, 4.0])
def test_turning_the_world_changes_nothing(sensors, clear, turn):
    # the same mover seen from the same side at another bearing
    bearing = np.array([0.0, turn])
    x, y = 5000 * np.sin(bearing), 5000 * np.cos(bearing)
    p = p_detect(sensors["radar-medium"], "person", x, y, 1.7, 1.3, bearing + 1.0, NOON, clear)
    assert p[0] == pytest.approx(p[1], rel=1e-9)


def test_sector_of_azimuth(make_sensor):
    sensor = make_sensor("camera-day", azimuth=np.radians(350.0), width=np.radians(40.0))
    bearings = np.radians([331.0, 329.0, 0.0, 9.0, 11.0, 180.0])
    seen = can_see(sensor, 1000 * np.sin(bearings), 1000 * np.cos(bearings), 1.7)
    assert seen.tolist() == [True, False, True, True, False, False]


def test_terrain_hides_the_low_and_shows_the_high(make_sensor, clear):
    mvh = np.full((100, 100), 5.0, np.float16)
    sensor = make_sensor("radar-medium", sight=Sight(Grid(-1500.0, 1500.0, 30.0, 100, 100), mvh))
    assert can_see(sensor, 500.0, 500.0, np.array([1.7, 6.0])).tolist() == [False, True]
    assert not can_see(sensor, 5000.0, 0.0, 6.0)
    assert p_detect(sensor, "person", 500.0, 500.0, 1.7, 1.3, np.pi / 4, NOON, clear) == 0.0
    assert p_detect(sensor, "drone", 500.0, 500.0, 60.0, 12.0, np.pi / 4, NOON, clear) > 0.9


def test_slant_range_of_an_aerostat(make_sensor, catalogue, clear):
    platform = platform_of(catalogue.kinds["aerostat-22m"], 3000.0)
    high = make_sensor("radar-gmti-light", height=3000.0, platform=platform)
    low = make_sensor("radar-gmti-light", height=20.0)
    args = ("vehicle", 0.0, 2000.0, 1.8, 8.0, np.pi, NOON, clear)
    assert 0.0 < p_detect(high, *args) < p_detect(low, *args)


def test_cued_camera_sees_more_than_a_searching_one(sensors, clear):
    camera = sensors["camera-thermal-long"]
    search = p_detect(camera, "person", 0.0, 4000.0, 1.7, 1.3, 0.0, NOON, clear)
    cued = p_cued(camera, "person", 0.0, 4000.0, 1.7, NOON, clear)
    named = p_cued(camera, "person", 0.0, 4000.0, 1.7, NOON, clear, "identify")
    assert search < 0.05 < named < cued
    assert p_cued(sensors["radar-medium"], "person", 0.0, 4000.0, 1.7, NOON, clear) == 0.0


def test_each_family_reaches_as_far_as_its_class_allows(sensors):
    assert reach(sensors["radar-medium"]) == sensors["radar-medium"].model.max_range
    assert reach(sensors["seismic"]) > sensors["seismic"].model.ranges["vehicle"]
    assert reach(sensors["fibre"]) > sensors["fibre"].model.ranges["vehicle"]
    assert reach(sensors["fence-sensor"]) == 30.0


def test_wind_stops_towers_and_aerostats(make_sensor, catalogue, clear):
    mast = make_sensor("camera-day", wind_limit=20.0)
    assert available(mast, clear)
    storm = dataclasses.replace(clear, gust=21.0)
    assert not available(mast, storm)
    assert p_detect(mast, "person", 0.0, 300.0, 1.7, 1.3, 0.0, NOON, storm) == 0.0
    tethered = make_sensor("radar-gmti-light", platform=platform_of(catalogue.kinds["aerostat-22m"], 600.0))
    assert available(tethered, storm)
    assert not available(tethered, dataclasses.replace(clear, wind_aloft=25.0))


def test_fence_is_masked_not_switched_off(sensors, clear):
    sensor = dataclasses.replace(sensors["fence-sensor"], wind_limit=20.0)
    assert available(sensor, dataclasses.replace(clear, gust=30.0))


def test_line_sensors_count_distance_from_the_line(sensors, clear):
    p = p_detect(sensors["fibre"], "person", np.array([0.0, 400.0, 900.0]), 10.0, 1.7, 1.3, 0.0, NOON, clear)
    assert p[0] == pytest.approx(p[1])
    assert p[2] < 1e-4
    across, along = p_detect(sensors["fence-sensor"], "person", 0.0, 0.5, 1.7, 1.3, np.array([0.0, np.pi / 2]), NOON, clear)
    assert across > 5 * along
