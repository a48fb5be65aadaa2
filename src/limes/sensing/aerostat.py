"""Tethered aerostats: when wind lets them fly, how early they come down, how late they go up again, how much they sway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.sector.catalogue import CatalogueKind
from limes.sector.weather import Weather

_LOW, _HIGH = 10.0, 600.0  # m, the heights that `Weather` gives wind for
_RESIDUAL = 0.1  # share of the sway's speed that motion compensation leaves in the radar (assumed; 0.03 to 0.3)
_GRAVITY = 9.81


@dataclass(frozen=True)
class Platform:
    """What an aerostat bears: heights in metres, winds in m/s, times in seconds.

    `wind_limit` at its own height, gusts included; `launch_wind` at 10 m above which it neither leaves nor reaches its
    mooring by plan; `recall_margin` how long before the limit it must be called down; `calm` how long wind must have stayed
    under the limit before it goes up.
    """

    altitude: float
    wind_limit: float
    gust_factor: float
    launch_wind: float
    recovery: float
    launch: float
    recall_margin: float
    calm: float
    sway: float


def platform_of(kind: CatalogueKind, altitude: float) -> Platform:
    """Read an aerostat's limits from its catalogue kind for a height of flight in metres."""
    n = kind.number
    if kind.wind_limit is None:
        raise KeyError(f"{kind.key} has no wind_limit")
    return Platform(
        altitude=altitude,
        wind_limit=kind.wind_limit.value,
        gust_factor=n("gust_factor"),
        launch_wind=n("launch_wind_mps"),
        recovery=n("recovery_s"),
        launch=n("launch_s"),
        recall_margin=n("recall_margin_s"),
        calm=n("calm_before_launch_s"),
        sway=n("sway_m"),
    )


def wind_at(weather: Weather, height: float) -> float:
    """Mean wind in m/s at a height: the power law through the winds at 10 and 600 m (Hellmann 1916), level beyond.

    >>> calm = Weather(0.0, 4.0, 0.0, 6.0, 16.0, 2e4, 0.0, 0.0, 10.0, 0.5)
    >>> wind_at(calm, 10.0), wind_at(calm, 600.0)
    (4.0, 16.0)
    """
    low, high = max(weather.wind, 0.1), max(weather.wind_aloft, 0.1)
    part = np.clip(np.log(max(height, _LOW) / _LOW) / np.log(_HIGH / _LOW), 0.0, 1.0)
    return float(low * (high / low) ** part)


def within_limit(platform: Platform, weather: Weather) -> bool:
    """Whether gusts at its height stay within its limit and it gathers no ice (rain below freezing)."""
    icing = weather.rain > 0.0 and weather.temperature < 0.0
    return platform.gust_factor * wind_at(weather, platform.altitude) <= platform.wind_limit and not icing


def flights(platform: Platform, weather: list[Weather]) -> np.ndarray:
    """Whether it is up and looking at each moment of a forecast that came true, bool (n,); moments in order of time.

    It is called down `recall_margin` before the limit is passed and blind from that order on; it goes up when the limit has
    held for `calm` and the wind at the ground is under `launch_wind`, and looks `launch` later, unless the next recall is
    nearer than that. Before the first moment it is taken to have been up.
    """
    time = np.array([w.time for w in weather])
    good = np.array([within_limit(platform, w) for w in weather])
    bad_times = time[~good]
    ahead = np.searchsorted(bad_times, time)
    next_bad = np.append(bad_times, np.inf)[ahead]
    up = np.zeros(len(weather), bool)
    ready, flying = -np.inf, True
    calm_since = -np.inf
    for i, moment in enumerate(weather):
        if not good[i]:
            calm_since = np.inf
        elif not np.isfinite(calm_since) and calm_since > 0:
            calm_since = time[i]
        recalled = next_bad[i] - time[i] <= platform.recall_margin
        if flying and recalled:
            flying = False
        elif not flying and not recalled and time[i] - calm_since >= platform.calm and moment.wind <= platform.launch_wind:
            flying, ready = True, time[i] + platform.launch
        up[i] = flying and time[i] >= ready
    return up


def sway_speed(platform: Platform, weather: Weather) -> float:
    """Speed in m/s that sway adds to clutter after motion compensation.

    The platform swings as a pendulum of its tether's length with a standard deviation that grows with wind from none to
    twice `sway` at the limit.
    """
    wind = wind_at(weather, platform.altitude)
    amplitude = platform.sway * wind / (0.5 * platform.wind_limit)
    return float(_RESIDUAL * amplitude * np.sqrt(_GRAVITY / platform.altitude))
