"""`limes sight`: what can be seen from a place over a terrain file, and from which height above the ground."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector import Terrain
    from limes.sensing.sight import Frame, Observer
    from limes.sensing.sight.survey import Seen, Survey


def sight(
    dem: Annotated[Path, typer.Argument(help="Terrain: GeoTIFF, .hgt, .dt1, .dt2.", show_default=False)],
    at: Annotated[str | None, typer.Option(metavar="X,Y", help="The observer's place, in the terrain's CRS.")] = None,
    observers: Annotated[Path | None, typer.Option(help="CSV of observers: x, y or lon, lat; any option as a column.")] = None,
    lonlat: Annotated[bool, typer.Option("--lonlat", help="--at is longitude,latitude.")] = False,
    height: Annotated[float | None, typer.Option(min=0, help="Observer above ground, m.")] = None,
    target: Annotated[float, typer.Option(help="What is looked for, above ground, m.")] = 1.7,
    range_: Annotated[float | None, typer.Option("--range", min=0, help="Farthest, m (else all of the terrain).")] = None,
    min_range: Annotated[float, typer.Option(min=0, help="Nearest, m.")] = 0.0,
    azimuth: Annotated[float | None, typer.Option(help="Middle of the sector, degrees from true north.")] = None,
    width: Annotated[float | None, typer.Option(min=0, max=360, help="Width of the sector, degrees.")] = None,
    min_elevation: Annotated[float | None, typer.Option(min=-90, max=90, help="Lowest elevation, degrees.")] = None,
    max_elevation: Annotated[float | None, typer.Option(min=-90, max=90, help="Highest elevation, degrees.")] = None,
    k: Annotated[float, typer.Option(help="Refraction: 0.13 light, 0.25 radar (4/3 earth), 1 flat earth.")] = 0.13,
    engine: Annotated[str, typer.Option(help="exact, or screen (sampled rays).")] = "exact",
    retest: Annotated[bool, typer.Option("--retest", help="Test every visible cell again by a single line of sight.")] = False,
    dem_error: Annotated[float, typer.Option(min=0, help="Error of the terrain, m: cells this close are uncertain.")] = 0.0,
    reproject: Annotated[str | None, typer.Option(metavar="CRS", help="Warp the terrain first: auto or EPSG:...")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="GeoTIFF (COG) of minimum visible heights.")] = None,
    mask: Annotated[bool, typer.Option("--mask", help="Write 1 seen, 0 hidden, 2 uncertain, 255 out of range.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Write how many observers see each cell.")] = False,
    tiles: Annotated[Path | None, typer.Option(help="Write what each observer sees as bit tiles (.npz).")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads (else one per processor).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """See from a place: the least height above ground that is visible at every cell.

    Example: limes sight terrain.tif --at 430000,4055000 --height 15 --range 20000 -o seen.tif
    """
    from limes.sensing.sight import Observer, frame_of, read_window
    from limes.sensing.sight.survey import survey

    _check_call(at, observers, azimuth, width, mask, count)
    check_folder(output, tiles)
    tall, far = math.nan if height is None else height, math.inf if range_ is None else range_
    sector, rise = (_radians(azimuth), _radians(width)), (_radians(min_elevation), _radians(max_elevation))
    default = Observer("observer", *(place_of(at) if at else (math.nan, math.nan)), tall, far, k, *sector, min_range, *rise)
    stand = placed(dem, frame_of(dem, reproject), *_given(default, observers, lonlat))
    start, threads = time.process_time(), workers or os.cpu_count() or 1
    terrain = read_window(dem, reproject, _bounds(stand))
    with _progress(len(stand)) as advance:
        found = survey(
            stand,
            terrain.grid,
            terrain.height,
            target,
            engine=engine,
            workers=threads,
            dem_error=dem_error,
            recheck=retest,
            keep_tiles=tiles is not None,
            advance=advance,
        )
    facts = _facts(dem, terrain, found, target, engine, dem_error) | {"cpu_s": round(time.process_time() - start, 3)}
    facts["written"] = _write(terrain, found, facts, output, "count" if count else "mask" if mask else "mvh", tiles)
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else _text(facts))


def _check_call(
    at: str | None, observers: Path | None, azimuth: float | None, width: float | None, mask: bool, count: bool
) -> None:
    from limes.errors import UsageError

    if (at is None) == (observers is None):
        raise UsageError("give either --at X,Y or --observers TABLE.csv")
    if (azimuth is None) != (width is None):
        raise UsageError("--azimuth and --width belong together")
    if mask and count:
        raise UsageError("give --mask or --count, not both")


def _radians(angle: float | None) -> float | None:
    return None if angle is None else math.radians(angle)


def place_of(text: str, option: str = "--at") -> tuple[float, float]:
    """The two numbers of an option; UsageError where it holds anything else."""
    from limes.errors import UsageError

    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not two numbers X,Y") from None
    return x, y


def check_folder(*files: Path | None) -> None:
    """UsageError where a file that is to be written lies in a folder that does not exist."""
    from limes.errors import UsageError

    for file in files:
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}; make it first")


def _given(default: Observer, table: Path | None, lonlat: bool) -> tuple[tuple[Observer, ...], str | None]:
    """Observers as given, and the CRS they are given in; None for the terrain's own."""
    from limes.errors import InputError, UsageError
    from limes.sensing.sight import read_observers

    if table is None:
        if math.isnan(default.height):
            raise UsageError("--height: give the observer's height above ground, m")
        return (default,), "EPSG:4326" if lonlat else None
    observers, degrees = read_observers(table, default)
    for observer in observers:
        if not observer.height >= 0:
            cure = "give a column height, or --height for all"
            problem = "is missing" if math.isnan(observer.height) else f"is {observer.height:g} m"
            raise InputError(table, f"{observer.id}, height", problem, cure)
    return observers, "EPSG:4326" if degrees or lonlat else None


def placed(dem: Path, frame: Frame, observers: tuple[Observer, ...], crs: str | None) -> tuple[Observer, ...]:
    """Observers on the plane of the terrain, given in a CRS (None: the file's own); InputError for one outside it."""
    from limes.errors import InputError
    from limes.sensing.sight import on_plane

    moved = on_plane(observers, crs or frame.file_crs, frame.crs)
    for observer in moved:
        if not frame.grid.inside(observer.x, observer.y):
            west, south, east, north = frame.grid.bounds
            problem = f"lies at ({observer.x:.0f}, {observer.y:.0f}), outside the terrain"
            cure = f"move it inside {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f} ({frame.crs})"
            raise InputError(dem.name, observer.id, problem, cure)
    return moved


def _bounds(observers: tuple[Observer, ...]) -> tuple[float, float, float, float]:
    west, south = (min(getattr(one, axis) - one.range for one in observers) for axis in ("x", "y"))
    east, north = (max(getattr(one, axis) + one.range for one in observers) for axis in ("x", "y"))
    return west, south, east, north


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal's standard error when there is more than one observer."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=total < 2 or not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("observers", total=total)
        yield lambda: progress.advance(task)


def _facts(dem: Path, terrain: Terrain, found: Survey, target: float, engine: str, dem_error: float) -> dict[str, Any]:
    import numpy as np

    area = (terrain.grid.cell / 1000) ** 2
    return {
        "terrain": {"file": str(dem), "crs": terrain.crs, "cell_m": terrain.grid.cell, "modelled": terrain.modelled},
        "engine": engine,
        "target_m": target,
        "dem_error_m": dem_error,
        "observers": [_line(one, area) for one in found.seen],
        "together": {
            "cells": int(np.isfinite(found.mvh).sum()),
            "visible": int((found.count > 0).sum()),
            "visible_km2": round(float((found.count > 0).sum() * area), 4),
            "seen_twice": int((found.count > 1).sum()),
        },
    }


def _line(one: Seen, area: float) -> dict[str, Any]:
    observer = one.observer
    return {
        "id": observer.id,
        "x": observer.x,
        "y": observer.y,
        "ground_m": round(one.ground, 2),
        "height_m": observer.height,
        "range_m": None if math.isinf(observer.range) else observer.range,
        "k": observer.k,
        "cells": one.cells,
        "visible": one.visible,
        "visible_km2": round(one.visible * area, 4),
        "visible_share": round(one.visible / max(one.cells, 1), 6),
        "uncertain": one.uncertain,
        "void": one.void,
        "corrected": one.corrected,
    }


def _write(
    terrain: Terrain, found: Survey, facts: dict[str, Any], output: Path | None, what: str, tiles: Path | None
) -> list[str]:
    """Write the files that were asked for; returns their names."""
    from limes.sensing.sight import write_tiles

    if output is not None:
        _write_raster(output, what, terrain, found, facts)
    if tiles is not None:
        ids = [one.observer.id for one in found.seen]
        write_tiles(tiles, ids, found.tiles, found.grid, terrain.crs, facts["target_m"])
    return [str(path) for path in (output, tiles) if path is not None]


def _write_raster(path: Path, what: str, terrain: Terrain, found: Survey, facts: dict[str, Any]) -> None:
    import numpy as np

    from limes.sensing.sight import write_cog

    values, nodata, target = found.mvh, math.nan, facts["target_m"]
    if what != "mvh":
        values, nodata = found.count, 65535
        if what == "mask":
            values, nodata = (found.count > 0).astype(np.uint8), 255
            values[np.abs(found.mvh - target) < facts["dem_error_m"]] = 2
        values = np.where(np.isnan(found.mvh), values.dtype.type(nodata), values)
    tags = {"content": what, "units": "metres" if what == "mvh" else "", "target_m": str(target), "engine": facts["engine"]}
    tags |= {"terrain": Path(facts["terrain"]["file"]).name, "modelled": "yes" if terrain.modelled else "no"}
    write_cog(path, found.grid, terrain.crs, values, nodata, tags)


def _text(facts: dict[str, Any]) -> str:
    terrain = facts["terrain"]
    label = ", MODELLED terrain" if terrain["modelled"] else ""
    lines = [f"{terrain['file']}: {terrain['crs']}, cells of {terrain['cell_m']:g} m{label}"]
    for one in facts["observers"]:
        extra = [f"{one['uncertain']} cells uncertain"] if one["uncertain"] else []
        extra += [f"{one['void']} void cells in range"] if one["void"] else []
        extra += [] if one["corrected"] is None else [f"{one['corrected']} cells taken away by the second test"]
        share = f"sees {one['visible_km2']:.2f} km2, {one['visible_share']:.2%} of {one['cells']} cells"
        lines.append(f"{one['id']}: {'; '.join([share, *extra])}")
    if len(facts["observers"]) > 1:
        both = facts["together"]
        lines.append(
            f"together: {both['visible_km2']:.2f} km2 of {both['cells']} cells, {both['seen_twice']} seen at least twice"
        )
    return "\n".join([*lines, *(f"wrote {path}" for path in facts["written"])])
