"""A bad measurement is sent back, a good one is not."""

from __future__ import annotations

import numpy as np
import pytest

from limes.seeds import generator
from limes.signals.spectra import Raw, gate, normalise
from limes.signals.spectra.quality import noise

X = np.arange(200.0, 1800.0, 1.0)


def measured(bands: float = 1000.0, sigma: float = 3.0, seed: int = 1):
    rng = generator(seed, "quality")
    y = 400 + 0.2 * X + sum(bands * np.exp(-((X - at) ** 2) / 60) for at in (480, 711, 1085))
    return y + rng.normal(0, sigma, X.size)


def raman(y):
    return normalise(Raw(X, y, "Raman shift"), "a")


def test_a_good_measurement_passes() -> None:
    found = gate(raman(measured()))
    assert found.good
    assert found.snr > 100


@pytest.mark.parametrize("height", [1.0, 2.0, 4.0])
def test_cosmic_rays_are_seen_and_bands_are_not_taken_for_them(height: float) -> None:
    struck = measured()
    struck[900:902] += 1000 * height
    assert "cosmic ray near 11" in gate(raman(struck)).again[0]


def test_narrow_bands_are_no_cosmic_rays() -> None:
    y = 100 + 2000 * np.exp(-4 * np.log(2) * ((X - 1000) / 5.0) ** 2)
    assert gate(raman(y)).good


def test_saturation_is_seen() -> None:
    assert "saturated" in gate(raman(np.minimum(measured(), 900.0))).again[0]


@pytest.mark.parametrize("seed", range(20))
def test_noise_and_slopes_are_too_little(seed: int) -> None:
    found = gate(raman(measured(0.0, 20.0, seed)))
    assert not found.again
    assert found.too_little


def test_bands_lost_in_the_level_are_too_little() -> None:
    x = np.arange(400.0, 4000.0, 2.0)
    y = 1.0 + 0.02 * np.exp(-((x - 1000) ** 2) / 2000)
    assert "nothing to know it by" in gate(normalise(Raw(x, y, "cm-1", "absorbance"), "a")).too_little


def test_too_short_a_range_is_too_little() -> None:
    assert "covers too little" in gate(normalise(Raw(np.arange(20.0), np.arange(20.0), "Raman shift"), "a")).too_little


def test_noise_is_measured_beside_bands() -> None:
    assert noise(measured(sigma=3.0)) == pytest.approx(3.0, rel=0.1)


def test_places_beyond_all_reason_are_outside_the_grid() -> None:
    x = np.array([-1e29, *X, 1e29])
    found = gate(normalise(Raw(x, np.concatenate([[0.0], measured(), [0.0]]), "Raman shift"), "a"))
    assert np.isfinite(found.snr)
