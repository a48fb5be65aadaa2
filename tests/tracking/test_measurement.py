"""Measurements by geometry, gradients by differences, the update by the textbook's matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from limes.columns import Kind
from limes.tracking.looks import Look
from limes.tracking.measurement import (
    correct,
    distance,
    factor_of,
    innovation,
    inside,
    locate_on_line,
    measure,
    notch,
    point_on_line,
    solve,
    spread,
    wrap,
)

BENT = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]])


def look(kind, size, z=(0.0, 0.0, 0.0), noise=(1.0, 1.0, 1.0), **site):
    figures = {"x": 10.0, "y": -500.0, "reach": np.inf, "azimuth": 0.0, "width": np.inf, "mdv": 0.7, "p": 0.9, "rate_sd": 0.3}
    row = np.array([*z, *noise, 1e-8, 0.0, np.nan])[None]
    where = np.array(list((figures | site).values()))
    return Look(0.0, 1, int(kind), size, True, -1, where, BENT, row, np.ones((1, 3), np.int64), np.ones((0, 6)))


@pytest.mark.parametrize(
    ("kind", "size"), [(Kind.POSITION, 2), (Kind.RANGE_BEARING, 3), (Kind.RANGE_BEARING, 2), (Kind.BEARING, 1), (Kind.PING, 2)]
)
@pytest.mark.parametrize("delay", [0.0, -2.5])
def test_gradients_are_those_of_finite_differences(kind, size, delay):
    state, step = np.array([300.0, 200.0, 3.0, -7.0]), 1e-4
    site = look(kind, size)
    _, *gradients = measure(site, delay, state[None, None], 0, 0)
    for column in range(4):
        ends = []
        for sign in (1.0, -1.0):
            moved = state.copy()
            moved[column] += sign * step
            ends.append(np.array(measure(site, delay, moved[None, None], 0, 0)[0]))
        numeric = (ends[0] - ends[1]) / (2 * step)
        assert [gradient[column] for gradient in gradients] == pytest.approx(numeric, abs=1e-6)


def test_range_bearing_and_rate_by_hand():
    """3-4-5: 300 m east and 400 m north of the radar, opening along the ray at 5 m/s."""
    state = np.array([310.0, -100.0, 3.0, 4.0])[None, None]
    (rho, bearing, rate), *_ = measure(look(Kind.RANGE_BEARING, 3), 0.0, state, 0, 0)
    assert (rho, bearing, rate) == pytest.approx((500.0, math.atan2(3, 4), 5.0))


def test_places_along_a_line():
    assert locate_on_line(40.0, 5.0, BENT) == pytest.approx((40.0, 5.0, 1.0, 0.0))
    assert locate_on_line(110.0, 20.0, BENT) == pytest.approx((120.0, -10.0, 0.0, 1.0))
    assert point_on_line(120.0, BENT) == pytest.approx((100.0, 20.0, 0.0, 1.0))
    assert point_on_line(1e6, BENT)[:2] == pytest.approx((100.0, 50.0))


@given(st.floats(-50.0, 200.0), st.floats(-100.0, 150.0))
def test_the_nearest_place_of_a_line_is_on_it_and_as_far_as_it_says(x, y):
    along, offset, _, _ = locate_on_line(x, y, BENT)
    px, py, _, _ = point_on_line(along, BENT)
    assert math.hypot(px - x, py - y) == pytest.approx(abs(offset), abs=1e-9)


@given(st.floats(-1e3, 1e3))
def test_wrap_is_the_same_angle(angle):
    assert -math.pi < wrap(angle) + 1e-9
    assert wrap(angle) <= math.pi + 1e-9
    assert math.cos(wrap(angle)) == pytest.approx(math.cos(angle), abs=1e-9)


def test_update_is_that_of_the_textbook():
    rng = np.random.default_rng(3)
    root = rng.normal(size=(4, 4))
    mean, cov = np.array([300.0, 200.0, 3.0, -7.0]), root @ root.T
    noise = (4.0, 1e-4, 0.09)
    site = look(Kind.RANGE_BEARING, 3, (750.0, 0.4, -4.0), noise)
    h, a, b, c = measure(site, 0.0, mean[None, None], 0, 0)
    rows, nu = np.array([a, b, c]), innovation(site, 0, h)
    s = rows @ cov @ rows.T + np.diag(noise)
    gain = cov @ rows.T @ np.linalg.inv(s)
    factor = factor_of(site, 0, spread(cov[None, None], 0, 0, a, b, c))
    square, scale = distance(factor, nu)
    assert math.exp(-0.5 * square) / scale / (2 * math.pi) ** 1.5 == pytest.approx(multivariate_normal(np.zeros(3), s).pdf(nu))
    assert solve(factor, 1.0, 2.0, 3.0) == pytest.approx(np.array([1.0, 2.0, 3.0]) @ np.linalg.inv(s))
    new_mean, new_cov = mean[None, None].copy(), cov[None, None].copy()
    correct(new_mean, new_cov, 0, 0, factor, nu, a, b, c)
    assert new_mean[0, 0] == pytest.approx(mean + gain @ np.array(nu))
    assert new_cov[0, 0] == pytest.approx(cov - gain @ rows @ cov)


def test_the_blind_zone_by_the_normal_distribution():
    mean, cov = np.array([10.0, 500.0, 0.4, 0.5])[None, None], np.diag([1.0, 1.0, 0.25, 0.16])[None, None]
    sd = math.hypot(0.4, 0.3)
    expected = norm.cdf(0.7, 0.5, sd) - norm.cdf(-0.7, 0.5, sd)
    assert notch(look(Kind.RANGE_BEARING, 3), mean, cov, 0, 0) == pytest.approx(expected)


def test_at_the_edge_of_the_reach_half_is_seen():
    mean, cov = np.array([10.0, 500.0, 0.0, 0.0])[None, None], np.diag([25.0, 25.0, 1.0, 1.0])[None, None]
    assert inside(look(Kind.RANGE_BEARING, 3, reach=1000.0), mean, cov, 0, 0) == pytest.approx(0.5)
    assert inside(look(Kind.RANGE_BEARING, 3, reach=1020.0), mean, cov, 0, 0) == pytest.approx(norm.cdf(4.0))
    wide = look(Kind.RANGE_BEARING, 3, azimuth=math.radians(30.0), width=math.radians(60.0))
    assert inside(wide, mean, cov, 0, 0) == pytest.approx(0.5)
