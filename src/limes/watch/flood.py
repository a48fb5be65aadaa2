"""Floods of alerts: when more come than one operator can take in, one flood case holds what is not urgent.

Rescue and high alerts still show by themselves. What the flood case holds stays whole and findable; when the flood is over,
what is still seen goes on to the queue and the rest is answered together with the flood case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limes.watch.cases import PEOPLE_KINDS, Case

if TYPE_CHECKING:
    from limes.watch.alerts import Desk


def watch(desk: Desk, time: float) -> None:
    """Start a flood, keep its case up to date, or end it."""
    flooding = desk.load.flooding(time, desk.flood is not None)
    if flooding and desk.flood is None:
        _start(desk, time)
    if desk.flood is None:
        return
    case = desk.cases[desk.flood]
    held = desk.held_by(case.id)
    now = facts(held)
    if any(case.facts.get(name) != value for name, value in now.items()):
        case.facts |= now
        case.updated = time
        desk.changed.add(case.id)
    if not flooding:
        _end(desk, case, held, time)


def facts(held: list[Case]) -> dict[str, Any]:
    """What a flood case says of the cases it holds: how many of which kinds, along which km, and whether people are in them."""
    kms = [case.km for case in held if case.km is not None]
    kinds = sorted({case.kind for case in held})
    return {
        "count": len(held),
        "kinds": {kind: sum(case.kind == kind for case in held) for kind in kinds},
        "km_range": [min(kms), max(kms)] if kms else None,
        "holds_people": any(case.kind in PEOPLE_KINDS for case in held),
    }


def _start(desk: Desk, time: float) -> None:
    case = desk.open_case("flood", "high", f"flood:{time:.0f}", time)
    desk.flood = case.id
    for held in desk.held():
        if held.hidden_by == "pace" and not held.resolved:
            held.hidden_by = case.id
    desk.load.released(time)
    desk.say(case, time, "flood started")


def _end(desk: Desk, flood: Case, held: list[Case], time: float) -> None:
    desk.flood = None
    flood.facts["over"] = time
    for case in held:
        if case.kind in PEOPLE_KINDS and time - case.heard < desk.settings.join_s:
            case.hidden_by = "pace"
            desk.changed.add(case.id)
    desk.say(flood, time, "flood over")
