"""Evidence: who saw it, who could have and did not and why, who could not, and what is known of alerts at this place.

Everything is asked of the one sensor model, so what the evidence says is what plan and proof assume.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from limes.sector import Weather
from limes.sensing import Sensor, can_see, nuisance_rate, p_detect, reach
from limes.sensing.camera import CameraModel
from limes.sensing.gaps import clear_of
from limes.sensing.radar import RadarModel
from limes.watch.cases import Case

_LIKELY = 0.1
"""P(detect in one look) from which a sensor could have seen it."""

_MODEL_CLASS = {"people": "person", "unknown": "person"}


@dataclass(frozen=True)
class Subject:
    """One place as the sensors see it: plane metres, class, speed (m/s), heading (rad), at a time in a weather."""

    x: float
    y: float
    target_class: str
    speed: float
    heading: float
    time: float
    weather: Weather


def subject_of(case: Case, time: float, weather: Weather) -> Subject | None:
    """The place, class and motion that a case is about; None when it is not about something that can be seen."""
    if case.x is None or case.y is None or "label" not in case.facts:
        return None
    label = str(case.facts["label"])
    speed, course = float(case.facts["speed"]), float(case.facts["course"])
    return Subject(case.x, case.y, _MODEL_CLASS.get(label, label), speed, course, time, weather)


def seen_by(sightings: Sequence[tuple[int, int, float]], sensors: tuple[Sensor, ...], subject: Subject) -> list[dict[str, Any]]:
    """Sensors that saw it: how often, when last, and how many nuisance reports an hour they give in this weather."""
    return [
        {
            "sensor": sensors[row].id,
            "hits": hits,
            "last": round(last, 1),
            "nuisance_per_h": round(nuisance_rate(sensors[row], subject.weather, subject.time), 2),
        }
        for row, hits, last in sightings
    ]


def unseen_by(
    subject: Subject, sensors: tuple[Sensor, ...], states: Sequence[str], seen: set[str], most: int = 4
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Sensors near enough that could have seen it and did not, and those that could not, each with why, nearest first."""
    could: list[dict[str, str]] = []
    could_not: list[dict[str, str]] = []
    for sensor, state in _near(subject, sensors, states):
        if sensor.id in seen:
            continue
        why, able = _why(sensor, state, subject)
        (could if able else could_not).append({"sensor": sensor.id, "why": why})
    return could[:most], could_not[:most]


def similar(case: Case, past: Sequence[Case], near_km: float = 3.0, most: int = 3) -> list[dict[str, Any]]:
    """The latest answered alerts of the same kind near this place, with what came of them."""
    found = [
        other
        for other in past
        if other.resolved
        and other.id != case.id
        and other.kind == case.kind
        and other.km is not None
        and case.km is not None
        and abs(other.km - case.km) <= near_km
    ]
    latest = sorted(found, key=lambda other: -other.opened)[:most]
    return [
        {"case": other.id, "opened": other.opened, "km": round(other.km or 0.0, 1), "outcome": outcome(other)}
        for other in latest
    ]


def outcome(case: Case) -> str:
    """What came of an answered case, in words.

    >>> outcome(Case("case-000001", "approach", "low", "", 0.0, 0.0, state="dismissed", reason="animal"))
    'dismissed: animal'
    """
    if case.state == "dismissed":
        return f"dismissed: {case.reason}"
    return ", ".join(part for part in (case.outcome, case.people) if part)


def _near(subject: Subject, sensors: tuple[Sensor, ...], states: Sequence[str]) -> list[tuple[Sensor, str]]:
    """Radars and cameras within whose range it is, nearest first."""
    found = [
        (float(np.hypot(sensor.x - subject.x, sensor.y - subject.y)), sensor, state)
        for sensor, state in zip(sensors, states, strict=True)
        if isinstance(sensor.model, RadarModel | CameraModel)
    ]
    inside = [item for item in found if item[0] <= reach(item[1])]
    return [(sensor, state) for _, sensor, state in sorted(inside, key=lambda item: (item[0], item[1].id))]


def _why(sensor: Sensor, state: str, subject: Subject) -> tuple[str, bool]:
    """Why a sensor did not see it, and whether it could have in principle."""
    height = sensor.targets[subject.target_class].height
    if not bool(can_see(sensor, subject.x, subject.y, height)):
        return "terrain or sector hides it", False
    if state not in ("up", "degraded"):
        return {"silent": "it is silent", "down": "it is out of order"}.get(state, f"it is {state}"), True
    if _p(sensor, subject) >= _LIKELY:
        return f"working, {100.0 * _p(sensor, subject):.0f} % a look", True
    if _p(sensor, replace(subject, weather=clear_of(subject.weather))) >= _LIKELY:
        return _weather_word(subject.weather), True
    if isinstance(sensor.model, RadarModel):
        across = _p(sensor, replace(subject, speed=1.5, heading=_away(sensor, subject)))
        if across >= _LIKELY:
            return "it stands still" if subject.speed < 0.3 else "it moves across the beam", True
    elif _p(sensor, replace(subject, time=subject.time + 43_200.0)) >= _LIKELY:
        return "dark", True
    return "too faint at this range", False


def _p(sensor: Sensor, subject: Subject) -> float:
    height = sensor.targets[subject.target_class].height
    motion = (subject.speed, subject.heading)
    return float(p_detect(sensor, subject.target_class, subject.x, subject.y, height, *motion, subject.time, subject.weather))


def _away(sensor: Sensor, subject: Subject) -> float:
    return float(np.arctan2(subject.x - sensor.x, subject.y - sensor.y))


def _weather_word(weather: Weather) -> str:
    if weather.visibility < 2000.0:
        return "fog"
    return "rain" if weather.rain > 0.5 else "wind"
