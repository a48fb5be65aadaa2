"""Reading `border.geojson`: one line, its source and licence, and every fault of its shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import Fault
from limes.sector.border import Border, Side, border
from limes.sector.geojson import coordinates, properties, read_features

NAME = "border.geojson"


def read_border(path: Path, crs: str, home_side: Side, faults: list[Fault]) -> Border | None:
    """Read the border line; None, with its faults appended, when there is no usable line.

    A line that crosses itself or repeats a vertex is a fault, because chainage and side would be ambiguous there.
    """
    features = read_features(path, faults)
    lonlat = _single_line(path, features, faults)
    if lonlat is None:
        return None
    known = properties(features[0])
    for key in ("source", "licence"):
        if not isinstance(known.get(key), str) or not known[key].strip():
            faults.append(
                Fault(path.name, f"properties.{key}", "is missing", f"add the line's {key} to the feature's properties")
            )
    kept = _without_repeats(path, lonlat, faults)
    if len(kept) < 2:
        return None
    line = border(kept[:, 0], kept[:, 1], crs, home_side, str(known.get("source", "")), str(known.get("licence", "")))
    if not np.isfinite(line.x).all():
        faults.append(
            Fault(path.name, "geometry", f"cannot be projected to {crs}", "choose the projected CRS of its own region")
        )
        return None
    faults.extend(_self_crossings(path, line))
    return line


def _single_line(path: Path, features: list[dict[str, Any]], faults: list[Fault]) -> np.ndarray | None:
    kinds = [f["geometry"].get("type") for f in features]
    if kinds != ["LineString"]:
        if features or not faults:
            found = ", ".join(map(str, kinds)) or "nothing"
            faults.append(
                Fault(
                    path.name,
                    "geometry",
                    f"holds {found}, not one LineString",
                    "merge the parts into one line, in walking order",
                )
            )
        return None
    lonlat = coordinates(features[0], 2)
    if lonlat is None or len(lonlat) < 2:
        cure = "give two or more longitude, latitude pairs in WGS84"
        faults.append(Fault(path.name, "geometry.coordinates", "are not a line in degrees", cure))
        return None
    return lonlat


def _without_repeats(path: Path, lonlat: np.ndarray, faults: list[Fault]) -> np.ndarray:
    new = np.concatenate([[True], (np.diff(lonlat, axis=0) != 0).any(axis=1)])
    repeats = np.flatnonzero(~new)
    if repeats.size:
        where = f"geometry.coordinates[{repeats[0]}]"
        faults.append(
            Fault(
                path.name, where, f"repeats the vertex before it ({repeats.size} such in all)", "remove the repeated vertices"
            )
        )
    return lonlat[new]


def _self_crossings(path: Path, line: Border) -> list[Fault]:
    import shapely

    shape = shapely.LineString(np.stack([line.x, line.y], axis=-1))
    if shape.is_closed:
        return [Fault(path.name, "geometry", "ends where it begins", "cut the ring open where the sector begins")]
    if shape.is_simple:
        return []
    ends = np.array([part.coords[0] for part in shapely.get_parts(shapely.unary_union(shape))][1:])
    where = ", ".join(f"km {line.locate(x, y)[0] / 1000:.2f}" for x, y in ends[:3])
    return [Fault(path.name, "geometry", f"crosses or touches itself near {where or 'a vertex'}", "remove the loop")]
