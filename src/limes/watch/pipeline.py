"""The pipeline: journal records in; tracks, cases, strip and health out. A deterministic function of the records.

Detections wait until the clock has passed them, then go to the tracker look by look in one order; at each whole second of the
stream's time the assessment looks at the picture. So results depend on what was recorded, never on how it was cut into
records or how fast it came.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from limes.columns import TRACK, Status
from limes.links import SensorDirectory, sensor_directory
from limes.sector import Sector, Weather
from limes.sector.deployment import Deployment
from limes.sensing import Sensor, sensor_rows, sensors_of, with_sight
from limes.tracking import Tracker
from limes.watch import assessment, cases, checkpoint, state, view
from limes.watch.alerts import Desk
from limes.watch.cases import ActRefused, Case
from limes.watch.changes import Changes
from limes.watch.conditions import Conditions
from limes.watch.conduct import Conduct
from limes.watch.distress import distress
from limes.watch.ground import ground
from limes.watch.health import WORKING, health
from limes.watch.load import Load
from limes.watch.losses import loss_signals, platforms_of, recall_signals
from limes.watch.misses import miss_model
from limes.watch.nuisance import Nuisance
from limes.watch.picture import Picture, picture
from limes.watch.records import Record, RecordKind
from limes.watch.rendering import Known, Renderer
from limes.watch.scene import Scene
from limes.watch.sentences import Speaker
from limes.watch.settings import PipelineSettings
from limes.watch.sightings import Sightings
from limes.watch.signals import Signal
from limes.watch.strip import strip
from limes.watch.surroundings import Moment, surroundings
from limes.watch.units import units
from limes.watch.waiting import Waiting

__all__ = ["Changes", "Pipeline", "PipelineSettings"]

_PAGE_S = 30.0
"""Seconds after which the page hears of every sensor again."""

_TRACKS_S = 5
"""Seconds after which the page hears of tracks that nobody detected meanwhile."""

_RECALL_S = 10.0
"""Seconds between looks at the forecast."""


class Pipeline:
    """The state of a watch and the one way to change it: `apply` a record.

    `time` is the stream's clock (None before the first clock record), `second` the last second assessed, `tracks` the
    confirmed tracks predicted to the clock, `cases` all cases at hand, `past` those answered long ago, `suspects` tracks in
    cases that a person confirmed.
    """

    def __init__(self, sector: Sector, deployment: Deployment, settings: PipelineSettings | None = None) -> None:
        """Start with nothing known but a sector and its deployment."""
        self.sector, self.deployment = sector, deployment
        self.settings = s = settings or PipelineSettings()
        self.sensors: tuple[Sensor, ...] = with_sight(sensors_of(deployment, sector), sector.terrain)
        self.directory = _directory(self.sensors, deployment, sector)
        self.assets = {asset.id: asset for asset in deployment.assets}
        self.names = {asset.id: asset.name or asset.id for asset in deployment.assets}
        self.points = checkpoint.points(sector)
        self.surroundings = surroundings(sector)
        self.conditions = Conditions(sector.weather, s.conditions)
        self.health = health(self.sensors, deployment, sector, s.health)
        self.strip = strip(sector, self.sensors, self.names, s.strip)
        self.units = units(deployment, sector, s.units)
        self.ground = ground(sector.border, self.sensors, s.ground)
        self.conduct = Conduct(s.conduct)
        self.sightings = Sightings(len(self.sensors))
        self.desk = Desk(s.desk, Load(s.budget))
        self.nuisance = Nuisance(s.nuisance)
        self.waiting = Waiting()
        self.renderer = Renderer(
            s.rendering, self.sensors, self.units, Speaker(sector.border, self.surroundings.zone, self.names)
        )
        self.platforms = platforms_of(self.sensors)
        self.lines = [sensor.line for sensor in self.sensors]
        self.tracker = Tracker(sensor_rows(self.sensors), p_detect=self.miss, lines=self.lines)
        self.weather: Weather = sector.weather.at(0.0)
        self.time: float | None = None
        self.second = -math.inf
        self.seq = -1
        self.tracks = np.zeros(0, TRACK)
        self.states = ["up"] * len(self.sensors)
        self.suspects: set[int] = set()
        self.past: list[Case] = []
        self.heard: list[tuple[np.ndarray, np.ndarray]] = []

    @property
    def up(self) -> np.ndarray:
        """Which sensors work as far as the watch knows (bool), in the order of `sensors`."""
        return np.array([name in WORKING for name in self.states], bool)

    @property
    def cases(self) -> dict[str, Case]:
        """All cases at hand, hidden ones too, by id."""
        return self.desk.cases

    def apply(self, record: Record) -> Changes:
        """Take in one record of the journal; returns what it changed."""
        changes = Changes()
        if record.kind is RecordKind.DETECTIONS and record.rows is not None:
            self.waiting.add(record.rows)
        elif record.kind is RecordKind.EVENTS:
            for event in record.body:
                self._event(event, changes)
        elif record.kind is RecordKind.CLOCK:
            self._clock(float(record.body["time"]), changes)
        elif record.kind is RecordKind.ACT:
            self._act(record.body, changes)
        elif record.kind is RecordKind.READING:
            self._reading(record.body, changes)
        self._collect(changes)
        self.seq = record.seq
        return changes

    def check_act(self, act: Mapping[str, Any]) -> None:
        """Raise ActRefused unless this person may do this to the case as it stands."""
        case = self.cases.get(str(act.get("case")))
        if case is None:
            raise ActRefused("there is no such case, or it was answered long ago")
        if act.get("role") == "viewer":
            raise ActRefused("a viewer looks on; acts need an operator")
        cases.check(case, act)
        self.units.check(act)

    def check_reading(self, reading: Mapping[str, Any]) -> None:
        """Raise ActRefused unless a reading fits the sector and the cases as they stand."""
        checkpoint.check_reading(reading, self.points, self.cases)

    def view(self) -> dict[str, Any]:
        """Everything the page shows, as JSON."""
        return view.whole(self)

    def delta(self, changes: Changes) -> dict[str, Any]:
        """What changed of it, as JSON."""
        return view.part(self, changes)

    def snapshot(self) -> bytes:
        """Everything the future depends on, as bytes: see `restore`."""
        return self.freeze()()

    def freeze(self) -> Callable[[], bytes]:
        """Take hold of what a `snapshot` holds; the function returned writes it, later and in any thread if need be."""
        return state.save(self)

    def restore(self, content: bytes) -> bool:
        """Go on from a snapshot; False, and nothing changed, when it belongs to other sensors or another version."""
        return state.load(self, content)

    def miss(self, row: int, x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray, time: float) -> np.ndarray:
        """What the sensor model says of tracks in a look of one sensor; the tracker asks it what a miss means."""
        return miss_model(self.sensors[row], x, y, vx, vy, time, self.weather)

    # --- events and acts -----------------------------------------------------------------------------------------------

    def _event(self, event: Mapping[str, Any], changes: Changes) -> None:
        kind = event.get("type")
        if kind == "weather":
            self.conditions.report(event)
            changes.weather = True
        elif kind in ("status", "position") and "unit" in event:
            unit = self.units.report(event, self.cases)
            changes.units |= set() if unit is None else {unit}
        elif kind == "status":
            self.health.status(event)

    def _act(self, act: Mapping[str, Any], changes: Changes) -> None:
        try:
            self.check_act(act)
        except ActRefused as refusal:  # allowed when it was journalled, but another act came first
            changes.log.append({"time": act["time"], "kind": "act", "case": act.get("case"), "text": f"refused: {refusal}"})
            changes.refused[str(act.get("id"))] = str(refusal)
            return
        if act["verb"] in ("dispatch", "rescue"):
            changes.sent.append((act["unit"], act["case"]))
        for case in self.desk.act(act):
            changes.units |= self.units.follow(case, act)
            if act["verb"] == "reopen":
                self.nuisance.unlearn(case)
            self.nuisance.learn(case, act)
            if act["verb"] == "confirm" and case.priority != "rescue":
                self.suspects |= set(case.tracks)
                changes.tracks |= set(case.tracks)
            self.renderer.write(case, self._known(self._moment(float(act["time"]))))

    def _reading(self, reading: Mapping[str, Any], changes: Changes) -> None:
        try:
            self.check_reading(reading)
        except ActRefused as refusal:  # its case was closed meanwhile
            changes.refused[str(reading["id"])] = str(refusal)
            return
        case = checkpoint.take_reading(self.desk, reading, self.points, float(reading["time"]))
        changes.readings[str(reading["id"])] = None if case is None else case.id
        if case is not None:
            self.renderer.write(case, self._known(self._moment(float(reading["time"]))))

    # --- time ----------------------------------------------------------------------------------------------------------

    def _clock(self, time: float, changes: Changes) -> None:
        if self.time is None:
            self.health.begin(time)
            self.second = float(math.floor(time - self.settings.hold_s))
            self.weather = self.conditions.at(time)
        elif time < self.time:
            return
        self.time = time
        until = time - self.settings.hold_s
        hit = []
        for second in self._seconds(until):
            hit.append(self._advance(second))
            self._assess(second, changes)
        hit.append(self._advance(until))
        self._show_tracks(until, np.concatenate(hit), changes)

    def _show_tracks(self, until: float, hit: np.ndarray, changes: Changes) -> None:
        """Predict the confirmed tracks to a time; those that were detected, are new or are due for the page have changed."""
        before, rows = self.tracks["track"], self.tracker.tracks(until)
        since = float(self.tracks["time"][0]) if len(before) else -np.inf
        self.tracks = rows[rows["status"] == Status.CONFIRMED]
        now = self.tracks["track"]
        turn = now % _TRACKS_S  # not all at once
        due = now[np.floor((until + turn) / _TRACKS_S) > np.floor((since + turn) / _TRACKS_S)]
        shown = np.union1d(due, np.union1d(np.intersect1d(now, hit), np.setdiff1d(now, before)))
        changes.tracks |= set(shown.tolist())
        changes.tracks_gone |= set(np.setdiff1d(before, now).tolist())

    def _seconds(self, until: float) -> list[float]:
        """The whole seconds to assess: all of them, or one a minute when the clock has jumped far."""
        first, last = int(self.second) + 1, math.floor(until)
        stride = 60 if last - first > self.settings.away_s else 1
        return [float(second) for second in range(first + stride - 1, last + 1, stride)]

    def _advance(self, until: float) -> np.ndarray:
        """Give the tracker every look that was complete by a time; returns the tracks that were detected."""
        rows = self.waiting.release(until)
        if not len(rows):
            return np.zeros(0, np.int64)
        self.health.heard(rows["sensor"], rows["time"])
        self.tracker.update(rows)
        owners = self.tracker.contributions
        self.sightings.add(owners, rows["sensor"], rows["time"])
        self.heard.append((rows, owners))
        return np.unique(owners)

    # --- assessment ----------------------------------------------------------------------------------------------------

    def _assess(self, second: float, changes: Changes) -> None:
        self.second = second
        self.weather = self.conditions.at(second)
        scene = self._scene(self._moment(second))
        self._hear_ground(scene.picture)
        self._look_at_sensors(second, changes)
        changes.load = True
        changes.fates.append(self.tracker.settle())
        signals = self._signals(scene, second)
        self.desk.take(signals, second)
        self._come_back(signals, second)
        self.renderer.due(self.desk, self._known(scene.moment, scene.picture))
        if second % 60.0 == 0.0:
            self._forget(second)

    def _moment(self, time: float) -> Moment:
        return self.surroundings.moment(time, self.weather, lambda km: self.nuisance.bar(km, time), self.settings.hardship)

    def _scene(self, moment: Moment) -> Scene:
        """The picture with each track's conduct; lost tracks that are found again go on with theirs and stay in their cases."""
        scene = picture(self.tracker.tracks(moment.time), moment.time, self.sector.border, self.settings.picture)
        at = self.conduct.follow(scene)
        for fresh, lost in self.conduct.lost_before(scene):
            self.conduct.inherit(fresh, lost)
            self.desk.adopt(fresh, lost, moment.time)
        seen_by = self.sightings.by_track(scene.rows["track"])
        return Scene(scene, self.conduct.rows[at], seen_by, self.surroundings, moment, self.sector.border)

    def _hear_ground(self, scene: Picture) -> None:
        """Gather what ground sensors said in the last second, with the confirmed track each report went to."""
        if self.heard:
            rows = np.concatenate([rows for rows, _ in self.heard])
            owners = np.concatenate([owners for _, owners in self.heard])
            self.ground.hear(rows, np.where(np.isin(owners, scene.rows["track"]), owners, -1))
        self.heard = []

    def _look_at_sensors(self, second: float, changes: Changes) -> None:
        """States of all sensors, the strip they give, and which of them the page must hear of."""
        before, self.states = self.states, self.health.states(second)
        changes.strip |= self.strip.step(second, self.weather, self.up)
        every = second % _PAGE_S == 0.0
        for sensor, old, new in zip(self.sensors, before, self.states, strict=True):
            if every or old != new:
                changes.sensors.add(sensor.id)

    def _signals(self, scene: Scene, second: float) -> list[Signal]:
        s, losses = self.settings, self.health.losses(second)
        around = (self.assets, self.conditions, self.strip, self.units)
        recalls = recall_signals(self.platforms, losses, *around, second, s.losses) if second % _RECALL_S == 0.0 else []
        return [
            *assessment.approaches(scene, s.assessment),
            *assessment.crossings(scene, s.assessment),
            *distress(scene, s.distress),
            *assessment.stirs(self.ground, scene),
            *loss_signals(losses, self.assets, self.strip, s.losses),
            *recalls,
        ]

    def _come_back(self, signals: list[Signal], second: float) -> None:
        """Say in the cases of lost assets when these work again."""
        causes = {signal.cause for signal in signals}
        for case in self.desk.unresolved():
            if case.kind in ("silence", "gap") and case.cause not in causes and not case.facts.get("back"):
                case.facts["back"] = second
                cases.remember(case, second, "limes", "back", "it works again")
                self.desk.say(case, second, "back")

    def _known(self, moment: Moment, scene: Picture | None = None) -> Known:
        answered = [*self.past, *(case for case in self.cases.values() if case.resolved)]
        live = self.tracks["track"] if scene is None else scene.rows["track"]
        return Known(moment, self.states, self.sightings, self.nuisance, answered, live)

    def _forget(self, second: float) -> None:
        kept = [track for case in self.desk.unresolved() for track in case.tracks]
        self.sightings.forget(np.array(kept, np.int64), second - self.settings.forget_s)
        self.nuisance.forget(second)

    def _collect(self, changes: Changes) -> None:
        """Take what the desk gathered into the changes."""
        changes.cases |= self.desk.changed
        changes.cases_gone |= {case.id for case in self.desk.gone}
        changes.log += self.desk.log
        self.past = [*self.past, *self.desk.gone][-self.settings.past :]
        self.desk.changed, self.desk.gone, self.desk.log = set(), [], []


def _directory(sensors: tuple[Sensor, ...], deployment: Deployment, sector: Sector) -> SensorDirectory:
    """Who may speak to this watch."""
    kinds = sector.catalogue.kinds
    moving = [asset.id for asset in deployment.assets if kinds[asset.kind].moves]
    return sensor_directory(
        [sensor.id for sensor in sensors],
        np.array([sensor.x for sensor in sensors]),
        np.array([sensor.y for sensor in sensors]),
        [sensor.line for sensor in sensors],
        sector.crs,
        units=moving,
        assets=[asset.id for asset in deployment.assets],
    )
