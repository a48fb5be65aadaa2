"""What a fibre reports: one event, and its line in the house's detection format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from limes.signals.fibre.simulate import CLASSES

LABELS = {
    "steps": "person",
    "hand digging": "digging",
    "machine digging": "digging",
    "vehicle": "vehicle",
    "animal": "animal",
    "wind or rain": "unknown",
    "pump": "unknown",
    "unknown": "unknown",
}
"""What each class is called in a detection: an index of `limes.columns.LABELS`."""


@dataclass(frozen=True)
class Event:
    """Something stirred the ground near a fibre for a while.

    `time` is the end of the evidence and `begin` its start (epoch s); `along` the place on the fibre at `time` and
    `sigma_along` its standard deviation, `low` to `high` the stretch that it moved over (m). `distance` and `sigma_distance`
    are from the fibre, offset and depth together (NaN: not located). `speed` in m/s is positive towards the fibre's end.
    `classes` holds the calibrated probability of each of `limes.signals.fibre.CLASSES` in their order; `strength_db` is the
    median height of its blows above the noise, `blows` how many were counted. `track` is the same number as long as it is
    followed; `source` is the fibre.
    """

    time: float
    begin: float
    along: float
    sigma_along: float
    low: float
    high: float
    speed: float
    classes: tuple[float, ...]
    strength_db: float
    blows: int
    track: int
    distance: float = float("nan")
    sigma_distance: float = float("nan")
    source: str = ""

    @property
    def label(self) -> str:
        """The most probable class."""
        return CLASSES[max(range(len(CLASSES)), key=lambda k: self.classes[k])]

    @property
    def p(self) -> float:
        """Probability of the most probable class."""
        return max(self.classes)

    @property
    def p_digging(self) -> float:
        """Probability that somebody digs, by hand or by machine."""
        return self.classes[CLASSES.index("hand digging")] + self.classes[CLASSES.index("machine digging")]


def detection_label(event: Event) -> tuple[str, float]:
    """The label of a detection and its probability: classes that share a label add up."""
    totals: dict[str, float] = {}
    for name, p in zip(CLASSES, event.classes, strict=True):
        totals[LABELS[name]] = totals.get(LABELS[name], 0.0) + p
    label = max(totals, key=lambda name: totals[name])
    return label, min(1.0, totals[label])


def detection_line(event: Event, sensor: str, shift: float = 0.0) -> dict[str, Any]:
    """An event as a detection of a sensor of the deployment, for docs/reference/json-lines.md.

    `shift` metres lead from the fibre's first channel to the first point of the sensor's line.
    """
    label, p = detection_label(event)
    where = {"along_m": round(max(0.0, event.along + shift), 1), "sigma_m": round(max(event.sigma_along, 0.5), 1)}
    said = {"label": label, "label_p": round(p, 3), "snr_db": round(event.strength_db, 1)}
    return {"type": "detection", "sensor": sensor, "time": round(event.time, 3), **where, **said}
