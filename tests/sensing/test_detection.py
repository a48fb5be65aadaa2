"""Pd from SNR against the exact integrals over Marcum's Q and published anchors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from limes.sensing import detection


def marcum(snr: float, pfa: float) -> float:
    """Exact Pd of a steady target in one look: Q1(sqrt(2 snr), sqrt(2 T))."""
    return float(stats.ncx2.sf(-2.0 * np.log(pfa), 2, 2.0 * snr))


@pytest.mark.parametrize("snr_db", [5.0, 10.0, 15.0, 20.0])
@pytest.mark.parametrize("pfa", [1e-4, 1e-6])
def test_swerling_1_is_the_mean_over_an_exponential_echo(snr_db, pfa):
    mean = 10 ** (snr_db / 10)
    exact, _ = integrate.quad(lambda s: marcum(s, pfa) * np.exp(-s / mean) / mean, 0, 60 * mean, limit=300)
    assert detection.swerling_1(mean, pfa) == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize("snr_db", [5.0, 10.0, 15.0, 20.0])
def test_swerling_3_is_the_mean_over_a_chi_square_of_four(snr_db):
    mean = 10 ** (snr_db / 10)
    exact, _ = integrate.quad(lambda s: marcum(s, 1e-6) * 4 * s / mean**2 * np.exp(-2 * s / mean), 0, 60 * mean, limit=300)
    assert detection.swerling_3(mean, 1e-6) == pytest.approx(exact, abs=1e-5)


def test_swerling_1_solved_for_snr():
    # Pd 0.9 at Pfa 1e-6 needs 21.1 dB (Skolnik, Introduction to Radar Systems, fig. 2.23)
    snr = detection.swerling_1_snr(0.9, 1e-6)
    assert 10 * np.log10(snr) == pytest.approx(21.14, abs=0.01)
    assert detection.swerling_1(snr, 1e-6) == pytest.approx(0.9)


@pytest.mark.parametrize(("pd", "pfa", "pulses", "db"), [(0.9, 1e-6, 1, 13.11), (0.9, 1e-6, 10, 4.99), (0.5, 1e-6, 1, 11.24)])
def test_albersheim_examples(pd, pfa, pulses, db):
    # worked values of Albersheim's equation, Richards, Fundamentals of Radar Signal Processing (2014), sec. 6.3
    assert detection.albersheim_snr_db(pd, pfa, pulses) == pytest.approx(db, abs=0.02)


@pytest.mark.parametrize(("pd", "decibels"), [(0.3, 0.3), (0.5, 0.1), (0.7, 0.1), (0.9, 0.1)])
@pytest.mark.parametrize("pfa", [1e-3, 1e-5, 1e-7])
def test_albersheim_keeps_its_promise(pd, decibels, pfa):
    snr_db = float(detection.albersheim_snr_db(pd, pfa))
    low, high = (marcum(10 ** ((snr_db + step) / 10), pfa) for step in (-decibels, decibels))
    assert low < pd < high


def test_albersheim_integrates_pulses():
    # ten pulses save a little less than 10 dB, a little more than 10 log10 sqrt(10)
    gain = detection.albersheim_snr_db(0.9, 1e-6, 1) - detection.albersheim_snr_db(0.9, 1e-6, 10)
    assert 5.0 < gain < 10.0


@pytest.mark.parametrize("pfa", [1e-4, 1e-6, 1e-8])
def test_steady_is_marcums_q(pfa):
    snr = np.logspace(-1, 2, 60)
    exact = np.array([marcum(s, pfa) for s in snr])
    np.testing.assert_allclose(detection.steady(snr, pfa), exact, atol=0.005)


@pytest.mark.parametrize("case", [0, 1, 3])
@given(st.floats(0.01, 1e4), st.floats(1.001, 10.0))
def test_more_signal_detects_more(case, snr, factor):
    low, high = detection.pd_of_snr(np.array([snr, snr * factor]), 1e-6, case)
    assert 0.0 <= low <= high <= 1.0


def test_fading_helps_the_weak_and_harms_the_strong():
    steady, swerling = (detection.pd_of_snr(np.array([2.0, 100.0]), 1e-6, case) for case in (0, 1))
    assert swerling[0] > steady[0]
    assert swerling[1] < steady[1]
