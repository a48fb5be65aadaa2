"""The alert desk: signals become cases, grouped by track and cause, within what one operator can take in.

A signal is what a rule of the assessment says each second while it holds. A signal that belongs to a case updates it; a new
one is raised as a case, held back while the queue is full, or grouped under one flood case. Nothing is ever thrown away: what
is held back is a whole case, findable and workable. Rescue alerts are never held back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from limes.watch import flood
from limes.watch.cases import PEOPLE_KINDS, PRIORITIES, Case, case_from, perform, remember, urgency, wake
from limes.watch.load import Budget, Load
from limes.watch.signals import Signal

_RANK = {"approach": 0, "crossing": 1, "distress": 2}
"""How kinds of alerts with people follow one another; a case never goes back."""


@dataclass(frozen=True)
class DeskSettings:
    """How alerts are grouped and how long answers hold.

    `join_m` is how near a new alert must be to a case to be part of it, in a quiet, a busy (over the hourly target), a full
    (over the hourly limit) and a flooded watch; `join_s` how long after the case was last heard; `rescue_join_m` the same for
    rescues at any load; `quiet_s` how long an answered cause that went away stays answered; `keep_s` how long answered cases
    stay at hand.
    """

    join_m: tuple[float, float, float, float] = (500.0, 1000.0, 3000.0, 5000.0)
    join_s: float = 600.0
    rescue_join_m: float = 300.0
    quiet_s: float = 1800.0
    keep_s: float = 12 * 3600.0


@dataclass
class Desk:
    """All cases at hand, and the load they make; `changed`, `gone` and `log` gather what happened until it is taken.

    `changed` names cases that are new, further, or in other hands; a case whose cause merely moved on is not among them.
    """

    settings: DeskSettings
    load: Load
    cases: dict[str, Case] = field(default_factory=dict)
    serial: int = 0
    flood: str | None = None
    changed: set[str] = field(default_factory=set)
    gone: list[Case] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    _by_track: dict[int, str] = field(default_factory=dict)
    _by_cause: dict[str, str] = field(default_factory=dict)

    def take(self, signals: Iterable[Signal], time: float) -> None:
        """Work the signals of one second into the cases, most urgent first."""
        touched: set[str] = set()
        for signal in sorted(signals, key=_signal_order):
            case = self._belongs(signal, time)
            if case is None:
                case = self._raise(signal, time)
            elif not self._answered(case, signal, time):
                if case.resolved:
                    case = self._raise(signal, time, earlier=case)
                else:
                    self._update(case, signal, time, first=case.id not in touched)
            case.heard = time
            touched.add(case.id)
        self._settle(time)

    def act(self, act: Mapping[str, Any]) -> list[Case]:
        """Carry out a checked act; returns the cases it changed: what a flood case holds is answered with it."""
        case = self.cases[act["case"]]
        perform(case, act)
        answered = [case]
        if act["verb"] == "reopen":
            case.hidden_by = None
        if case.kind == "flood" and act["verb"] in ("dismiss", "close"):
            for held in self.held_by(case.id):
                remark = {"text": f"with the flood {case.id}", "outcome": act.get("outcome") or "grouped"}
                perform(held, {**act, "case": held.id, **remark, "reason": act.get("reason") or "other"})
                answered.append(held)
        self.changed |= {one.id for one in answered}
        return answered

    def open_case(self, kind: str, priority: str, cause: str, time: float) -> Case:
        """Make an empty case under the next number."""
        self.serial += 1
        case = Case(f"case-{self.serial:06d}", kind, priority, cause, time, time, heard=time)
        self.cases[case.id] = case
        return case

    def adopt(self, track: int, earlier: int, time: float) -> None:
        """Let a new track be the continuation of a lost one: it joins the lost one's case."""
        case_id = self._by_track.get(earlier)
        if case_id is not None and track not in self._by_track:
            case = self.cases[case_id]
            case.tracks.append(track)
            self._by_track[track] = case_id
            remember(case, time, "limes", "joined", f"track {track} continues track {earlier}")
            self.changed.add(case_id)

    def case_of(self, track: int) -> str | None:
        """The case that a track belongs to."""
        return self._by_track.get(track)

    def held(self) -> list[Case]:
        """Every case that is held back from the queue, most urgent first."""
        return sorted((case for case in self.cases.values() if case.hidden_by), key=urgency)

    def held_by(self, flood: str) -> list[Case]:
        """The unresolved cases that one flood case holds."""
        return [case for case in self.cases.values() if case.hidden_by == flood and not case.resolved]

    def unresolved(self) -> list[Case]:
        """Cases that wait for a person or are being worked on, in the order they were raised."""
        return [case for case in self.cases.values() if not case.resolved]

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later, ready for JSON."""
        return {
            "cases": [asdict(case) for case in self.cases.values()],
            "serial": self.serial,
            "flood": self.flood,
            "load": self.load.state(),
            "by_track": [[track, case] for track, case in self._by_track.items()],
            "by_cause": self._by_cause,
        }

    # --- finding the case of a signal ----------------------------------------------------------------------------------

    def _belongs(self, signal: Signal, time: float) -> Case | None:
        found = next((self._by_track[track] for track in signal.tracks if track in self._by_track), None)
        found = found or self._by_cause.get(signal.cause)
        if found is not None and not (signal.kind == "distress" and _elsewhere(self.cases[found], signal, self.settings)):
            return self.cases[found]
        return self._neighbour(signal, time)

    def _neighbour(self, signal: Signal, time: float) -> Case | None:
        """The nearest unresolved case that this could be part of."""
        if signal.kind not in PEOPLE_KINDS or signal.x is None:
            return None
        reach = self._reach(signal.kind, time)
        near = [
            (_distance(case, signal), case.id)
            for case in self.cases.values()
            if _one_matter(case, signal)
            and not case.resolved
            and time - case.heard <= self.settings.join_s
            and _distance(case, signal) <= reach
        ]
        return self.cases[min(near)[1]] if near else None

    def _reach(self, kind: str, time: float) -> float:
        if kind == "distress":
            return self.settings.rescue_join_m
        per_hour, budget = self.load.per_hour(time), self.load.budget
        level = 3 if self.flood else (per_hour >= budget.target_per_hour) + (per_hour >= budget.limit_per_hour)
        return self.settings.join_m[level]

    def _answered(self, case: Case, signal: Signal, time: float) -> bool:
        """Whether a person's answer to the case still stands for this signal."""
        if not case.resolved or _RANK.get(signal.kind, 0) > _RANK.get(case.kind, 0):
            return False
        went_away = time - case.heard > self.load.budget.window_s
        return bool(signal.tracks) or not went_away or time - case.updated < self.settings.quiet_s

    # --- raising and updating ------------------------------------------------------------------------------------------

    def _raise(self, signal: Signal, time: float, earlier: Case | None = None) -> Case:
        case = self.open_case(signal.kind, signal.priority, signal.cause, time)
        case.asset = signal.asset
        self._put(case, signal, time)
        if earlier is not None:
            case.facts["earlier"] = earlier.id
        if not self.load.room(time, case.priority):
            case.hidden_by = self.flood or "pace"
        self.load.raised(time, shown=case.hidden_by is None)
        self.say(case, time, "raised" if case.hidden_by is None else "held back")
        return case

    def _update(self, case: Case, signal: Signal, time: float, first: bool) -> None:
        rank, before = _RANK.get(signal.kind, 0), _RANK.get(case.kind, 0)
        if rank > before:
            remember(case, time, "limes", "became", signal.kind)
            case.kind = signal.kind
            if case.state == "shelved":
                case.state, case.shelved_until = "open", None
            self.say(case, time, f"became {signal.kind}")
        if first and (rank >= before or (signal.tracks and not case.tracks)):
            self._put(case, signal, time)
        else:
            self._claim(case, signal)
        if PRIORITIES.index(signal.priority) < PRIORITIES.index(case.priority):
            case.priority = signal.priority
            self.changed.add(case.id)
        if case.hidden_by and case.priority in ("rescue", "high"):
            self.show(case, time)

    def _put(self, case: Case, signal: Signal, time: float) -> None:
        before, now = case.facts.get("assets"), signal.facts.get("assets")
        if before is not None and now != before:
            remember(case, time, "limes", "spread", ", ".join(name for _, name in now or ()))
            self.changed.add(case.id)
        case.x, case.y, case.km, case.offset = signal.x, signal.y, signal.km, signal.offset
        case.time_left, case.updated = signal.time_left, time
        case.facts |= {"heading": signal.heading, **signal.facts}
        self._claim(case, signal)

    def _claim(self, case: Case, signal: Signal) -> None:
        for track in signal.tracks:
            if track not in case.tracks:
                case.tracks.append(track)
                self.changed.add(case.id)
            self._by_track[track] = case.id
        self._by_cause[signal.cause] = case.id

    # --- load ----------------------------------------------------------------------------------------------------------

    def _settle(self, time: float) -> None:
        """Wake shelved cases, start or end a flood, let held cases into the queue while there is room, drop old answers."""
        for case in self.cases.values():
            if wake(case, time):
                self.changed.add(case.id)
        flood.watch(self, time)
        if self.flood is None:
            for case in self.held():
                if case.hidden_by == "pace" and not case.resolved and self.load.room(time, case.priority):
                    self.show(case, time)
        self.load.forget(time)
        for case in [case for case in self.cases.values() if case.resolved and time - case.updated > self.settings.keep_s]:
            self._drop(case)

    def show(self, case: Case, time: float) -> None:
        """Let a case that was held back into the queue."""
        case.hidden_by = None
        self.load.released(time)
        self.say(case, time, "shown")

    def _drop(self, case: Case) -> None:
        del self.cases[case.id]
        self._by_track = {track: owner for track, owner in self._by_track.items() if owner != case.id}
        self._by_cause = {cause: owner for cause, owner in self._by_cause.items() if owner != case.id}
        self.changed.discard(case.id)
        self.gone.append(case)

    def say(self, case: Case, time: float, text: str) -> None:
        """Write to the log what happened to a case."""
        self.log.append({"time": time, "kind": case.kind, "case": case.id, "km": case.km, "text": text})
        self.changed.add(case.id)


def restored(state: Mapping[str, Any], settings: DeskSettings, budget: Budget) -> Desk:
    """Make the desk that `Desk.state` described."""
    desk = Desk(settings, Load(budget, list(state["load"]["arrivals"]), list(state["load"]["shown"])))
    desk.cases = {body["id"]: case_from(body) for body in state["cases"]}
    desk.serial, desk.flood = state["serial"], state["flood"]
    desk._by_track = {int(track): case for track, case in state["by_track"]}
    desk._by_cause = dict(state["by_cause"])
    return desk


def _signal_order(signal: Signal) -> tuple[int, float, str]:
    return PRIORITIES.index(signal.priority), signal.time_left[0] if signal.time_left else math.inf, signal.cause


def _distance(case: Case, signal: Signal) -> float:
    if case.x is None or case.y is None or signal.x is None or signal.y is None:
        return math.inf
    return math.hypot(case.x - signal.x, case.y - signal.y)


def _one_matter(case: Case, signal: Signal) -> bool:
    """Whether what is near a case could be part of it: of one kind, approaches the same way, or a stir and who made it."""
    kinds = {case.kind, signal.kind}
    if kinds == {"approach"} and "stir" not in case.facts and "stir" not in signal.facts:
        return case.facts.get("heading", 0) == signal.heading
    return len(kinds) == 1 or (kinds == {"approach", "crossing"} and bool({"stir"} & (set(case.facts) | set(signal.facts))))


def _elsewhere(case: Case, signal: Signal, settings: DeskSettings) -> bool:
    """Whether somebody in need would drown in a case of many: it is about others too, and they are not here."""
    others = set(case.tracks) - set(signal.tracks)
    return case.kind != "distress" and bool(others) and _distance(case, signal) > settings.rescue_join_m
