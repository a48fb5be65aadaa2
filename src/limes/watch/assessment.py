"""Assessment: which tracks and stirs want a person's action now. Places, times and conduct are weighed, never persons.

Each rule looks at all tracks of one second at once and says signals for those it concerns. What no rule speaks of stays a
track on the map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.sector import Border
from limes.watch.alerts import Signal
from limes.watch.conduct import steadiness
from limes.watch.ground import Ground
from limes.watch.picture import Picture
from limes.watch.surroundings import Moment, Surroundings
from limes.watch.wording import track_facts

FACTORS = (
    "by night",
    "near a village by day",
    "away from villages",
    "straight",
    "seen by several sensors",
    "several together",
    "vehicle by night",
    "soon at the line",
    "from home by day",
)
"""What conduct, place and time can add to or take from an approach, in the order of `AssessmentSettings.points`."""


@dataclass(frozen=True)
class AssessmentSettings:
    """Thresholds of the rules (assumed; the guide to the watch discusses them).

    Approach: a track that exists with `existence`, is nothing to act on with less than `other`, and has made for the line
    with `steady` of its way of late counts 1 plus its `points`, once its arrival is known to a factor of `sure` (and
    `soon_s`). It is raised at `bar` plus what nuisance taught at the place, as medium and high when it is that much above.
    `village_m`: nearer is near a village; `straight`: net over gone way, from `straight_m` on; `soon_s`: at the line by then;
    `several` together. Crossing: a track counts `crossing` points more. It is followed for `follow_s` and `follow_m` behind
    the line. Distress: people (`people`) who went `walked_m` and have stayed for `stopped_s` while standing still is
    dangerous, or `large` together then. `slow_mps` and `unseen_s`: a track that was slow when it was last seen counts as
    staying for that long. `pace_mps`: a slow walker would have left the error of the place at this pace.
    """

    existence: float = 0.7
    other: float = 0.5
    steady: float = 0.5
    sure: float = 4.0
    points: tuple[float, ...] = (1.0, -1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -0.5)
    bar: float = 2.0
    medium: float = 0.5
    high: float = 2.25
    village_m: float = 1500.0
    straight: float = 0.8
    straight_m: float = 200.0
    soon_s: float = 600.0
    several: float = 2.5
    crossing: float = 1.0
    follow_s: float = 1800.0
    follow_m: float = 3000.0
    people: float = 0.6
    walked_m: float = 150.0
    stopped_s: float = 120.0
    slow_mps: float = 0.6
    unseen_s: float = 180.0
    pace_mps: float = 0.5
    large: float = 12.0


@dataclass(frozen=True)
class Scene:
    """What the track rules look at: the picture, the tracks' conduct, how many sensors saw each, place and moment."""

    picture: Picture
    conduct: np.ndarray
    seen_by: np.ndarray
    places: Surroundings
    moment: Moment
    border: Border


def approaches(scene: Scene, settings: AssessmentSettings) -> list[Signal]:
    """Tracks that head for the line and would reach it soon enough to matter, in either direction."""
    picture, conduct = scene.picture, scene.conduct
    heads = np.isfinite(picture.meets) & (steadiness(conduct) * picture.heading >= settings.steady)
    heads &= _actionable(picture, settings)
    heads &= picture.eta[:, 1] <= settings.sure * picture.eta[:, 0] + settings.soon_s
    heads[heads] &= ~_at_crossing(scene, picture.meets[heads])
    chosen = np.flatnonzero(heads)
    score, factors = conduct_score(scene, chosen, settings)
    return _over_bar(scene, chosen, score, factors, "approach", settings)


def crossings(scene: Scene, settings: AssessmentSettings) -> list[Signal]:
    """Tracks that have crossed the line away from an open crossing point, for as long as they can be followed from there."""
    picture, conduct = scene.picture, scene.conduct
    since = picture.time - conduct["crossed"]
    crossed = (since <= settings.follow_s) & (np.abs(picture.offset) <= settings.follow_m) & _actionable(picture, settings)
    crossed[crossed] &= ~_at_crossing(scene, conduct["crossed_at"][crossed])
    chosen = np.flatnonzero(crossed)
    score, factors = conduct_score(scene, chosen, settings)
    return _over_bar(scene, chosen, score + settings.crossing, factors, "crossing", settings)


def distress(scene: Scene, settings: AssessmentSettings) -> list[Signal]:
    """People who have stopped, or many together, while standing still outdoors is dangerous. Nuisance never raises this bar."""
    if scene.moment.hardship is None:
        return []
    picture = scene.picture
    people = (picture.people >= settings.people) & (picture.rows["existence"] >= settings.existence)
    stayed = staying(scene, settings)
    stopped = people & (stayed >= _needed(scene, settings)) & (scene.conduct["path"] >= settings.walked_m)
    many = people & (picture.rows["count_low"] >= settings.large)
    return [_in_need(scene, row, float(stayed[row]), bool(stopped[row])) for row in np.flatnonzero(stopped | many).tolist()]


def stirs(ground: Ground, scene: Scene) -> list[Signal]:
    """What ground sensors report together, where it is worth a look; a stir at a track of the picture belongs to that track."""
    signals = []
    moment = scene.moment
    for stir in ground.going_on(moment.time):
        strength = ground.strength(stir)
        if strength < ground.bar(stir, moment.weather.gust) + moment.bar(stir.chainage / 1000.0):
            continue
        families = ground.families(stir)
        touched = bool({"cut", "climb"} & set(stir.labels)) or set(families) & {"fence_sensor"}
        signals.append(
            Signal(
                kind="crossing" if touched else "approach",
                priority="high" if moment.night and len(families) > 1 else "medium",
                cause=f"stir:{stir.id}",
                x=stir.x,
                y=stir.y,
                km=stir.chainage / 1000.0,
                offset=stir.offset,
                tracks=tuple(track for track in stir.tracks if track in scene.picture.rows["track"]),
                facts={
                    "stir": {
                        "labels": dict(stir.labels),
                        "span_m": round(stir.high - stir.low),
                        "sensors": {ground.sensors[row].id: count for row, count in stir.count.items()},
                        "seconds": round(stir.last - stir.first),
                        "last": stir.last,
                    }
                },
            )
        )
    return signals


def conduct_score(scene: Scene, chosen: np.ndarray, settings: AssessmentSettings) -> tuple[np.ndarray, np.ndarray]:
    """Score of chosen tracks (m,), 1 plus the points of what holds for each, and which of `FACTORS` hold (m, k)."""
    picture, conduct = scene.picture, scene.conduct[chosen]
    rows = picture.rows[chosen]
    near = scene.places.village(rows["x"], rows["y"]) <= settings.village_m
    net = np.hypot(conduct["xm"] - conduct["x0"], conduct["ym"] - conduct["y0"])
    straight = (conduct["path"] >= settings.straight_m) & (net >= settings.straight * conduct["path"])
    night = np.full(len(chosen), scene.moment.night)
    factors = np.stack(
        [
            night,
            near & ~night,
            ~near,
            straight,
            scene.seen_by[chosen] >= 2,
            rows["count"] >= settings.several,
            (picture.vehicle[chosen] > 0.5) & night,
            picture.eta[chosen, 1] <= settings.soon_s,
            (picture.offset[chosen] > 0.0) & ~night,
        ],
        axis=1,
    )
    return 1.0 + factors @ np.array(settings.points), factors


def staying(scene: Scene, settings: AssessmentSettings) -> np.ndarray:
    """Seconds (n,) for which each track has stayed where it is, as far as detections bear it out."""
    picture = scene.picture
    unseen = picture.time - picture.rows["last"]
    borne_out = (unseen <= 30.0) | ((picture.speed <= settings.slow_mps) & (unseen <= settings.unseen_s))
    until = np.where(borne_out, picture.time, picture.rows["last"])
    slow = picture.speed <= settings.slow_mps
    return np.where(slow, until - scene.conduct["anchored"], 0.0)


def _needed(scene: Scene, settings: AssessmentSettings) -> np.ndarray:
    """Seconds after which a slow walker would have left the error of the place: only then has somebody surely stopped."""
    return np.maximum(settings.stopped_s, 2.0 * scene.picture.sigma / settings.pace_mps)


def _actionable(picture: Picture, settings: AssessmentSettings) -> np.ndarray:
    return (picture.rows["existence"] >= settings.existence) & (picture.other < settings.other)


def _at_crossing(scene: Scene, chainage: np.ndarray) -> np.ndarray:
    x, y = scene.border.point(chainage)
    return scene.places.at_open_crossing(x, y, scene.moment.time)


def _over_bar(
    scene: Scene, chosen: np.ndarray, score: np.ndarray, factors: np.ndarray, kind: str, settings: AssessmentSettings
) -> list[Signal]:
    signals = []
    for row, points, held in zip(chosen.tolist(), score.tolist(), factors, strict=True):
        km = float(scene.picture.chainage[row]) / 1000.0
        over = points - settings.bar - scene.moment.bar(km)
        if over >= 0.0:
            priority = "high" if over >= settings.high else "medium" if over >= settings.medium else "low"
            facts = {"score": points, "factors": [name for name, holds in zip(FACTORS, held, strict=True) if holds]}
            signals.append(_signal(scene, row, kind, priority, facts))
    return signals


def _in_need(scene: Scene, row: int, stayed: float, stopped: bool) -> Signal:
    since = {"stopped_s": round(stayed)} if stopped else {"large": True}
    return _signal(scene, row, "distress", "rescue", {"hardship": scene.moment.hardship, **since})


def _signal(scene: Scene, row: int, kind: str, priority: str, facts: dict[str, object]) -> Signal:
    picture = scene.picture
    track, eta = picture.rows[row], picture.eta[row]
    return Signal(
        kind=kind,
        priority=priority,
        cause=f"track:{int(track['track'])}",
        x=float(track["x"]),
        y=float(track["y"]),
        km=float(picture.chainage[row]) / 1000.0,
        offset=float(picture.offset[row]),
        tracks=(int(track["track"]),),
        time_left=(float(eta[0]), float(eta[1])) if np.isfinite(eta).all() and kind != "crossing" else None,
        heading=int(picture.heading[row])
        if kind == "approach"
        else int(scene.conduct["side"][row])
        if kind == "crossing"
        else 0,
        facts=track_facts(picture, row) | facts,
    )
