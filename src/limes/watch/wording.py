"""Words: what a case is called and the one sentence a tired person can act on.

Numbers keep their uncertainty, distances and times are rounded to what is known, and what the machine sees is a person, a
group, a vehicle, an animal or unknown, never more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from limes.columns import CLASSES
from limes.units import compass
from limes.watch.picture import CLUTTER, GROUP, PERSON, Picture

_SUBJECTS = {
    "person": "One person on foot",
    "people": "Somebody on foot",
    "group": "Group on foot",
    "vehicle": "Vehicle",
    "animal": "Animal",
    "drone": "Drone",
    "unknown": "Something unknown",
}


def labels(classes: np.ndarray) -> list[str]:
    """What each track most likely is by its class probabilities (n, classes).

    A class with half the probability, "people" when person and group share it, else "unknown".

    >>> labels(np.array([[0.7, 0.1, 0.1, 0.1, 0, 0], [0.4, 0.4, 0.1, 0.1, 0, 0], [0.2, 0.2, 0.3, 0.3, 0, 0]]))
    ['person', 'people', 'unknown']
    """
    real = classes[:, :CLUTTER]
    half = np.maximum(real.sum(axis=1), 1e-9) / 2.0
    people = np.where(real[:, PERSON] + real[:, GROUP] >= half, CLUTTER, CLUTTER + 1)
    index = np.where(real.max(axis=1) >= half, real.argmax(axis=1), people)
    names = (*CLASSES[:CLUTTER], "people", "unknown")
    return [names[one] for one in index.tolist()]


def track_facts(picture: Picture, row: int) -> dict[str, Any]:
    """What a case keeps of one track at one second."""
    track = picture.rows[row]
    meets = float(picture.meets[row])
    return {
        "label": labels(track["classes"][None])[0],
        "classes": {name: round(float(p), 2) for name, p in zip(CLASSES, track["classes"], strict=True)},
        "count": [round(float(track["count_low"])), round(float(track["count_high"]))],
        "speed": round(float(picture.speed[row]), 2),
        "course": float(math.atan2(track["vx"], track["vy"])) % (2.0 * math.pi),
        "meets_km": None if math.isnan(meets) else meets / 1000.0,
    }


def subject(facts: Mapping[str, Any]) -> str:
    """Who or what, with how many where that is known.

    >>> subject({"label": "group", "count": [6, 9]}), subject({"label": "people", "count": [1, 1]})
    ('Group of 6 to 9 on foot', 'Somebody on foot')
    """
    name, (low, high) = facts.get("label", "unknown"), facts.get("count", (1, 1))
    if name in ("group", "people") and high > 1:
        many = f"{max(low, 2)} to {high}" if max(low, 2) < high else f"{high}"
        return f"Group of {many} on foot"
    return _SUBJECTS[name]


def distance(metres: float) -> str:
    """A distance as people say it.

    >>> distance(1412.0), distance(347.0), distance(12.0)
    ('1.4 km', '350 m', '10 m')
    """
    if metres >= 975.0:
        return f"{metres / 1000.0:.1f} km"
    step = 50 if metres >= 100.0 else 10
    return f"{max(step * round(metres / step), 10):.0f} m"


def minutes(interval: Sequence[float]) -> str:
    """An interval of seconds as people say it.

    >>> minutes((840.0, 1320.0)), minutes((10.0, 45.0)), minutes((20.0, 200.0)), minutes((5400.0, 9000.0))
    ('14 to 22 min', 'less than a minute', 'at most 3 min', '1.5 to 2.5 h')
    """
    low, high = interval
    if high < 60.0:
        return "less than a minute"
    if low >= 5400.0:
        return _range(f"{low / 3600.0:.1f}", f"{high / 3600.0:.1f}", "h")
    if low < 60.0:
        return f"at most {round(high / 60.0)} min"
    return _range(f"{round(low / 60.0)}", f"{round(high / 60.0)}", "min")


def place(km: float, offset: float, home_bearing: float) -> str:
    """Where something is with regard to the line; `home_bearing` is the grid bearing towards home there, radians.

    >>> place(41.23, -1400.0, 0.0), place(41.23, 15.0, 0.0)
    ('1.4 km south of km 41.2', 'at the line at km 41.2')
    """
    if abs(offset) < 40.0:
        return f"at the line at km {km:.1f}"
    bearing = home_bearing if offset > 0.0 else home_bearing + math.pi
    return f"{distance(abs(offset))} {compass(bearing % (2.0 * math.pi))} of km {km:.1f}"


def motion(facts: Mapping[str, Any]) -> str:
    """How something moves."""
    if facts["speed"] < 0.3:
        return "standing still"
    verb = {"vehicle": "driving", "drone": "flying"}.get(facts["label"], "walking")
    if facts["label"] in ("unknown", "animal"):
        verb = "moving"
    return f"{verb} {compass(facts['course'])}"


def clock(time: float, zone: ZoneInfo) -> str:
    """Local time to the minute.

    >>> clock(1768918200.0, ZoneInfo("Europe/Istanbul"))
    '17:10'
    """
    return datetime.fromtimestamp(time, zone).strftime("%H:%M")


def stretches(spans: Sequence[tuple[int, int]]) -> str:
    """Stretches of border as people say them.

    >>> stretches([(20, 38), (41, 42)])
    'km 20 to 38 and 41 to 42'
    """
    return "km " + joined([f"{start} to {end}" for start, end in spans])


def joined(words: Sequence[str]) -> str:
    """Words with commas and an "and".

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def _range(low: str, high: str, unit: str) -> str:
    return f"about {high} {unit}" if low == high else f"{low} to {high} {unit}"
