"""Lost sensors as signals: who fell silent, what went blind with whom, and when an aerostat must come down before the wind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from limes.sector.deployment import Asset
from limes.sensing import Sensor
from limes.sensing.aerostat import Platform
from limes.watch.conditions import Conditions
from limes.watch.health import Loss
from limes.watch.signals import Signal
from limes.watch.strip import Strip, spans
from limes.watch.units import Units


@dataclass(frozen=True)
class LossSettings:
    """When losses are a gap and when wind is an alert.

    `common`: from how many assets lost together on it is one gap. `notice_s`: how long before an aerostat must be called down
    people hear of it.
    """

    common: int = 3
    notice_s: float = 2 * 3600.0


def loss_signals(losses: list[Loss], assets: Mapping[str, Asset], strip: Strip, settings: LossSettings) -> list[Signal]:
    """One signal for each cause of losses: silence, or a gap when something was announced lost or several went together."""
    by_cause: dict[str, list[Loss]] = {}
    for loss in losses:
        by_cause.setdefault(loss.cause, []).append(loss)
    return [_loss_signal(cause, together, assets, strip, settings) for cause, together in by_cause.items()]


def recall_signals(
    platforms: Mapping[str, Platform],
    losses: list[Loss],
    assets: Mapping[str, Asset],
    conditions: Conditions,
    strip: Strip,
    units: Units,
    time: float,
    settings: LossSettings,
) -> list[Signal]:
    """A clock for every aerostat that is up and whose limit wind will soon pass."""
    lost = {loss.asset for loss in losses}
    signals = []
    for asset, platform in platforms.items():
        ahead = None if asset in lost else conditions.limit_ahead(platform, time)
        if ahead is None or ahead[0] - platform.recall_margin > settings.notice_s:
            continue
        low, high, how = ahead
        left = (max(low - platform.recall_margin, 0.0), max(high - platform.recall_margin, 0.0))
        dark = strip.dark_if_lost(asset)
        x, y, km = _place(assets[asset], dark, strip)
        facts = {
            "assets": [_named(assets[asset])],
            "fill": [unit.name for unit in units.near(x, y)],
            "limit_in": [low, high],
            "how": how,
            "dark": _spans(dark),
            "recovery_s": platform.recovery,
        }
        priority = "high" if left[0] <= platform.recovery else "medium"
        signals.append(Signal("recall", priority, f"recall:{asset}", x, y, km, 0.0, asset=asset, time_left=left, facts=facts))
    return signals


def platforms_of(sensors: tuple[Sensor, ...]) -> dict[str, Platform]:
    """The aerostats among the carriers of sensors."""
    return {sensor.asset: sensor.platform for sensor in sensors if sensor.platform is not None}


def _loss_signal(cause: str, together: list[Loss], assets: Mapping[str, Asset], strip: Strip, settings: LossSettings) -> Signal:
    names = [loss.asset for loss in together]
    dark = strip.dark_without(names)
    announced = any(loss.state != "silent" for loss in together)
    kind = "gap" if announced or len(together) >= settings.common else "silence"
    priority = "high" if len(dark) >= 10 or len(together) >= settings.common else "medium" if dark else "low"
    facts = {
        "assets": [_named(assets[loss.asset]) for loss in together],
        "states": {loss.asset: loss.state for loss in together},
        "since": min(loss.since for loss in together),
        "sensors": {loss.asset: list(loss.sensors) for loss in together if not loss.whole},
        "dark": _spans(dark),
        "back": None,
    }
    x, y, km = _place(assets[names[0]], dark, strip)
    return Signal(kind, priority, cause, x, y, km, 0.0, asset=names[0], facts=facts)


def _place(asset: Asset, dark: list[int], strip: Strip) -> tuple[float, float, float]:
    """Where an alert about an asset is: the middle of what is blind without it, else where it stands (x, y, km)."""
    border = strip.sector.border
    if not dark:
        return asset.x, asset.y, float(border.locate(asset.x, asset.y)[0]) / 1000.0
    km = float(np.median(dark)) + 0.5
    x, y = border.point(1000.0 * km)
    return float(x), float(y), km


def _spans(kms: list[int]) -> list[list[int]]:
    return [list(span) for span in spans(kms)]


def _named(asset: Asset) -> list[str]:
    return [asset.id, asset.name or asset.id]
