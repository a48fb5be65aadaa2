"""Extinction and attenuation against the tables of the recommendations that they come from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.sensing import propagation as air


@pytest.mark.parametrize(
    ("ghz", "k_h", "a_h", "k_v", "a_v"),
    [
        (1.0, 0.0000259, 0.9691, 0.0000308, 0.8592),
        (10.0, 0.01217, 1.2571, 0.01129, 1.2156),
        (20.0, 0.09164, 1.0568, 0.09611, 0.9847),
        (35.0, 0.3374, 0.9047, 0.3224, 0.8761),
    ],
)
def test_rain_coefficients_of_table_5(ghz, k_h, a_h, k_v, a_v):
    # ITU-R P.838-3, table 5
    assert air.rain_coefficients(ghz) == pytest.approx((k_h, a_h), rel=2e-3)
    assert air.rain_coefficients(ghz, horizontal=False) == pytest.approx((k_v, a_v), rel=2e-3)


def test_rain_attenuation_is_the_power_law():
    k, alpha = air.rain_coefficients(16.2)
    np.testing.assert_allclose(air.rain_attenuation(16.2, np.array([0.0, 1.0, 25.0])), [0.0, k, k * 25**alpha])


@pytest.mark.parametrize(
    ("ghz", "exact"), [(5.5, 0.0090655), (9.4, 0.0132527), (16.5, 0.0393476), (24.0, 0.1731637), (35.0, 0.1014275)]
)
def test_gas_is_near_the_line_by_line_sum(ghz, exact):
    # ITU-R P.676-12 annex 1 at 1013 hPa, 15 degrees C, 7.5 g/m3, computed with ITU-Rpy 0.4.0
    assert air.gas_attenuation(ghz) == pytest.approx(exact, rel=0.08 if ghz > 9.0 else 0.14)


@pytest.mark.parametrize(("ghz", "rain"), [(5.5, 4.0), (10.0, 1.0), (10.0, 16.0), (16.2, 4.0)])
def test_reflectivity_of_rain(ghz, rain):
    # Skolnik, Introduction to Radar Systems, sec. 7.6: 7 f^4 r^1.6 1e-12 m2/m3, f in GHz, r in mm/h
    assert air.rain_reflectivity(ghz, rain) == pytest.approx(7.0 * ghz**4 * rain**1.6 * 1e-12, rel=0.03)


def test_gas_peaks_at_the_water_line():
    frequencies = np.arange(15.0, 30.0, 0.5)
    assert frequencies[np.argmax([air.gas_attenuation(f) for f in frequencies])] == pytest.approx(22.2, abs=0.5)


def test_moist_air_costs_more():
    assert air.gas_attenuation(24.0, vapour=15.0) > 1.8 * air.gas_attenuation(24.0, vapour=7.5)


def test_visibility_leaves_what_it_is_defined_by():
    # WMO No. 8: 5 % of a beam at the meteorological optical range; Koschmieder 1924: 2 % of contrast at the visual range
    assert np.exp(-air.koschmieder(8000.0) * 8000.0) == pytest.approx(0.05)
    assert np.exp(-air.koschmieder(8000.0, air.TWO_PER_CENT) * 8000.0) == pytest.approx(0.02)
    assert pytest.approx(3.912, abs=5e-4) == air.TWO_PER_CENT


@pytest.mark.parametrize(
    ("visibility", "q"), [(60e3, 1.6), (23e3, 1.3), (6e3, 1.3), (2e3, 0.66), (1e3, 0.5), (600.0, 0.1), (300.0, 0.0)]
)
def test_haze_exponent(visibility, q):
    # Kim, McArthur and Korevaar 2001, table of q; at 6 km both branches agree
    assert air.haze_exponent(visibility) == pytest.approx(q, abs=1e-9)


def test_fog_is_grey_and_haze_is_not():
    assert air.aerosol_extinction(200.0, 10.0) == pytest.approx(float(air.aerosol_extinction(200.0, 0.55)))
    assert air.aerosol_extinction(20e3, 10.0) < 0.03 * air.aerosol_extinction(20e3, 0.55)


@given(st.floats(50, 60e3), st.floats(1.01, 3.0))
def test_more_visibility_less_extinction(visibility, factor):
    assert air.koschmieder(visibility * factor) < air.koschmieder(visibility)


@pytest.mark.parametrize(("rain", "db_km"), [(0.25, 0.425), (12.5, 5.84), (25.0, 9.30)])
def test_rain_of_carbonneau_and_wisely(rain, db_km):
    assert air.rain_extinction(rain) * 1000 * 10 / np.log(10) == pytest.approx(db_km, rel=0.01)


@pytest.mark.parametrize(("celsius", "grams"), [(-10.0, 2.36), (0.0, 4.85), (10.0, 9.41), (20.0, 17.30), (30.0, 30.38)])
def test_saturated_vapour(celsius, grams):
    # Handbook of Chemistry and Physics: mass of water vapour in saturated air
    assert air.vapour_density(celsius, 1.0) == pytest.approx(grams, rel=0.02)
    assert air.vapour_density(celsius, 0.5) == pytest.approx(0.5 * float(air.vapour_density(celsius, 1.0)))


def test_vapour_extinction_spans_the_known_range():
    dry, standard, tropical = (float(air.vapour_extinction(0.15e-3, w)) * 1000 for w in (2.0, 7.5, 18.0))
    assert 0.03 < dry < standard == pytest.approx(0.15)
    assert 0.4 < tropical < 0.6
