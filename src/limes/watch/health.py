"""Who is well: when each sensor and asset last spoke, what it said of itself, and what is lost.

A sender that is silent for three of its own heartbeats is lost. A detection, an empty look or a status line is a sign of
life; an asset's own status line stands for those of its sensors that never say anything themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from limes.sector import Sector
from limes.sector.deployment import Deployment
from limes.sensing import Sensor

STATES = ("up", "degraded", "down", "recovering", "grounded", "silent")
"""What the watch says of a sensor: what it said itself, or that it says nothing."""

WORKING = frozenset({"up", "degraded"})


@dataclass(frozen=True)
class HealthSettings:
    """When silence is an alarm.

    `beats`: heartbeats that must be missed; `heartbeat_s`: a heartbeat where the catalogue states none; `common_s`: losses
    this near in time have one cause.
    """

    beats: float = 3.0
    heartbeat_s: float = 60.0
    common_s: float = 60.0


@dataclass(frozen=True)
class Loss:
    """One asset that is lost, wholly or in part: its state, since when, which sensors, and the cause it shares with others."""

    asset: str
    state: str
    since: float
    sensors: tuple[str, ...]
    whole: bool
    cause: str


@dataclass
class Health:
    """Signs of life by sensor row and by asset row; rows of assets follow those of sensors in `names`."""

    names: tuple[str, ...]
    asset_of: np.ndarray
    interval: np.ndarray
    settings: HealthSettings
    last: np.ndarray
    own: np.ndarray
    said: list[str]
    said_at: np.ndarray
    causes: dict[str, tuple[str, float]] = field(default_factory=dict)
    _index: dict[str, int] = field(default_factory=dict)

    @property
    def sensors(self) -> int:
        """How many of the rows are sensors."""
        return len(self.asset_of)

    def begin(self, time: float) -> None:
        """Start counting: nobody can have been silent before the watch began."""
        self.last[np.isneginf(self.last)] = time

    def heard(self, sensors: np.ndarray, times: np.ndarray) -> None:
        """Note detections and looks: sensor rows and times (n,)."""
        np.maximum.at(self.last, sensors, times)
        self.own[sensors] = True

    def status(self, event: Mapping[str, Any]) -> bool:
        """Note a status line of a sensor or asset; returns whether its state changed. Lines out of order change nothing."""
        row = self._index.get(event.get("sensor") or event.get("asset") or "")
        if row is None:
            return False
        time = float(event["time"])
        self.last[row] = max(self.last[row], time)
        self.own[row] = True
        if row >= self.sensors:
            mine = np.flatnonzero((self.asset_of == row) & ~self.own[: self.sensors])
            self.last[mine] = np.maximum(self.last[mine], time)
        if time < self.said_at[row] or self.said[row] == event["state"]:
            return False
        self.said[row], self.said_at[row] = str(event["state"]), time
        return True

    def silent(self, time: float) -> np.ndarray:
        """Which sensors say nothing (bool): for three heartbeats, or with their whole asset for three of the asset's."""
        age = time - self.last
        late = age > self.settings.beats * self.interval
        asset_age = age.copy()
        np.minimum.at(asset_age, self.asset_of, age[: self.sensors])
        whole = self.own & (asset_age > self.settings.beats * self.interval)
        return late[: self.sensors] | whole[self.asset_of]

    def states(self, time: float) -> list[str]:
        """The state of every sensor, in their order."""
        silent = self.silent(time)
        return [self._state(row, bool(silent[row])) for row in range(self.sensors)]

    def up(self, time: float) -> np.ndarray:
        """Which sensors work (bool, sensors)."""
        return np.array([state in WORKING for state in self.states(time)], bool)

    def losses(self, time: float) -> list[Loss]:
        """Every asset that is lost wholly or in part; losses of one sort within a minute share one cause."""
        states = self.states(time)
        found: dict[int, list[int]] = {}
        for row, state in enumerate(states):
            if state not in WORKING:
                found.setdefault(int(self.asset_of[row]), []).append(row)
        lost = {self.names[asset] for asset in found}
        self.causes = {asset: cause for asset, cause in self.causes.items() if asset in lost}
        losses = [self._loss(asset, rows, states) for asset, rows in found.items()]
        return [self._with_cause(loss) for loss in sorted(losses, key=lambda loss: (loss.since, loss.asset))]

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later."""
        arrays = {"last": self.last, "own": self.own, "said_at": self.said_at}
        return {**arrays, "said": self.said, "causes": {name: list(row) for name, row in self.causes.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` described."""
        self.last, self.own, self.said_at = state["last"], state["own"].astype(bool), state["said_at"]
        self.said = list(state["said"])
        self.causes = {name: (row[0], row[1]) for name, row in state["causes"].items()}

    def _state(self, row: int, silent: bool) -> str:
        own, asset = self.said[row], self.said[int(self.asset_of[row])]
        announced = asset if own == "up" else own
        if silent and announced in WORKING:
            return "silent"
        return announced

    def _loss(self, asset: int, rows: list[int], states: list[str]) -> Loss:
        state = states[rows[0]]
        announced = max(self.said_at[rows[0]], self.said_at[asset])
        since = float(self.last[rows].max() if state == "silent" else announced)
        whole = len(rows) == int(np.sum(self.asset_of == asset))
        return Loss(self.names[asset], state, since, tuple(self.names[row] for row in rows), whole, "")

    def _with_cause(self, loss: Loss) -> Loss:
        """Keep the cause a loss has, or give it that of another loss at about the same time, or its own."""
        if loss.asset not in self.causes:
            silent = loss.state == "silent"
            alike = [(c, since) for c, since in self.causes.values() if c.startswith("silent:") == silent]
            shared = [c for c, since in alike if abs(since - loss.since) <= self.settings.common_s]
            own = f"{'silent' if silent else 'lost'}:{loss.asset}"
            self.causes[loss.asset] = (min(shared) if shared else own, loss.since)
        cause, since = self.causes[loss.asset]
        return Loss(loss.asset, loss.state, since, loss.sensors, loss.whole, cause)


def health(sensors: tuple[Sensor, ...], deployment: Deployment, sector: Sector, settings: HealthSettings) -> Health:
    """Start with everybody up and nobody heard yet."""
    assets = sorted({sensor.asset for sensor in sensors})
    names = (*(sensor.id for sensor in sensors), *assets)
    kinds = sector.catalogue.kinds
    by_asset = {asset.id: asset.kind for asset in deployment.assets}
    row_kinds = [sensor.kind for sensor in sensors] + [by_asset[asset] for asset in assets]
    interval = [kinds[kind].number("heartbeat_s", settings.heartbeat_s) for kind in row_kinds]
    periods = [sensor.period for sensor in sensors] + [0.0] * len(assets)
    asset_of = np.array([len(sensors) + assets.index(sensor.asset) for sensor in sensors], np.int64)
    rows = len(names)
    index = {name: row for row, name in reversed(list(enumerate(names)))}
    return Health(
        names=names,
        asset_of=asset_of,
        interval=np.maximum(np.array(interval, float), np.array(periods, float)),
        settings=settings,
        last=np.full(rows, -np.inf),
        own=np.zeros(rows, bool),
        said=["up"] * rows,
        said_at=np.full(rows, -np.inf),
        _index=index,
    )
