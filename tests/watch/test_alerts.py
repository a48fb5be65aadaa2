from __future__ import annotations

import json

import pytest

from limes.watch.alerts import Desk, DeskSettings, restored
from limes.watch.cases import check, permitted
from limes.watch.load import Budget, Load
from limes.watch.signals import Signal


def desk():
    return Desk(DeskSettings(), Load(Budget()))


def walker(track=1, x=0.0, kind="approach", priority="medium", **more):
    given = {"y": 0.0, "km": x / 1000.0, "offset": -500.0, "heading": 1, **more}
    return Signal(kind, priority, f"track:{track}", x=x, tracks=(track,), **given)


def silent(asset, **more):
    return Signal("silence", "low", f"asset:{asset}", asset=asset, **more)


def act(case, verb, time=100.0, **more):
    return {"id": "a", "time": time, "user": "ada", "role": "operator", "case": case, "verb": verb, **more}


def only(one):
    assert len(one.cases) == 1
    return next(iter(one.cases.values()))


def test_a_signal_is_raised_once_and_then_updates_its_case():
    one = desk()
    for second in range(100):
        one.take([walker(x=second * 1.0, time_left=(900.0 - second, 1200.0 - second))], float(second))
    case = only(one)
    assert (case.opened, case.updated, case.x) == (0.0, 99.0, 99.0)
    assert case.time_left == (801.0, 1101.0)
    assert one.load.per_hour(99.0) == 1
    assert [line["text"] for line in one.log] == ["raised"]


def test_walkers_side_by_side_are_one_case_and_those_far_apart_or_going_the_other_way_are_not():
    one = desk()
    one.take([walker(1), walker(2, x=120.0), walker(3, x=700.0), walker(4, x=100.0, heading=-1)], 0.0)
    assert sorted(sorted(case.tracks) for case in one.cases.values()) == [[1, 2], [3], [4]]


def test_crossings_at_one_place_are_one_case_whichever_way():
    one = desk()
    one.take([walker(1, kind="crossing"), walker(2, x=100.0, kind="crossing", heading=-1)], 0.0)
    assert only(one).tracks == [1, 2]


def test_a_stir_at_the_fence_and_who_made_it_are_one_case_about_them():
    one = desk()
    one.take([Signal("crossing", "high", "stir:1", x=0.0, y=0.0, km=0.0, offset=8.0, facts={"stir": {}})], 0.0)
    one.take([walker(7, x=200.0, facts={"label": "group"})], 1.0)
    assert (only(one).kind, only(one).tracks, only(one).facts["label"]) == ("crossing", [7], "group")
    other = desk()
    other.take([walker(7)], 0.0)
    other.take([Signal("crossing", "high", "stir:1", x=100.0, y=0.0, km=0.1, offset=8.0, facts={"stir": {}})], 1.0)
    assert only(other).kind == "crossing"


def test_grouping_widens_with_the_load():
    one = desk()
    for number in range(7):
        one.take([walker(number, x=20_000.0 * number)], number * 400.0)
    one.take([walker(90, x=120_800.0)], 2450.0)
    assert sorted(one.cases["case-000007"].tracks) == [6, 90]


def test_approach_becomes_crossing_in_the_same_case_and_never_goes_back():
    one = desk()
    one.take([walker()], 0.0)
    one.take([walker(kind="crossing", priority="high")], 1.0)
    one.take([walker(priority="low")], 2.0)
    case = only(one)
    assert (case.kind, case.priority) == ("crossing", "high")
    assert case.history[-1]["detail"] == "crossing"


def test_a_shelved_case_that_gets_worse_comes_back_at_once():
    one = desk()
    one.take([walker()], 0.0)
    one.act(act("case-000001", "shelve", 1.0, reason="day", minutes=60))
    one.take([walker()], 2.0)
    assert only(one).state == "shelved"
    one.take([walker(kind="distress", priority="rescue")], 3.0)
    assert (only(one).state, only(one).priority) == ("open", "rescue")
    assert "shelve" not in permitted(only(one))


def test_a_dismissed_track_is_not_raised_again_unless_it_does_something_new():
    one = desk()
    one.take([walker()], 0.0)
    one.act(act("case-000001", "dismiss", 1.0, reason="farm traffic"))
    for second in range(2, 2000, 50):
        one.take([walker()], float(second))
    assert only(one).state == "dismissed"
    one.take([walker(kind="crossing", priority="high")], 2001.0)
    assert one.cases["case-000002"].facts["earlier"] == "case-000001"
    assert one.case_of(1) == "case-000002"


def test_a_lost_track_that_is_found_again_joins_its_case_without_a_new_alert():
    one = desk()
    one.take([walker(5)], 0.0)
    one.adopt(9, 5, 60.0)
    one.take([walker(9, x=900.0)], 61.0)
    assert only(one).tracks == [5, 9]
    assert only(one).history[-1]["verb"] == "joined"
    one.adopt(11, 77, 62.0)
    assert one.case_of(11) is None


def test_somebody_in_need_gets_a_case_of_their_own_out_of_a_case_of_many():
    one = desk()
    one.take([walker(1), walker(2, x=400.0)], 0.0)
    one.take([walker(2, x=1500.0, kind="distress", priority="rescue"), walker(1)], 600.0)
    assert {case.kind: case.tracks for case in one.cases.values()} == {"approach": [1, 2], "distress": [2]}


def test_equipment_that_stays_silent_stays_answered_and_is_raised_again_after_it_came_back():
    one = desk()
    for second in range(10):
        one.take([silent("tower-6")], float(second))
    one.act(act("case-000001", "close", 10.0, outcome="crew sent"))
    for second in range(11, 4000):
        one.take([silent("tower-6")], float(second))
    assert len(one.cases) == 1
    one.take([], 5000.0)
    one.take([silent("tower-6")], 6000.0)
    assert len(one.cases) == 2


def test_equipment_that_flaps_does_not_chatter():
    one = desk()
    one.take([silent("tower-6")], 0.0)
    one.act(act("case-000001", "dismiss", 10.0, reason="equipment fault"))
    one.take([silent("tower-6")], 1000.0)
    assert len(one.cases) == 1


def crowd(count, start=0, step=6000.0, **more):
    return [walker(start + n, x=(start + n) * step, **more) for n in range(count)]


def test_twenty_alerts_in_a_minute_make_a_flood_that_hides_nothing():
    one = desk()
    for n, signal in enumerate(crowd(20)):
        one.take([signal], n * 3.0)
    flood = one.cases[one.flood]
    shown = [case for case in one.cases.values() if case.hidden_by is None]
    assert flood.kind == "flood"
    assert len(shown) == 10
    assert len(one.held()) == 11
    assert flood.facts["count"] == 11
    assert flood.facts["km_range"] == [54.0, 114.0]
    assert flood.facts["holds_people"]
    assert sum(len(case.tracks) for case in one.cases.values()) == 20


def test_rescue_and_high_alerts_show_in_a_flood_and_rescue_is_first():
    one = desk()
    one.take(crowd(30), 0.0)
    one.take([walker(200, x=500_000.0, kind="distress", priority="rescue")], 5.0)
    one.take([walker(201, x=600_000.0, kind="crossing", priority="high")], 6.0)
    by_track = {track: case for case in one.cases.values() for track in case.tracks}
    assert by_track[200].hidden_by is None
    assert by_track[201].hidden_by is None


def test_a_flood_ends_and_what_is_still_seen_goes_on_to_the_queue_in_its_time():
    one = desk()
    signals = crowd(16)
    one.take(signals, 0.0)
    assert one.flood is not None
    for second in range(1, 1200):
        one.take(signals, float(second))
        assert one.load.in_window(float(second)) <= one.load.budget.most_in_window
    assert one.flood is None
    assert not one.held()
    assert all(case.state == "open" for case in one.cases.values())


def test_what_a_flood_holds_and_nobody_sees_any_more_is_answered_with_it_by_a_named_person():
    one = desk()
    one.take(crowd(16), 0.0)
    flood = one.flood
    for second in range(1, 1300):
        one.take([], float(second))
    assert one.flood is None
    held = one.held_by(flood)
    assert len(held) == 7
    closing = act(flood, "close", 1300.0, outcome="wind", people="nobody there")
    check(one.cases[flood], closing)
    one.act(closing)
    assert {case.state for case in held} == {"closed"}
    assert {case.people for case in held} == {"nobody there"}
    assert all(case.history[-1]["user"] == "ada" for case in held)


def test_alerts_that_wait_for_room_come_in_order_of_urgency():
    one = desk()
    one.take(crowd(9), 0.0)
    later = walker(50, x=400_000.0, time_left=(900.0, 1000.0))
    sooner = walker(51, x=500_000.0, time_left=(100.0, 200.0))
    one.take([later], 1.0)
    assert one.cases["case-000010"].hidden_by == "pace"
    for second in range(2, 602):
        one.take([later, sooner] if second == 2 else [], float(second))
    order = [line["case"] for line in one.log if line["text"] == "shown"]
    assert order == sorted(order, key=lambda name: one.cases[name].tracks[0] != 51)


def test_old_answers_leave_the_desk_and_are_handed_over():
    one = desk()
    one.take([walker()], 0.0)
    one.act(act("case-000001", "dismiss", 1.0, reason="animal"))
    one.take([], DeskSettings().keep_s + 2.0)
    assert not one.cases
    assert [case.id for case in one.gone] == ["case-000001"]
    assert one.case_of(1) is None


@pytest.mark.parametrize("cut", [1, 7, 15])
def test_a_desk_goes_on_from_its_state_as_if_nothing_had_happened(cut):
    one = desk()
    script = [[*crowd(n + 1)[n:], silent(f"tower-{n}")] for n in range(20)]
    for second, signals in enumerate(script[:cut]):
        one.take(signals, float(second))
    other = restored(json.loads(json.dumps(one.state())), DeskSettings(), Budget())
    for second, signals in enumerate(script[cut:], cut):
        one.take(signals, float(second))
        other.take(signals, float(second))
    assert other.state() == one.state()
