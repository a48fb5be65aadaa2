"""Assessment: which tracks and stirs want a person's action now. Places, times and conduct are weighed, never persons.

Each rule looks at all tracks of one second at once and says signals for those it concerns. What no rule speaks of stays a track
on the map. Distress has a module of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from limes.watch.conduct import steadiness
from limes.watch.ground import Ground, Stir
from limes.watch.picture import Picture
from limes.watch.scene import Scene, track_signal
from limes.watch.scoring import FACTORS, ScoreSettings, conduct_score
from limes.watch.signals import Signal


@dataclass(frozen=True)
class AssessmentSettings:
    """Thresholds of approach and crossing (assumed; the guide to the watch discusses them).

    A track that exists with `existence`, is an animal or clutter with less than `other`, and has made for the line with
    `steady` of its way of late is scored, once its arrival is known to a factor of `sure` (and the `soon_s` of the score). It
    is raised at `bar` plus what nuisance taught at the place, as `medium` and `high` when it is that much above. A track that
    has crossed counts `crossing` points more and is followed for `follow_s` and `follow_m` behind the line.
    """

    existence: float = 0.7
    other: float = 0.5
    steady: float = 0.5
    sure: float = 4.0
    bar: float = 2.5
    medium: float = 0.5
    high: float = 1.5
    crossing: float = 1.0
    follow_s: float = 1800.0
    follow_m: float = 3000.0
    score: ScoreSettings = field(default_factory=ScoreSettings)


def approaches(scene: Scene, settings: AssessmentSettings) -> list[Signal]:
    """Tracks that head for the line and would reach it soon enough to matter, in either direction."""
    picture, conduct = scene.picture, scene.conduct
    heads = np.isfinite(picture.meets) & (steadiness(conduct) * picture.heading >= settings.steady)
    heads &= _actionable(picture, settings)
    heads &= picture.eta[:, 1] <= settings.sure * picture.eta[:, 0] + settings.score.soon_s
    heads[heads] &= ~scene.at_open_crossing(picture.meets[heads])
    found = []
    for row, priority, facts in _over_bar(scene, np.flatnonzero(heads), 0.0, settings):
        low, high = picture.eta[row].tolist()
        found.append(track_signal(scene, row, "approach", priority, facts, int(picture.heading[row]), (low, high)))
    return found


def crossings(scene: Scene, settings: AssessmentSettings) -> list[Signal]:
    """Tracks that have crossed the line away from an open crossing point, for as long as they can be followed from there."""
    picture, conduct = scene.picture, scene.conduct
    since = picture.time - conduct["crossed"]
    crossed = (since <= settings.follow_s) & (np.abs(picture.offset) <= settings.follow_m) & _actionable(picture, settings)
    crossed[crossed] &= ~scene.at_open_crossing(conduct["crossed_at"][crossed])
    return [
        track_signal(scene, row, "crossing", priority, facts, int(conduct["side"][row]))
        for row, priority, facts in _over_bar(scene, np.flatnonzero(crossed), settings.crossing, settings)
    ]


def stirs(ground: Ground, scene: Scene) -> list[Signal]:
    """What ground sensors report together, where it is worth a look; a stir at a track of the picture belongs to that track."""
    moment, signals = scene.moment, []
    for stir in ground.going_on(moment.time):
        bar = ground.bar(stir, moment.weather.gust) + moment.bar(stir.chainage / 1000.0)
        if ground.strength(stir) >= bar:
            signals.append(_stir(stir, ground, scene))
    return signals


def _stir(stir: Stir, ground: Ground, scene: Scene) -> Signal:
    families = ground.families(stir)
    at_fence = {"cut", "climb"} & set(stir.labels) or "fence_sensor" in families
    facts = {
        "labels": dict(stir.labels),
        "span_m": round(stir.high - stir.low),
        "sensors": {ground.sensors[row].id: count for row, count in stir.count.items()},
        "seconds": round(stir.last - stir.first),
        "last": stir.last,
    }
    return Signal(
        kind="crossing" if at_fence else "approach",
        priority="high" if scene.moment.night and len(families) > 1 else "medium",
        cause=f"stir:{stir.id}",
        x=stir.x,
        y=stir.y,
        km=stir.chainage / 1000.0,
        offset=stir.offset,
        tracks=tuple(track for track in stir.tracks if track in scene.picture.rows["track"]),
        facts={"stir": facts},
    )


def _actionable(picture: Picture, settings: AssessmentSettings) -> np.ndarray:
    return (picture.rows["existence"] >= settings.existence) & (picture.other < settings.other)


def _over_bar(
    scene: Scene, chosen: np.ndarray, extra: float, settings: AssessmentSettings
) -> list[tuple[int, str, dict[str, object]]]:
    """Of chosen rows those whose score is over the bar of their place: row, priority, and the score with its factors."""
    score, factors = conduct_score(scene, chosen, settings.score)
    found = []
    for row, points, held in zip(chosen.tolist(), (score + extra).tolist(), factors, strict=True):
        over = points - settings.bar - scene.moment.bar(float(scene.picture.chainage[row]) / 1000.0)
        if over >= 0.0:
            priority = "high" if over >= settings.high else "medium" if over >= settings.medium else "low"
            names = [name for name, holds in zip(FACTORS, held, strict=True) if holds]
            found.append((row, priority, {"score": points, "factors": names}))
    return found
