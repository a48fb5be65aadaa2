"""What conduct, place and hour add up to. No number here belongs to a person: it is gone when the track does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.watch.conduct import pace
from limes.watch.scene import Scene

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
    "not told apart from an animal",
    "faster than people walk",
)
"""What conduct, place and time can add to or take from an approach, in the order of `ScoreSettings.points`."""


@dataclass(frozen=True)
class ScoreSettings:
    """Points for each of `FACTORS`, and when each holds (assumed).

    `village_m`: nearer is near a village; `straight`: net over gone way, from `straight_m` on; `soon_s`: at the line by then;
    `several` together; `told`: share of people and vehicles from which a track is told apart from an animal; `walking_mps`: the
    pace of people on foot.
    """

    points: tuple[float, ...] = (1.0, -1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5)
    village_m: float = 1500.0
    straight: float = 0.8
    straight_m: float = 200.0
    soon_s: float = 600.0
    several: float = 2.5
    told: float = 0.75
    walking_mps: float = 1.8


def conduct_score(scene: Scene, chosen: np.ndarray, settings: ScoreSettings) -> tuple[np.ndarray, np.ndarray]:
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
            picture.told_apart[chosen] < settings.told,
            (picture.vehicle[chosen] <= 0.5) & (pace(conduct) > settings.walking_mps),
        ],
        axis=1,
    )
    return 1.0 + factors @ np.array(settings.points), factors
