"""Weather as the watch knows it: what was reported, laid over the sector's own series or climate, and what is expected.

A value that was reported holds for some hours, then the sector's own weather stands again. The forecast is what reports brought
with them; where they brought none, the trend of the last hour says when an aerostat's limit would be passed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from limes.sector import Climate, Weather, WeatherSeries
from limes.sensing.aerostat import Platform, wind_at, within_limit

_FIELDS = {
    "wind_mps": "wind",
    "wind_from_deg": "wind_from",
    "gust_mps": "gust",
    "wind_aloft_mps": "wind_aloft",
    "visibility_m": "visibility",
    "cloud": "cloud",
    "rain_mm_h": "rain",
    "temperature_c": "temperature",
    "humidity": "humidity",
}


@dataclass(frozen=True)
class ConditionSettings:
    """How long reports hold (`holds_s`), and how a trend is read.

    Over the last `trend_s`, from at least `trend_points` reports, at most `trend_ahead_s` ahead.
    """

    holds_s: float = 3 * 3600.0
    trend_s: float = 3600.0
    trend_points: int = 4
    trend_ahead_s: float = 2 * 3600.0


@dataclass
class Conditions:
    """What was reported (field -> time, value), the past winds (time, wind, aloft) and the forecast (time -> fields)."""

    normal: WeatherSeries | Climate
    settings: ConditionSettings
    reported: dict[str, tuple[float, float]] = field(default_factory=dict)
    winds: list[tuple[float, float, float]] = field(default_factory=list)
    expected: dict[float, dict[str, float]] = field(default_factory=dict)

    def report(self, event: Mapping[str, Any]) -> None:
        """Take in a weather line; its `forecast`, where it has one, replaces what was expected."""
        time = float(event["time"])
        values = _values(event)
        for name, value in values.items():
            if time >= self.reported.get(name, (-math.inf, 0.0))[0]:
                self.reported[name] = (time, value)
        if "forecast" in event:
            self.expected = {float(moment["time"]): _values(moment) for moment in event["forecast"]}
        if "wind_aloft" in values:
            now = self.at(time)
            self.winds = [row for row in self.winds if row[0] > time - self.settings.trend_s]
            self.winds.append((time, now.wind, now.wind_aloft))

    def at(self, time: float) -> Weather:
        """The weather now: reports that still hold over the sector's own weather."""
        return self._laid_over(time, {k: v for k, (t, v) in self.reported.items() if 0.0 <= time - t <= self.settings.holds_s})

    def forecast(self, time: float) -> list[Weather]:
        """What is expected later than a time, in order of time."""
        return [self._laid_over(moment, values) for moment, values in sorted(self.expected.items()) if moment > time]

    def limit_ahead(self, platform: Platform, time: float) -> tuple[float, float, str] | None:
        """When wind will pass an aerostat's limit: seconds from now (low, high) and "forecast" or "trend", or None.

        A forecast gives the interval between its last moment within the limit and its first beyond it.
        """
        last = 0.0
        for moment in self.forecast(time):
            if not within_limit(platform, moment):
                return last, moment.time - time, "forecast"
            last = moment.time - time
        trend = None if self.expected else self._trend(platform, time)
        return None if trend is None else (*trend, "trend")

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later, ready for JSON."""
        expected = [[time, values] for time, values in self.expected.items()]
        return {"reported": self.reported, "winds": self.winds, "expected": expected}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` described."""
        self.reported = {name: (row[0], row[1]) for name, row in state["reported"].items()}
        self.winds = [(row[0], row[1], row[2]) for row in state["winds"]]
        self.expected = {float(time): dict(values) for time, values in state["expected"]}

    def _laid_over(self, time: float, values: Mapping[str, float]) -> Weather:
        moment = replace(self.normal.at(time), **values)
        return moment if moment.gust >= moment.wind else replace(moment, gust=moment.wind)

    def _trend(self, platform: Platform, time: float) -> tuple[float, float] | None:
        """When a straight line through the gusts at its height meets the limit, with twice its standard error (low, high)."""
        rows = [row for row in self.winds if time - self.settings.trend_s < row[0] <= time]
        if len(rows) < self.settings.trend_points:
            return None
        now = self.at(time)
        at_height = [wind_at(replace(now, wind=wind, wind_aloft=aloft), platform.altitude) for _, wind, aloft in rows]
        gusts = platform.gust_factor * np.array(at_height)
        seconds = np.array([row[0] for row in rows]) - time
        slope, level, error = _line(seconds, gusts)
        if slope - 2.0 * error <= 0.0:
            return None
        low = (platform.wind_limit - level) / (slope + 2.0 * error)
        high = (platform.wind_limit - level) / (slope - 2.0 * error)
        return (max(low, 0.0), max(high, 0.0)) if low <= self.settings.trend_ahead_s else None


def _values(event: Mapping[str, Any]) -> dict[str, float]:
    values = {_FIELDS[name]: float(value) for name, value in event.items() if name in _FIELDS}
    if "wind_from" in values:
        values["wind_from"] = math.radians(values["wind_from"])
    return values


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Slope, level at 0 and standard error of the slope of the least-squares line."""
    centred = x - x.mean()
    square = float(np.sum(centred**2))
    if square == 0.0:
        return 0.0, float(y.mean()), math.inf
    slope = float(np.sum(centred * y) / square)
    rest = y - y.mean() - slope * centred
    error = math.sqrt(float(np.sum(rest**2)) / max(len(x) - 2, 1) / square)
    return slope, float(y.mean() - slope * x.mean()), error
