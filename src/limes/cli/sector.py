"""`limes sector`: check, look at, draw, make a sector, and give it surveyed terrain and measured weather."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector import Sector, Swap

app = typer.Typer(
    help="Check, look at, draw or make a sector; give it surveyed terrain and measured weather.", no_args_is_help=True
)

Folder = Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(folder: Folder, as_json: Json = False) -> None:
    """Explain every fault of a sector: file, field, problem and cure.

    Example: limes sector check sectors/kilis-jarabulus
    """
    from limes.cli.faults import report
    from limes.sector import check as faults_of
    from limes.sector import find

    place = find(folder)
    report(str(place), faults_of(place), (), as_json)


@app.command()
def info(folder: Folder, as_json: Json = False) -> None:
    """Say what a sector holds: border, terrain, weather, places, crossing points, deployments, notices.

    Example: limes sector info kilis-jarabulus
    """
    from limes.sector import find, load

    facts = _facts(load(find(folder)))
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for key, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {_short(item)}" for name, item in value.items())
        lines = value if isinstance(value, list) else [_short(value)]
        for i, line in enumerate(lines or ["none"]):
            typer.echo(f"{key if i == 0 else '':<12} {line}")


def _short(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _facts(sector: Sector) -> dict[str, Any]:
    import numpy as np

    line, terrain = sector.border, sector.terrain
    west, south, east, north = terrain.grid.bounds
    return {
        "name": sector.name,
        "title": sector.title,
        "folder": str(sector.folder),
        "time_zone": sector.time_zone,
        "crs": sector.crs,
        "sides": {"home": sector.home, "other": sector.other, "home_side": line.home_side},
        "border": {
            "length_km": round(line.length / 1000, 3),
            "vertices": line.x.size,
            "source": line.source,
            "licence": line.licence,
        },
        "terrain": {
            "modelled": terrain.modelled,
            "source": terrain.source,
            "cell_m": terrain.grid.cell,
            "size_km": f"{(east - west) / 1000:.1f} x {(north - south) / 1000:.1f}",
            "low_m": round(float(np.nanmin(terrain.height)), 1),
            "high_m": round(float(np.nanmax(terrain.height)), 1),
            "voids": int(np.isnan(terrain.height).sum()),
        },
        "weather": {
            "kind": "stated climate" if sector.weather is sector.climate else "series",
            "modelled": sector.weather.modelled,
            "source": sector.weather.source,
        },
        "places": len(sector.places),
        "crossings": [_crossing(sector, i) for i in range(len(sector.crossings))],
        "deployments": list(sector.deployments),
        "notices": list(sector.notices),
    }


def _crossing(sector: Sector, i: int) -> str:
    point = sector.crossings[i]
    km = float(sector.border.locate(point.x, point.y)[0]) / 1000
    return f"{point.name} at km {km:.1f} ({', '.join(point.modes)})"


@app.command("map")
def draw_map(
    folder: Folder,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File ending in .svg, .png or .pdf.")] = None,
    width: Annotated[float, typer.Option(min=4, max=60, help="Width, inches.")] = 14.0,
    every_km: Annotated[float | None, typer.Option(min=0.1, help="Kilometres between marks on the border.")] = None,
    as_json: Json = False,
) -> None:
    """Draw a sector: terrain, border with its kilometres, places, crossing points and notices.

    Example: limes sector map kilis-jarabulus -o kilis.svg
    """
    from rich.console import Console

    from limes.reports.sector_map import sector_map
    from limes.sector import find, load

    sector = load(find(folder))
    path = output or Path(f"{sector.name}.svg")
    with Console(stderr=True).status(f"drawing {sector.title}"):
        sector_map(sector, path, width, every_km)
    text = json.dumps({"map": str(path), "notices": sector.notices}, ensure_ascii=False) if as_json else f"wrote {path}"
    typer.echo(text)


@app.command()
def terrain(
    folder: Annotated[Path, typer.Argument(help="The sector's folder.", show_default=False)],
    tiles: Annotated[list[Path], typer.Argument(help="Tiles: .hgt, .dt1, .dt2, GeoTIFF; the first counts where they overlap.")],
    source: Annotated[str, typer.Option(help="Whose survey it is, such as 'SRTM 1 arc-second, NASA/USGS'.")] = "",
    notice: Annotated[str, typer.Option(help="Notice that must be shown with it, where its licence asks for one.")] = "",
    cell: Annotated[float | None, typer.Option(min=1, help="Cell of a new grid, m (else the old grid is kept, or 30).")] = None,
    margin_km: Annotated[float | None, typer.Option(min=0, help="Terrain around the border for a new grid (else 15).")] = None,
    as_json: Json = False,
) -> None:
    """Replace a sector's terrain by surveyed tiles; the old one stays beside it as a backup.

    Example: limes sector terrain my-sector N36E037.hgt N36E038.hgt --source "SRTM 1 arc-second, NASA/USGS"
    """
    from limes.sector import swap_terrain

    swap = swap_terrain(folder, tiles, source, notice, cell, None if margin_km is None else margin_km * 1000, _progress)
    facts = _swap_facts(swap)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    label = "still modelled (a tile is tagged so)" if swap.terrain.modelled else "surveyed, no longer labelled as modelled"
    typer.echo(f"{folder}: terrain replaced: {label}; source: {swap.terrain.source}")
    typer.echo(f"voids: {facts['voids']} found, {facts['filled']} filled from their rims, {facts['left']} left")
    if swap.report.unused:
        typer.echo(f"not used, off the sector: {', '.join(swap.report.unused)}")
    if swap.report.uncovered:
        typer.echo(f"no tile covers {swap.report.uncovered / swap.report.cells:.1%} of the grid (void there)")
    for backup in swap.backups:
        typer.echo(f"old file kept as {backup}")


def _progress(tiles: Sequence[Path]) -> Iterable[Path]:
    from rich.console import Console
    from rich.progress import track

    return track(tiles, "reading tiles", console=Console(stderr=True), transient=True)


def _swap_facts(swap: Swap) -> dict[str, Any]:
    from dataclasses import asdict

    facts = asdict(swap.report) | {"left": swap.report.left, "modelled": swap.terrain.modelled, "source": swap.terrain.source}
    return facts | {"backups": [str(path) for path in swap.backups]}


@app.command()
def weather(
    folder: Annotated[Path, typer.Argument(help="The sector's folder.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="METAR reports or NOAA ISD records, one a line; plain or .gz.")],
    form: Annotated[str, typer.Option("--format", help="metar or isd.")] = "isd",
    start: Annotated[str, typer.Option(help="YYYY-MM of the first METAR, where reports do not begin with their dates.")] = "",
    source: Annotated[str, typer.Option(help="Whose station it is (else the files' names).")] = "",
    as_json: Json = False,
) -> None:
    """Make a sector's weather.csv from the reports of a station; an old one stays beside it as a backup.

    Example: limes sector weather my-sector 172610-99999-2025.gz --source "NOAA ISD, Gaziantep"
    """
    import re

    from limes.errors import UsageError
    from limes.sector import import_weather
    from limes.units import format_time

    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", start)
    if start and not month:
        raise UsageError(f"--start: {start!r} is not YYYY-MM")
    if form not in ("metar", "isd"):
        raise UsageError(f"--format: {form!r} is neither metar nor isd")
    kind: Any = form
    series = import_weather(folder, files, kind, (int(month[1]), int(month[2])) if month else None, source)
    first, last = (format_time(float(series.time[i])) for i in (0, -1))
    facts = {"rows": series.time.size, "first": first, "last": last, "source": series.source}
    text = f"{folder}: weather.csv holds {series.time.size} rows from {first} to {last}; source: {series.source}"
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else text)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make.", show_default=False)],
    border: Annotated[Path, typer.Option(help="GeoJSON with one LineString in degrees.", show_default=False)],
    tiles: Annotated[list[Path] | None, typer.Option("--terrain", help="An elevation tile; give it again for more.")] = None,
    title: Annotated[str, typer.Option(help="Title (else the folder's name).")] = "",
    time_zone: Annotated[str, typer.Option(help="IANA time zone, such as Europe/Istanbul.")] = "UTC",
    crs: Annotated[str, typer.Option(help="Projected CRS in metres (else the UTM zone).")] = "",
    home: Annotated[str, typer.Option(help="Name of the home side.")] = "home",
    other: Annotated[str, typer.Option(help="Name of the other side.")] = "other",
    home_side: Annotated[str, typer.Option(help="Hand on which home lies, walking along the line: left or right.")] = "left",
    source: Annotated[str, typer.Option(help="Whose line it is (else from its properties).")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the line (else from its properties).")] = "",
    terrain_source: Annotated[str, typer.Option(help="Whose survey the tiles are.")] = "",
    as_json: Json = False,
) -> None:
    """Make a sector from a border line and elevation tiles, then check it.

    Example: limes sector new my-sector --border line.geojson --terrain N36E037.hgt --time-zone Europe/Istanbul
    """
    from limes.cli.faults import show
    from limes.errors import UsageError
    from limes.sector import Outline, new_sector
    from limes.sector import check as faults_of

    if home_side not in ("left", "right"):
        raise UsageError(f"--home-side: {home_side!r} is neither left nor right")
    name = folder.resolve().name.lower()
    side: Any = home_side
    outline = Outline(name, title or name, time_zone, crs, home, other, side, source, licence)
    new_sector(folder, border, outline, tiles or (), terrain_source, _progress)
    if not as_json:
        typer.echo(f"made {folder}")
    show(str(folder), faults_of(folder), (), as_json)
