"""Who may speak: the sensors by name, where they stand, and the assets and units that may report their state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from limes.geo import convergence, to_lonlat

FAR = 500_000.0
"""A position further than this from every sensor (metres) is a mistake, not a report."""


@dataclass(frozen=True)
class SensorDirectory:
    """Names of sensors, assets and units with what it takes to place their reports on the plane.

    Row k of every array belongs to `ids[k]`, and k is the `sensor` column of the detections. `length` is that of the
    sensor's own line (fibre, fence) in metres, NaN where it has none; `convergence` is the meridian convergence at the
    sensor, radians.
    """

    ids: tuple[str, ...]
    x: np.ndarray
    y: np.ndarray
    length: np.ndarray
    convergence: np.ndarray
    crs: str
    assets: frozenset[str]
    units: frozenset[str]

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each sensor by its name."""
        return {name: row for row, name in enumerate(self.ids)}

    def near(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Whether places are within `FAR` of the box of the sensors; False for NaN and inf. True without sensors."""
        if not self.ids:
            return np.asarray(np.isfinite(x) & np.isfinite(y))
        west, south, east, north = self._box
        return np.asarray((x > west) & (x < east) & (y > south) & (y < north))

    @cached_property
    def _box(self) -> tuple[float, float, float, float]:
        x, y = self.x, self.y
        return float(x.min()) - FAR, float(y.min()) - FAR, float(x.max()) + FAR, float(y.max()) + FAR


def sensor_directory(
    ids: Sequence[str],
    x: np.ndarray,
    y: np.ndarray,
    lines: Sequence[np.ndarray | None],
    crs: str,
    units: Sequence[str] = (),
    assets: Sequence[str] = (),
) -> SensorDirectory:
    """Make a directory from sensor names, plane places (m), their lines ((n, 2) arrays or None) and the sector's CRS.

    A sensor "tower-6/radar" makes "tower-6" an asset; `assets` adds those without sensors.

    >>> one = sensor_directory(["tower-6/radar"], np.array([5e5]), np.array([4e6]), [None], "EPSG:32637", ["patrol-1"])
    >>> one.index, sorted(one.assets), sorted(one.units)
    ({'tower-6/radar': 0}, ['tower-6'], ['patrol-1'])
    """
    lon, lat = to_lonlat(x, y, crs)
    return SensorDirectory(
        ids=tuple(ids),
        x=np.asarray(x, float),
        y=np.asarray(y, float),
        length=np.array([np.nan if line is None else _length(line) for line in lines]),
        convergence=np.atleast_1d(convergence(lon, lat, crs)),
        crs=crs,
        assets=frozenset(name.split("/")[0] for name in ids) | frozenset(assets),
        units=frozenset(units),
    )


def _length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(np.asarray(line, float), axis=0).T).sum())
