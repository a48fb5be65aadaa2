from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limes.sensing import crossing_table
from limes.watch.strip import CLASSES, StripSettings, spans, strip

T = 1_768_946_400.0
FEW = ("aerostat-1", "tower-4", "tower-6", "fence-sensor-1", "seismic-29-1")


@pytest.fixture(scope="module")
def sensors(sensors):
    """A few sensors are enough here and much faster."""
    return tuple(sensor for sensor in sensors if sensor.asset in FEW)


@pytest.fixture(scope="module")
def weather(sector):
    return sector.weather.at(T)


@pytest.fixture
def one(sector, sensors, weather):
    made = strip(sector, sensors, {"aerostat-1": "Aerostat 1"}, StripSettings())
    made.step(T, weather, np.ones(len(sensors), bool))
    return made


def without(sensors, *assets):
    return np.array([sensor.asset not in assets for sensor in sensors], bool)


def test_the_strip_is_what_the_sensor_model_says(one, sector, sensors, weather):
    assert set(one.detect) == set(CLASSES)
    for name in CLASSES:
        table = crossing_table(sensors, sector, name, T, weather)
        np.testing.assert_allclose(one.detect[name], table.detection(before_line=True))
    assert len(one.why) == len(one.blind) == 98
    worst = crossing_table(sensors, sector, "person", T, weather).worst(before_line=True)
    assert one.blind.tolist() == (worst < one.settings.blind_below).tolist()


def test_the_loss_of_everything_blinds_every_km_and_says_why(one, sensors, weather):
    assert one.step(T + 1, weather, np.zeros(len(sensors), bool))
    assert one.blind.all()
    assert any("not working" in why for why in one.why)
    assert one.dark_without({sensor.asset for sensor in sensors})
    assert not one.step(T + 2, weather, np.zeros(len(sensors), bool))


def test_what_would_go_dark_goes_dark_and_comes_back(one, sensors, weather):
    base = without(sensors, "tower-4")
    one.step(T + 1, weather, base)
    expected = one.dark_if_lost("aerostat-1")
    before = one.blind.copy()
    one.step(T + 2, weather, base & without(sensors, "aerostat-1"))
    assert np.flatnonzero(one.blind & ~before).tolist() == expected
    assert one.dark_without({"aerostat-1"}) == expected
    one.step(T + 3, weather, base)
    np.testing.assert_array_equal(one.blind, before)


def test_weather_renews_one_table_a_second_and_not_too_often(one, sensors, weather):
    up = np.ones(len(sensors), bool)
    fog = replace(weather, visibility=150.0)
    assert not one.step(T + 10, fog, up)
    names = []
    for second in range(300, 306):
        one.step(T + second, fog, up)
        names.append([name for name in CLASSES if one.tables[name].weather.visibility == 150.0])
    assert [len(found) for found in names] == [1, 2, 3, 3, 3, 3]
    assert one.tables["clear"].weather.visibility >= 20_000.0
    assert not one.due


def test_light_renews_the_tables_even_when_weather_does_not(one, sensors, weather):
    up = np.ones(len(sensors), bool)
    for second in range(3600, 3606):
        one.step(T + second, weather, up)
    assert {one.tables[name].time for name in ("person", "clear", "bare")} <= {T + second for second in range(3600, 3606)}


def test_a_restored_strip_is_the_same(one, sector, sensors, weather):
    up = without(sensors, "tower-6")
    one.step(T + 1, weather, up)
    other = strip(sector, sensors, one.names, one.settings)
    other.restore(one.state())
    for name in CLASSES:
        np.testing.assert_array_equal(other.detect[name], one.detect[name])
    assert other.why == one.why
    assert not other.step(T + 2, weather, up)


def test_spans_join_neighbours():
    assert spans([]) == []
    assert spans([3]) == [(3, 4)]
    assert spans([1, 2, 5, 6, 7]) == [(1, 3), (5, 8)]
