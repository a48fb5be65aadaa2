"""The strip: for every km of the border, how surely somebody who crosses is detected before the line, now, and why not.

It asks the one sensor model. What each sensor makes of each crossing is kept in tables, so a sensor that fails or comes back
changes the strip at once; the tables follow weather and light every few minutes, one class a second so that nothing else has
to wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from limes.sector import Sector, Weather
from limes.sensing import Sensor, available
from limes.sensing.crossing import CrossingTable, Ways, crossing_table, ways
from limes.sensing.gaps import THRESHOLD, Causes, Why, clear_of, explain

CLASSES = ("person", "group", "vehicle")
"""The classes that the strip speaks of."""

_WORDS = {
    "dead sensor": "not working: {}",
    "weather": "weather hinders {}",
    "terrain": "terrain hides it from {}",
    "range": "too far from {}",
    "no sensor": "no sensor reaches it",
}


@dataclass(frozen=True)
class StripSettings:
    """When a km is blind and when the tables are renewed.

    `blind_below`: P(detect a person before the line) of its worst crossing under which a km is blind. Tables are renewed when
    weather has changed by `share` (visibility, rain), `wind_mps` or in what works at all, not more often than `least_s`, and
    always after `most_s`.
    """

    blind_below: float = THRESHOLD
    least_s: float = 300.0
    most_s: float = 1800.0
    share: float = 0.2
    wind_mps: float = 2.0


@dataclass
class Strip:
    """The tables in force, the time and weather each was made for, and the strip they give for the sensors that are up."""

    sector: Sector
    sensors: tuple[Sensor, ...]
    settings: StripSettings
    names: Mapping[str, str]
    over: Ways
    tables: dict[str, CrossingTable] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)
    up: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    detect: dict[str, np.ndarray] = field(default_factory=dict)
    why: list[str | None] = field(default_factory=list)

    @property
    def blind(self) -> np.ndarray:
        """Which km are blind now (bool): those with a crossing under the threshold, which is what `why` explains."""
        return np.array([why is not None for why in self.why], bool)

    def step(self, time: float, weather: Weather, up: np.ndarray) -> bool:
        """Go on one second: renew at most one table, take in who is up; returns whether the strip changed."""
        first = not self.tables
        if first or (not self.due and self._stale(time, weather)):
            self.due = ["person", "group", "vehicle", *self._references(time)]
        now = len(self.due) if first else min(len(self.due), 1)
        for name in self.due[:now]:
            self._renew(name, time, weather)
        self.due = self.due[now:]
        if not now and np.array_equal(up, self.up):
            return False
        self.up = up.copy()
        self._combine()
        return True

    def dark_without(self, assets: Collection[str]) -> list[int]:
        """Km that are blind now and would not be if these assets worked."""
        mine = np.array([sensor.asset in assets for sensor in self.sensors], bool)
        seen = self.tables["person"].worst(self.up | mine, before_line=True) >= self.settings.blind_below
        return [int(km) for km in np.flatnonzero(self.blind & seen)]

    def dark_if_lost(self, asset: str) -> list[int]:
        """Km that are not blind now and would be if this asset were lost."""
        others = np.array([sensor.asset != asset for sensor in self.sensors], bool)
        left = self.tables["person"].worst(self.up & others, before_line=True) >= self.settings.blind_below
        return [int(km) for km in np.flatnonzero(~self.blind & ~left)]

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later: for when and for which weather each table was made, and who is up."""
        made = {name: [table.time, asdict(table.weather)] for name, table in self.tables.items()}
        return {"made": made, "due": self.due, "up": self.up}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Make the tables again that `state` described."""
        for name, (time, weather) in state["made"].items():
            self._renew(name, time, Weather(**weather))
        self.due, self.up = list(state["due"]), state["up"].astype(bool)
        if self.tables:
            self._combine()

    def _stale(self, time: float, weather: Weather) -> bool:
        made = self.tables["person"]
        age = time - made.time
        return age >= self.settings.most_s or (age >= self.settings.least_s and self._differs(made.weather, weather))

    def _differs(self, before: Weather, now: Weather) -> bool:
        s = self.settings
        winds = max(abs(before.wind - now.wind), abs(before.gust - now.gust), abs(before.wind_aloft - now.wind_aloft))
        seen, rain = sorted((before.visibility, now.visibility)), sorted((before.rain, now.rain))
        if winds >= s.wind_mps or seen[0] < (1.0 - s.share) * seen[1] or rain[1] - rain[0] > s.share * (1.0 + rain[0]):
            return True
        return any(available(sensor, before) != available(sensor, now) for sensor in self.sensors)

    def _references(self, time: float) -> list[str]:
        """The tables for clear weather and for bare ground change with the light only."""
        made = self.tables.get("clear")
        return ["clear", "bare"] if made is None or time - made.time >= 2.0 * self.settings.most_s else []

    def _renew(self, name: str, time: float, weather: Weather) -> None:
        sensors, target = self.sensors, name if name in CLASSES else "person"
        if name not in CLASSES:
            weather = clear_of(weather)
        if name == "bare":
            sensors = tuple(replace(sensor, sight=None) for sensor in sensors)
        self.tables[name] = crossing_table(sensors, self.sector, target, time, weather, self.over)

    def _combine(self) -> None:
        self.detect = {name: self.tables[name].detection(self.up, before_line=True) for name in CLASSES}
        person = self.tables["person"]
        known = Causes(
            now=person,
            clear=self.tables["clear"],
            bare=self.tables["bare"],
            assets=tuple(sensor.asset for sensor in self.sensors),
            grounded=np.array([not available(sensor, person.weather) for sensor in self.sensors], bool),
            length_km=self.sector.border.length / 1000.0,
        )
        self.why = [self._words(why) for why in explain(known, self.up, self.settings.blind_below)]

    def _words(self, why: Why) -> str | None:
        if why is None:
            return None
        cause, assets = why
        return _WORDS[cause].format(", ".join(self.names.get(asset, asset) for asset in assets) or "every sensor")


def strip(sector: Sector, sensors: tuple[Sensor, ...], names: Mapping[str, str], settings: StripSettings) -> Strip:
    """Lay crossings over the border; the tables are made at the first step. `names` are what people call the assets."""
    return Strip(sector, sensors, settings, names, ways(sector))


def spans(kms: list[int]) -> list[tuple[int, int]]:
    """Stretches (from km, to km) of a growing list of km bins.

    >>> spans([20, 21, 22, 30])
    [(20, 23), (30, 31)]
    """
    found: list[tuple[int, int]] = []
    for km in kms:
        if found and found[-1][1] == km:
            found[-1] = (found[-1][0], km + 1)
        else:
            found.append((km, km + 1))
    return found
