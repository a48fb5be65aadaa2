"""Expectations: what counts as met."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from limes.simulation import Scenario, check_expectations

Write = Callable[..., Scenario]
BODY = """
[[expect]]
what = "the family"
kinds = ["distress"]
from_km = 5
to_km = 7
after = "17:20"
until = "17:23"
priority = "rescue"
outranks = true

[[expect]]
what = "one gap"
kinds = ["gap"]
asset = "aerostat-1"
after = "17:30"
until = "18:00"
most = 1

[[expect]]
what = "no alert for dogs"
kinds = ["approach", "crossing"]
from_km = 10
to_km = 12
after = "18:00"
until = "18:30"
least = 0
most = 0
"""


@pytest.fixture
def scenario(written: Write) -> Scenario:
    return written(BODY)


def alert(scenario: Scenario, kind: str, minute: float, priority: str = "high", **more: object) -> dict:
    return {"kind": kind, "priority": priority, "opened": scenario.begin + 60.0 * minute} | more


def good(scenario: Scenario) -> list[dict]:
    return [
        alert(scenario, "distress", 22, "rescue", km=6.1),
        alert(scenario, "gap", 35, "medium", asset="aerostat-1"),
        alert(scenario, "approach", 65, km=14.0),
    ]


def met(alerts: list[dict], scenario: Scenario) -> list[bool]:
    return [result.met for result in check_expectations(alerts, scenario)]


def test_all_met(scenario: Scenario) -> None:
    results = check_expectations(good(scenario), scenario)
    assert [result.met for result in results] == [True] * 3
    assert results[0].first == scenario.begin + 22 * 60
    assert results[2].first is None


def test_an_alert_that_becomes_urgent_in_time_will_do(scenario: Scenario) -> None:
    early = alert(scenario, "distress", 21, "medium", km=6.1)
    assert met([early, *good(scenario)], scenario)[0]
    assert not met([early, *good(scenario)[1:]], scenario)[0]


def test_nothing_alerted(scenario: Scenario) -> None:
    results = check_expectations([], scenario)
    assert [result.met for result in results] == [False, False, True]
    assert results[0].reason == "0 alerts, at least 1 expected"
    assert results[1].reason == "0 alerts, 1 to 1 expected"


@pytest.mark.parametrize(
    ("number", "change", "which"),
    [
        (0, {"opened": 24}, 0),
        (0, {"opened": 19}, 0),
        (0, {"km": 9.0}, 0),
        (0, {"km": None}, 0),
        (0, {"priority": "high"}, 0),
        (0, {"kind": "approach"}, 0),
        (1, {"asset": "aerostat-2"}, 1),
        (2, {"km": 11.0}, 2),
    ],
)
def test_one_thing_wrong(scenario: Scenario, number: int, change: dict, which: int) -> None:
    alerts = good(scenario)
    if "opened" in change:
        change = {"opened": scenario.begin + 60.0 * change["opened"]}
    alerts[number] |= change
    assert met(alerts, scenario) == [index != which for index in range(3)]


def test_too_many(scenario: Scenario) -> None:
    alerts = [*good(scenario), alert(scenario, "gap", 36, asset="aerostat-1")]
    assert met(alerts, scenario) == [True, False, True]


def test_a_rival_as_high(scenario: Scenario) -> None:
    rival = alert(scenario, "distress", 10, "rescue", km=15.0)
    results = check_expectations([*good(scenario), rival], scenario)
    assert not results[0].met
    assert "as high" in results[0].reason
    earlier = rival | {"opened": scenario.begin - 3600.0}
    assert met([*good(scenario), earlier], scenario)[0]


def test_order_of_alerts_does_not_matter(scenario: Scenario) -> None:
    assert check_expectations(good(scenario)[::-1], scenario) == check_expectations(good(scenario), scenario)
