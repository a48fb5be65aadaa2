"""Cases made readable: title, sentence, evidence and who could be there, written when a case changes and every few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from limes.sensing import Sensor
from limes.watch.alerts import Desk
from limes.watch.cases import PEOPLE_KINDS, Case, time_left
from limes.watch.evidence import seen_by, similar, subject_of, unseen_by
from limes.watch.nuisance import Nuisance
from limes.watch.sentences import Speaker, sentence, title
from limes.watch.sightings import Sightings
from limes.watch.surroundings import Moment
from limes.watch.units import Arrival, Units


@dataclass(frozen=True)
class RenderSettings:
    """Seconds between renewals of a case: urgent and heard, heard, and not heard for `stale_s`."""

    urgent_s: float = 5.0
    heard_s: float = 15.0
    quiet_s: float = 60.0
    stale_s: float = 60.0


@dataclass(frozen=True)
class Known:
    """What rendering draws on at one second."""

    moment: Moment
    states: Sequence[str]
    sightings: Sightings
    nuisance: Nuisance
    answered: Sequence[Case]
    live: np.ndarray


@dataclass
class Renderer:
    """Writes what people read into cases; `written` remembers when each was written last."""

    settings: RenderSettings
    sensors: tuple[Sensor, ...]
    units: Units
    speaker: Speaker
    written: dict[str, float] = field(default_factory=dict)

    def due(self, desk: Desk, known: Known) -> None:
        """Write every case that changed or whose time has come; those become changed."""
        time = known.moment.time
        for case in desk.cases.values():
            if case.id in desk.changed or (
                not case.resolved and time - self.written.get(case.id, 0.0) >= self._every(case, time)
            ):
                self.write(case, known)
                desk.changed.add(case.id)
        if len(self.written) > len(desk.cases):
            self.written = {name: moment for name, moment in self.written.items() if name in desk.cases}

    def write(self, case: Case, known: Known) -> None:
        """Write one case as it stands at a second."""
        self.written[case.id] = known.moment.time
        if case.tracks:
            case.facts["live"] = int(np.isin(case.tracks, known.live).sum())
        case.evidence = self._evidence(case, known)
        case.title = title(case)
        case.sentence = sentence(case, known.moment.time, self.speaker)

    def _every(self, case: Case, time: float) -> float:
        if time - case.heard > self.settings.stale_s:
            return self.settings.quiet_s
        return self.settings.urgent_s if case.priority in ("rescue", "high") else self.settings.heard_s

    def _evidence(self, case: Case, known: Known) -> dict[str, Any]:
        moment = known.moment
        found: dict[str, Any] = {"similar": similar(case, known.answered)}
        if case.km is not None and case.kind in PEOPLE_KINDS:
            found["nuisance_here"] = known.nuisance.here(case.km, moment.time)
            found |= self._arrivals(case, moment)
        for name in ("classes", "factors", "readings"):
            if name in case.facts:
                found[name] = case.facts[name]
        subject = subject_of(case, moment.time, moment.weather)
        if subject is not None:
            found["seen_by"] = seen_by(known.sightings.of(case.tracks), self.sensors, subject)
            seen = {row["sensor"] for row in found["seen_by"]}
            found["could_have"], found["could_not"] = unseen_by(subject, self.sensors, known.states, seen)
        elif "stir" in case.facts:
            stir = case.facts["stir"]
            found["seen_by"] = [{"sensor": name, "hits": hits, "last": stir["last"]} for name, hits in stir["sensors"].items()]
        return found

    def _arrivals(self, case: Case, moment: Moment) -> dict[str, Any]:
        """Who could be there, soonest first, and whether nobody can be in time."""
        x, y = self._meeting(case)
        deadline = time_left(case, moment.time) if case.kind == "approach" else None
        found = self.units.arrivals(x, y, moment.night, moment.weather, deadline)
        nobody = not found or (deadline is not None and all(arrival.in_time == "no" for arrival in found))
        return {"arrivals": [_arrival(arrival) for arrival in found], "nobody_in_time": nobody}

    def _meeting(self, case: Case) -> tuple[float, float]:
        """Where a unit would go: where the course meets the line, or the place itself, or the line before it."""
        border = self.speaker.border
        meets = case.facts.get("meets_km")
        if case.kind == "approach" and meets is not None:
            x, y = border.point(1000.0 * meets)
        elif (case.offset or 0.0) < 0.0 and case.km is not None:
            x, y = border.point(1000.0 * case.km)
        else:
            return case.x or 0.0, case.y or 0.0
        return float(x), float(y)


def _arrival(arrival: Arrival) -> dict[str, Any]:
    body = asdict(arrival)
    eta = body.pop("eta")
    return {**body, "eta_s": None if eta is None else [round(eta[0]), round(eta[1])]}
