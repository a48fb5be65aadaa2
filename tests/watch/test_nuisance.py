from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.watch.cases import NUISANCE_REASONS, REASONS, Case
from limes.watch.nuisance import DAY, Nuisance, NuisanceSettings, Verdict, restored


def memory(*verdicts):
    return Nuisance(NuisanceSettings(), list(verdicts))


def dogs(km, time=0.0):
    return Verdict(time, km, "approach", "animal", ("tower-7/radar", "tower-7/thermal"))


def seen_case(km=41.2):
    evidence = {"seen_by": [{"sensor": "tower-7/radar", "hits": 3, "last": 5.0}]}
    return Case("case-000001", "approach", "medium", "track:1", 100.0, 100.0, km=km, evidence=evidence)


def act(verb, **more):
    return {"time": 200.0, "user": "ada", "verb": verb, **more}


@pytest.mark.parametrize("reason", REASONS)
def test_only_reasons_that_say_nuisance_teach(reason):
    one = memory()
    one.learn(seen_case(), act("dismiss", reason=reason))
    assert [v.reason for v in one.verdicts] == ([reason] if reason in NUISANCE_REASONS else [])


def test_a_verdict_keeps_place_and_sensors_and_counts_in_rates():
    one = memory()
    for _ in range(14):
        one.learn(seen_case(), act("dismiss", reason="animal"))
    assert one.rates(200.0) == [{"sensor": "tower-7/radar", "km": 41, "per_day": 2.0}]
    assert one.here(41.0, 300.0) == {"count": 14, "hours": 24, "reasons": {"animal": 14}}
    assert one.here(43.0, 300.0)["count"] == 0


def test_the_bar_rises_with_nuisance_falls_with_truth_and_with_time():
    one = memory(dogs(41.0), dogs(41.5))
    assert one.bar(41.0, 0.0) == pytest.approx(0.5)
    assert one.bar(41.0, DAY) == pytest.approx(0.25)
    one.learn(seen_case(41.2), {"time": 0.0, "user": "ada", "verb": "confirm"})
    assert one.bar(41.0, 0.0) == pytest.approx(0.25)


def test_other_acts_and_cases_without_a_place_teach_nothing():
    one = memory()
    one.learn(seen_case(), act("note", text="dogs"))
    one.learn(seen_case(km=None), act("dismiss", reason="animal"))
    assert not one.verdicts


def test_an_undone_dismissal_is_unlearned():
    one = memory(dogs(41.2, time=-5.0))
    one.learn(seen_case(), act("dismiss", reason="animal"))
    one.unlearn(seen_case())
    one.unlearn(seen_case())
    assert [v.time for v in one.verdicts] == [-5.0]


def test_old_verdicts_are_forgotten():
    one = memory(dogs(41.0, 0.0), dogs(41.0, 20 * DAY))
    one.forget(31 * DAY)
    assert [v.time for v in one.verdicts] == [20 * DAY]


@given(st.lists(st.tuples(st.floats(0, 98), st.floats(0, 1e6), st.sampled_from(["", *sorted(NUISANCE_REASONS)])), max_size=30))
def test_the_bar_stays_within_its_bounds_and_state_goes_round(rows):
    one = memory(*(Verdict(time, km, "approach", reason, ()) for km, time, reason in rows))
    assert all(0.0 <= one.bar(km, 1e6) <= one.settings.most for km in range(98))
    assert restored(json.loads(json.dumps(one.state())), one.settings) == one
