"""Where the border is not watched, km from-to, and why: dead sensor, weather, terrain, range, or nothing there at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from limes.sector.sector import Sector
from limes.sector.weather import Weather
from limes.sensing.crossing import CrossingTable, Ways, crossing_table, ways
from limes.sensing.model import available
from limes.sensing.sensor import Sensor

Cause = Literal["dead sensor", "weather", "terrain", "range", "no sensor"]

Why = tuple[Cause, tuple[str, ...]] | None

THRESHOLD = 0.5
"""P(detect before the line) of the worst crossing of a km under which the km counts as a gap."""

_TRACE = 0.02  # P over bare flat ground in clear weather under which nothing reaches the place


@dataclass(frozen=True)
class Gap:
    """A stretch whose every km has a crossing with P(detect before the line) under the threshold, for one main cause.

    `p` is that of its worst crossing, `assets` those whose loss, weather or terrain accounts for it, the weightiest first.
    """

    from_km: float
    to_km: float
    p: float
    cause: Cause
    assets: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Causes:
    """What the sensors would give now, in clear calm weather, and in clear weather over bare flat ground; one class and hour.

    `grounded` (sensors,) are those that the weather of now keeps from working at all.
    """

    now: CrossingTable
    clear: CrossingTable
    bare: CrossingTable
    assets: tuple[str, ...]
    grounded: np.ndarray
    length_km: float


def clear_of(weather: Weather) -> Weather:
    """The same moment without what hinders sensors: 20 km of visibility, no rain, light wind at every height."""
    return replace(
        weather,
        visibility=max(weather.visibility, 20_000.0),
        rain=0.0,
        wind=min(weather.wind, 3.0),
        gust=min(weather.gust, 5.0),
        wind_aloft=min(weather.wind_aloft, 6.0),
    )


def causes(
    sensors: tuple[Sensor, ...], sector: Sector, target_class: str, time: float, weather: Weather, over: Ways | None = None
) -> Causes:
    """Compute the three tables that tell why a km is not watched; `gaps` then answers at once for any sensors that are up."""
    over = ways(sector) if over is None else over
    clear = clear_of(weather)
    bare = tuple(replace(sensor, sight=None) for sensor in sensors)
    return Causes(
        now=crossing_table(sensors, sector, target_class, time, weather, over),
        clear=crossing_table(sensors, sector, target_class, time, clear, over),
        bare=crossing_table(bare, sector, target_class, time, clear, over),
        assets=tuple(sensor.asset for sensor in sensors),
        grounded=np.array([not available(sensor, weather) for sensor in sensors], bool),
        length_km=sector.border.length / 1000.0,
    )


def gaps(known: Causes, up: np.ndarray | None = None, threshold: float = THRESHOLD) -> tuple[Gap, ...]:
    """The gaps for the sensors that are up (bool, default all), in order; neighbouring km of one cause are one gap."""
    p = known.now.worst(up, before_line=True)
    why = explain(known, up, threshold)
    found: list[Gap] = []
    start = 0
    for km in range(1, len(p) + 1):
        if km == len(p) or _cause(why[km]) != _cause(why[start]):
            found += _gap(known, why[start:km], start, min(float(km), known.length_km), float(p[start:km].min()))
            start = km
    return tuple(found)


def explain(known: Causes, up: np.ndarray | None = None, threshold: float = THRESHOLD) -> list[Why]:
    """Main cause and the assets it concerns for every km under the threshold, None for the others.

    The causes are tried in the order in which they can be cured: what is out of order, then weather, then terrain, then
    range.
    """
    all_up = np.ones(len(known.assets), bool)
    up = all_up if up is None else np.asarray(up, bool)
    steps: tuple[tuple[Cause, CrossingTable], ...] = (
        ("dead sensor", known.now),
        ("weather", known.clear),
        ("terrain", known.bare),
    )
    short = known.now.worst(up, before_line=True) < threshold
    out: list[Why] = [None] * len(short)
    open_km = set(np.flatnonzero(short).tolist())
    before = _by_km(known.now) * up[:, None]
    for cause, table in steps:
        after = _by_km(table)
        cured = table.worst(before_line=True) >= threshold
        for km in sorted(open_km):
            if cured[km]:
                out[km] = cause, _weightiest(known.assets, before[:, km] - after[:, km])
                open_km.remove(km)
        before = after
    most = known.bare.worst(before_line=True)
    for km in open_km:
        helping = _weightiest(known.assets, -before[:, km])
        out[km] = ("range", helping) if most[km] >= _TRACE else ("no sensor", ())
    return out


def _by_km(table: CrossingTable) -> np.ndarray:
    """Mean logarithm of the chance to miss before the line, (sensors, km)."""
    count = np.bincount(table.ways.km)
    rows = [np.bincount(table.ways.km, row) / count for row in table.log_miss[0]]
    return np.stack(rows) if rows else np.zeros((0, len(count)))


def _weightiest(assets: tuple[str, ...], gain: np.ndarray, most: int = 3) -> tuple[str, ...]:
    """Assets by the sum of their sensors' gains, those with at least a tenth of the greatest."""
    names = sorted(set(assets))
    index = np.array([names.index(asset) for asset in assets], np.int64)
    total = np.bincount(index, np.maximum(gain, 0.0), minlength=len(names)) if names else np.zeros(0)
    order = sorted(range(len(names)), key=lambda i: (-total[i], names[i]))[:most]
    return tuple(names[i] for i in order if total[i] > 0.1 * total[order[0]] and total[i] > 1e-3)


def _cause(why: Why) -> Cause | None:
    return None if why is None else why[0]


def _gap(known: Causes, whys: list[Why], start: float, end: float, p: float) -> list[Gap]:
    """One gap of one cause, its assets those of its km, the most frequent first; nothing where there is no gap."""
    cause = _cause(whys[0])
    if cause is None:
        return []
    named = [asset for why in whys if why is not None for asset in why[1]]
    assets = tuple(sorted(set(named), key=lambda asset: (-named.count(asset), asset)))
    return [Gap(float(start), end, p, cause, assets, f"km {start:g} to {end:.3g}: {_sentence(known, cause, assets)}")]


def _sentence(known: Causes, cause: Cause, assets: tuple[str, ...]) -> str:
    names = ", ".join(assets) or "every sensor"
    if cause == "dead sensor":
        return f"not working: {names}"
    if cause == "terrain":
        return f"terrain hides it from {names}"
    if cause == "range":
        return f"too far from {names}"
    if cause == "no sensor":
        return "no sensor reaches it"
    down = {asset for asset, grounded in zip(known.assets, known.grounded, strict=True) if grounded}
    if assets and set(assets) <= down:
        return f"weather keeps {names} from working"
    weather = known.now.weather
    return f"visibility {weather.visibility:.0f} m, rain {weather.rain:g} mm/h hinder {names}"
