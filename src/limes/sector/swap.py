"""Replacing a sector's terrain by surveyed tiles, with the old one kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.errors import Fault, InputError
from limes.grid import Grid
from limes.sector import border_file, settings
from limes.sector.backup import back_up
from limes.sector.border import Border
from limes.sector.terrain import Terrain, fits, read_terrain, write_terrain
from limes.sector.tiles import CELL, MARGIN, TileReport, Track, grid_around, terrain_from_tiles
from limes.sector.toml_text import Setting, with_table

FILE = "terrain.tif"


@dataclass(frozen=True)
class Swap:
    """What a swap did: the new terrain, what became of the tiles, and where the old files went (empty: there were none)."""

    terrain: Terrain
    report: TileReport
    backups: tuple[Path, ...]


def swap_terrain(
    folder: Path,
    tiles: Sequence[Path],
    source: str = "",
    notice: str = "",
    cell: float | None = None,
    margin: float | None = None,
    track: Track = iter,
) -> Swap:
    """Replace the terrain of the sector in `folder` by `tiles`; the modelled label goes unless a tile itself carries it.

    The grid of the old terrain is kept unless `cell` or `margin` (metres) is given; a new one ends where the tiles end.
    terrain.tif and sector.toml are written anew, their old versions kept as backups. Nothing is changed when an InputError is
    raised: tiles that cannot be read, or that leave a part of the border without a height.
    """
    known, line = _place(folder)
    if not tiles:
        raise InputError(folder, "tiles", "none given", "name one or more .hgt, .dt1, .dt2 or GeoTIFF files")
    kept = _old_grid(folder / FILE, known.crs) if cell is None and margin is None else None
    grid = kept or grid_around(line.x, line.y, MARGIN if margin is None else margin, cell or CELL)
    terrain, report = terrain_from_tiles(tiles, grid, known.crs, source, crop=kept is None, track=track)
    _require_border(terrain, line)
    table: dict[str, Setting] = {"files": [FILE], "modelled": terrain.modelled, "source": terrain.source, "notice": notice}
    text = with_table((folder / settings.NAME).read_text("utf-8"), "terrain", table)
    fresh = folder / "terrain.new.tif"
    write_terrain(fresh, terrain)
    backups = tuple(filter(None, (back_up(folder / name) for name in (FILE, settings.NAME))))
    fresh.replace(folder / FILE)
    (folder / settings.NAME).write_text(text, "utf-8")
    return Swap(terrain, report, backups)


def _place(folder: Path) -> tuple[settings.Settings, Border]:
    """What a swap needs of the sector, whose terrain may be missing or broken."""
    faults: list[Fault] = []
    known = settings.read_settings(folder / settings.NAME, faults)
    line = None if known is None else border_file.read_border(folder / border_file.NAME, known.crs, known.home_side, faults)
    if known is None or line is None or faults:
        raise InputError(faults[0].file, faults[0].field, faults[0].problem, faults[0].cure)
    return known, line


def _old_grid(path: Path, crs: str) -> Grid | None:
    return read_terrain(path, crs).grid if path.exists() and fits(path, crs) else None


def _require_border(terrain: Terrain, line: Border) -> None:
    bare = np.isnan(terrain.sample(line.x, line.y))
    if bare.any():
        first = line.chainage[bare.argmax()] / 1000
        problem = f"leave {bare.sum()} of {bare.size} border vertices without a height, the first at km {first:.1f}"
        raise InputError("tiles", "bounds", problem, "add the tiles that are missing, or a second source for their voids")
