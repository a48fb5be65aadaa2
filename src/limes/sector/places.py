"""Settlements, crossing points and waters of a sector, read from GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import Fault
from limes.geo import to_plane
from limes.sector.geojson import coordinates, properties, read_features

MODES = ("foot", "vehicle", "rail")
"""Ways in which a crossing point can be passed."""


@dataclass(frozen=True)
class Place:
    """A settlement; `country` is a two-letter code, `population` 0 where the source gives none."""

    name: str
    x: float
    y: float
    lon: float
    lat: float
    country: str
    population: int


@dataclass(frozen=True)
class CrossingPoint:
    """A place where crossing is allowed.

    `modes` are some of `MODES`; `open_hours` local such as "08:00-17:00", "" where it is not known; `source` says whose
    knowledge it is.
    """

    id: str
    name: str
    x: float
    y: float
    lon: float
    lat: float
    modes: tuple[str, ...]
    open_hours: str
    source: str


@dataclass(frozen=True)
class Water:
    """A river or lake shore as a line: plane points (n, 2)."""

    name: str
    line: np.ndarray


def read_places(path: Path, crs: str, faults: list[Fault]) -> tuple[Place, ...]:
    """Read settlements: Point features with `name`, `country` and `population`."""
    places = []
    for i, feature in enumerate(read_features(path, faults)):
        known, point = properties(feature), _point(feature, path, i, faults)
        population = known.get("population") or 0
        if not isinstance(population, int) or population < 0:
            faults.append(
                _fault(path, i, "population", f"is {population!r}", "give a whole number of people, 0 where not known")
            )
        elif point is not None:
            name = _text(feature, "name", path, i, faults)
            places.append(Place(name, *_plane(point, crs), *point, str(known.get("country", "")), population))
    return tuple(places)


def read_crossings(path: Path, crs: str, faults: list[Fault]) -> tuple[CrossingPoint, ...]:
    """Read crossing points: Point features with `id`, `name`, `modes`, `open_hours` and `source`."""
    crossings: list[CrossingPoint] = []
    for i, feature in enumerate(read_features(path, faults)):
        known, point = properties(feature), _point(feature, path, i, faults)
        key, name = _text(feature, "id", path, i, faults), _text(feature, "name", path, i, faults)
        modes = known.get("modes", [])
        if not isinstance(modes, list) or not modes or not set(modes) <= set(MODES):
            faults.append(_fault(path, i, "modes", f"is {modes!r}", f"give a list of some of {', '.join(MODES)}"))
            continue
        if key in {c.id for c in crossings}:
            faults.append(_fault(path, i, "id", f"{key!r} is used twice", "give each crossing point its own id"))
        if point is not None:
            hours, source = str(known.get("open_hours") or ""), str(known.get("source") or "")
            crossings.append(CrossingPoint(key, name, *_plane(point, crs), *point, tuple(modes), hours, source))
    return tuple(crossings)


def read_water(path: Path, crs: str, faults: list[Fault]) -> tuple[Water, ...]:
    """Read waters: LineString and MultiLineString features with a `name`; each part becomes one line."""
    waters = []
    for i, feature in enumerate(read_features(path, faults)):
        geometry = feature["geometry"]
        parts = geometry.get("coordinates") if geometry.get("type") == "MultiLineString" else [geometry.get("coordinates")]
        for part in parts if isinstance(parts, list) else [None]:
            lonlat = coordinates({"geometry": {"coordinates": part}}, 2)
            if lonlat is None or len(lonlat) < 2:
                faults.append(
                    _fault(path, i, "geometry", "is not a line of degrees", "give a LineString in WGS84 longitude, latitude")
                )
            else:
                line = np.stack(to_plane(lonlat[:, 0], lonlat[:, 1], crs), axis=-1)
                waters.append(Water(str(properties(feature).get("name", "")), line))
    return tuple(waters)


def _point(feature: dict[str, Any], path: Path, i: int, faults: list[Fault]) -> tuple[float, float] | None:
    lonlat = coordinates(feature, 1) if feature["geometry"].get("type") == "Point" else None
    if lonlat is None:
        faults.append(_fault(path, i, "geometry", "is not a Point in degrees", "give longitude, latitude in WGS84"))
        return None
    return float(lonlat[0]), float(lonlat[1])


def _plane(point: tuple[float, float], crs: str) -> tuple[float, float]:
    x, y = to_plane(point[0], point[1], crs)
    return float(x), float(y)


def _text(feature: dict[str, Any], key: str, path: Path, i: int, faults: list[Fault]) -> str:
    value = properties(feature).get(key)
    if not isinstance(value, str) or not value.strip():
        faults.append(_fault(path, i, key, "is missing", f"add a {key} to the feature's properties"))
        return ""
    return value


def _fault(path: Path, i: int, field: str, problem: str, cure: str) -> Fault:
    return Fault(path.name, f"features[{i}].{field}", problem, cure)
