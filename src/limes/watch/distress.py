"""People in need: who stopped, and many together, while standing still outdoors is dangerous. It outranks all else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.watch.conduct import pace
from limes.watch.picture import ANIMAL, Picture
from limes.watch.scene import Scene, track_signal
from limes.watch.signals import Signal


@dataclass(frozen=True)
class DistressSettings:
    """Thresholds (assumed).

    People (`people`: share among what the track can be; `existence`) who went `walked_m` at a walker's pace (`walking_mps`)
    and have stayed for `stopped_s`, or `large` together. A slow walker leaves the error of the place at `slow_mps`. Who was
    surely people (`surely`) and slow when last seen counts as staying for `unseen_s` more, unless another track is seen
    within `alone_m`. Who stands within `flock_m` of an animal (`animal`) is a shepherd at work.
    """

    existence: float = 0.7
    people: float = 0.75
    surely: float = 0.85
    walked_m: float = 150.0
    walking_mps: tuple[float, float] = (0.35, 1.8)
    stopped_s: float = 120.0
    slow_mps: float = 0.5
    fresh_s: float = 30.0
    unseen_s: float = 180.0
    alone_m: float = 250.0
    animal: float = 0.5
    flock_m: float = 80.0
    large: float = 12.0


def distress(scene: Scene, settings: DistressSettings) -> list[Signal]:
    """People who have stopped, or many together, while standing still outdoors is dangerous. Nuisance never raises this bar."""
    if scene.moment.hardship is None:
        return []
    picture, conduct = scene.picture, scene.conduct
    people = (picture.told_people >= settings.people) & (conduct["believed"] >= settings.existence)
    slowest, fastest = settings.walking_mps
    walked = (conduct["path"] >= settings.walked_m) & (pace(conduct) >= slowest) & (pace(conduct) <= fastest)
    stayed = staying(scene, settings)
    stopped = people & walked & (stayed >= _needed(scene, settings))
    stopped[stopped] = ~_among_animals(picture, np.flatnonzero(stopped), settings)
    many = people & (picture.rows["count_low"] >= settings.large) & (picture.rows["existence"] >= settings.existence)
    return [_in_need(scene, row, float(stayed[row]), bool(stopped[row])) for row in np.flatnonzero(stopped | many).tolist()]


def staying(scene: Scene, settings: DistressSettings) -> np.ndarray:
    """Seconds (n,) for which each track has stayed where it is, as far as detections bear it out."""
    picture = scene.picture
    unseen = picture.time - picture.rows["last"]
    surely = (picture.told_people >= settings.surely) & (unseen <= settings.unseen_s)
    surely[surely] = ~_another_near(picture, np.flatnonzero(surely), unseen <= settings.fresh_s, settings.alone_m)
    until = np.where((unseen <= settings.fresh_s) | surely, picture.time, picture.rows["last"])
    slow = (picture.speed <= settings.slow_mps) & (scene.conduct["pace"] <= settings.slow_mps)
    return np.where(slow, until - scene.conduct["anchored"], 0.0)


def _another_near(picture: Picture, chosen: np.ndarray, fresh: np.ndarray, near_m: float) -> np.ndarray:
    """Whether a track that is being seen is near each chosen one (m,): then that may be the same person, walking on."""
    x, y = picture.rows["x"], picture.rows["y"]
    away = np.hypot(x[chosen][:, None] - x[fresh], y[chosen][:, None] - y[fresh])
    itself = chosen[:, None] == np.flatnonzero(fresh)
    return np.any((away <= near_m) & ~itself, axis=1)


def _among_animals(picture: Picture, chosen: np.ndarray, settings: DistressSettings) -> np.ndarray:
    """Whether animals are beside each chosen one (m,): a shepherd stands with the flock and is at work."""
    rows = picture.rows
    animals = np.flatnonzero(rows["classes"][:, ANIMAL] >= settings.animal)
    away = np.hypot(rows["x"][chosen][:, None] - rows["x"][animals], rows["y"][chosen][:, None] - rows["y"][animals])
    return np.any(away <= settings.flock_m, axis=1)


def _needed(scene: Scene, settings: DistressSettings) -> np.ndarray:
    """Seconds after which a slow walker would have left the error of the place: only then has somebody surely stopped."""
    return np.maximum(settings.stopped_s, 4.0 * scene.picture.sigma / settings.slow_mps)


def _in_need(scene: Scene, row: int, stayed: float, stopped: bool) -> Signal:
    since = {"stopped_s": round(stayed)} if stopped else {"large": True}
    return track_signal(scene, row, "distress", "rescue", {"hardship": scene.moment.hardship, **since})
