"""The border line: chainage along it, the nearest point on it, and which side is home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from limes.geo import geodesic_lengths, to_plane
from limes.sector.nearest import BoxTree, box_tree, nearest

Side = Literal["left", "right"]


@dataclass(frozen=True)
class Border:
    """A border line with its chainage.

    `lon`, `lat` (n,) degrees; `x`, `y` (n,) plane metres; `chainage` (n,) WGS84 geodesic metres from the first vertex;
    `home_side` is the hand on which home lies when walking with growing chainage. `source` and `licence` say whose line it is,
    because the length of a border depends on the resolution of its line.
    """

    lon: np.ndarray
    lat: np.ndarray
    x: np.ndarray
    y: np.ndarray
    chainage: np.ndarray
    home_side: Side
    source: str
    licence: str

    @property
    def length(self) -> float:
        """Geodesic length, metres."""
        return float(self.chainage[-1])

    @cached_property
    def _tree(self) -> BoxTree:
        return box_tree(self.x, self.y)

    def locate(self, x: np.ndarray | float, y: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Chainage of the nearest point on the line and signed offset from it (positive on the home side), metres.

        `x` and `y` broadcast against each other; the result has their shape. Beyond an end of the line the
        nearest point is that end.
        """
        bx, by = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        segment, fraction, left = nearest(self._tree, bx.ravel(), by.ravel())
        start = self.chainage[segment]
        chainage = start + fraction * (self.chainage[segment + 1] - start)
        offset = left if self.home_side == "left" else -left
        return chainage.reshape(bx.shape), offset.reshape(bx.shape)

    def point(self, chainage: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Plane coordinates at a chainage; beyond the ends it is the end."""
        return np.interp(chainage, self.chainage, self.x), np.interp(chainage, self.chainage, self.y)

    def direction(self, chainage: np.ndarray | float, span: float = 1.0) -> np.ndarray:
        """Grid bearing of growing chainage, radians clockwise from grid north in [0, 2 pi).

        It is the bearing of the chord over `span` metres centred there: a long span smooths the line's bends away.
        """
        middle = np.asarray(chainage, float)
        behind, ahead = self.point(middle - span / 2), self.point(middle + span / 2)
        return np.arctan2(ahead[0] - behind[0], ahead[1] - behind[1]) % (2 * np.pi)

    def normal_home(self, chainage: np.ndarray | float, span: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Unit vector (x, y) square to the line and towards home; `span` as in `direction`."""
        turn = np.pi / 2 if self.home_side == "right" else -np.pi / 2
        bearing = self.direction(chainage, span) + turn
        return np.sin(bearing), np.cos(bearing)

    def between(self, start: float, end: float) -> np.ndarray:
        """The part of the line between two chainages as plane points (m, 2), both ends included."""
        inner = self.chainage[(self.chainage > start) & (self.chainage < end)]
        return np.stack(self.point(np.concatenate([[start], inner, [end]])), axis=-1)


def border(lon: np.ndarray, lat: np.ndarray, crs: str, home_side: Side, source: str = "", licence: str = "") -> Border:
    """Make a border from degrees (WGS84) in a projected CRS.

    >>> line = border(np.array([37.0, 37.1]), np.array([36.7, 36.7]), "EPSG:32637", "left")
    >>> round(line.length)
    8936
    >>> chainage, offset = line.locate(*line.point(4000.0))
    >>> round(float(chainage)), abs(round(float(offset)))
    (4000, 0)
    """
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    x, y = to_plane(lon, lat, crs)
    return Border(lon, lat, x, y, geodesic_lengths(lon, lat), home_side, source, licence)
