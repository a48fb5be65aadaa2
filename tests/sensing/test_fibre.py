"""Buried fibre: passages over it, digging at a slant, and the deaf direction that its reach already holds."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from limes.sensing import fibre


@pytest.fixture(scope="module")
def model(catalogue):
    return fibre.fibre_model(catalogue.kinds["fibre"])


def test_walking_over_it_gives_what_is_stated(model, targets, clear):
    along = np.arange(-500.0, 500.0, 1.3 * model.period)
    p = fibre.p_fibre(model, targets["person"], np.abs(along), np.full(along.shape, 1.3), clear)
    assert 1.0 - np.prod(1.0 - p) == pytest.approx(model.p_detect, abs=0.01)


def test_walking_along_it_is_heard_again_and_again(model, targets, clear):
    p = float(fibre.p_fibre(model, targets["person"], np.array(10.0), np.array(1.3), clear))
    assert 1 - (1 - p) ** (300.0 / model.period) > 0.99


def test_vehicles_are_heard_farther_than_walkers_and_drones_not_at_all(model, targets, clear):
    person, vehicle, drone = (
        float(fibre.p_fibre(model, targets[name], np.array(60.0), np.array(targets[name].speed), clear))
        for name in ("person", "vehicle", "drone")
    )
    assert vehicle > 3.0 * person > drone == 0.0
    assert fibre.fibre_reach(model, targets["vehicle"]) > fibre.fibre_reach(model, targets["person"])
    assert fibre.fibre_reach(model, targets["drone"]) == 0.0


def test_digging_counts_slant_distance(model, clear):
    flat = fibre.p_digging(model, np.array(10.0), np.array(0.0), clear)
    assert fibre.p_digging(model, np.array(6.0), np.array(8.0), clear) == pytest.approx(float(flat))
    assert fibre.p_digging(model, np.array(0.0), np.array(model.ranges["dig"]), clear) == pytest.approx(model.p_detect / 2)


def test_machines_are_heard_deeper_than_hands_and_storms_drown_both(model, clear):
    hands, machine = (float(fibre.p_digging(model, np.array(40.0), np.array(20.0), clear, m)) for m in (False, True))
    assert machine > 3 * hands
    storm = dataclasses.replace(clear, wind=20.0, rain=5.0)
    assert fibre.p_digging(model, np.array(40.0), np.array(20.0), storm, True) < machine


@pytest.mark.parametrize("offset", [5.0, 20.0, 80.0])
def test_strongest_channel_lies_two_offsets_along(offset):
    # amplitude of a surface wave on a straight fibre: cos^2 of the angle over the root of distance
    def loss(s):
        r = np.hypot(s, offset)
        return -((s / r) ** 2) / np.sqrt(r)

    best = minimize_scalar(loss, bounds=(0.01, 50 * offset), method="bounded", options={"xatol": 1e-6})
    assert best.x == pytest.approx(2 * offset, rel=1e-3)
    assert 20 * np.log10(-best.fun * np.sqrt(offset)) == pytest.approx(-5.4, abs=0.05)
