import math

import numpy as np
import pytest

from limes.errors import InputError
from limes.watch.tunnel_belief import CAP, DEPTHS, KINDS, SIZES, Evidence, follow, likelihood, p_found, start
from limes.watch.tunnel_steps import COSTS, entropy, residual, seen, steps

POWER = [{"depth_m": d, "size_m": s, "p_found": 0.9 if d <= 6 else 0.1} for d in DEPTHS for s in SIZES]
FIBRE = {"nights": 10, "heard": 4}
SURVEY = {"found": False, "false_per_km": 1.0, "length_m": 47.0, "power": POWER}


def odds(p):
    return math.log(p / (1.0 - p))


def test_evidence_for_and_against():
    quiet, dug = ([Evidence("fibre", 1.0, "f", {"nights": 30, "heard": k})] for k in (1, 15))
    assert follow(dug)[-1].p > 0.3 > 0.02 > follow(quiet)[-1].p > 0.0


def test_the_order_of_arrival_does_not_matter():
    both = [Evidence("fibre", 2.0, "f", FIBRE), Evidence("patrol", 1.0, "p", {"report": "spoil"})]
    assert follow(both)[-1].p == pytest.approx(follow(both[::-1])[-1].p)


def test_bayes_by_hand():
    # a patrol report of spoil: 0.15 / 0.01 on odds of 0.02 / 0.98
    found = follow([Evidence("patrol", 0.0, "p", {"report": "spoil"})])[-1].p
    assert odds(found) == pytest.approx(odds(0.02) + math.log(15.0))


@pytest.mark.parametrize("heard", [0, 15, 30])
def test_no_single_finding_counts_more_than_a_hundredfold(heard):
    p, none = likelihood(Evidence("fibre", 0.0, "f", {"nights": 30, "heard": heard}))
    assert np.all(np.abs(np.log(p / none)) <= CAP + 1e-9)


def test_a_finished_tunnel_is_quiet():
    belief = follow([Evidence("fibre", 0.0, "f", {"nights": 60, "heard": 3})])[-1]
    assert belief.tunnel[1].sum() > 5.0 * belief.tunnel[0].sum()


def test_a_survey_that_finds_nothing_leaves_the_deep():
    belief = follow([Evidence("survey", 0.0, "s", SURVEY)])[-1]
    left = residual(belief, [Evidence("survey", 0.0, "s", SURVEY)])
    assert left["deeper_than_6_m"] / left["p"] > 0.375 + 0.2
    assert "nothing here shows that there is no tunnel" in left["sentence"]
    assert 0.0 < belief.p < 0.02


def test_power_beyond_the_table_is_none():
    assert p_found([{"depth_m": 3.0, "size_m": 1.5, "p_found": 1.0}])[-1].max() == 0.0


def test_a_borehole_that_breaks_through_settles_it():
    hit = {"holes": 4, "width_m": 10.0, "depth_m": 8.0, "hit": True}
    assert follow([Evidence("borehole", 0.0, "b", hit)])[-1].p > 0.999


def test_seen_counts_surveys_that_found_none():
    one = Evidence("survey", 0.0, "s", SURVEY)
    assert seen([one]) == pytest.approx(0.9, abs=0.02)
    assert seen([one, Evidence("survey", 1.0, "s", {**SURVEY, "found": True})]) == seen([one])
    assert seen([]) == 0.0


@pytest.mark.parametrize("p", [0.02, 0.4, 0.9])
def test_steps_hold_together(p):
    belief = start(p)
    found = steps(belief)
    assert {step.name for step in found} == set(COSTS)
    for step in found:
        assert 0.0 < step.bits <= entropy(p)
        assert step.p_yes * step.if_yes + (1.0 - step.p_yes) * step.if_no == pytest.approx(p)
        assert step.if_no < p < step.if_yes


def test_rough_ground_makes_a_line_tell_less():
    plain, rough = ({s.name: s.bits for s in steps(start(0.3), rough)} for rough in (False, True))
    assert rough["survey"] < plain["survey"]


@pytest.mark.parametrize(
    ("kind", "figures", "field"),
    [
        ("rumour", {}, "kind"), ("fibre", {"nights": 3}, "heard"), ("fibre", {"nights": 3, "heard": 4}, "heard"),
        ("fibre", {"nights": 3, "heard": 1, "p_quiet": 7}, "p_quiet"), ("survey", {**SURVEY, "power": [{}]}, "power"),
        ("survey", {**SURVEY, "found": 1}, "found"), ("patrol", {"report": "x"}, "report"),
        ("surface", {"nights": True}, "nights"),
        ("borehole", {"holes": 1, "width_m": 1, "depth_m": 1}, "hit"),
    ],
)  # fmt: skip
def test_figures_that_do_not_fit(kind, figures, field):
    with pytest.raises(InputError, match=f"evidence: {field}:"):
        likelihood(Evidence(kind, 0.0, "x", figures))


def test_every_kind_has_a_model():
    whole = {"fibre": FIBRE, "survey": SURVEY, "patrol": {"report": "tip"}, "surface": {"nights": 5, "births": 2, "usual": 0.1},
             "borehole": {"holes": 1, "width_m": 5, "depth_m": 8, "hit": False}}  # fmt: skip
    assert set(whole) == set(KINDS)
    for kind, figures in whole.items():
        p, none = likelihood(Evidence(kind, 0.0, "x", figures))
        assert p.shape == (2, len(DEPTHS), len(SIZES))
        assert none > 0.0
