"""`limes deployment`: check what stands where, list it, and add up what it costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector import Asset, Deployment, Sector
    from limes.sector.costs import Cost, Spread

app = typer.Typer(help="Check a deployment, list what stands where, add up what it costs.", no_args_is_help=True)

Place = Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)]
Plan = Annotated[str, typer.Argument(help="A deployment file, or its name in the sector.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(sector: Place, deployment: Plan, as_json: Json = False) -> None:
    """Explain every fault of a deployment, and what is worth a second look.

    Example: limes deployment check kilis-jarabulus bundled
    """
    from limes.cli.faults import report
    from limes.sector import check_deployment, find, load, load_deployment
    from limes.sector.advice import advise

    place = load(find(sector))
    path = _path(place, deployment)
    faults = check_deployment(path, place)
    report(str(path), faults, () if faults else advise(load_deployment(path, place), place), as_json)


@app.command()
def info(sector: Place, deployment: Plan, as_json: Json = False) -> None:
    """List what stands where: kind, km, distance from the line, base or payload.

    Example: limes deployment info kilis-jarabulus bundled
    """
    place, plan = _open(sector, deployment)
    rows = [_row(asset, place) for asset in plan.assets]
    if as_json:
        typer.echo(json.dumps({"name": plan.name, "title": plan.title, "note": plan.note, "assets": rows}, ensure_ascii=False))
    else:
        _print_assets(plan, rows)


@app.command()
def cost(sector: Place, deployment: Plan, as_json: Json = False) -> None:
    """Add up money to build and to run, and people on duty and on the roll, each with its range.

    Example: limes deployment cost kilis-jarabulus bundled
    """
    from dataclasses import asdict

    from limes.sector.costs import cost as cost_of

    place, plan = _open(sector, deployment)
    total = cost_of(plan, place.catalogue)
    if as_json:
        typer.echo(json.dumps({**asdict(total), "running": asdict(total.running)}, ensure_ascii=False))
    else:
        _print_cost(total)


@app.command()
def export(
    sector: Place,
    deployment: Plan,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; the terminal without it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: the same, as GeoJSON is JSON.")] = False,
) -> None:
    """Write a deployment with all its lines drawn out, as GeoJSON for any map program.

    Example: limes deployment export kilis-jarabulus bundled -o map.geojson
    """
    from limes.sector import to_geojson

    place, plan = _open(sector, deployment)
    text = json.dumps(to_geojson(plan, place), ensure_ascii=False)
    if output is None or as_json:
        typer.echo(text)
    if output is not None:
        output.write_text(text, "utf-8")


def _path(sector: Sector, deployment: str) -> Path:
    return sector.deployments.get(deployment, Path(deployment))


def _open(sector: str, deployment: str) -> tuple[Sector, Deployment]:
    from limes.sector import find, load, load_deployment

    place = load(find(sector))
    return place, load_deployment(_path(place, deployment), place)


def _row(asset: Asset, sector: Sector) -> dict[str, Any]:
    chainage, offset = sector.border.locate(asset.x, asset.y)
    lines = asset.line_from is not None and asset.line_to is not None
    return {
        "id": asset.id,
        "kind": asset.kind,
        "family": asset.family,
        "name": asset.name,
        "km": None if lines else round(float(chainage) / 1000, 2),
        "from_km": round(asset.line_from / 1000, 2) if asset.line_from is not None else None,
        "to_km": round(asset.line_to / 1000, 2) if asset.line_to is not None else None,
        "offset_m": round(float(offset)),
        "height_m": asset.height,
        "base": asset.base,
        "payload": list(asset.payload),
        "crew": asset.crew,
    }


def _print_assets(plan: Deployment, rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for column in ("id", "kind", "km"):
        table.add_column(column, no_wrap=True)
    table.add_column("m from line", justify="right")
    table.add_column("base or payload")
    for row in rows:
        km = f"{row['km']:.1f}" if row["km"] is not None else f"{row['from_km']:.1f} to {row['to_km']:.1f}"
        table.add_row(row["id"], row["kind"], km, str(row["offset_m"]), row["base"] or ", ".join(row["payload"]))
    console = Console(markup=False, highlight=False)
    console.print(f"{plan.title}: {len(rows)} assets")
    if plan.note:
        console.print(plan.note)
    console.print(table)


def _print_cost(total: Cost) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("kind", no_wrap=True)
    for column in ("number", "to build, M$", "upkeep, M$ a year", "on duty"):
        table.add_column(column, justify="right")
    for line in total.lines:
        count = f"{line.quantity:.1f} km" if line.per == "km" else f"{line.quantity:.0f}"
        table.add_row(line.kind, count, _millions(line.capital), _millions(line.yearly), _people(line.crew))
    table.add_row("all", "", _millions(total.capital), _millions(total.yearly), _people(total.crew), style="bold")
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(f"renewal {_millions(total.renewal)} M USD a year")
    console.print(f"people on the roll {_people(total.roll)}, {_millions(total.people)} M USD a year")
    console.print(f"running it, all told {_millions(total.running)} M USD a year")


def _millions(spread: Spread) -> str:
    return " ".join((f"{spread.value / 1e6:.3g}", f"({spread.low / 1e6:.3g} to {spread.high / 1e6:.3g})"))


def _people(spread: Spread) -> str:
    if spread.high < 0.05:
        return "0"
    return f"{_count(spread.value)} ({_count(spread.low)} to {_count(spread.high)})"


def _count(people: float) -> str:
    return f"{people:.0f}" if people >= 10 else f"{people:.1f}"
