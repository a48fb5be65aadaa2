"""Cases: what people work on. States, the acts that lead from one to the next, and the outcomes that close them.

No edge of the state machine is automatic: each act carries the name of a person. A case with people in it closes only with an
outcome for the people; a rescue cannot be shelved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from limes.errors import LimesError

KINDS = ("distress", "crossing", "approach", "recall", "gap", "silence", "flood", "checkpoint")
"""What an alert can be about."""

PEOPLE_KINDS = frozenset({"distress", "crossing", "approach"})
"""Kinds that have people in them until a person says otherwise."""

PRIORITIES = ("rescue", "high", "medium", "low")
"""First to last; rescue outranks everything else and cannot be shelved."""

REASONS = ("animal", "weather", "own forces", "farm traffic", "equipment fault", "other")
"""Why an alert is dismissed, by the key 1 to 6 that says so."""

NUISANCE_REASONS = frozenset({"animal", "weather", "farm traffic", "equipment fault"})
"""Reasons that say the alert was a nuisance; the other two say nothing about the place."""

PEOPLE_OUTCOMES = ("rescued", "referred", "handed over", "turned back at a crossing point", "lost", "nobody there")
"""What became of the people in a case."""

GOODS_OUTCOMES = ("released", "sent to laboratory", "refused", "handed over", "second method: nothing found")
"""How a checkpoint case ends."""

FINDINGS = frozenset({"refused", "handed over"})
"""Outcomes that rest on a finding: two methods, or a text that says what else shows it."""

MAX_SHELVE_MIN = 240.0
MAX_TEXT = 2000

RESOLVED = frozenset({"dismissed", "closed"})

LEADS_TO = MappingProxyType(
    {
        "confirm": "confirmed",
        "dismiss": "dismissed",
        "dispatch": "tasked",
        "rescue": "tasked",
        "shelve": "shelved",
        "close": "closed",
        "reopen": "open",
    }
)
"""The state that each act leads to; a note changes none."""

ALLOWED = MappingProxyType(
    {
        "open": ("confirm", "dismiss", "dispatch", "rescue", "shelve", "note", "close"),
        "shelved": ("confirm", "dismiss", "dispatch", "rescue", "shelve", "note", "close", "reopen"),
        "confirmed": ("dismiss", "dispatch", "rescue", "shelve", "note", "close"),
        "tasked": ("dismiss", "dispatch", "rescue", "note", "close"),
        "dismissed": ("note", "reopen"),
        "closed": ("note", "reopen"),
    }
)
"""The acts that each state allows."""


class ActRefused(LimesError):
    """The act is not allowed as the case stands; the message says why and is safe to show."""


@dataclass
class Case:
    """One matter that people work on.

    `cause` is the key under which later alerts join it. `x`, `y` (plane m), `km` along the line and `offset` (m from the line,
    + towards home) say where it is; None for what has no one place. `time_left` is seconds from `updated` (low, high).
    `heard` is when the machine last saw its cause. `hidden_by` names the flood case that holds it back, "pace" while it waits
    for room in the queue, None when it is shown.
    """

    id: str
    kind: str
    priority: str
    cause: str
    opened: float
    updated: float
    heard: float = 0.0
    state: str = "open"
    x: float | None = None
    y: float | None = None
    km: float | None = None
    offset: float | None = None
    tracks: list[int] = field(default_factory=list)
    asset: str | None = None
    time_left: tuple[float, float] | None = None
    owner: str | None = None
    units: list[str] = field(default_factory=list)
    shelved_until: float | None = None
    hidden_by: str | None = None
    outcome: str | None = None
    people: str | None = None
    reason: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    sentence: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def resolved(self) -> bool:
        """Whether a person has dismissed or closed it."""
        return self.state in RESOLVED

    @property
    def with_people(self) -> bool:
        """Whether it closes only with an outcome for people."""
        return self.kind in PEOPLE_KINDS or bool(self.facts.get("holds_people"))


def case_from(body: Mapping[str, Any]) -> Case:
    """Make a case from its fields as they come back from JSON."""
    left = body["time_left"]
    return Case(**{**body, "time_left": None if left is None else (left[0], left[1])})


def time_left(case: Case, time: float) -> tuple[float, float] | None:
    """Seconds (low, high) that are left at a time; None where nothing runs out.

    >>> time_left(Case("case-000001", "approach", "low", "", 0.0, 100.0, time_left=(60.0, 90.0)), 170.0)
    (0.0, 20.0)
    """
    if case.time_left is None:
        return None
    passed = time - case.updated
    return max(case.time_left[0] - passed, 0.0), max(case.time_left[1] - passed, 0.0)


def urgency(case: Case) -> tuple[int, float, float, str]:
    """Sort key of the queue: rescue first, then by priority, then by time left, then by age.

    >>> waiting = Case("case-000002", "approach", "medium", "track:4", 0.0, 0.0, time_left=(60.0, 90.0))
    >>> lost = Case("case-000003", "distress", "rescue", "track:5", 9.0, 9.0)
    >>> sorted([waiting, lost], key=urgency)[0].kind
    'distress'
    """
    left = float("inf") if case.time_left is None else case.updated + case.time_left[0]
    return PRIORITIES.index(case.priority), left, case.opened, case.id


def permitted(case: Case) -> tuple[str, ...]:
    """The verbs that are allowed on a case as it stands.

    >>> permitted(Case("case-000001", "distress", "rescue", "track:1", 0.0, 0.0))
    ('confirm', 'dismiss', 'dispatch', 'rescue', 'note', 'close')
    """
    barred = {"shelve"} if case.priority == "rescue" else set()
    if case.kind not in PEOPLE_KINDS:
        barred.add("rescue")
    if case.kind == "checkpoint":
        barred.add("dismiss")  # it ends with what became of the goods
    return tuple(verb for verb in ALLOWED[case.state] if verb not in barred)


def check(case: Case, act: Mapping[str, Any]) -> None:
    """Raise ActRefused unless the act is whole and allowed on the case as it stands; `limes.watch.units` checks the unit."""
    verb = act.get("verb")
    if not act.get("user"):
        raise ActRefused("an act needs the name of the person who does it")
    if verb == "shelve" and case.priority == "rescue":
        raise ActRefused("a rescue cannot be shelved")
    if verb not in permitted(case):
        raise ActRefused(f"{verb!r} is not possible while the case is {case.state}")
    _check_arguments(case, str(verb), act)


def _check_arguments(case: Case, verb: str, act: Mapping[str, Any]) -> None:
    for name in ("text", "reason", "outcome"):
        if act.get(name) is not None and (not isinstance(act[name], str) or len(act[name]) > MAX_TEXT):
            raise ActRefused(f"{name} must be a text of at most {MAX_TEXT} characters")
    if verb == "dismiss" and act.get("reason") not in REASONS:
        raise ActRefused(f"dismissing needs a reason: {', '.join(REASONS)}")
    if verb == "shelve":
        _check_shelve(act)
    if verb == "note" and not act.get("text"):
        raise ActRefused("a note needs a text")
    if verb in ("dispatch", "rescue") and not isinstance(act.get("unit"), str):
        raise ActRefused(f"{verb} needs a unit")
    if verb == "close":
        _check_close(case, act)


def _check_shelve(act: Mapping[str, Any]) -> None:
    minutes = act.get("minutes")
    if not act.get("reason"):
        raise ActRefused("shelving needs a reason")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 1 <= minutes <= MAX_SHELVE_MIN:
        raise ActRefused(f"shelving needs a clock of 1 to {MAX_SHELVE_MIN:.0f} minutes")


def _check_close(case: Case, act: Mapping[str, Any]) -> None:
    if not act.get("outcome"):
        raise ActRefused("closing needs an outcome")
    if case.kind == "checkpoint":
        _check_goods(case, act)
    if case.with_people and act.get("people") not in PEOPLE_OUTCOMES:
        raise ActRefused(f"the case has people in it; say what became of them: {', '.join(PEOPLE_OUTCOMES)}")
    if not case.with_people and act.get("people") not in (None, *PEOPLE_OUTCOMES):
        raise ActRefused(f"people must be one of {', '.join(PEOPLE_OUTCOMES)}")


def _check_goods(case: Case, act: Mapping[str, Any]) -> None:
    """One device's alarm is never a finding: goods are refused or handed over on two methods, or on what a person states."""
    if act["outcome"] not in GOODS_OUTCOMES:
        raise ActRefused(f"say what became of the goods: {', '.join(GOODS_OUTCOMES)}")
    methods = {one["method"] for one in case.facts.get("readings", ()) if one["level"] != "again"}
    if act["outcome"] in FINDINGS and len(methods) < 2 and not act.get("text"):
        raise ActRefused("one device's alarm is no finding: add a second method's reading, or write what else shows it")


def perform(case: Case, act: Mapping[str, Any]) -> None:
    """Carry out a checked act: the case's state, owner, outcome and history change."""
    verb, user, time = str(act["verb"]), str(act["user"]), float(act["time"])
    case.state = LEADS_TO.get(verb, case.state)
    case.updated = max(case.updated, time)
    case.shelved_until = time + 60.0 * float(act["minutes"]) if verb == "shelve" else None
    if verb != "note":
        case.owner = None if verb == "reopen" else user
    if verb in ("dispatch", "rescue") and act["unit"] not in case.units:
        case.units.append(str(act["unit"]))
    if verb == "rescue":
        case.priority = "rescue"
    if verb in ("dismiss", "close", "reopen"):
        case.units = []
        case.reason, case.outcome, case.people = act.get("reason"), act.get("outcome"), act.get("people")
    remember(case, time, user, verb, _detail(verb, act))


def remember(case: Case, time: float, user: str, verb: str, detail: str) -> None:
    """Add a line to a case's history; `user` is "limes" for what the machine noticed."""
    case.history.append({"time": time, "user": user, "verb": verb, "detail": detail})


def wake(case: Case, time: float) -> bool:
    """Put a shelved case whose clock has run out back in the queue; returns whether it did."""
    if case.state != "shelved" or case.shelved_until is None or time < case.shelved_until:
        return False
    case.state, case.shelved_until, case.updated = "open", None, time
    remember(case, time, "limes", "reopen", "the shelving clock ran out")
    return True


def _detail(verb: str, act: Mapping[str, Any]) -> str:
    words = {
        "dispatch": f"{act.get('unit')}",
        "rescue": f"{act.get('unit')}",
        "shelve": f"{act.get('reason')}, {act.get('minutes')} min",
        "dismiss": f"{act.get('reason')}",
        "close": "; ".join(str(act[name]) for name in ("outcome", "people") if act.get(name)),
    }.get(verb, "")
    return ": ".join(part for part in (words, str(act.get("text") or "")) if part)
