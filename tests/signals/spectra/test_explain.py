"""Mixtures: the components that were put in come out, with their shares; one material stays one."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from limes.seeds import generator
from limes.signals.spectra import Library, Raw, Row, Spectrum, build, explain, normalise
from limes.signals.spectra.explain import asks_for, independent, rank_pairs
from limes.signals.spectra.mixture import candidates, pair_gains, parts, pose, shares_of
from limes.signals.spectra.scales import band_area
from limes.signals.spectra.views import on_grid

X = np.arange(300.0, 1800.0, 2.0)


def bands(seed: int) -> np.ndarray:
    rng = generator(seed, "bands")
    found = sum(
        h * np.exp(-((X - at) ** 2) / 150) for h, at in zip(0.2 + rng.random(8), rng.uniform(400, 1700, 8), strict=True)
    )
    return found / found.sum()


def measured(y: np.ndarray, noise: float = 0.0, ground: float = 0.0) -> Spectrum:
    rng, top = generator(4, "noise"), y.max()
    lamp = ground * top * np.exp(-(((X - 1500) / 900) ** 2))
    return normalise(Raw(X, 1e4 * (y + lamp + noise * top * rng.standard_normal(X.size)), "Raman shift"), "a.csv")


@pytest.fixture(scope="module")
def library() -> Library:
    return build("raman", [(Row(f"made {k}"), measured(bands(k))) for k in range(30)])


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_both_parts_of_a_mixture_come_out_over_fluorescence(library: Library, share: float) -> None:
    found = explain(library, measured((1 - share) * bands(3) + share * bands(8), 0.01, 2.0))
    assert {one.material for one in found.components} == {"made 3", "made 8"}
    small = next(one for one in found.components if one.material == "made 8")
    assert small.share == pytest.approx(share, abs=0.04)
    assert small.low < share < small.high
    assert small.p < 1e-4
    assert found.unexplained < 0.05


def test_one_material_stays_one(library: Library) -> None:
    found = explain(library, measured(bands(5), 0.02, 1.0))
    assert [(one.material, one.share) for one in found.components] == [("made 5", 1.0)]


def test_the_trace_adds_up_and_follows_the_measurement(library: Library) -> None:
    spectrum = measured(bands(3) + bands(8), 0.01, 2.0)
    trace = explain(library, spectrum).trace
    np.testing.assert_allclose(trace.match + trace.residual, trace.measured)
    assert np.abs(trace.residual).max() < 0.1 * np.ptp(trace.measured)
    assert trace.background.max() > 0.3 * trace.measured.max()


def test_pairs_are_scored_as_the_solver_solves_them(library: Library) -> None:
    values, first, end = on_grid(measured(0.6 * bands(3) + 0.4 * bands(8)))
    posed = pose(library, values, first, end)
    chosen = candidates(posed)
    gains = pair_gains(posed, chosen)
    for i, j in [(0, 1), (3, 8), (2, 7), (10, 20)]:
        _, residual = shares_of(posed, chosen[[i, j]])
        assert posed.energy - gains[i, j] == pytest.approx(float(residual @ residual), rel=1e-3, abs=1e-3 * posed.energy)


def test_what_is_foreign_stays_unexplained(library: Library) -> None:
    assert explain(library, measured(bands(77))).unexplained > 0.2


def test_white_noise_is_counted_fully_and_smooth_residuals_are_not() -> None:
    noise = generator(1, "white").standard_normal(2000)
    assert independent(np.tile(noise, 2)) > 1800
    smooth = np.convolve(noise, np.ones(20) / 20, "same")
    assert independent(np.tile(smooth, 2)) < 200


def test_area_grows_with_the_bands() -> None:
    assert band_area(np.linspace(0.0, 1.0, 11), "nir") == 1.0
    assert band_area(5 * bands(1), "raman") == pytest.approx(5 * band_area(bands(1), "raman"))


def test_only_what_is_there_is_asked_for(library: Library) -> None:
    posed = pose(library, *on_grid(measured(0.9 * bands(3) + 0.1 * bands(8), 0.01, 1.0)))
    place = {name: k for k, name in enumerate(library.materials)}
    assert asks_for(posed, library, place["made 8"]) > 10
    assert asks_for(posed, library, place["made 12"]) < 1
    assert rank_pairs(posed, library, 2) == ("made 3", "made 8")


def test_parts_of_given_materials(library: Library) -> None:
    posed = pose(library, *on_grid(measured(0.6 * bands(3) + 0.3 * bands(8) + 0.1 * bands(9), 0.005, 1.0)))
    groups = [np.flatnonzero([row.material == f"made {k}" for row in library.rows]) for k in (3, 8, 9)]
    np.testing.assert_allclose(parts(posed, groups), [0.6, 0.3, 0.1], atol=0.03)


def test_a_first_look_at_a_large_library_keeps_both_parts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    spectrum = measured(0.7 * bands(3) + 0.3 * bands(8), 0.01, 1.0)
    whole = explain(library, spectrum)
    monkeypatch.setattr(import_module("limes.signals.spectra.explain"), "EXPLAINING", 10)
    few = explain(library, spectrum)
    assert [(one.material, one.row) for one in few.components] == [(one.material, one.row) for one in whole.components]
