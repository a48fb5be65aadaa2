"""What sensors in the ground, on fences and in fibre report, gathered into stirs: reports near one another at about one time.

A single report is mostly wind, an animal or a fault: it goes to the log. A stir is worth a person's look when somebody was
heard to climb or cut, when sensors of different kinds agree, or when reports go on; wind raises what it takes, and a stir
along kilometres of fence needs more still.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from limes.columns import LABELS, Kind
from limes.sector import Border
from limes.sensing import Sensor

_FAMILIES = ("seismic", "fence_sensor", "fibre")
_DIGGING = LABELS.index("digging")


@dataclass(frozen=True)
class GroundSettings:
    """How reports are gathered and weighed.

    Reports within `join_m` along the line and `join_s` are one stir. Each counts its label's weight times the label's
    probability; one sensor counts at most `per_sensor` for or against, and each further family of sensors adds `agree`. The
    bar is `bar`, raised by `gusty` while gusts exceed `gust_mps` and by `wide` for a stir longer than `wide_m` that only one
    family hears.
    """

    join_m: float = 400.0
    join_s: float = 120.0
    cell_m: float = 200.0
    per_sensor: float = 1.3
    agree: float = 0.5
    bar: float = 1.2
    gust_mps: float = 12.0
    gusty: float = 0.5
    wide_m: float = 1000.0
    wide: float = 1.0
    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "unknown": 0.2,
            "person": 0.6,
            "group": 0.6,
            "vehicle": 0.6,
            "animal": -0.4,
            "drone": 0.0,
            "digging": 0.0,
            "cut": 1.0,
            "climb": 1.0,
        }
    )


@dataclass
class Stir:
    """Reports that belong together: when, along which chainage (m), where they began, by which sensor rows, and labels."""

    id: int
    first: float
    last: float
    low: float
    high: float
    x: float
    y: float
    offset: float
    weight: dict[int, float] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    tracks: list[int] = field(default_factory=list)

    @property
    def chainage(self) -> float:
        """Its middle, metres along the border."""
        return (self.low + self.high) / 2.0


@dataclass
class Ground:
    """The stirs that are going on."""

    border: Border
    sensors: tuple[Sensor, ...]
    settings: GroundSettings
    stirs: list[Stir] = field(default_factory=list)
    serial: int = 0
    digging: list[tuple[float, float]] = field(default_factory=list)

    def hear(self, rows: np.ndarray, tracks: np.ndarray) -> None:
        """Take in detections of one second, and the confirmed track (or -1) that each went to; only ground sensors count."""
        mine = (rows["kind"] == Kind.ALONG) | (rows["kind"] == Kind.PING)
        rows, tracks = rows[mine], tracks[mine]
        if not len(rows):
            return
        x, y = self._places(rows)
        chainage, offset = self.border.locate(x, y)
        dug = rows["label"] == _DIGGING
        self.digging += [(float(t), float(c)) for t, c in zip(rows["time"][dug], chainage[dug], strict=True)]
        value = self._values(rows)
        cell = np.floor(chainage / self.settings.cell_m).astype(np.int64)
        _, first, which = np.unique(
            np.stack([cell, rows["sensor"], rows["label"]]), axis=1, return_index=True, return_inverse=True
        )
        for group, row in enumerate(first.tolist()):
            members = np.flatnonzero(which.reshape(-1) == group)
            stir = self._stir(float(rows["time"][members].max()), float(chainage[members].mean()), x[row], y[row], offset[row])
            self._count(stir, rows[members], float(value[members].sum()), tracks[members])

    def going_on(self, time: float) -> list[Stir]:
        """The stirs that were heard lately; the others are forgotten."""
        self.stirs = [stir for stir in self.stirs if time - stir.last <= self.settings.join_s]
        return self.stirs

    def strength(self, stir: Stir) -> float:
        """What a stir weighs: its sensors' weights, each capped either way, and agreement between families."""
        cap = self.settings.per_sensor
        total = sum(min(max(weight, -cap), cap) for weight in stir.weight.values())
        agreeing = max(len(self.families(stir)) - 1, 0)
        return max(total + self.settings.agree * agreeing, 0.0)

    def bar(self, stir: Stir, gust: float) -> float:
        """What a stir must weigh to be worth a look, nuisance learned at the place apart."""
        s = self.settings
        windy = s.gusty if gust >= s.gust_mps else 0.0
        wide = s.wide if stir.high - stir.low > s.wide_m and len(self.families(stir)) == 1 else 0.0
        return s.bar + windy + wide

    def families(self, stir: Stir) -> list[str]:
        """Families of the sensors that heard it."""
        return sorted({self.sensors[row].family for row, weight in stir.weight.items() if weight > 0.0})

    def digs(self, time: float, window_s: float = 3600.0) -> dict[int, int]:
        """Reports of digging in the last hour by km; a lead over weeks, not an alarm."""
        self.digging = [(moment, chainage) for moment, chainage in self.digging if time - moment <= window_s]
        kms = [int(chainage / 1000.0) for _, chainage in self.digging]
        return {km: kms.count(km) for km in sorted(set(kms))}

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later, ready for JSON."""
        return {"stirs": [asdict(stir) for stir in self.stirs], "serial": self.serial, "digging": self.digging}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` described."""
        self.stirs = [_stir(body) for body in state["stirs"]]
        self.serial = state["serial"]
        self.digging = [(row[0], row[1]) for row in state["digging"]]

    def _places(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Plane place of each row: on its sensor's line, or where the sensor is."""
        x, y = np.empty(len(rows)), np.empty(len(rows))
        for index in np.unique(rows["sensor"]).tolist():
            sensor, mine = self.sensors[index], rows["sensor"] == index
            if sensor.line is None:
                x[mine], y[mine] = sensor.x, sensor.y
            else:
                along = np.concatenate([[0.0], np.hypot(*np.diff(sensor.line, axis=0).T).cumsum()])
                at = np.where(rows["kind"][mine] == Kind.ALONG, rows["along"][mine], along[-1] / 2.0)
                x[mine] = np.interp(at, along, sensor.line[:, 0])
                y[mine] = np.interp(at, along, sensor.line[:, 1])
        return x, y

    def _values(self, rows: np.ndarray) -> np.ndarray:
        weight = np.array([self.settings.weights[label] for label in LABELS])[rows["label"]]
        sure = np.where(rows["label"] == 0, 1.0, np.nan_to_num(rows["label_p"], nan=0.5))
        return weight * sure

    def _stir(self, time: float, chainage: float, x: float, y: float, offset: float) -> Stir:
        """The stir that a report belongs to, widened to hold it, or a new one."""
        s = self.settings
        for stir in self.stirs:
            if stir.low - s.join_m <= chainage <= stir.high + s.join_m and time - stir.last <= s.join_s:
                stir.low, stir.high = min(stir.low, chainage), max(stir.high, chainage)
                stir.last = max(stir.last, time)
                return stir
        self.serial += 1
        stir = Stir(self.serial, time, time, chainage, chainage, float(x), float(y), float(offset))
        self.stirs.append(stir)
        return stir

    def _count(self, stir: Stir, rows: np.ndarray, value: float, tracks: np.ndarray) -> None:
        sensor, label = int(rows["sensor"][0]), LABELS[int(rows["label"][0])]
        stir.weight[sensor] = stir.weight.get(sensor, 0.0) + value
        stir.count[sensor] = stir.count.get(sensor, 0) + len(rows)
        stir.labels[label] = stir.labels.get(label, 0) + len(rows)
        stir.tracks += [track for track in np.unique(tracks).tolist() if track >= 0 and track not in stir.tracks]


def ground(border: Border, sensors: tuple[Sensor, ...], settings: GroundSettings) -> Ground:
    """Start with nothing going on."""
    return Ground(border, sensors, settings)


def _stir(body: Mapping[str, Any]) -> Stir:
    numbered = {name: {int(row): value for row, value in body[name].items()} for name in ("weight", "count")}
    return Stir(**{**body, **numbered})
