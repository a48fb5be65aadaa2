from __future__ import annotations

import numpy as np
import pytest

from limes.signals.portal.made import background_of
from limes.signals.portal.samples import EDGES
from limes.signals.portal.statistics import attenuation, gross, patterns, shape, spectrum_of, tilt_of

SHARE = np.cumsum(background_of()[0])
CELLS = np.concatenate([[0], np.searchsorted(SHARE, np.arange(1, 24) / 24.0) + 1])
RATE = np.add.reduceat(background_of()[0], CELLS) * 1000.0
ADDED = np.add.reduceat(patterns(), CELLS, axis=1)
TILT = tilt_of(np.sqrt(EDGES[CELLS] * EDGES[np.append(CELLS[1:], 96)]))


def judged(counts: np.ndarray) -> np.ndarray:
    size = len(counts)
    return shape(counts, np.tile(RATE * 3.0, (size, 1)), np.full(size, 1e6), np.full(size, 3.0), TILT, ADDED)[0]


def test_iron_as_in_the_tables() -> None:
    assert attenuation(np.array([60.0, 662.0])) == pytest.approx([1.205, 0.0735], rel=0.02)


def test_gross_counts_are_standard_normal_on_a_known_background() -> None:
    rng = np.random.default_rng(4)
    for mean in (40.0, 4000.0):
        z = gross(rng.poisson(mean, 40_000).astype(float), np.full(40_000, mean), np.full(40_000, 1e12), np.zeros(40_000))
        assert float(z.mean()) == pytest.approx(0.0, abs=0.05)
        assert float(z.std()) == pytest.approx(1.0, abs=0.02)


def test_the_pattern_knows_neither_strength_nor_shielding() -> None:
    exact = RATE[None, :] * 3.0
    ten = spectrum_of(((662.0, 1.0),))
    source = np.add.reduceat(ten, CELLS) * 300.0
    plain = judged(exact + source)[0]
    assert plain > 6.0
    assert abs(judged(exact * 1.3)[0]) < 1e-6
    tilted = exact * (0.8 + 0.2 * TILT)
    assert abs(judged(tilted)[0]) < 0.5
    assert judged(tilted + source)[0] > 0.8 * plain
    assert judged(exact - 0.5 * source)[0] < 2.5


def test_chance_makes_few_patterns() -> None:
    rng = np.random.default_rng(5)
    z = judged(rng.poisson(RATE * 3.0, (4000, RATE.size)).astype(float))
    assert (z > 4.4).mean() < 2e-3
    assert 1.0 < float(np.median(z)) < 3.0


def test_too_few_counts_are_not_judged() -> None:
    assert np.isnan(shape(np.ones((1, RATE.size)), RATE[None] * 1e-3, np.ones(1), np.ones(1), TILT, ADDED)[0][0])


def test_patterns_are_shares() -> None:
    assert np.allclose(patterns().sum(axis=1), 1.0)
    assert (patterns() >= 0).all()
