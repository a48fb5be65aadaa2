"""Biases: who has any, what is learnt of them, and that what is surveyed has none."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from limes.columns import Kind
from limes.tracking import Registration, Settings, Tracker
from limes.tracking.metrics import gospa
from limes.tracking.registration import age_biases, leaning, own_doubt, slots
from limes.tracking.state import Bias

_spec = importlib.util.spec_from_file_location("registration_scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

STARTS = [[-4000, 0, 12, 1], [0, 2000, 3, -9], [2500, -2500, -6, 6], [-2000, 3000, 8, -4], [3000, 1500, -10, 0]]


def two_radars(seed, first_bias=(0.0, 0.0)):
    """Looks of a radar with a bias and of a surveyed one at the same vehicles."""
    site = np.concatenate(
        [
            scene.sensor(Kind.RANGE_BEARING, x=-6000.0, y=-6000.0, surveyed=False),
            scene.sensor(Kind.RANGE_BEARING, x=6000.0, y=-6000.0, surveyed=True),
        ]
    )
    a = scene.straight(STARTS, 120.0, site[:1], seed=seed)
    b = scene.straight(STARTS, 120.0, site[1:], seed=seed + 100, phase=1.0, index=1)
    a["range"] += first_bias[0]
    a["bearing"] += first_bias[1]
    rows = np.concatenate([a, b])
    return site, rows[np.argsort(rows["time"], kind="stable")]


@pytest.mark.parametrize("bias", [(25.0, 4e-3), (-30.0, -2e-3)])
def test_a_biased_radar_is_found_out_by_a_surveyed_one(bias):
    site, rows = two_radars(3, bias)
    tracker = Tracker(site)
    tracks = tracker.update(rows)
    (row,) = tracker.biases
    assert row["first"] == pytest.approx(bias[0], abs=4.0 * row["first_sd"] + 1.0)
    assert row["second"] == pytest.approx(bias[1], abs=4.0 * row["second_sd"])
    assert row["first_sd"] < 5.0
    assert len(tracks) == len(STARTS)


def test_registration_takes_the_bias_out_of_the_tracks():
    site, rows = two_radars(5, (40.0, 6e-3))
    truth = np.array(STARTS, float)[:, :2] + 119.0 * np.array(STARTS, float)[:, 2:]
    errors = []
    for settings in (Settings(), Settings(registration=None)):
        tracker = Tracker(site, settings=settings)
        tracker.feed(rows)
        tracks = tracker.tracks(119.0)
        tracks = tracks[tracks["existence"] > 0.5]
        errors.append(gospa(truth, np.column_stack([tracks["x"], tracks["y"]]), 50.0))
    assert errors[0] < 0.6 * errors[1]


def test_who_has_biases():
    rows = np.concatenate([scene.sensor(surveyed=False), scene.sensor(Kind.PING, surveyed=False), scene.sensor()])
    slot, bias = slots(rows, Registration(position_sd=7.0))
    assert slot.tolist() == [0, -1, -1]
    assert np.sqrt(np.diag(bias.cov)) == pytest.approx([7.0, 7.0, 0.1])
    assert slots(rows, None)[0].tolist() == [-1, -1, -1]


def test_forgotten_biases_go_back_to_what_was_assumed():
    bias, prior = Bias(np.zeros(2), np.array([[1.0, 0.5], [0.5, 2.0]])), np.array([9.0, 16.0])
    age_biases(1e9, bias, prior, 3600.0)
    assert bias.cov == pytest.approx(np.diag(prior))


def test_doubt_is_lean_times_covariance_times_lean():
    rng = np.random.default_rng(1)
    root, lean = rng.normal(size=(3, 3)), rng.normal(size=(3, 4))
    bias, out = Bias(np.zeros(3), 100.0 * root @ root.T), np.zeros((4, 7))
    assert leaning(lean, bias.cov).tolist() == [0, 1, 2]
    own_doubt(lean, bias, out)
    assert out[:, :4] == pytest.approx(lean.T @ bias.cov @ lean)
