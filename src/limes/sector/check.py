"""Checking a sector's folder: every fault with its file, field and cure, not only the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from limes.errors import Fault
from limes.sector.deployment import check_deployment
from limes.sector.new import utm_zone
from limes.sector.sector import Sector, read_sector

SCALE_ERROR = 0.01
"""Share by which lengths on the plane may differ from those on the ground."""

CROSSING_REACH = 3000.0
"""A crossing point farther than this from the border line, metres, is taken for a mistake."""


def check(folder: str | Path) -> list[Fault]:
    """Every fault of a sector's folder, deployments included; an empty list when all is well."""
    sector, faults = read_sector(Path(folder))
    if sector is None:
        return faults
    for examine in (_scale_faults, _cover_faults, _void_faults, _place_faults, _crossing_faults):
        faults += examine(sector)
    for path in sector.deployments.values():
        faults += check_deployment(path, sector)
    return faults


def _scale_faults(sector: Sector) -> list[Fault]:
    line = sector.border
    error = float(np.hypot(np.diff(line.x), np.diff(line.y)).sum()) / line.length - 1
    if abs(error) <= SCALE_ERROR:
        return []
    cure = f"use a CRS of this region such as {utm_zone(float(line.lon.mean()), float(line.lat.mean()))}"
    return [Fault("sector.toml", "crs", f"{sector.crs} changes the length of the border by {error:+.1%}", cure)]


def _cover_faults(sector: Sector) -> list[Fault]:
    outside = ~sector.terrain.grid.inside(sector.border.x, sector.border.y)
    if not outside.any():
        return []
    first = sector.border.chainage[outside.argmax()] / 1000
    problem = f"does not cover {outside.sum()} of {outside.size} border vertices, the first at km {first:.1f}"
    return [Fault(_terrain_file(sector), "bounds", problem, "add the missing tiles with `limes sector terrain`")]


def _void_faults(sector: Sector) -> list[Fault]:
    voids = np.isnan(sector.terrain.height)
    if not voids.any():
        return []
    row, column = np.unravel_index(int(voids.argmax()), voids.shape)
    x, y = sector.terrain.grid.centre(int(row), int(column))
    problem = f"has {voids.sum()} void cells ({voids.mean():.2%}), the first at x {x:.0f}, y {y:.0f}"
    return [Fault(_terrain_file(sector), "height", problem, "fill them with a second tile: `limes sector terrain`")]


def _place_faults(sector: Sector) -> list[Fault]:
    cure = "remove it, or use a terrain that covers it"
    return [
        Fault("places.geojson", f"features[{i}]", f"{place.name} lies outside the terrain", cure)
        for i, place in enumerate(sector.places)
        if not sector.terrain.grid.inside(place.x, place.y)
    ]


def _crossing_faults(sector: Sector) -> list[Fault]:
    faults = []
    for i, point in enumerate(sector.crossings):
        away = abs(float(sector.border.locate(point.x, point.y)[1]))
        if away > CROSSING_REACH:
            problem = f"{point.name} lies {away / 1000:.1f} km from the border line"
            faults.append(Fault("crossings.geojson", f"features[{i}]", problem, "correct its position or remove it"))
    return faults


def _terrain_file(sector: Sector) -> str:
    return "terrain.tif" if (sector.folder / "terrain.tif").exists() else "sector.toml"
