"""Health: which assets work when, by the scenario's failures and by wind on aerostats, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limes.errors import InputError
from limes.sector import Sector, WeatherSeries
from limes.sector.deployment import Deployment
from limes.seeds import generator
from limes.sensing import Sensor
from limes.sensing.aerostat import flights
from limes.simulation.looks import look_times
from limes.simulation.scenario import Scenario
from limes.simulation.skies import STEP

NO_LOOK = ("silent", "down", "recovering", "grounded")
HEARTBEAT = 60.0
"""Seconds between the status lines of what has no heartbeat of its own in the catalogue."""


@dataclass(frozen=True)
class Outage:
    """A span (UTC epoch s) in which an asset is not simply up."""

    asset: str
    state: str
    start: float
    end: float


@dataclass(frozen=True)
class Beat:
    """One sender of heartbeats: the field that names it (sensor or asset), its name, its asset, interval and phase in s."""

    field: str
    name: str
    asset: str
    interval: float
    phase: float


@dataclass(frozen=True)
class Health:
    """All outages of a scenario by asset, and all who send heartbeats."""

    outages: dict[str, tuple[Outage, ...]]
    beats: tuple[Beat, ...]

    def looking(self, asset: str, times: np.ndarray) -> np.ndarray:
        """Whether an asset's sensors look at each time (n,)."""
        up = np.ones(len(times), bool)
        for outage in self.outages.get(asset, ()):
            if outage.state in NO_LOOK:
                up &= (times < outage.start) | (times >= outage.end)
        return up

    def state(self, asset: str, time: float) -> str:
        """The state of an asset at a time; of several at once the one that began last."""
        found = [outage for outage in self.outages.get(asset, ()) if outage.start <= time < outage.end]
        return max(found, key=lambda outage: outage.start).state if found else "up"


def health_of(
    scenario: Scenario,
    sector: Sector,
    deployment: Deployment,
    sensors: Sequence[Sensor],
    weather: WeatherSeries,
    seed: int,
) -> Health:
    """Work out every outage of a scenario; InputError where it names an asset that the deployment lacks."""
    known = {asset.id for asset in deployment.assets}
    for name in [one.asset for one in scenario.failure] + [one.asset for one in scenario.flight]:
        if name not in known:
            raise InputError(scenario.name, "asset", f"{name!r} is not in {deployment.name}", "name one that stands there")
    outages = [Outage(one.asset, one.state, scenario.begin + one.start, scenario.begin + one.end) for one in scenario.failure]
    planned = {flight.asset for flight in scenario.flight}
    platforms = {sensor.asset: sensor.platform for sensor in sensors if sensor.platform is not None}
    for asset, platform in platforms.items():
        if asset in planned:
            spans = [(scenario.begin + f.down, scenario.begin + f.up) for f in scenario.flight if f.asset == asset]
        else:
            moments = [weather.at(float(time)) for time in weather.time]
            spans = _spans(flights(platform, moments), weather.time)
        for down, up in spans:
            moored = min(down + platform.recovery, up)
            outages += [Outage(asset, "recovering", down, moored), Outage(asset, "grounded", moored, up)]
    by_asset = {name: tuple(one for one in outages if one.asset == name) for name in sorted({one.asset for one in outages})}
    return Health(by_asset, _beats(sector, deployment, sensors, seed))


def _spans(up: np.ndarray, times: np.ndarray) -> list[tuple[float, float]]:
    """Spans in which a flag sampled at times is false."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], up, [True]]).astype(int)))
    ends = np.append(times, times[-1] + STEP)
    return [(float(ends[a]), float(ends[b])) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _beats(sector: Sector, deployment: Deployment, sensors: Sequence[Sensor], seed: int) -> tuple[Beat, ...]:
    kinds = sector.catalogue.kinds
    senders = [("sensor", sensor.id, sensor.asset, sensor.kind) for sensor in sensors]
    carriers = {sensor.asset for sensor in sensors if sensor.id != sensor.asset}
    senders += [("asset", asset.id, asset.id, asset.kind) for asset in deployment.assets if asset.id in carriers]
    beats = []
    for field, name, asset, kind in senders:
        interval = kinds[kind].number("heartbeat_s", HEARTBEAT)
        phase = float(generator(seed, "beat", name).uniform(0.0, interval))
        beats.append(Beat(field, name, asset, interval, phase))
    return tuple(beats)


def heartbeats(health: Health, begin: float, end: float) -> list[dict[str, object]]:
    """Status events in (begin, end] in order of time: every heartbeat due, and each change of state when it happens."""
    events: list[tuple[float, dict[str, object]]] = []
    for beat in health.beats:
        times = look_times(begin, end, beat.interval, beat.phase)[0].tolist()
        outages = health.outages.get(beat.asset, ())
        times += [edge for outage in outages for edge in (outage.start, outage.end) if begin < edge <= end]
        for time in sorted(set(times)):
            state = health.state(beat.asset, time)
            if state != "silent":
                events.append((time, {"type": "status", beat.field: beat.name, "time": time, "state": state, "detail": ""}))
    return [event for _, event in sorted(events, key=lambda pair: pair[0])]
