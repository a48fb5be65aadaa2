"""Where a plan moves people, and what it costs others: dangerous ground on the worst ways, and false reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.closure.choice import quantal_response
from limes.closure.ground import Ground
from limes.closure.scene import Scene
from limes.closure.ways import cells_of
from limes.closure.worst import Outcome
from limes.errors import Fault, InputError
from limes.geo import to_plane
from limes.sector import Sector
from limes.sector.geojson import read_features
from limes.sensing import nuisance_rate
from limes.sensing.sensor import Sensor

STEEP = 0.7
"""Gradient between neighbouring cells from which ground counts as dangerous (assumed: 35 degrees)."""

SUMMIT = 600.0
"""Metres above the median of the strip from which a way counts as leading over a summit (assumed)."""

LAMBDA = 0.76
"""How sharply crossers choose: fitted to people by Yang et al. 2011, for payoffs on a scale of ten."""


@dataclass(frozen=True)
class Danger:
    """Dangerous cells by what is dangerous: rivers, steep ground and summits, mined areas, flat bool arrays."""

    rivers: np.ndarray
    summits: np.ndarray
    mines: np.ndarray


@dataclass(frozen=True)
class Moved:
    """Shares of crossers on foot whose way leads over each kind of dangerous ground, and expected P(interdict) of them."""

    rivers: float
    summits: float
    mines: float
    expected: float

    @property
    def any(self) -> float:
        """The three shares added up, at most 1."""
        return min(self.rivers + self.summits + self.mines, 1.0)


def danger(sector: Sector, ground: Ground) -> Danger:
    """Dangerous cells of a ground; mined areas are the polygons of the sector's mines.geojson where there is one."""
    import shapely

    height = ground.height.reshape(ground.grid.shape).astype(float)
    rise = np.zeros(ground.grid.shape)
    for axis in (0, 1):
        step = np.abs(np.diff(height, axis=axis)) / ground.grid.cell
        pad = [(0, 0), (0, 0)]
        pad[axis] = (0, 1)
        rise = np.fmax(rise, np.pad(step, pad))
    strip = ground.region > 0
    high = height.ravel() > np.nanmedian(height.ravel()[strip]) + SUMMIT
    mines = np.zeros(strip.size, bool)
    x, y = ground.place(np.arange(strip.size))
    for ring in polygons(sector.folder / "mines.geojson", sector):
        mines |= shapely.contains_xy(shapely.Polygon(ring), x, y)
    return Danger(ground.water, (rise.ravel() > STEEP) | high, mines)


def polygons(path: Path, sector: Sector) -> tuple[np.ndarray, ...]:
    """Outer rings (n, 2) in plane metres of the polygons of a GeoJSON file; none where there is no file."""
    if not path.exists():
        return ()
    faults: list[Fault] = []
    rings = []
    for i, feature in enumerate(read_features(path, faults)):
        geometry = feature["geometry"]
        parts = geometry.get("coordinates", [])
        parts = parts if geometry.get("type") == "MultiPolygon" else [parts]
        try:
            for part in parts:
                lonlat = np.array(part[0], float)
                rings.append(np.stack(to_plane(lonlat[:, 0], lonlat[:, 1], sector.crs), axis=-1))
        except (IndexError, TypeError, ValueError):
            faults.append(Fault(path.name, f"features[{i}].geometry", "is no polygon of degrees", "give a Polygon in WGS84"))
    if faults:
        raise InputError(faults[0].file, faults[0].field, faults[0].problem, faults[0].cure)
    return tuple(rings)


def moved(found: Outcome, about: Danger) -> Moved:
    """Where crossers go who choose among the km by quantal response (utility 10 (1 - P), `LAMBDA`), and what they meet."""
    kms = np.flatnonzero(np.isfinite(found.p))
    if not kms.size:
        return Moved(0.0, 0.0, 0.0, float("nan"))
    share = quantal_response(10.0 * (1.0 - found.p[kms]), LAMBDA)
    ways = [cells_of(found, int(km))[0] for km in kms]

    def met(kind: np.ndarray) -> float:
        return float(share @ np.array([kind[cells].any() for cells in ways]))

    return Moved(met(about.rivers), met(about.summits), met(about.mines), float(share @ found.p[kms]))


def false_reports(about: Scene, sensors: tuple[Sensor, ...]) -> float:
    """False and nuisance reports an hour of some sensors in the scene's weather, before tracking."""
    return float(sum(nuisance_rate(sensor, about.weather, about.time) for sensor in sensors))
