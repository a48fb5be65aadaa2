"""The discretisation and the switching of modes against independent integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm

from limes.tracking.motion import BORDER_MOTION, blend_into, drift, mix, propagate, transition


@pytest.mark.parametrize("dt", [0.1, 5.0, 60.0, 3600.0])
def test_switching_is_the_matrix_exponential(dt):
    rates = BORDER_MOTION.rates()
    assert transition(rates, dt) == pytest.approx(expm(rates * dt), abs=3e-4)
    assert transition(rates, dt).sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("memory", [1.5, 8.0, 5000.0])
@pytest.mark.parametrize("dt", [0.5, 5.0, 40.0])
def test_drift_is_the_integral_of_the_ornstein_uhlenbeck_process(memory, dt):
    """Velocity forgets at 1 / memory and is driven by white noise of density 2 speed^2 / memory."""
    speed = 3.0
    keep, path, qxx, qxv, qvv = drift(np.array([[speed, memory, 1.0, 0.0]]), dt)[0]
    density = 2.0 * speed**2 / memory

    def reach(s):
        return memory * (1.0 - np.exp(-s / memory))

    assert keep == pytest.approx(np.exp(-dt / memory))
    assert path == pytest.approx(reach(dt), rel=1e-6)
    assert qxx == pytest.approx(density * quad(lambda s: reach(s) ** 2, 0, dt)[0], rel=1e-6)
    assert qxv == pytest.approx(density * quad(lambda s: reach(s) * np.exp(-s / memory), 0, dt)[0], rel=1e-6)
    assert qvv == pytest.approx(density * quad(lambda s: np.exp(-2 * s / memory), 0, dt)[0], rel=1e-6)


def test_no_mode_ever_moves_faster_than_its_speed():
    table = BORDER_MOTION.table()
    for dt in (1.0, 100.0, 1e5):
        assert (drift(table, dt)[:, 4] <= table[:, 0] ** 2 * (1 + 1e-9)).all()


def test_propagate_is_f_p_f_transposed_plus_q():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(4, 4))
    mean, cov = rng.normal(size=4), root @ root.T
    step = np.array([0.8, 4.0, 3.0, 1.0, 0.5])
    eye = np.eye(2)
    forward = np.block([[eye, 4.0 * eye], [0.0 * eye, 0.8 * eye]])
    noise = np.block([[3.0 * eye, eye], [eye, 0.5 * eye]])
    expected = forward @ mean, forward @ cov @ forward.T + noise
    propagate(mean, cov, step)
    assert mean == pytest.approx(expected[0])
    assert cov == pytest.approx(expected[1])


def test_blend_has_the_moments_of_the_mixture():
    rng = np.random.default_rng(2)
    mean, roots = rng.normal(size=(3, 4)), rng.normal(size=(3, 4, 4))
    cov, share = roots @ roots.transpose(0, 2, 1), np.array([0.5, 0.0, 1.5])
    out_mean, out_cov = np.zeros(4), np.zeros((4, 4))
    blend_into(mean, cov, share, out_mean, out_cov)
    part = share / share.sum()
    expected = part @ mean
    second = sum(p * (c + np.outer(m, m)) for p, m, c in zip(part, mean, cov, strict=True))
    assert out_mean == pytest.approx(expected)
    assert out_cov == pytest.approx(second - np.outer(expected, expected))


def test_mixing_keeps_the_weights_a_distribution_and_a_lone_mode_as_it_is():
    mean, cov, weight = np.arange(8.0).reshape(2, 4), np.stack([np.eye(4), 2 * np.eye(4)]), np.array([0.25, 0.75])
    before = mean.copy(), cov.copy()
    room = np.zeros((2, 4)), np.zeros((2, 4, 4)), np.zeros((2, 2))
    mix(mean, cov, weight, np.eye(2), *room)
    assert weight.tolist() == [0.25, 0.75]
    assert mean == pytest.approx(before[0])
    assert cov == pytest.approx(before[1])
    mix(mean, cov, weight, np.array([[0.9, 0.1], [0.3, 0.7]]), *room)
    assert weight == pytest.approx([0.45, 0.55])
