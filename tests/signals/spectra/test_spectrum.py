"""Units come out the same whatever the file said; what cannot be known is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from limes.errors import InputError
from limes.signals.spectra import Instrument, Raw, normalise

X = np.linspace(500.0, 3500.0, 200)


@pytest.mark.parametrize(
    ("x", "y", "x_unit", "y_unit", "technique"),
    [
        (X, np.full(200, 1.0), "Wavenumbers (cm-1)", "Absorbance", "mid-ir"),
        (X[::-1], np.full(200, 10.0), "1/CM", "%T", "mid-ir"),
        (X, np.full(200, 0.1), "cm-1", "TRANSMITTANCE", "mid-ir"),
        (X, np.full(200, 10.0), "cm-1", "Percent transmittance", "mid-ir"),
        (1e4 / X, np.full(200, 0.1), "MICROMETERS", "Reflectance", "mid-ir"),
        (1e7 / X, np.full(200, 1.0), "nm", "log(1/R)", "mid-ir"),
    ],
)
def test_mid_infrared_becomes_absorbance_over_wavenumber(x, y, x_unit, y_unit, technique) -> None:
    spectrum = normalise(Raw(x, y, x_unit, y_unit), "a")
    assert spectrum.technique == technique
    np.testing.assert_allclose(spectrum.x, X)
    np.testing.assert_allclose(spectrum.y, 1.0)


@pytest.mark.parametrize(("x_unit", "factor"), [("nm", 1.0), ("um", 1e-3), ("", 1.0), ("", 1e-3)])
def test_near_infrared_becomes_reflectance_over_nm(x_unit: str, factor: float) -> None:
    x = np.linspace(400.0, 2500.0, 100)
    spectrum = normalise(Raw(x * factor, np.full(100, 40.0), x_unit, "% reflectance"), "a", technique="nir")
    np.testing.assert_allclose(spectrum.x, x)
    np.testing.assert_allclose(spectrum.y, 0.4)


def test_near_infrared_absorbance_over_wavenumber() -> None:
    x = np.linspace(4000.0, 10000.0, 50)
    spectrum = normalise(Raw(x, np.full(50, 1.0), "cm-1", "absorbance", "nir"), "a")
    np.testing.assert_allclose(spectrum.x, 1e7 / x[::-1])
    np.testing.assert_allclose(spectrum.y, 0.1)


def test_raman_over_wavelength_needs_its_laser() -> None:
    raw = Raw(1e7 / (1e7 / 785 - X), X, "nm", "counts", "raman")
    with pytest.raises(InputError, match="--laser"):
        normalise(raw, "a")
    np.testing.assert_allclose(normalise(raw, "a", laser_nm=785.0).x, X)
    told = Raw(raw.x, raw.y, "nm", "counts", "raman", instrument=Instrument(laser_nm=785.0))
    np.testing.assert_allclose(normalise(told, "a").x, X)


def test_equal_places_are_averaged_and_gaps_dropped() -> None:
    x = np.array([*range(10), 3, 20.0])
    y = np.array([1.0] * 10 + [3.0, np.nan])
    spectrum = normalise(Raw(x, y, "Raman shift"), "a")
    assert spectrum.x.tolist() == list(range(10))
    assert spectrum.y[3] == 2.0


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (Raw(X, X, "cm-1", "counts"), "technique"),
        (Raw(X[:5], X[:5], "Raman shift"), "points"),
        (Raw(X, X[:-1], "Raman shift"), "values"),
        (Raw(X, np.full(200, 1e31), "Raman shift"), "points"),
        (Raw(X - 600, X, "nm", "A", "mid-ir"), "axis"),
    ],
)
def test_what_cannot_be_used_is_refused(raw: Raw, field: str) -> None:
    with pytest.raises(InputError) as caught:
        normalise(raw, "a.csv")
    assert caught.value.fault.field == field
