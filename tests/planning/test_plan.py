from dataclasses import replace

import numpy as np
import pytest

from limes.closure.scene import Setup
from limes.errors import UsageError
from limes.planning.plan import Effort, evaluated, plan
from limes.planning.request import Request, as_much_as, checked, crew_allowed
from limes.sector import check_deployment, load_deployment, save_deployment
from limes.sector.advice import advise
from limes.sector.costs import cost

NIGHT = 1768956000.0


def test_the_plan_is_worth_its_money_and_under_its_bound(made):
    before = min(float(np.nanmin(found.p)) for found in made.before.values())
    assert before < 0.01 < made.mean
    assert made.least <= made.bound.p <= 0.9 + 1e-3
    assert made.gap == made.bound.p - made.least
    assert made.sweep[-1].share == 1.0
    assert made.sweep[0].capital <= 0.5 * made.request.capital


def test_limits_hold(made, mesa):
    assert sum(one.capital for one in made.bought) <= made.request.capital + 1.0
    assert made.bill.crew.value <= crew_allowed(made.request, mesa) + 0.1
    assert sum(a.length for a in made.deployment.family("wall")) <= 4000.0 + 1.0
    assert not {a.kind for a in made.deployment.assets} & {"tower-medium", "fence-razor"}
    sites = [one.site for one in made.bought]
    assert len(sites) == len(set(sites))
    bought = {one.key for one in made.bought}
    assert all(not one.needs or one.needs in bought for one in made.bought)


def test_the_deployment_is_one_that_everything_reads(made, mesa, tmp_path):
    path = tmp_path / "deployment.geojson"
    save_deployment(made.deployment, path, mesa)
    assert check_deployment(path, mesa) == []
    again = load_deployment(path, mesa)
    assert [a.id for a in again.assets] == [a.id for a in made.deployment.assets]
    assert cost(again, mesa.catalogue).capital.value == pytest.approx(made.bill.capital.value, rel=1e-3)
    assert not [fault for fault in advise(again, mesa) if "carries no" in fault.problem]


def test_joined_stretches_are_as_good(made, mesa):
    found = evaluated(mesa, made.deployment, made.request, NIGHT, 240.0)
    for key, outcome in found.items():
        assert outcome.p == pytest.approx(made.after[key].p, abs=0.02)


def test_every_purchase_tells_what_is_lost_without_it(made):
    assert len(made.losses) == len(made.bought)
    assert max(loss[1] for loss in made.losses) > 0.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"false_alarm": None}, "--false-alarm-weight must be stated"),
        ({"harm": None}, "--harm-weight must be stated"),
        ({"capital": 0.0}, "give a positive --budget"),
        ({"modes": ("boat",)}, "--mode boat is not known"),
        ({"modes": ("drone",), "directions": ("out",)}, "nothing on the ground meets a drone"),
        ({"most": {"moat": 1.0}}, "--most moat is not in the catalogue"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(changes, said, mesa):
    asked = replace(Request(1e6, false_alarm=0.0, harm=0.0), **changes)
    with pytest.raises(UsageError, match=said) as fault:
        checked(asked, mesa)
    assert "\n" not in str(fault.value)


def test_what_is_kept_must_fit(mesa, mesa_deployment):
    asked = Request(1e6, roll=1.0, false_alarm=0.0, harm=0.0, kept=mesa_deployment.assets)
    with pytest.raises(UsageError, match="--roll allows 1; raise it or keep less"):
        checked(asked, mesa)
    capital, yearly, roll = as_much_as(asked, mesa_deployment, mesa)
    assert min(capital, yearly, roll) > 0.0
    checked(replace(asked, roll=roll, yearly=yearly), mesa)


def test_a_budget_that_buys_nothing_and_a_sector_without_posts(mesa):
    with pytest.raises(UsageError, match="the cheapest purchase costs"):
        plan(mesa, Request(1000.0, false_alarm=0.0, harm=0.0), NIGHT, Setup(cell=240.0))
    x, y = mesa.border.x.mean(), mesa.border.y.mean()
    everywhere = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 1e6 + np.array([x, y])
    with pytest.raises(UsageError, match="nothing may be built anywhere"):
        plan(mesa, Request(1e6, false_alarm=0.0, harm=0.0, forbidden=(everywhere,)), NIGHT, Setup(cell=240.0))
    posts = Request(1e6, false_alarm=0.0, harm=0.0, most={"post-border": 0.0, "patrol-vehicle": 0.0})
    with pytest.raises(UsageError, match="nobody could answer"):
        plan(mesa, posts, NIGHT, Setup(cell=240.0))


@pytest.mark.parametrize(("weight", "seen"), [(1e-5, True), (10.0, False)])
def test_false_alarms_weigh_what_the_planner_says(mesa, request_for_mesa, weight, seen):
    few = Effort(rounds=1, tries=1, sweep=(), bound_seconds=0.5)
    made = plan(mesa, replace(request_for_mesa, false_alarm=weight), NIGHT, Setup(cell=240.0), few)
    assert (made.false_reports[1] > 0.0) is seen
    assert bool(made.bought) is seen or not made.deployment.family("tower")
