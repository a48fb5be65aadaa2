"""The stage: all that a simulation needs, worked out once; and the detections of any minute of it.

A minute draws from generators that depend on the seed, the sensor and the minute alone. So any minute can be played by
itself, and how a night is cut changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.columns import DETECTION, empty
from limes.links import SensorDirectory, sensor_directory
from limes.sector import Sector, Weather, WeatherSeries
from limes.sector.deployment import Deployment
from limes.seeds import generator
from limes.sensing import Sensor, reach, sensor_rows, sensors_of, with_sight
from limes.simulation.cameras import follow, sweep
from limes.simulation.health import Health, health_of
from limes.simulation.looks import Hits, look_times, radar_look
from limes.simulation.nuisance import disturbance_rows, nuisance_rows
from limes.simulation.passages import digging_rows, passages
from limes.simulation.scenario import Scenario
from limes.simulation.skies import weather_of
from limes.simulation.world import Moving, World, build_world, moving

MINUTE = 60
"""Seconds that are drawn at once; weather and light are those of the middle."""


@dataclass(frozen=True)
class Stage:
    """Everything that decides what happens: place, sensors with sight, actors, weather, health and the seed."""

    sector: Sector
    deployment: Deployment
    scenario: Scenario
    sensors: tuple[Sensor, ...]
    table: np.ndarray
    directory: SensorDirectory
    world: World
    weather: WeatherSeries
    health: Health
    seed: int


def set_stage(
    sector: Sector, deployment: Deployment, scenario: Scenario, seed: int, sensors: tuple[Sensor, ...] | None = None
) -> Stage:
    """Work out what a simulation needs; `sensors` with sight are taken as they are where the caller has them already."""
    sensors = with_sight(sensors_of(deployment, sector), sector.terrain) if sensors is None else sensors
    weather = weather_of(scenario, sector)
    directory = sensor_directory(
        [sensor.id for sensor in sensors],
        np.array([sensor.x for sensor in sensors]),
        np.array([sensor.y for sensor in sensors]),
        [sensor.line for sensor in sensors],
        sector.crs,
        units=[asset.id for asset in deployment.assets if asset.family in ("patrol", "drone")],
        assets=[asset.id for asset in deployment.assets],
    )
    health = health_of(scenario, sector, deployment, sensors, weather, seed)
    world = build_world(scenario, sector, seed)
    return Stage(sector, deployment, scenario, sensors, sensor_rows(sensors), directory, world, weather, health, seed)


@dataclass(frozen=True)
class Minute:
    """One minute: when it begins, who moves in it, the weather of its middle."""

    begin: float
    span: Moving
    weather: Weather

    @property
    def end(self) -> float:
        """When it ends, UTC epoch s."""
        return self.begin + MINUTE


def minute_of(stage: Stage, begin: float) -> Minute:
    """The minute that begins at a whole minute of the epoch."""
    return Minute(begin, moving(stage.world, stage.sector, begin, MINUTE), stage.weather.at(begin + MINUTE / 2))


def detections(stage: Stage, minute: Minute) -> np.ndarray:
    """Every `DETECTION` row of a minute, in order of time, sensor and scan."""
    found: list[np.ndarray] = []
    hits: list[tuple[Sensor, Hits]] = []
    for row, sensor in enumerate(stage.sensors):
        if sensor.family != "camera":
            rows, who = _one(stage, minute, sensor)
            found.append(_kept(stage, sensor, rows, row))
            hits.append((sensor, who))
    for row, sensor in enumerate(stage.sensors):
        if sensor.family == "camera":
            found.append(_kept(stage, sensor, _camera(stage, minute, sensor, hits), row))
    rows = np.concatenate([empty(DETECTION, 0), *found])
    rows["time"] = np.maximum(np.round(rows["time"], 3), minute.begin + 0.001)
    return rows[np.lexsort((rows["scan"], rows["sensor"], rows["time"]))]


def _one(stage: Stage, minute: Minute, sensor: Sensor) -> tuple[np.ndarray, Hits]:
    rng = generator(stage.seed, "look", sensor.id, int(minute.begin))
    noise = generator(stage.seed, "nuisance", sensor.id, int(minute.begin))
    phase = _phase(stage, sensor)
    times, scans = look_times(minute.begin, minute.end, sensor.period, phase)
    if sensor.family == "radar":
        rows, who = radar_look(sensor, minute.span, times, scans, minute.weather, rng)
    else:
        rows, who = passages(sensor, minute.span, minute.begin, minute.end, phase, minute.weather, rng)
    false = nuisance_rows(sensor, times, scans, minute.begin, MINUTE, minute.weather, noise)
    extra = _told(stage, minute, sensor, noise)
    return _without_blanks(np.concatenate([rows, false, *extra])), who


def _told(stage: Stage, minute: Minute, sensor: Sensor, rng: np.random.Generator) -> list[np.ndarray]:
    """What the scenario tells beyond its actors: disturbances of line sensors, and digging."""
    border, begin = stage.sector.border, stage.scenario.begin
    rows = [
        disturbance_rows(sensor, border, one, minute.begin, MINUTE, rng)
        for one in stage.scenario.disturbance
        if one.family == sensor.family and begin + one.start <= minute.begin < begin + one.end
    ]
    if sensor.family == "fibre":
        rows += [digging_rows(sensor, border, one, begin, minute.begin, minute.weather, rng) for one in stage.scenario.digging]
    return rows


def _camera(stage: Stage, minute: Minute, sensor: Sensor, hits: list[tuple[Sensor, Hits]]) -> np.ndarray:
    """A camera is cued by the radar of its own asset and by event sensors within its reach; else it sweeps."""
    rng = generator(stage.seed, "look", sensor.id, int(minute.begin))
    noise = generator(stage.seed, "nuisance", sensor.id, int(minute.begin))
    times, scans = look_times(minute.begin, minute.end, sensor.period, _phase(stage, sensor))
    who = _cues(sensor, minute.span, hits)
    if len(who.actor):
        return follow(sensor, minute.span, who, minute.begin, minute.end, minute.weather, rng)
    rows = sweep(sensor, minute.span, times, scans, minute.weather, rng)
    false = nuisance_rows(sensor, times, scans, minute.begin, MINUTE, minute.weather, noise)
    return _without_blanks(np.concatenate([rows, false]))


def _cues(camera: Sensor, span: Moving, hits: list[tuple[Sensor, Hits]]) -> Hits:
    """Reports that send a camera there: those of its own mast's radar and of event sensors, where they are within its reach."""
    cues = [who for other, who in hits if other.family != "radar" or other.asset == camera.asset]
    time = np.concatenate([np.zeros(0), *(who.time for who in cues)])
    actor = np.concatenate([np.zeros(0, np.int64), *(who.actor for who in cues)])
    x, y, _, _ = span.pairs(time, actor)
    near = np.hypot(x - camera.x, y - camera.y) < reach(camera)
    return Hits(time[near], actor[near])


def _phase(stage: Stage, sensor: Sensor) -> float:
    return float(generator(stage.seed, "phase", sensor.id).uniform(0.0, sensor.period))


def _without_blanks(rows: np.ndarray) -> np.ndarray:
    """Drop EMPTY rows of looks that nuisance filled."""
    blank = rows["kind"] == 0
    filled = np.isin(rows["scan"], rows["scan"][~blank]) & (rows["scan"] >= 0)
    return rows[~(blank & filled)]


def _kept(stage: Stage, sensor: Sensor, rows: np.ndarray, row: int) -> np.ndarray:
    """Rows that are sent: none while the asset is not looking, half of them while it is degraded."""
    keep = stage.health.looking(sensor.asset, rows["time"])
    for outage in stage.health.outages.get(sensor.asset, ()):
        if outage.state == "degraded":
            weak = (rows["time"] >= outage.start) & (rows["time"] < outage.end) & (rows["kind"] > 0)
            keep &= ~weak | (np.arange(len(rows)) % 2 == 0)
    rows = rows[keep]
    rows["sensor"] = row
    rows["arrival"] = rows["time"]
    return rows
