"""`limes profile`: the ground along one line of sight, what stands in its way, and how free a radio link is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector import Terrain
    from limes.sensing.sight import Profile


def profile(
    dem: Annotated[Path, typer.Argument(help="Terrain: GeoTIFF, .hgt, .dt1, .dt2.", show_default=False)],
    start: Annotated[str, typer.Option("--from", metavar="X,Y", help="Where one looks from, in the terrain's CRS.")],
    end: Annotated[str, typer.Option("--to", metavar="X,Y", help="Where one looks to.")],
    height: Annotated[float, typer.Option(min=0, help="Observer above ground, m.")],
    target: Annotated[float, typer.Option(min=0, help="What is looked for, or the other antenna, above ground, m.")] = 1.7,
    lonlat: Annotated[bool, typer.Option("--lonlat", help="The places are longitude,latitude.")] = False,
    k: Annotated[float, typer.Option(help="Refraction: 0.13 light, 0.25 radar (4/3 earth), 1 flat earth.")] = 0.13,
    frequency: Annotated[float | None, typer.Option(min=0.001, help="Of a radio link, GHz: adds the Fresnel zone.")] = None,
    reproject: Annotated[str | None, typer.Option(metavar="CRS", help="Warp the terrain first: auto or EPSG:...")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="CSV of every crossing of the line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look along one line: the ground under it, what first stands in its way, from which height the far end is seen.

    Example: limes profile terrain.tif --from 430000,4055000 --height 15 --to 441000,4049000 -o line.csv
    """
    from limes.cli.sight import check_folder, place_of, placed
    from limes.sensing.sight import Observer, frame_of, read_window
    from limes.sensing.sight import profile as line_between

    check_folder(output)
    ends = (Observer("--from", *place_of(start, "--from"), height), Observer("--to", *place_of(end, "--to"), target))
    a, b = placed(dem, frame_of(dem, reproject), ends, "EPSG:4326" if lonlat else None)
    terrain = read_window(dem, reproject, (min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)))
    waves = None if frequency is None else frequency * 1e9
    line = line_between(terrain.grid, terrain.height, (a.x, a.y), height, (b.x, b.y), target, k=k, frequency=waves)
    facts = _facts(dem, terrain, line, frequency)
    if output is not None:
        _write(output, line)
        facts["written"] = [str(output)]
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else _text(facts))


def _facts(dem: Path, terrain: Terrain, line: Profile, frequency: float | None) -> dict[str, Any]:
    import numpy as np

    facts: dict[str, Any] = {
        "terrain": {"file": str(dem), "crs": terrain.crs, "cell_m": terrain.grid.cell, "modelled": terrain.modelled},
        "distance_m": round(float(line.distance[-1]), 1),
        "target_m": line.height,
        "seen": line.seen,
        "min_visible_height_m": round(line.mvh, 2),
        "void": int(np.isnan(line.ground).sum()),
        "blocked": _spot(line, line.blocked),
        "highest": _spot(line, line.obstacle),
    }
    if frequency is not None:
        clear = line.fresnel_clear
        facts |= {"frequency_ghz": frequency, "fresnel_clear": None if math.isinf(clear) else round(clear, 3)}
    return facts


def _spot(line: Profile, at: int | None) -> dict[str, float] | None:
    """A place on the line, and how far the ground there stands above it (negative: below)."""
    if at is None:
        return None
    values = {"distance_m": line.distance, "x": line.x, "y": line.y, "ground_m": line.ground, "over_m": -line.clearance}
    return {name: round(float(value[at]), 1) for name, value in values.items()}


def _write(path: Path, line: Profile) -> None:
    import csv

    names = ("distance_m", "x", "y", "ground_m", "surface_m", "line_m", "clearance_m", "fresnel_m")
    columns = (line.distance, line.x, line.y, line.ground, line.surface, line.line, line.clearance, line.fresnel)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for row in zip(*columns, strict=True):
            writer.writerow(["" if math.isnan(value) else f"{value:.2f}" for value in row])


def _text(facts: dict[str, Any]) -> str:
    terrain, blocked, highest = facts["terrain"], facts["blocked"], facts["highest"]
    label = ", MODELLED terrain" if terrain["modelled"] else ""
    lines = [f"{terrain['file']}: {terrain['crs']}, cells of {terrain['cell_m']:g} m{label}"]
    what, low = f"{facts['target_m']:g} m above ground, {facts['distance_m'] / 1000:.2f} km away", facts["min_visible_height_m"]
    seen = "seen from the ground up" if low == 0 else f"seen from {low:.1f} m up"
    lines.append(f"{what}: {'' if facts['seen'] else 'hidden; '}{seen}")
    if blocked is not None:
        lines.append(f"ground first stands in the way {_where(blocked)}")
    if highest is not None:
        side = "above" if highest["over_m"] > 0 else "below"
        lines.append(
            f"highest on the way, as seen from there: {_where(highest)}, {abs(highest['over_m']):.1f} m {side} the line"
        )
    if facts["void"]:
        lines.append(f"{facts['void']} places on the way are void and hide nothing")
    if facts.get("fresnel_clear") is not None:
        free, zone = facts["fresnel_clear"], f"the first Fresnel zone at {facts['frequency_ghz']:g} GHz"
        word = "enough" if free >= 0.6 else "too little"
        lines.append(f"{zone} is blocked" if free <= 0 else f"{free:.2f} of {zone} is free: {word} (links ask for 0.6)")
    return "\n".join([*lines, *(f"wrote {path}" for path in facts.get("written", []))])


def _where(spot: dict[str, float]) -> str:
    return f"at {spot['distance_m'] / 1000:.2f} km ({spot['x']:.0f}, {spot['y']:.0f}), ground {spot['ground_m']:.0f} m"
