from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.watch.load import Budget, Load

# Alarm times of a published-definition check: a flood starts with more than 10 in 10 minutes and ends with fewer than 5.
TIMES = [0, 30, 60, 200, 600, 601, 602, 603, 604, 605, 606, 607, 608, 609, 610, 700, 800, 1250, 1300, 1900]


def test_counts_by_ten_minutes_and_the_flood_among_them():
    load, seen, flooding = Load(Budget()), [], False
    for time in TIMES:
        load.raised(float(time), shown=True)
    for end in (599.9, 1199.9, 1799.9, 2399.9):
        at_the_time = Load(load.budget, [t for t in load.arrivals if t <= end], [t for t in load.shown if t <= end])
        flooding = at_the_time.flooding(end, flooding)
        seen.append((at_the_time.in_window(end), flooding))
    assert seen == [(4, False), (13, True), (2, False), (1, False)]


def test_a_flood_goes_on_between_its_two_thresholds():
    load = Load(Budget())
    for time in range(7):
        load.raised(float(time), shown=True)
    assert not load.flooding(10.0, False)
    assert load.flooding(10.0, True)


@pytest.mark.parametrize("priority", ["rescue", "high"])
def test_what_is_urgent_always_has_room(priority):
    load = Load(Budget())
    for time in range(100):
        load.raised(float(time), shown=True)
    assert load.room(100.0, priority)
    assert not load.room(100.0, "medium")


def test_a_low_alert_waits_while_the_hour_is_full_and_a_medium_one_does_not():
    load = Load(Budget())
    for time in np.arange(12) * 250.0:
        load.raised(float(time), shown=True)
    assert load.per_hour(3000.0) == 12
    assert not load.room(3000.0, "low")
    assert load.room(3000.0, "medium")


@given(st.lists(st.floats(0, 7200), max_size=200))
def test_low_and_medium_alerts_never_pass_ten_in_ten_minutes(times):
    budget = Budget()
    load = Load(budget)
    for time in sorted(times):
        load.raised(time, shown=load.room(time, "medium"))
        assert load.in_window(time) < budget.most_in_window
        load.forget(time)
