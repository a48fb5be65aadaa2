"""Reading GeoJSON files at the edge: every fault is collected with its file, field and cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import Fault


def read_features(path: Path, faults: list[Fault]) -> list[dict[str, Any]]:
    """Read the features of a FeatureCollection, Feature or bare geometry; what is wrong is appended to `faults`."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(path.name, "", "is missing", "add the file to the sector's folder"))
        return []
    except (ValueError, OSError) as error:
        faults.append(Fault(path.name, "", f"is not readable JSON ({error})", "export it as GeoJSON in UTF-8"))
        return []
    kind = data.get("type") if isinstance(data, dict) else None
    features: list[Any] = data.get("features", []) if kind == "FeatureCollection" else [data] if kind == "Feature" else []
    if not features and isinstance(data, dict) and "coordinates" in data:
        features = [{"type": "Feature", "properties": {}, "geometry": data}]
    if kind is None or not isinstance(features, list) or (not features and kind != "FeatureCollection"):
        faults.append(Fault(path.name, "type", "is not a GeoJSON FeatureCollection", "export it as GeoJSON (RFC 7946)"))
        return []
    return [f for f in features if _is_feature(f, path, faults)]


def _is_feature(feature: Any, path: Path, faults: list[Fault]) -> bool:
    good = isinstance(feature, dict) and isinstance(feature.get("geometry"), dict)
    if not good:
        faults.append(Fault(path.name, "features", "holds a feature without a geometry", "remove it or give it one"))
    return good


def properties(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties of a feature, an empty dict where it has none."""
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def coordinates(feature: dict[str, Any], depth: int) -> np.ndarray | None:
    """The lon, lat pairs of a geometry: shape (2,) for depth 1 (a point), (n, 2) for depth 2 (a line).

    None when they are not finite degrees of that shape; heights are left out.

    >>> coordinates({"geometry": {"type": "Point", "coordinates": [37.1, 36.7, 650]}}, 1)
    array([37.1, 36.7])
    """
    try:
        found = np.array(feature["geometry"]["coordinates"], float)
    except (KeyError, TypeError, ValueError):
        return None
    if found.ndim != depth or found.shape[-1] < 2:
        return None
    lonlat = found[..., :2]
    if not (np.isfinite(lonlat).all() and (np.abs(lonlat[..., 0]) <= 180).all() and (np.abs(lonlat[..., 1]) <= 90).all()):
        return None
    return lonlat
