"""Verdicts: a material, a family, unknown, not enough signal, measure again; and what the declared goods have to do with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limes.errors import InputError
from limes.seeds import generator
from limes.signals.spectra import (
    Calibration,
    Hit,
    Library,
    Raw,
    Row,
    build,
    calibrate,
    calibration_of,
    eu_precursors,
    identify,
    normalise,
)
from limes.signals.spectra.identify import answer_set

X = np.arange(300.0, 1800.0, 2.0)
EMPTY = np.zeros(0)
NONE = Calibration(EMPTY, EMPTY, EMPTY, EMPTY, np.zeros(4))
FIRM = Calibration(np.linspace(0.1, 0.9, 100), np.linspace(0.1, 0.6, 100), EMPTY, np.full(100, 0.9), np.zeros(4))


def made(seed: int, noise: float = 0.0, mixed: int | None = None):
    y = _bands(seed) if mixed is None else 0.5 * _bands(seed) + 0.5 * _bands(mixed)
    return normalise(Raw(X, 50 + 500 * y + generator(seed, "noise").normal(0, 1 + noise, X.size), "Raman shift"), f"{seed}.csv")


def _bands(seed: int) -> np.ndarray:
    rng = generator(seed, "bands")
    return sum(h * np.exp(-((X - at) ** 2) / 150) for h, at in zip(rng.random(8), rng.uniform(400, 1700, 8), strict=True))


NAMES = ("potassium nitrate", "sodium nitrate", "sucrose", "talc")


@pytest.fixture(scope="module")
def library() -> Library:
    from limes.signals.spectra.families import family_of

    return build("raman", [(Row(name, family_of(name)), made(k)) for k, name in enumerate(NAMES)])


def test_a_material_of_the_library_is_named_and_listed(library: Library) -> None:
    found = identify(made(0, 5.0), library, FIRM, [eu_precursors()], "potassium nitrate")
    assert (found.verdict, found.name, found.declared) == ("material", "potassium nitrate", "yes")
    assert [one.entry.cas for one in found.listed] == ["7757-79-1"]
    assert found.p_stranger == pytest.approx(1 / 101)
    assert found.calibrated


def test_a_stranger_is_unknown_and_nothing_is_listed(library: Library) -> None:
    found = identify(made(77), library, FIRM, [eu_precursors()], "talc")
    assert (found.verdict, found.name, found.listed, found.declared) == ("unknown", "", (), "cannot say")
    assert found.candidates


@pytest.mark.parametrize(
    ("declared", "consistent"), [("sucrose", "no"), ("sodium nitrate", "no"), ("iron", "cannot say"), ("", "")]
)
def test_declared_goods_that_are_not_there(library: Library, declared: str, consistent: str) -> None:
    assert identify(made(0), library, FIRM, declared=declared).declared == consistent


def test_bad_measurements_are_never_searched(library: Library) -> None:
    struck = made(0).y.copy()
    again = identify(normalise(Raw(X, np.minimum(struck, 300.0), "Raman shift"), "a"), library, FIRM, declared="talc")
    assert (again.verdict, again.candidates, again.declared) == ("measure again", (), "cannot say")
    flat = normalise(Raw(X, generator(1, "flat").normal(100, 5, X.size), "Raman shift"), "a")
    assert identify(flat, library, FIRM).verdict == "not enough signal"


def test_a_family_where_materials_cannot_be_told_apart() -> None:
    likely = (("a", "nitrate", 0.6), ("b", "nitrate", 0.35), ("c", "sugar", 0.05))
    hits = tuple(Hit(name, family, 0.95, k, p) for k, (name, family, p) in enumerate(likely))
    assert [hit.material for hit in answer_set(hits, 0.95, FIRM)] == ["a", "b"]
    names = ("sodium nitrate", "potassium nitrate")
    twins = build("raman", [(Row(name, "nitrate"), made(5, 0.1 * k)) for k, name in enumerate(names)])
    two = Calibration(FIRM.strangers, FIRM.outsiders, EMPTY, FIRM.doubt, np.zeros(2))
    found = identify(made(5, 1.0), twins, two, [eu_precursors()], "sodium nitrate")
    assert (found.verdict, found.name, found.declared) == ("family", "nitrate", "possible")
    assert len(found.listed) == 2


def test_a_likeness_between_both_thresholds_names_the_family_only() -> None:
    likely = (("a", "nitrate", 0.5), ("b", "nitrate", 0.3), ("c", "sugar", 0.19), ("d", "nitrate", 0.01))
    hits = tuple(Hit(name, family, 0.8, k, p) for k, (name, family, p) in enumerate(likely))
    assert [hit.material for hit in answer_set(hits, 0.8, FIRM)] == ["a", "b"]
    assert answer_set((Hit("c", "", 0.8, 0, 1.0),), 0.8, FIRM) == ()
    assert answer_set((Hit("a", "nitrate", 0.5, 0, 1.0),), 0.5, FIRM) == ()
    assert answer_set((), -np.inf, FIRM) == ()


def test_a_small_library_is_said_to_be_uncalibrated(library: Library) -> None:
    found = identify(made(0, 2.0), library, calibrate(library))
    assert found.verdict == "material"
    assert not found.calibrated
    assert math.isnan(found.p_stranger)


def test_a_library_of_another_technique_is_refused(library: Library) -> None:
    gamma = normalise(Raw(X, X, "keV", "counts", "gamma"), "a.n42")
    with pytest.raises(InputError, match="is gamma"):
        identify(gamma, library, NONE)


def test_at_most_one_stranger_in_twenty_passes() -> None:
    """The conformal quantile: over many draws of strangers from one distribution, 5 % of new ones pass, by its theory."""
    rng = generator(3, "conformal")
    passed = []
    for _ in range(400):
        scores = rng.beta(8, 3, 120)
        held = Calibration(np.sort(scores[:99]), EMPTY, EMPTY, EMPTY, EMPTY)
        passed.append(np.mean(scores[99:] > held.threshold))
    assert np.mean(passed) == pytest.approx(0.05, abs=0.01)


def test_the_bundled_calibration_is_that_of_the_bundled_library(bundled_libraries: dict[str, Library]) -> None:
    library = bundled_libraries["raman"]
    held, anew = calibration_of(library), calibrate(library, 10_000)
    for name in ("strangers", "outsiders", "members", "doubt", "crowd"):
        np.testing.assert_allclose(getattr(held, name), getattr(anew, name), atol=1e-3)
    assert calibration_of(bundled_libraries["nir"]).strangers.size == 1469


def test_family_thresholds_hold_out_whole_families(bundled_libraries: dict[str, Library]) -> None:
    held = calibration_of(bundled_libraries["raman"])
    assert held.family_threshold < held.threshold


def test_what_the_library_lacks_is_said_to_be_there(library: Library) -> None:
    kept = Calibration(FIRM.strangers, FIRM.outsiders, EMPTY, FIRM.doubt, np.zeros(4), left=np.linspace(0.01, 0.1, 100))
    mixed = identify(made(0, mixed=77), library, kept)
    assert mixed.foreign
    assert mixed.p_complete == pytest.approx(1 / 101)
    assert not identify(made(0), library, kept).foreign
    assert not identify(made(0, mixed=77), library, FIRM).foreign


def test_a_nitrate_among_declared_goods_asks_for_a_second_method(library: Library) -> None:
    found = identify(made(2, mixed=0), library, FIRM, [eu_precursors()], "sucrose")
    assert {one.material for one in (*found.listed, *found.parts_listed)} == {"potassium nitrate"}
    assert found.next_step.step == "second method"
    assert identify(made(2), library, FIRM, [eu_precursors()], "sucrose").parts_listed == ()
