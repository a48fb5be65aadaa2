"""The radar from its data-sheet point: range equation, Doppler notch, weather, resolution cell, false alarms."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sector import Weather
from limes.sector.catalogue import load_catalogue
from limes.sensing import radar
from limes.sensing.detection import swerling_1_snr
from limes.sensing.propagation import rain_attenuation
from limes.sensing.targets import targets_of

CATALOGUE = load_catalogue()
MODEL = radar.radar_model(CATALOGUE.kinds["radar-medium"])
PERSON = targets_of(CATALOGUE)["person"]
FAST = np.array(5.0)
MILD = Weather(0.0, 2.0, 0.0, 3.0, 5.0, 20_000.0, 0.2, 0.0, 5.0, 0.6)


def standard(clear):
    """Air of the data sheet: 15 degrees C and 7.5 g/m3."""
    return dataclasses.replace(clear, temperature=15.0, humidity=0.585)


def test_fourth_power_of_range():
    near, far = radar.range_equation(np.array([5e3, 10e3]), 1.0, 10e3, 1.0, 130.0)
    assert near / far == pytest.approx(16.0)
    assert far == pytest.approx(130.0)


def test_range_grows_with_the_fourth_root_of_cross_section():
    # R = R0 (sigma / sigma0)^(1/4)
    assert radar.range_equation(np.array(10e3 * 10**0.25), 10.0, 10e3, 1.0, 130.0) == pytest.approx(130.0)


def test_loss_counts_there_and_back():
    lossless, lossy = (float(radar.range_equation(np.array(10e3), 1.0, 10e3, 1.0, 130.0, loss)) for loss in (0.0, 0.1))
    assert 10 * np.log10(lossless / lossy) == pytest.approx(2.0)


def test_data_sheet_point_is_met(clear):
    sheet = dataclasses.replace(MODEL, loss=0.0, mdv=0.0)
    target = dataclasses.replace(PERSON, rcs=MODEL.rcs)
    assert radar.p_radar(sheet, target, np.array(MODEL.range), FAST, standard(clear)) == pytest.approx(MODEL.pd, abs=0.002)


def test_clutter_and_scan_loss_are_decibels_of_snr(clear):
    weather = standard(clear)
    target = dataclasses.replace(PERSON, rcs=MODEL.rcs)
    snr = swerling_1_snr(MODEL.pd, MODEL.pfa) * 10 ** (-MODEL.loss / 10)
    expected = MODEL.pfa ** (1 / (1 + snr))
    assert radar.p_radar(MODEL, target, np.array(MODEL.range), FAST, weather) == pytest.approx(expected, abs=0.002)


def test_walker_going_sideways_vanishes(clear):
    speeds = 1.3 * np.cos(np.radians([0.0, 45.0, 60.0, 75.0, 90.0]))
    p = radar.p_radar(MODEL, PERSON, np.full(5, 4000.0), speeds, clear)
    assert p[0] > 0.95
    assert p[-1] < 0.01
    assert np.all(np.diff(p) <= 1e-12)


def test_notch_is_symmetric_and_half_open_at_its_edge():
    speeds = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    passed = radar.doppler_pass(speeds, 0.5, 0.1)
    np.testing.assert_allclose(passed, passed[::-1])
    assert passed[1] == pytest.approx(0.5)
    assert passed[2] == pytest.approx(2 * 2.867e-7, rel=0.01)  # two tails beyond five sigma


def test_no_notch_no_loss():
    assert radar.doppler_pass(np.array([0.0]), 0.0, 0.1) == pytest.approx(1.0)


def test_rain_costs_what_the_recommendation_says(clear):
    wet = dataclasses.replace(clear, rain=10.0)
    gained = radar.path_loss(MODEL, wet) - radar.path_loss(MODEL, clear)
    assert gained == pytest.approx(float(rain_attenuation(MODEL.frequency_ghz, 10.0)))


def test_echo_of_rain_fills_the_cell():
    # cone of 1.8 deg by (8 + 0.115) deg, 10 m deep, at 10 km, seen from 20 m
    sigma = float(radar.rain_clutter(MODEL, np.array(10_000.0), 20.0, 4.0))
    volume = 0.72 * 10.0 * np.radians(1.8) * 1e4 * (1e4 * np.radians(8.0) + 20.0)
    assert sigma == pytest.approx(volume * 7.0 * 9.6**4 * 4.0**1.6 * 1e-12 / 10**2.5, rel=0.03)


def test_heavy_rain_hides_a_walker_that_loss_alone_would_not(clear):
    wet = dataclasses.replace(clear, rain=10.0)
    open_to_rain = dataclasses.replace(MODEL, rain_rejection=1.0)
    deaf_to_rain = dataclasses.replace(MODEL, rain_rejection=1e12)
    weak, usual, strong = (
        float(radar.p_radar(m, PERSON, np.array(6000.0), FAST, wet)) for m in (open_to_rain, MODEL, deaf_to_rain)
    )
    assert weak < 0.1 < usual < strong
    assert strong > 0.9


def test_standard_air_costs_nothing(clear):
    assert radar.path_loss(MODEL, standard(clear)) == pytest.approx(0.0, abs=2e-4)


def test_sway_blinds_a_tethered_radar_to_slow_walkers(clear):
    still, swaying = (radar.p_radar(MODEL, PERSON, np.array(5000.0), np.array(0.8), clear, sway=sway) for sway in (0.0, 0.5))
    assert swaying < 0.5 * still


@pytest.mark.parametrize("distance", [MODEL.min_range - 1.0, MODEL.max_range + 1.0])
def test_nothing_outside_its_limits(clear, distance):
    assert radar.p_radar(MODEL, PERSON, np.array(distance), FAST, clear) == 0.0


def test_resolution_cell_widens_with_range():
    depth, width = radar.resolution_cell(MODEL, np.array([1e3, 10e3]))
    assert depth == MODEL.range_cell
    np.testing.assert_allclose(width, np.radians(1.8) * np.array([1e3, 10e3]))


def test_false_alarms_grow_with_wind_and_rain(clear):
    assert radar.false_alarm_rate(MODEL, clear) == MODEL.false_per_hour
    windy = radar.false_alarm_rate(MODEL, dataclasses.replace(clear, wind=10.0))
    wet = radar.false_alarm_rate(MODEL, dataclasses.replace(clear, rain=4.0))
    assert windy == pytest.approx(MODEL.false_per_hour * MODEL.wind_factor)
    assert wet == pytest.approx(MODEL.false_per_hour * MODEL.rain_factor)


@given(st.floats(200, 19e3), st.floats(1.0, 1.5), st.floats(0, 3), st.floats(0, 20))
def test_farther_slower_wetter_is_never_better(distance, factor, speed, rain):
    def p(d, v, r):
        return float(radar.p_radar(MODEL, PERSON, np.array(d), np.array(v), dataclasses.replace(MILD, rain=r)))

    base = p(distance, speed, rain)
    assert 0.0 <= base <= 1.0
    assert p(distance * factor, speed, rain) <= base + 1e-12
    assert p(distance, speed / factor, rain) <= base + 1e-12
    assert p(distance, speed, rain * factor) <= base + 1e-12


def test_every_radar_on_the_menu_is_read():
    for kind in CATALOGUE.family("radar"):
        model = radar.radar_model(kind)
        assert model.min_range < model.range < model.max_range
        assert model.elevation[0] < 0.0 < model.elevation[1]
