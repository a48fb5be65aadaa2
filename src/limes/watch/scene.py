"""The scene at one second: the picture with each track's conduct, the place and the moment; what the track rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from limes.sector import Border
from limes.watch.picture import Picture
from limes.watch.signals import Signal
from limes.watch.surroundings import Moment, Surroundings
from limes.watch.wording import track_facts


@dataclass(frozen=True)
class Scene:
    """What the track rules look at: the picture, the tracks' conduct, how many sensors saw each, place and moment."""

    picture: Picture
    conduct: np.ndarray
    seen_by: np.ndarray
    places: Surroundings
    moment: Moment
    border: Border

    def at_open_crossing(self, chainage: np.ndarray) -> np.ndarray:
        """Whether places on the line (m along it) are at a crossing point that is open now."""
        x, y = self.border.point(chainage)
        return self.places.at_open_crossing(x, y, self.moment.time)


def track_signal(
    scene: Scene,
    row: int,
    kind: str,
    priority: str,
    facts: Mapping[str, Any],
    heading: int = 0,
    time_left: tuple[float, float] | None = None,
) -> Signal:
    """A signal about one track of the scene, by its row."""
    picture = scene.picture
    track = picture.rows[row]
    return Signal(
        kind=kind,
        priority=priority,
        cause=f"track:{int(track['track'])}",
        x=float(track["x"]),
        y=float(track["y"]),
        km=float(picture.chainage[row]) / 1000.0,
        offset=float(picture.offset[row]),
        tracks=(int(track["track"]),),
        time_left=time_left,
        heading=heading,
        facts={**track_facts(picture, row), **facts},
    )
