"""Geodesy: degrees to the plane and back, true to grid bearings, lengths on the ellipsoid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from pyproj import CRS, Geod, Proj, Transformer

_GEOD = Geod(ellps="WGS84")


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def is_projected(crs: str) -> bool:
    """Whether a CRS is projected in metres, as every sector's must be.

    >>> is_projected("EPSG:32637"), is_projected("EPSG:4326")
    (True, False)
    """
    system = CRS.from_user_input(crs)
    return system.is_projected and abs(system.axis_info[0].unit_conversion_factor - 1.0) < 1e-9


def to_plane(lon: np.ndarray | float, lat: np.ndarray | float, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Project degrees (WGS84) to plane metres."""
    x, y = _transformer("EPSG:4326", crs).transform(np.asarray(lon, float), np.asarray(lat, float))
    return np.asarray(x), np.asarray(y)


def to_lonlat(x: np.ndarray | float, y: np.ndarray | float, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Turn plane metres into degrees (WGS84).

    >>> x, y = to_plane(37.5, 36.7, "EPSG:32637")
    >>> lon, lat = to_lonlat(x, y, "EPSG:32637")
    >>> round(float(lon), 9), round(float(lat), 9)
    (37.5, 36.7)
    """
    lon, lat = _transformer(crs, "EPSG:4326").transform(np.asarray(x, float), np.asarray(y, float))
    return np.asarray(lon), np.asarray(lat)


def convergence(lon: np.ndarray | float, lat: np.ndarray | float, crs: str) -> np.ndarray:
    """Meridian convergence in radians: grid bearing = true bearing - convergence.

    At the reference sector it is near -0.9 degrees, 310 m at 20 km, so no bearing may skip it.
    """
    if not np.size(lon):
        return np.zeros(np.shape(lon))
    factors = _projection(crs).get_factors(np.asarray(lon, float), np.asarray(lat, float))
    return np.radians(np.asarray(factors.meridian_convergence))


@lru_cache(maxsize=32)
def _projection(crs: str) -> Proj:
    return Proj(crs)


def geodesic_lengths(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Cumulative WGS84 geodesic length along a polyline, metres, starting at 0."""
    _, _, step = _GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return np.concatenate([[0.0], np.cumsum(step)])
