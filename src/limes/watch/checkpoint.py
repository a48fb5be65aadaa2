"""Readings of a checkpoint's instruments become cases where a person must act; one device's alarm is never a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from limes.sector import Sector
from limes.watch.cases import ActRefused, Case, remember

if TYPE_CHECKING:
    from limes.watch.alerts import Desk

KIND = "checkpoint"
"""The kind of cases that readings open."""

_MOST = 20


@dataclass(frozen=True)
class Point:
    """A crossing point as cases speak of it: its name, plane place (m) and km along the line."""

    name: str
    x: float
    y: float
    km: float


def points(sector: Sector) -> dict[str, Point]:
    """The crossing points of a sector by id."""
    found = {}
    for one in sector.crossings:
        chainage = float(sector.border.locate(one.x, one.y)[0])
        found[one.id] = Point(one.name, one.x, one.y, chainage / 1000.0)
    return found


def check_reading(reading: Mapping[str, Any], known: Mapping[str, Point], cases: Mapping[str, Case]) -> None:
    """Raise ActRefused unless a reading names a crossing point that there is, and an open checkpoint case if any."""
    crossing, name = reading.get("crossing"), reading.get("case")
    if crossing and crossing not in known:
        raise ActRefused(f"{crossing!r} is no crossing point; choose one of {', '.join(sorted(known)) or 'none'}")
    if not name:
        return
    case = cases.get(str(name))
    if case is None or case.kind != KIND or case.resolved:
        raise ActRefused(f"{name!r} is no open checkpoint case; send the reading without it")


def take_reading(desk: Desk, reading: Mapping[str, Any], known: Mapping[str, Point], time: float) -> Case | None:
    """Add a reading to its case, or open one where it asks for action or a person does; None where nothing is needed."""
    case = desk.cases.get(str(reading.get("case") or "")) or _same_file(desk, reading)
    if case is None and reading["level"] != "act" and not reading.get("open"):
        return None
    if case is None:
        case = desk.open_case(KIND, "medium" if reading["level"] == "act" else "low", _cause(reading), time)
        place = known.get(str(reading.get("crossing")))
        if place is not None:
            case.x, case.y, case.km, case.offset = place.x, place.y, place.km, 0.0
            case.facts["crossing"] = place.name
        if not desk.load.room(time, case.priority):
            case.hidden_by = desk.flood or "pace"  # the checkpoint's own screen shows it all the same
        desk.load.raised(time, shown=case.hidden_by is None)
        desk.say(case, time, "raised" if case.hidden_by is None else "held back")
    held = [one for one in case.facts.get("readings", ()) if one["id"] != reading["id"]]
    case.facts["readings"] = [*held, {key: value for key, value in reading.items() if key != "curve"}][-_MOST:]
    case.heard = case.updated = time
    detail = f"{reading['file']}: {reading['verdict']} {reading['name']}".strip()
    remember(case, time, str(reading["user"]), "reading", f"{detail}, SHA-256 {reading['sha256'][:16]}")
    desk.changed.add(case.id)
    return case


def methods(case: Case) -> set[str]:
    """The methods that have given a usable reading in a case: a second, different one is what makes a finding."""
    return {one["method"] for one in case.facts.get("readings", ()) if one["level"] != "again"}


def _cause(reading: Mapping[str, Any]) -> str:
    return f"reading:{reading['sha256']}"


def _same_file(desk: Desk, reading: Mapping[str, Any]) -> Case | None:
    """The open case of the very same file: sending it again opens no second one."""
    return next((one for one in desk.cases.values() if one.cause == _cause(reading) and not one.resolved), None)


def title(case: Case) -> str:
    """What a checkpoint case is called.

    >>> case = Case("case-000001", "checkpoint", "medium", "", 0.0, 0.0)
    >>> case.facts = {"readings": [{"verdict": "alarm", "name": "", "method": "portal"}], "crossing": "North gate"}
    >>> title(case)
    'Portal alarm, North gate'
    """
    last = (case.facts.get("readings") or [{}])[-1]
    name = last.get("name") or last.get("verdict", "reading")
    what = f"Portal {name}" if last.get("method") == "portal" else f"{name[:1].upper()}{name[1:]}"
    return ", ".join(part for part in (what, case.facts.get("crossing")) if part)


def sentence(case: Case) -> str:
    """The last reading in words, what comes next, and that one device's alarm is no finding."""
    readings = case.facts.get("readings") or []
    if not readings:
        return "A reading at a checkpoint."
    last = readings[-1]
    where = f" at {case.facts['crossing']}" if case.facts.get("crossing") else ""
    name = f": {last['name']}" if last["name"] else ""
    goods = f" Consistent with the declared {last['declared']}? {last['declared_answer']}." if last["declared_answer"] else ""
    listed = f" {last['listed'][0]['substance']} is on a list of regulated substances." if last["listed"] else ""
    done = sorted(methods(case))
    step = last["step"] if len(done) < 2 else f"decide: {' and '.join(done)} have spoken"
    parts = f"{last['file']}{where}, {last['method']}: {last['verdict']}{name} ({last['reason']}).{goods}{listed} Next: {step}."
    return parts if len(done) > 1 else f"{parts} One device's alarm is no finding."
