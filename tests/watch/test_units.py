from __future__ import annotations

import json

import pytest

from limes.sector import Weather
from limes.watch.cases import ActRefused, Case
from limes.watch.units import UnitSettings, units

CLEAR = Weather(0.0, 2.0, 0.0, 3.0, 8.0, 2e4, 0.2, 0.0, 5.0, 0.6)


@pytest.fixture
def force(deployment, sector):
    return units(deployment, sector, UnitSettings())


def case(force, unit="patrol-1", **more):
    home = force.units[unit]
    return Case("case-000001", "approach", "medium", "track:1", 0.0, 0.0, x=home.x + 3000.0, y=home.y, **more)


def send(unit, verb="dispatch"):
    return {"id": "a", "time": 10.0, "user": "ada", "verb": verb, "unit": unit, "case": "case-000001"}


def position(unit, x, y, time=20.0):
    return {"type": "position", "unit": unit, "time": time, "x": x, "y": y}


def status(unit, state, time=20.0):
    return {"type": "status", "unit": unit, "time": time, "state": state, "detail": ""}


def test_units_are_the_movers_of_the_deployment_at_their_bases(force, deployment):
    assert set(force.units) == {a.id for a in deployment.assets if a.family in ("patrol", "drone")}
    assert {unit.state for unit in force.units.values()} == {"ready"}
    base = deployment.asset(deployment.asset("patrol-3").base)
    assert (force.units["patrol-3"].x, force.units["patrol-3"].y) == (base.x, base.y)


def test_arrival_is_ready_time_plus_way_with_its_detour_at_the_catalogues_speeds(force):
    one = force.units["patrol-1"]
    kind = force.kinds[one.kind]
    (first,) = force.arrivals(one.x + 3000.0, one.y, False, CLEAR, None, most=1)
    road, across, ready = kind.number("speed_road_mps"), kind.number("speed_open_mps"), kind.number("ready_s")
    assert first.unit == "patrol-1"
    assert first.eta == pytest.approx((ready + 3300.0 / road, ready + 3000.0 / road + 1500.0 / across))
    (by_night,) = force.arrivals(one.x + 3000.0, one.y, True, CLEAR, None, most=1)
    assert by_night.eta[0] > first.eta[0]


def test_nobody_far_away_busy_or_gone_is_offered(force):
    one = force.units["patrol-1"]
    names = {a.unit for a in force.arrivals(one.x, one.y, False, CLEAR, None, most=99)}
    assert "patrol-20" not in names
    force.follow(case(force), send("patrol-1"))
    force.report(status("patrol-2", "away"), {})
    assert not {"patrol-1", "patrol-2"} & {a.unit for a in force.arrivals(one.x, one.y, False, CLEAR, None, most=99)}


@pytest.mark.parametrize(
    ("deadline", "verdict"), [((3600.0, 7200.0), "yes"), ((300.0, 600.0), "perhaps"), ((10.0, 60.0), "no"), (None, None)]
)
def test_in_time_is_said_as_surely_as_it_is_known(force, deadline, verdict):
    one = force.units["patrol-1"]
    assert force.arrivals(one.x + 3000.0, one.y, False, CLEAR, deadline, most=1)[0].in_time == verdict


@pytest.mark.parametrize("weather", [{"rain": 20.0}, {"visibility": 100.0}, {"gust": 25.0}])
def test_a_drone_does_not_fly_in_bad_weather(force, weather):
    one = force.units["drone-1"]
    bad = Weather(**{**CLEAR.__dict__, **weather})
    assert "drone-1" in {a.unit for a in force.arrivals(one.x, one.y, False, CLEAR, None, most=99)}
    assert "drone-1" not in {a.unit for a in force.arrivals(one.x, one.y, False, bad, None, most=99)}


def test_a_unit_is_sent_by_an_act_arrives_by_its_position_and_is_free_when_the_case_is_answered(force):
    one = case(force)
    assert force.follow(one, send("patrol-1")) == {"patrol-1"}
    assert force.units["patrol-1"].state == "tasked"
    force.report(position("patrol-1", one.x - 1000.0, one.y), {one.id: one})
    assert force.units["patrol-1"].state == "tasked"
    assert force.report(position("patrol-1", one.x - 100.0, one.y, 30.0), {one.id: one}) == "patrol-1"
    assert force.units["patrol-1"].state == "on_scene"
    one.state = "closed"
    assert force.follow(one, {"verb": "close"}) == {"patrol-1"}
    assert (force.units["patrol-1"].state, force.units["patrol-1"].case) == ("ready", None)


def test_a_note_moves_nobody(force):
    force.follow(case(force), send("patrol-1"))
    assert force.follow(case(force), {"verb": "note"}) == set()
    assert force.units["patrol-1"].state == "tasked"


def test_only_a_ready_unit_that_exists_can_be_sent(force):
    force.check(send("patrol-1"))
    force.check({"verb": "note"})
    with pytest.raises(ActRefused, match="no unit"):
        force.check(send("patrol-99"))
    force.follow(case(force), send("patrol-1"))
    with pytest.raises(ActRefused, match="is tasked for case-000001"):
        force.check(send("patrol-1", "rescue"))


def test_what_a_unit_says_does_not_undo_what_a_person_ordered(force):
    force.follow(case(force), send("patrol-1"))
    force.report(status("patrol-1", "ready"), {})
    assert force.units["patrol-1"].state == "tasked"
    force.report(status("patrol-1", "away", 30.0), {})
    assert force.units["patrol-1"].state == "away"


def test_old_and_unknown_reports_change_nothing(force):
    force.report(position("patrol-1", 1.0, 2.0, 50.0), {})
    assert force.report(position("patrol-1", 9.0, 9.0, 40.0), {}) is None
    assert force.report(position("patrol-99", 9.0, 9.0), {}) is None
    assert (force.units["patrol-1"].x, force.units["patrol-1"].y) == (1.0, 2.0)


def test_near_names_ready_patrols_by_distance(force):
    one = force.units["patrol-9"]
    assert [unit.id for unit in force.near(one.x, one.y)] == ["patrol-10", "patrol-9"]


def test_state_goes_round(force, deployment, sector):
    force.follow(case(force), send("patrol-1"))
    force.report(position("patrol-2", 1.0, 2.0), {})
    other = units(deployment, sector, UnitSettings())
    other.restore(json.loads(json.dumps(force.state())))
    assert other.units == force.units
