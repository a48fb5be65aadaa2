"""Expectations: whether what a watch alerted is what the scenario says a good watch alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from limes.simulation.scenario import Expectation, Scenario

PRIORITIES = ("rescue", "high", "medium", "low")
"""Of alerts, highest first."""

HOUR = 3600.0


@dataclass(frozen=True)
class Result:
    """How one expectation came out: whether it was met, when its first alert came (UTC epoch s, None without), and why."""

    what: str
    met: bool
    first: float | None
    reason: str


def check_expectations(alerts: Iterable[Mapping[str, Any]], scenario: Scenario) -> list[Result]:
    """Hold alerts against every expectation of a scenario, in the scenario's order.

    An alert has `kind`, `priority` (of `PRIORITIES`) and `opened` (UTC epoch s); `km` and `asset` where it has them (else
    absent or None). The JSON of a watch's cases will do.
    """
    known = sorted(alerts, key=lambda alert: float(alert["opened"]))
    return [_result(known, one, scenario.begin) for one in scenario.expect]


def _result(alerts: list[Mapping[str, Any]], expected: Expectation, begin: float) -> Result:
    found = [alert for alert in alerts if _fits(alert, expected, begin)]
    first = float(found[0]["opened"]) if found else None
    if not expected.least <= len(found) <= expected.most:
        wanted = f"{expected.least} to {expected.most}" if expected.most < 1_000_000 else f"at least {expected.least}"
        return Result(expected.what, False, first, f"{len(found)} alerts, {wanted} expected")
    if found and _rank(found[0]) > PRIORITIES.index(expected.priority):
        return Result(expected.what, False, first, f"priority {found[0]['priority']}, at least {expected.priority} expected")
    if found and expected.outranks:
        rivals = [
            alert for alert in alerts if alert not in found and first is not None and first - HOUR <= alert["opened"] <= first
        ]
        above = [alert for alert in rivals if _rank(alert) <= _rank(found[0])]
        if above:
            return Result(expected.what, False, first, f"{len(above)} alerts of the hour before are as high")
    return Result(expected.what, True, first, f"{len(found)} alerts")


def _fits(alert: Mapping[str, Any], expected: Expectation, begin: float) -> bool:
    when = float(alert["opened"]) - begin
    if alert["kind"] not in expected.kinds or not expected.after <= when <= expected.until:
        return False
    if expected.asset is not None and alert.get("asset") != expected.asset:
        return False
    km = alert.get("km")
    anywhere = expected.from_km == float("-inf") and expected.to_km == float("inf")
    return anywhere or (km is not None and expected.from_km <= km <= expected.to_km)


def _rank(alert: Mapping[str, Any]) -> int:
    return PRIORITIES.index(alert["priority"])
