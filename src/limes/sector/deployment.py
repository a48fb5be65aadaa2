"""A deployment: what stands where on a sector. One GeoJSON file, the same for plan, watch and proof."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from limes.errors import Fault, InputError
from limes.geo import convergence, to_lonlat
from limes.sector.lines import LINE_OFFSET, beside

if TYPE_CHECKING:
    from limes.sector.sector import Sector

FULL_CIRCLE = 2.0 * math.pi
"""Width of an asset that looks all round, radians."""


@dataclass(frozen=True)
class Asset:
    """One thing that stands, lies or is based somewhere: a tower, a stretch of fence, a patrol.

    `x`, `y` plane metres (a line's middle, a unit's base); `height` of its sensors above ground, metres; `azimuth` the middle
    of what it looks at (grid bearing, rad) and `width` the whole angle, rad. `line_from`, `line_to` (chainage, m) and `line_xy`
    (n, 2) only for lines, in the direction of growing chainage. `base` is the asset a unit belongs to, `payload` the kinds of
    its sensors, `crew` people on duty, `properties` whatever else its file says.
    """

    id: str
    kind: str
    family: str
    name: str
    x: float
    y: float
    height: float
    azimuth: float
    width: float
    line_from: float | None
    line_to: float | None
    line_xy: np.ndarray | None
    base: str | None
    crew: float
    payload: tuple[str, ...]
    properties: Mapping[str, Any]

    @property
    def length(self) -> float:
        """Length of border a line covers, metres; 0 for a point."""
        return 0.0 if self.line_from is None or self.line_to is None else self.line_to - self.line_from


@dataclass(frozen=True)
class Deployment:
    """What stands where: assets in the order of their file, with unique ids."""

    name: str
    title: str
    note: str
    assets: tuple[Asset, ...]

    def asset(self, key: str) -> Asset:
        """The asset of an id; KeyError when there is none."""
        for asset in self.assets:
            if asset.id == key:
                return asset
        raise KeyError(f"{self.name} has no asset {key}")

    def family(self, name: str) -> tuple[Asset, ...]:
        """The assets of one family, in order."""
        return tuple(asset for asset in self.assets if asset.family == name)


def load_deployment(path: str | Path, sector: Sector) -> Deployment:
    """Load a deployment for a sector; InputError with the first fault (and how many more) when it cannot be used.

    >>> from limes.sector import bundled, load
    >>> sector = load(bundled("mesa-verde"))
    >>> load_deployment(sector.deployments["demo"], sector).asset("tower-1").family
    'tower'
    """
    from limes.sector.deployment_file import read_deployment

    deployment, faults = read_deployment(Path(path), sector)
    if deployment is None or faults:
        first, more = faults[0], len(faults) - 1
        cure = f"{first.cure} ({more} more: limes deployment check)" if more else first.cure
        raise InputError(first.file, first.field, first.problem, cure)
    return deployment


def check_deployment(path: str | Path, sector: Sector) -> list[Fault]:
    """Every fault of a deployment file against the catalogue and the sector; an empty list when it can be used."""
    from limes.sector.deployment_file import read_deployment

    return read_deployment(Path(path), sector)[1]


def to_geojson(deployment: Deployment, sector: Sector) -> dict[str, Any]:
    """The deployment as a GeoJSON FeatureCollection that `load_deployment` reads back as the same assets."""
    return {
        "type": "FeatureCollection",
        "name": deployment.name,
        "title": deployment.title,
        "note": deployment.note,
        "sector": sector.name,
        "features": [_feature(asset, sector) for asset in deployment.assets],
    }


def save_deployment(deployment: Deployment, path: str | Path, sector: Sector) -> None:
    """Write a deployment as GeoJSON, one feature a line so that a change shows as a change of one line.

    What follows the border is written by its kilometres alone: it stays right when the border line is drawn anew, and the
    border's own licence does not come with it.
    """
    whole = to_geojson(deployment, sector)
    for feature in whole["features"]:
        if "from_km" in feature["properties"]:
            feature["geometry"] = None
    head = {key: value for key, value in whole.items() if key != "features"}
    features = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in whole["features"])
    text = json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{features}\n]}}\n'
    Path(path).write_text(text, "utf-8")


def _feature(asset: Asset, sector: Sector) -> dict[str, Any]:
    kind = sector.catalogue.kinds[asset.kind]
    properties: dict[str, Any] = {"id": asset.id, "kind": asset.kind, "family": asset.family, "name": asset.name}
    if asset.line_from is not None and asset.line_to is not None and _follows(asset, sector):
        properties |= {"from_km": round(asset.line_from / 1000, 4), "to_km": round(asset.line_to / 1000, 4)}
    elif asset.line_xy is None:
        properties["height_m"] = asset.height
    if asset.width < FULL_CIRCLE:
        properties |= {"azimuth_deg": _true_degrees(asset, sector), "width_deg": round(math.degrees(asset.width), 4)}
    if asset.base is not None:
        properties["base"] = asset.base
    if asset.payload != kind.payload:
        properties["payload"] = list(asset.payload)
    properties["crew"] = asset.crew
    return {"type": "Feature", "properties": {**asset.properties, **properties}, "geometry": _geometry(asset, sector)}


def _follows(asset: Asset, sector: Sector) -> bool:
    """Whether a line is the one that its kilometres and its offset make."""
    if asset.line_xy is None or asset.line_from is None or asset.line_to is None:
        return False
    offset = float(asset.properties.get("offset_m", LINE_OFFSET[asset.family]))
    line = beside(sector.border, asset.line_from, asset.line_to, offset)
    return line.shape == asset.line_xy.shape and bool(np.allclose(line, asset.line_xy, atol=0.5))


def _true_degrees(asset: Asset, sector: Sector) -> float:
    lon, lat = to_lonlat(asset.x, asset.y, sector.crs)
    return round(math.degrees(asset.azimuth + float(convergence(lon, lat, sector.crs))) % 360.0, 4)


def _geometry(asset: Asset, sector: Sector) -> dict[str, Any]:
    points = np.array([[asset.x, asset.y]]) if asset.line_xy is None else asset.line_xy
    lon, lat = to_lonlat(points[:, 0], points[:, 1], sector.crs)
    pairs = np.round(np.stack([lon, lat], axis=-1), 7).tolist()
    if asset.line_xy is None:
        return {"type": "Point", "coordinates": pairs[0]}
    return {"type": "LineString", "coordinates": pairs}
