"""The locator reaches the bound that the arrival times allow, and its ellipses are right."""

from __future__ import annotations

import numpy as np
import pytest

from limes.signals.fibre.ground import Array, Ground, heard, ricker
from limes.signals.fibre.locate import arrivals, fisher, locate, semblance

SIGMA = 0.004
PUBLISHED = {  # (distance, half length, velocity): bound on place and distance, m
    (5.0, 20.0, 200.0): (0.32, 2.3),
    (10.0, 50.0, 200.0): (0.20, 1.7),
    (20.0, 50.0, 200.0): (0.24, 3.0),
    (40.0, 100.0, 200.0): (0.17, 2.4),
    (10.0, 50.0, 400.0): (0.41, 3.2),
}


@pytest.mark.parametrize(("case", "bounds"), PUBLISHED.items())
def test_the_bound_is_the_computed_one(case, bounds):
    distance, half, c = case
    x = np.arange(-half, half + 1, 5.0)
    spots = np.column_stack([x, np.zeros(len(x))])
    covariance = np.linalg.inv(fisher(spots, np.array([0.0, distance]), c, np.full(len(x), SIGMA)))
    assert np.sqrt(np.diag(covariance))[:2] == pytest.approx(bounds, rel=0.06)


def trials(distance, count=60):
    rng = np.random.default_rng(11)
    x = np.arange(-50.0, 51.0, 5.0)
    errors, inside, bound = [], [], None
    for _ in range(count):
        at, c = rng.uniform(-2.5, 2.5), 250.0 * rng.normal(1.0, 0.15)
        times = np.hypot(x - at, distance) / c + rng.normal(0, SIGMA, len(x))
        found = locate(x[:, None], times, SIGMA)
        errors.append(found.position - [at, distance])
        inside.append(found.inside(np.array([at, distance])))
        bound = np.linalg.inv(fisher(np.column_stack([x, 0 * x]), np.array([at, distance]), c, np.full(len(x), SIGMA)))
    return np.sqrt(np.square(errors).mean(axis=0)), np.sqrt(np.diag(bound))[:2], float(np.mean(inside))


def test_errors_come_near_the_bound_and_ellipses_hold_what_they_say():
    rms, bound, inside = trials(12.0)
    assert (rms <= 1.3 * bound).all()
    assert 0.8 <= inside <= 0.99


def test_two_fibres_tell_the_depth():
    rng = np.random.default_rng(3)
    x = np.arange(-50.0, 51.0, 5.0)
    spots = np.concatenate([np.column_stack([x, 0 * x, 0 * x]), np.column_stack([x, 0 * x + 4.0, 0 * x])])
    source = np.array([3.0, 1.0, 6.0])
    r = np.sqrt(np.square(source - spots).sum(axis=1))
    times = np.mean([r / 250.0 + rng.normal(0, SIGMA, len(r)) for _ in range(100)], axis=0)
    found = locate(spots, times, SIGMA / 10.0)
    assert not found.circle
    assert found.position[2] == pytest.approx(6.0, abs=1.5)


def test_a_blow_in_samples_is_found_by_its_arrivals_and_by_back_projection():
    array, ground = Array(31, 5.0, 500.0), Ground(250.0, 250.0, 4.0, 40.0)
    part, rows = heard(array, ground, 77.0, 9.0, ricker(20.0, 500.0))
    rows = rows + 0.01 * np.abs(rows).max() * np.random.default_rng(2).standard_normal(rows.shape)
    times, sigma, used = arrivals(rows, 500.0)
    found = locate(array.places[part][used][:, None], times, sigma)
    assert found.position[0] == pytest.approx(77.0, abs=1.5)
    along, distance, velocity = np.arange(57.0, 98.0, 5.0), np.array([3.0, 9.0, 20.0]), np.array([180.0, 250.0, 350.0])
    stack = semblance(rows, 500.0, array.places[part], along, distance, velocity)
    i, _, k = np.unravel_index(np.argmax(stack), stack.shape)
    assert abs(along[i] - 77.0) <= 5.0
    assert velocity[k] == 250.0


def test_too_few_arrivals_are_refused():
    with pytest.raises(ValueError, match="five arrivals"):
        locate(np.zeros((4, 1)), np.zeros(4), 0.004)


def test_blows_right_on_the_fibre_and_times_that_make_no_sense_end_in_an_answer():
    x = np.arange(0.0, 60.0, 1.0)[:, None]
    rng = np.random.default_rng(9)
    for times in (np.abs(x[:, 0] - 30.0) / 250.0, np.zeros(60), rng.normal(0, 0.2, 60), x[:, 0] / 250.0):
        found = locate(x, times, 0.008, 250.0, 0.4)
        assert np.isfinite(found.position).all()
        assert np.isfinite(found.covariance).all()
