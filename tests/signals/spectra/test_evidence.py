"""Readings of several instruments: ratios multiply across techniques, never within one, never beyond the shared cause."""

from __future__ import annotations

import numpy as np
import pytest

from limes.seeds import generator
from limes.signals.spectra import Calibration, Prior, Reading, combined, eu_precursors, weigh
from limes.signals.spectra.evidence import SHARED_CAUSE, member_ratio, reading

NAMES = ("talc", "sucrose", "potassium nitrate")
LISTS = [eu_precursors()]


def said(technique: str, *log10: float) -> Reading:
    return Reading(technique, NAMES, np.array(log10))


def test_techniques_multiply_and_repeats_do_not() -> None:
    raman, infrared = said("raman", 1.0, -1.0, 0.0), said("mid-ir", 0.5, -0.5, 0.0)
    both, joint = combined([raman, infrared], NAMES), 10.0 ** np.array([1.5, -1.5, 0.0, 0.0])
    shared = (1 - SHARED_CAUSE) * joint + SHARED_CAUSE * joint[:3].mean()
    np.testing.assert_allclose(both, np.log10(shared[:3] / shared[3]))
    np.testing.assert_allclose(combined([raman, raman, raman], NAMES), combined([raman], NAMES))


def test_no_number_of_readings_outweighs_the_shared_cause() -> None:
    found = combined([said(kind, 5.0, 0.0, -5.0) for kind in ("raman", "mid-ir", "nir")], NAMES)
    assert found[0] - found[2] == pytest.approx(np.log10(len(NAMES) / SHARED_CAUSE), abs=0.02)


def test_a_posterior_is_bayes_rule() -> None:
    found = weigh([said("raman", 1.0, 0.0, 0.0)], prior=Prior(concern=0.0, unknown=0.25))
    ratio = 10 ** combined([said("raman", 1.0, 0.0, 0.0)], NAMES)[0]
    assert found.table[0].before == pytest.approx(0.25)
    assert found.table[0].after == pytest.approx(0.25 * ratio / (0.25 * ratio + 0.75))
    assert found.unknown[1] == pytest.approx(0.25 / (0.25 * ratio + 0.75))


def test_one_method_on_a_nitrate_asks_for_another_and_two_for_the_laboratory() -> None:
    one = weigh([said("raman", -2.0, -2.0, 3.0)], LISTS, "talc")
    assert (one.step, one.hazard) == ("second method", "possible")
    assert one.concern[1] > one.concern[0]
    assert one.table[0].material == "talc" or one.table[0].concern
    surprise = Prior(concern=0.01)
    two = weigh([said("raman", -4.0, -2.0, 3.0), said("mid-ir", -4.0, -2.0, 3.0)], LISTS, "sucrose", surprise)
    assert (two.step, two.hazard) == ("laboratory", "supported by two methods")
    many = weigh([said("raman", -4.0, -2.0, 3.0)] * 5, LISTS, "sucrose", surprise)
    assert many.hazard == "possible"


def test_declared_goods_that_are_there_are_released_and_others_are_not() -> None:
    good = weigh([said("raman", 2.0, -2.0, -2.0)], LISTS, "Talc")
    assert good.step == "release"
    assert good.consistent > 0.99
    bad = weigh([said("raman", -3.0, 2.0, -2.0)], LISTS, "talc")
    assert bad.step == "second method"
    assert bad.consistent < 0.5
    assert np.isnan(weigh([said("raman", 2.0, -2.0, -2.0)], LISTS, "cement").consistent)


def test_declared_nitrate_is_no_concern_where_it_is_what_it_says() -> None:
    found = weigh([said("raman", -3.0, -3.0, 2.5)], LISTS, "potassium nitrate")
    assert found.consistent > 0.95
    assert found.step in ("release", "second method")


def test_a_member_stands_out_and_a_stranger_does_not() -> None:
    rng = generator(1, "evidence")
    members, strangers = np.sort(rng.normal(4, 1, 200)), np.sort(rng.normal(2, 1, 300))
    none = np.zeros(0)
    known = Calibration(strangers, none, members, none, np.zeros(3))
    assert member_ratio(known, 3.0) == pytest.approx(0.0, abs=0.15)
    assert member_ratio(known, 5.0) == pytest.approx(4.0 / np.log(10.0), abs=0.4)
    assert member_ratio(Calibration(strangers, none, none, none, none), 9.0) == pytest.approx(
        -np.log10(-np.e * np.log(1 / 301) / 301)
    )
    assert member_ratio(Calibration(none, none, none, none, none), 9.0) == 0.0
    clear = reading("raman", NAMES, np.array([3.0, 0.0, 0.0]), 6.0, known)
    assert clear.log10_ratio[0] > 1.0 + clear.log10_ratio[1]
    assert clear.log10_ratio.max() <= np.log10(3 * 301)
