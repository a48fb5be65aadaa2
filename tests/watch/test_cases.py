from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.watch.cases import (
    ALLOWED,
    KINDS,
    LEADS_TO,
    PEOPLE_OUTCOMES,
    PRIORITIES,
    REASONS,
    ActRefused,
    Case,
    check,
    perform,
    permitted,
    urgency,
    wake,
)


def case(kind="approach", priority="medium", state="open", **more):
    return Case("case-000001", kind, priority, "track:1", 100.0, 100.0, state=state, **more)


def act(verb, **more):
    return {"id": "act-1", "time": 200.0, "user": "ada", "role": "operator", "case": "case-000001", "verb": verb, **more}


COMPLETE = {
    "confirm": {},
    "dismiss": {"reason": "animal"},
    "dispatch": {"unit": "patrol-1"},
    "rescue": {"unit": "patrol-1"},
    "shelve": {"reason": "waiting for daylight", "minutes": 30},
    "note": {"text": "seen before"},
    "close": {"outcome": "met at the wall", "people": "referred"},
    "reopen": {},
}


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(ALLOWED, COMPLETE)))
def test_every_act_in_every_state_is_either_refused_or_leads_where_it_says(state, verb):
    one = case(state=state)
    if verb not in ALLOWED[state]:
        with pytest.raises(ActRefused, match="not possible"):
            check(one, act(verb, **COMPLETE[verb]))
        return
    check(one, act(verb, **COMPLETE[verb]))
    perform(one, act(verb, **COMPLETE[verb]))
    assert one.state == LEADS_TO.get(verb, state)
    assert one.history[-1]["user"] == "ada"
    assert one.history[-1]["verb"] == verb


def test_resolved_states_can_always_be_undone():
    assert all("reopen" in ALLOWED[state] for state in ("dismissed", "closed", "shelved"))


def test_a_rescue_cannot_be_shelved_but_everything_else_can():
    with pytest.raises(ActRefused, match="cannot be shelved"):
        check(case("distress", "rescue"), act("shelve", **COMPLETE["shelve"]))
    assert "shelve" not in permitted(case("distress", "rescue"))
    for kind in KINDS:
        assert "shelve" in permitted(case(kind, "high"))


def test_rescue_makes_any_case_with_people_a_rescue_and_then_it_cannot_be_shelved():
    one = case("approach", "medium")
    perform(one, act("rescue", unit="patrol-1"))
    assert (one.priority, one.state, one.units) == ("rescue", "tasked", ["patrol-1"])
    assert "rescue" not in permitted(case("silence", "low"))


@pytest.mark.parametrize("kind", ["distress", "crossing", "approach"])
@pytest.mark.parametrize("people", [None, "", "gone", *PEOPLE_OUTCOMES])
def test_a_case_with_people_closes_only_with_an_outcome_for_them(kind, people):
    closing = act("close", outcome="met", people=people)
    if people in PEOPLE_OUTCOMES:
        check(case(kind), closing)
    else:
        with pytest.raises(ActRefused, match="people in it"):
            check(case(kind), closing)


def test_a_case_of_equipment_needs_an_outcome_and_no_people():
    check(case("silence"), act("close", outcome="cable mended"))
    with pytest.raises(ActRefused, match="outcome"):
        check(case("silence"), act("close"))
    with pytest.raises(ActRefused, match="people must be"):
        check(case("silence"), act("close", outcome="cable mended", people="who knows"))


def test_a_flood_that_holds_people_closes_like_a_case_with_people():
    with pytest.raises(ActRefused, match="people in it"):
        check(case("flood", facts={"holds_people": True}), act("close", outcome="wind"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verb": "dismiss"}, "reason"),
        ({"verb": "dismiss", "reason": "boredom"}, "reason"),
        ({"verb": "shelve", "minutes": 30}, "needs a reason"),
        ({"verb": "shelve", "reason": "later"}, "clock"),
        ({"verb": "shelve", "reason": "later", "minutes": 0}, "clock"),
        ({"verb": "shelve", "reason": "later", "minutes": 241}, "clock"),
        ({"verb": "shelve", "reason": "later", "minutes": float("nan")}, "clock"),
        ({"verb": "shelve", "reason": "later", "minutes": True}, "clock"),
        ({"verb": "shelve", "reason": "later", "minutes": "30"}, "clock"),
        ({"verb": "dispatch"}, "needs a unit"),
        ({"verb": "rescue", "unit": 3}, "needs a unit"),
        ({"verb": "note"}, "text"),
        ({"verb": "note", "text": "x" * 3000}, "text"),
        ({"verb": "note", "text": 7}, "text"),
        ({"verb": "shoot"}, "not possible"),
        ({"verb": None}, "not possible"),
        ({"verb": "confirm", "user": ""}, "name of the person"),
    ],
)
def test_an_act_that_is_not_whole_is_refused_with_the_cure(changes, message):
    with pytest.raises(ActRefused, match=message):
        check(case(), act("note") | changes)


@pytest.mark.parametrize("reason", REASONS)
def test_the_six_reasons_dismiss(reason):
    one = case()
    check(one, act("dismiss", reason=reason, text="looked twice"))
    perform(one, act("dismiss", reason=reason, text="looked twice"))
    assert (one.state, one.reason, one.resolved) == ("dismissed", reason, True)
    assert one.history[-1]["detail"] == f"{reason}: looked twice"


def test_reopening_forgets_outcome_and_owner_but_not_history():
    one = case(state="tasked", units=["patrol-1"])
    perform(one, act("close", outcome="met at the wall", people="handed over"))
    assert (one.outcome, one.people, one.units, one.owner) == ("met at the wall", "handed over", [], "ada")
    perform(one, act("reopen"))
    assert (one.state, one.outcome, one.people, one.owner) == ("open", None, None, None)
    assert [line["verb"] for line in one.history] == ["close", "reopen"]


def test_a_shelved_case_comes_back_when_its_clock_runs_out_and_says_so():
    one = case()
    perform(one, act("shelve", reason="daylight", minutes=30))
    assert one.history[-1]["detail"] == "daylight, 30 min"
    assert not wake(one, 200.0 + 1799)
    assert wake(one, 200.0 + 1800)
    assert (one.state, one.shelved_until) == ("open", None)
    assert one.history[-1]["user"] == "limes"
    assert not wake(one, 9999.0)


@given(
    st.lists(
        st.builds(
            Case,
            id=st.uuids().map(str),
            kind=st.sampled_from(KINDS),
            priority=st.sampled_from(PRIORITIES),
            cause=st.just(""),
            opened=st.floats(0, 1e6),
            updated=st.floats(0, 1e6),
            time_left=st.none() | st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)),
        ),
        max_size=20,
    )
)
def test_rescue_is_first_in_every_queue(queue):
    ranks = [PRIORITIES.index(one.priority) for one in sorted(queue, key=urgency)]
    assert ranks == sorted(ranks)
