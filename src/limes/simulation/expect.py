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
    absent or None). The JSON of a watch's cases will do. The most urgent of the alerts that fit must be urgent enough: an
    approach may become a crossing.
    """
    known = sorted(alerts, key=lambda alert: float(alert["opened"]))
    return [_result(known, one, scenario.begin) for one in scenario.expect]


def _result(alerts: list[Mapping[str, Any]], expected: Expectation, begin: float) -> Result:
    found = [alert for alert in alerts if _fits(alert, expected, begin)]
    first = float(found[0]["opened"]) if found else None
    if not expected.least <= len(found) <= expected.most:
        wanted = f"{expected.least} to {expected.most}" if expected.most < 1_000_000 else f"at least {expected.least}"
        return Result(expected.what, False, first, f"{len(found)} alerts, {wanted} expected")
    if found:
        best = min(found, key=_rank)
        if _rank(best) > PRIORITIES.index(expected.priority):
            return Result(expected.what, False, first, f"priority {best['priority']}, at least {expected.priority} expected")
        if expected.outranks and (above := _as_high(alerts, found, best)):
            return Result(expected.what, False, first, f"{above} alerts of the hour before are as high")
    return Result(expected.what, True, first, f"{len(found)} alerts")


def _as_high(alerts: list[Mapping[str, Any]], found: list[Mapping[str, Any]], best: Mapping[str, Any]) -> int:
    """How many other alerts of the hour before the most urgent one found are as high."""
    when = float(best["opened"])
    return sum(_rank(alert) <= _rank(best) and when - HOUR <= alert["opened"] <= when for alert in alerts if alert not in found)


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
