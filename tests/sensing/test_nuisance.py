"""Nuisance by weather and hour."""

import dataclasses

import numpy as np
import pytest

from limes.sensing import nuisance_rate

NIGHT, NOON = 1768941600.0, 1768898400.0


def test_radar_and_camera_state_their_own(make_sensor, clear):
    radar, camera = make_sensor("radar-medium"), make_sensor("camera-day")
    assert nuisance_rate(radar, clear, NOON) == radar.model.false_per_hour
    assert nuisance_rate(camera, clear, NOON) == camera.model.false_per_hour


def test_a_line_counts_by_its_length(make_sensor, clear):
    short, long = (make_sensor("fibre", length=metres) for metres in (1000.0, 49_000.0))
    assert nuisance_rate(long, clear, NOON) == pytest.approx(49.0 * nuisance_rate(short, clear, NOON))


def test_animals_walk_by_night_and_traffic_by_day(make_sensor, clear):
    seismic, fibre = make_sensor("seismic"), make_sensor("fibre", length=1000.0)
    assert nuisance_rate(seismic, clear, NIGHT) - nuisance_rate(seismic, clear, NOON) == pytest.approx(seismic.model.animals)
    assert nuisance_rate(fibre, clear, NIGHT) < nuisance_rate(fibre, clear, NOON)


@pytest.mark.parametrize("kind", ["seismic", "fence-sensor", "fibre"])
def test_wind_and_rain_add_their_parts(make_sensor, clear, kind):
    sensor = make_sensor(kind, length=1000.0)
    calm = nuisance_rate(sensor, clear, NOON)
    knee = 5.0 if kind == "seismic" else 8.0
    windy = nuisance_rate(sensor, dataclasses.replace(clear, wind=knee + 4.0), NOON)
    wet = nuisance_rate(sensor, dataclasses.replace(clear, rain=3.0), NOON)
    assert windy - calm == pytest.approx(4.0 * sensor.model.per_wind)
    assert wet - calm == pytest.approx(3.0 * sensor.model.per_rain)


def test_what_cannot_work_is_quiet(make_sensor, clear):
    mast = make_sensor("camera-day", wind_limit=20.0)
    assert nuisance_rate(mast, dataclasses.replace(clear, gust=25.0), NOON) == 0.0


def test_twilight_lies_between(make_sensor, clear):
    seismic = make_sensor("seismic")
    rates = [nuisance_rate(seismic, clear, NOON + 3600.0 * h) for h in np.arange(0, 12, 0.1)]
    assert max(np.abs(np.diff(rates))) < 0.5 * seismic.model.animals
