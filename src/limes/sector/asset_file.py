"""One feature of a deployment file as an asset, or every fault of it against the catalogue and the sector."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from limes.errors import Fault
from limes.geo import convergence, to_lonlat, to_plane
from limes.sector.catalogue import CatalogueKind
from limes.sector.deployment import FULL_CIRCLE, Asset
from limes.sector.families import FAMILIES
from limes.sector.geojson import coordinates, properties
from limes.sector.lines import LINE_OFFSET, beside

if TYPE_CHECKING:
    from limes.sector.sector import Sector

_HEIGHT_NUMBER = {"tower": "height_m", "aerostat": "altitude_m"}


class _Properties(BaseModel):
    """The properties of a feature that Limes reads; others are kept as they are."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
    kind: str
    name: str = ""
    height_m: Annotated[float, Field(ge=0, le=6000)] | None = None
    azimuth_deg: Annotated[float, Field(ge=-360, le=360)] = 0.0
    width_deg: Annotated[float, Field(gt=0, le=360)] = 360.0
    from_km: float | None = None
    to_km: float | None = None
    offset_m: Annotated[float, Field(ge=-5000, le=5000)] | None = None
    base: str | None = None
    payload: list[str] | None = None
    crew: Annotated[float, Field(ge=0, le=10000)] | None = None


_KNOWN = frozenset(_Properties.model_fields)
_CURES = {
    "id": "use up to 40 letters, digits, dots and hyphens, such as tower-6",
    "kind": "name a kind of the catalogue: limes catalogue list",
    "height_m": "give metres above ground from 0 to 6000",
    "azimuth_deg": "give degrees clockwise from true north",
    "width_deg": "give the whole angle in degrees, 360 for all round",
    "crew": "give the number of people on duty",
}


def read_asset(feature: dict[str, Any], where: str, file: str, sector: Sector, faults: list[Fault]) -> Asset | None:
    """Make the asset of one feature; None, with what is wrong with it appended to `faults`, when that cannot be done.

    A unit without a place of its own stands at NaN until it is put at its base.
    """
    try:
        known = _Properties.model_validate(properties(feature))
    except ValidationError as error:
        faults.extend(_shape_fault(dict(item), where, file) for item in error.errors())
        return None
    kind = sector.catalogue.kinds.get(known.kind)
    if kind is None:
        cure = f"use {nearest_name(known.kind, sector.catalogue.kinds)}, or add it to the sector's catalogue.toml"
        faults.append(Fault(file, f"{known.id}.kind", f"{known.kind!r} is not in the catalogue", cure))
        return None
    found = [*_name_faults(known, kind), *_payload_faults(known, kind, sector)]
    line = _line(known, kind, feature, sector, found) if kind.linear else None
    point = None if kind.linear else _point(known, kind, feature, sector, found)
    faults += [Fault(file, f"{known.id}.{field}", problem, cure) for field, problem, cure in found]
    if found:
        return None
    return _build(known, kind, point, line, sector)


_Found = tuple[str, str, str]


def _shape_fault(error: dict[str, Any], where: str, file: str) -> Fault:
    name = str(error["loc"][0])
    problem = "is missing" if error["type"] == "missing" else f"is {error['input']!r}: {error['msg'].lower()}"
    return Fault(file, f"{where}.{name}", problem, _CURES.get(name, "correct the value"))


def _name_faults(known: _Properties, kind: CatalogueKind) -> list[_Found]:
    """Properties that look like a misspelt known one, and those that mean nothing for this kind."""
    faults = []
    for name in known.model_extra or {}:
        close = difflib.get_close_matches(name, _KNOWN, 1, 0.8)
        if close and name != "family":
            faults.append((name, "is not a property of an asset", f"did you mean {close[0]}?"))
    if kind.moves and not known.base:
        faults.append(("base", f"is missing: a {kind.family} goes out from somewhere", "give the id of its post or tower"))
    if not kind.moves and known.base:
        faults.append(("base", f"means nothing for a {kind.family}", "remove it"))
    if not kind.linear and (known.from_km is not None or known.to_km is not None):
        faults.append(("from_km", f"means nothing for a {kind.family}, which stands at a place", "remove from_km and to_km"))
    return faults


def _payload_faults(known: _Properties, kind: CatalogueKind, sector: Sector) -> list[_Found]:
    if known.payload is None:
        return []
    if not FAMILIES[kind.family].carries:
        return [("payload", f"a {kind.family} carries no payload", "remove it")]
    faults = []
    slots: dict[str, str] = {}
    for name in known.payload:
        carried = sector.catalogue.kinds.get(name)
        if carried is None or "slot" not in carried.traits:
            faults.append(
                ("payload", f"{name!r} is no radar or camera of the catalogue", f"use {nearest_name(name, _payloads(sector))}")
            )
        elif carried.traits["slot"] in slots:
            other = slots[carried.traits["slot"]]
            faults.append(
                ("payload", f"{name} and {other} would both be {known.id}/{carried.traits['slot']}", "keep one of them")
            )
        else:
            slots[carried.traits["slot"]] = name
    return faults


def _payloads(sector: Sector) -> list[str]:
    return [kind.key for kind in sector.catalogue.kinds.values() if "slot" in kind.traits]


def _line(
    known: _Properties, kind: CatalogueKind, feature: dict[str, Any], sector: Sector, faults: list[_Found]
) -> tuple[float, float, np.ndarray] | None:
    """Chainages and plane points of a line: along the border by from_km and to_km, else its own LineString."""
    length = sector.border.length / 1000
    if known.from_km is None and known.to_km is None:
        return _own_line(feature, sector, faults)
    if known.from_km is None or known.to_km is None:
        faults.append(("from_km", "and to_km go together", "give both, in km along the border"))
        return None
    for field, km in (("from_km", known.from_km), ("to_km", known.to_km)):
        if not -0.0005 <= km <= length + 0.0005:
            faults.append((field, f"is {km:g}, outside the border (0 to {length:.3f} km)", "move it inside"))
    if known.from_km >= known.to_km:
        faults.append(("to_km", f"is {known.to_km:g}, not after from_km {known.from_km:g}", "give from_km < to_km"))
    if faults:
        return None
    start, end = max(known.from_km * 1000, 0.0), min(known.to_km * 1000, sector.border.length)
    offset = LINE_OFFSET[kind.family] if known.offset_m is None else known.offset_m
    return start, end, beside(sector.border, start, end, offset)


def _own_line(feature: dict[str, Any], sector: Sector, faults: list[_Found]) -> tuple[float, float, np.ndarray] | None:
    lonlat = coordinates(feature, 2)
    if lonlat is None or len(lonlat) < 2:
        faults.append(("from_km", "is missing and there is no line", "give from_km and to_km, or a LineString in degrees"))
        return None
    x, y = to_plane(lonlat[:, 0], lonlat[:, 1], sector.crs)
    if not sector.terrain.grid.inside(x, y).all():
        faults.append(("geometry", "leaves the sector's terrain", "keep it inside: limes sector info"))
        return None
    chainage, _ = sector.border.locate(x, y)
    points = np.stack([x, y], axis=-1)
    return float(chainage.min()), float(chainage.max()), points if chainage[0] <= chainage[-1] else points[::-1]


def _point(
    known: _Properties, kind: CatalogueKind, feature: dict[str, Any], sector: Sector, faults: list[_Found]
) -> tuple[float, float] | None:
    """Plane coordinates of a point; None for a unit that stands at its base, or after a fault."""
    if kind.moves and not feature.get("geometry"):
        return None
    lonlat = coordinates(feature, 1)
    if lonlat is None:
        faults.append(("geometry", "is not a Point in degrees", "give longitude, latitude (WGS84)"))
        return None
    x, y = to_plane(lonlat[0], lonlat[1], sector.crs)
    if not bool(sector.terrain.grid.inside(x, y)):
        faults.append(
            ("geometry", f"lies outside the sector at {lonlat[0]:.4f}, {lonlat[1]:.4f}", "move it inside: limes sector info")
        )
        return None
    return float(x), float(y)


def _build(
    known: _Properties,
    kind: CatalogueKind,
    point: tuple[float, float] | None,
    line: tuple[float, float, np.ndarray] | None,
    sector: Sector,
) -> Asset:
    x, y = point or (math.nan, math.nan)
    if line is not None:
        x, y = _middle(line[2])
    height = kind.number(_HEIGHT_NUMBER.get(kind.family, ""), 0.0) if known.height_m is None else known.height_m
    extra = {name: value for name, value in (known.model_extra or {}).items() if name != "family"}
    if known.offset_m is not None:
        extra["offset_m"] = known.offset_m
    return Asset(
        id=known.id,
        kind=kind.key,
        family=kind.family,
        name=known.name or known.id,
        x=x,
        y=y,
        height=height,
        azimuth=_grid_bearing(known.azimuth_deg, x, y, sector) if known.width_deg < 360 else 0.0,
        width=FULL_CIRCLE if known.width_deg == 360 else math.radians(known.width_deg),
        line_from=None if line is None else line[0],
        line_to=None if line is None else line[1],
        line_xy=None if line is None else line[2],
        base=known.base,
        crew=_crew(kind, line) if known.crew is None else known.crew,
        payload=kind.payload if known.payload is None else tuple(known.payload),
        properties=MappingProxyType(extra),
    )


def _middle(points: np.ndarray) -> tuple[float, float]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    half = along[-1] / 2
    return float(np.interp(half, along, points[:, 0])), float(np.interp(half, along, points[:, 1]))


def _crew(kind: CatalogueKind, line: tuple[float, float, np.ndarray] | None) -> float:
    pieces = 1.0 if line is None or kind.per == "each" else (line[1] - line[0]) / 1000
    return round(kind.crew.value * pieces, 3)


def _grid_bearing(true_degrees: float, x: float, y: float, sector: Sector) -> float:
    lon, lat = to_lonlat(x, y, sector.crs)
    return (math.radians(true_degrees) - float(convergence(lon, lat, sector.crs))) % FULL_CIRCLE


def nearest_name(name: str, among: Iterable[str]) -> str:
    """The name that looks most like a misspelt one; "another" when there is none to choose from."""
    names = list(among)
    close = difflib.get_close_matches(name, names, 1, 0.0)
    return close[0] if close else "another"
