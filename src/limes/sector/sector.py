"""A sector: one stretch of border with all that Limes knows of the place, loaded from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limes.errors import Fault, InputError
from limes.sector import border_file, settings
from limes.sector.border import Border
from limes.sector.catalogue import Catalogue
from limes.sector.catalogue_file import read_catalogue
from limes.sector.places import CrossingPoint, Place, Water, read_crossings, read_places, read_water
from limes.sector.terrain import Terrain, fits, read_terrain
from limes.sector.tiles import CELL, MARGIN, grid_around, terrain_from_tiles
from limes.sector.weather import Climate, Weather, WeatherSeries
from limes.sector.weather_file import read_weather


@dataclass(frozen=True)
class Sector:
    """The place. `home` and `other` name the two sides; plane coordinates everywhere are those of `crs`, metres.

    `weather` is a measured series or, where there is none, the stated climate; both answer `.at(time)`. `climate` is the stated
    climate where the sector states one. `notices` must be shown wherever the sector's data are shown.
    """

    folder: Path
    name: str
    title: str
    time_zone: str
    crs: str
    home: str
    other: str
    border: Border
    terrain: Terrain
    places: tuple[Place, ...]
    crossings: tuple[CrossingPoint, ...]
    water: tuple[Water, ...]
    weather: WeatherSeries | Climate
    climate: Climate | None
    catalogue: Catalogue
    notices: tuple[str, ...]
    deployments: Mapping[str, Path]


def load(folder: str | Path) -> Sector:
    """Load a sector; InputError with the first fault (and how many more there are) when it cannot be used.

    >>> from limes.sector import bundled
    >>> sector = load(bundled("mesa-verde"))
    >>> sector.terrain.modelled
    False
    """
    sector, faults = read_sector(Path(folder))
    if sector is None or faults:
        first, more = faults[0], len(faults) - 1
        cure = f"{first.cure} ({more} more: limes sector check {folder})" if more else first.cure
        raise InputError(first.file, first.field, first.problem, cure)
    return sector


def climate(sector: Sector, time: float) -> Weather:
    """The normal weather of a sector at a time by its stated climate; InputError where it states none."""
    if sector.climate is None:
        raise InputError(sector.folder / settings.NAME, "climate", "is not stated", "add a [climate] table")
    return sector.climate.at(time)


def read_sector(folder: Path) -> tuple[Sector | None, list[Fault]]:
    """Read all files of a sector; every fault that keeps it from being used, and the sector when it could be assembled."""
    faults: list[Fault] = []
    if not folder.is_dir():
        return None, [Fault(str(folder), "", "is not a folder", "give the folder that holds sector.toml")]
    known = settings.read_settings(folder / settings.NAME, faults)
    if known is None:
        return None, faults
    line = border_file.read_border(folder / border_file.NAME, known.crs, known.home_side, faults)
    terrain = None if line is None else _terrain(folder, known, line, faults)
    stated = known.climate.climate() if known.climate else None
    weather = _weather(folder, known, stated, faults)
    catalogue = _catalogue(folder, faults)
    optional = {name: (folder / f"{name}.geojson") for name in ("places", "crossings", "water")}
    places = read_places(optional["places"], known.crs, faults) if optional["places"].exists() else ()
    crossings = read_crossings(optional["crossings"], known.crs, faults) if optional["crossings"].exists() else ()
    water = read_water(optional["water"], known.crs, faults) if optional["water"].exists() else ()
    if line is None or terrain is None or weather is None or catalogue is None:
        return None, faults
    sector = Sector(
        folder=folder,
        name=known.name,
        title=known.title,
        time_zone=known.time_zone,
        crs=known.crs,
        home=known.home,
        other=known.other,
        border=line,
        terrain=terrain,
        places=places,
        crossings=crossings,
        water=water,
        weather=weather,
        climate=stated,
        catalogue=catalogue,
        notices=_notices(known, terrain, weather),
        deployments={path.stem: path for path in sorted((folder / "deployments").glob("*.geojson"))},
    )
    return sector, faults


def _terrain(folder: Path, known: settings.Settings, line: Border, faults: list[Fault]) -> Terrain | None:
    """One raster in the sector's frame as it is, anything else brought onto a 30 m grid around the border."""
    files = [folder / name for name in known.terrain.files]
    missing = [path for path in files if not path.is_file()]
    cure = "give tiles with `limes sector terrain FOLDER TILE...`, or correct terrain.files in sector.toml"
    faults.extend(Fault(path.name, "", "is missing", cure) for path in missing)
    if missing:
        return None
    try:
        if len(files) == 1 and fits(files[0], known.crs):
            return read_terrain(files[0], known.crs, known.terrain.modelled, known.terrain.source)
        grid = grid_around(line.x, line.y, MARGIN, CELL)
        terrain = terrain_from_tiles(files, grid, known.crs, known.terrain.source, crop=True)[0]
        return replace(terrain, modelled=terrain.modelled or known.terrain.modelled)
    except InputError as error:
        faults.append(error.fault)
        return None


def _weather(
    folder: Path, known: settings.Settings, stated: Climate | None, faults: list[Fault]
) -> WeatherSeries | Climate | None:
    path = folder / "weather.csv"
    if path.exists():
        source = known.weather.source if known.weather else ""
        return read_weather(path, source, known.weather.modelled if known.weather else False, faults)
    if stated is None:
        cure = "add weather.csv or state a [climate] in sector.toml"
        faults.append(Fault(path.name, "", "is missing and sector.toml states no climate", cure))
    return stated


def _catalogue(folder: Path, faults: list[Fault]) -> Catalogue | None:
    own = folder / "catalogue.toml"
    catalogue, found = read_catalogue([own] if own.exists() else [])
    faults.extend(found)
    return catalogue


def _notices(known: settings.Settings, terrain: Terrain, weather: WeatherSeries | Climate) -> tuple[str, ...]:
    added = [
        f"Weather: stated climate ({weather.source}), no measured series" if isinstance(weather, Climate) else "",
        known.terrain.notice,
        "Modelled terrain, not a survey" if terrain.modelled else "",
    ]
    return (*known.notices, *filter(None, added))
