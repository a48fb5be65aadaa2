"""What a scene teaches about how things move."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from limes.tracking import BORDER_MOTION, Tracker
from limes.tracking.motion import count_switches, learned

_spec = importlib.util.spec_from_file_location("tracking_scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

NAMES = [mode.name for mode in BORDER_MOTION.modes]
STEADY, SWERVE = NAMES.index("steady"), NAMES.index("swerve")


def rate(tracker, source=STEADY, target=SWERVE):
    return float(learned(BORDER_MOTION.rates(), tracker._state.scene, BORDER_MOTION.trusts())[source, target])


def test_a_scene_of_straight_traffic_teaches_that_nobody_swerves_and_one_of_turns_that_they_do():
    site = scene.sensor()
    starts = [[x, y, 15.0, 0.0] for x in (-4e3, -2e3) for y in np.arange(-3e3, 3e3, 750.0)]
    straight, turning = Tracker(site), Tracker(site)
    straight.feed(scene.straight(starts, 100.0, site, seed=1))
    rows, states, rng = [], np.array(starts), np.random.default_rng(2)
    for k in range(50):
        rows.append(scene.scan(site, 2.0 * k, k, states, rng))
        turns = rng.random(len(states)) < 2.0 / 30.0
        states[turns, 2:] = states[turns, :1:-1] * (1, -1)
        states[:, :2] += 2.0 * states[:, 2:]
    turning.feed(np.concatenate(rows))
    told = BORDER_MOTION.rates()[STEADY, SWERVE]
    assert rate(straight) < 0.9 * told
    assert rate(turning) > 1.5 * told


def test_counting_what_switched_is_bayes_rule_and_exposure_is_time():
    before, switch = np.array([0.8, 0.2]), np.array([[0.9, 0.1], [0.0, 1.0]])
    rates, counts = np.array([[-0.1, 0.1], [0.0, 0.0]]), np.zeros((2, 2))
    count_switches(3.0, before, switch, np.array([0.5, 0.5]), rates, counts)
    assert np.allclose(counts, [[2.4, 0.5 * 0.08 / 0.28], [0.0, 0.6]])


def test_what_is_not_trusted_to_be_learned_is_as_told():
    rates, counts = BORDER_MOTION.rates(), np.full((len(NAMES), len(NAMES)), 100.0)
    after = learned(rates, counts, BORDER_MOTION.trusts())
    foot = [k for k, mode in enumerate(BORDER_MOTION.modes) if mode.family == "foot"]
    assert np.allclose(after[foot], rates[foot])
    assert np.allclose(after.sum(axis=1), 0.0)
