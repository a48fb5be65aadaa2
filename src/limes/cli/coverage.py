"""`limes coverage`: what a deployment detects, where, and where it does not and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.reports.coverage_report import CoverageReport


def coverage(
    sector: Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)],
    deployment: Annotated[str, typer.Argument(help="A deployment file, or its name in the sector.", show_default=False)],
    target: Annotated[str, typer.Option(help="person, group, vehicle, animal or drone.")] = "person",
    hour: Annotated[float, typer.Option(min=0.0, max=24.0, help="Local hour of the day.")] = 2.0,
    date: Annotated[str | None, typer.Option(help="Local date as YYYY-MM-DD; today by default.", show_default=False)] = None,
    weather: Annotated[
        str, typer.Option(help='Over the hour\'s weather: clear, haze, fog, rain, storm, "visibility=500".')
    ] = "",
    down: Annotated[list[str] | None, typer.Option(help="Id of an asset or sensor out of order; may be repeated.")] = None,
    cell: Annotated[float | None, typer.Option(min=1.0, help="Cell of the map, metres; the terrain's by default.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")] = Path("coverage"),
    picture: Annotated[str, typer.Option(help="Ending of the picture: png, svg, pdf, or none.")] = "png",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Map P(detect) of a deployment, with a table per km, the gaps and their causes; aerostats up and down side by side.

    Writes coverage.tif, .csv, .json and a picture.

    Example: limes coverage kilis-jarabulus bundled --target person --hour 2 --weather fog -o out
    """
    from rich.console import Console

    from limes.reports.coverage_report import write_report

    with Console(stderr=True).status("Computing what each sensor sees ...") as status:
        report = _report(sector, deployment, target, hour, date, weather, tuple(down or ()), cell)
        status.update("Writing the map and the tables ...")
        files = write_report(report, output)
        if picture != "none":
            from limes.reports.coverage_map import coverage_map

            status.update("Drawing the picture ...")
            files[picture] = output / f"coverage.{picture}"
            coverage_map(report, files[picture])
    _say(report, files, as_json)


def _report(
    sector: str,
    deployment: str,
    target: str,
    hour: float,
    date: str | None,
    weather: str,
    down: tuple[str, ...],
    cell: float | None,
) -> CoverageReport:
    from limes.cli.moments import moment
    from limes.errors import UsageError
    from limes.reports.coverage_report import coverage_report
    from limes.sector import find, load, load_deployment
    from limes.sensing.conditions import conditions

    place = load(find(sector))
    plan = load_deployment(place.deployments.get(deployment, Path(deployment)), place)
    if target not in place.catalogue.targets:
        raise UsageError(f"--target {target} is unknown; use {', '.join(place.catalogue.targets)}")
    known = {asset.id for asset in plan.assets}
    for name in down:
        if name.split("/")[0] not in known:
            raise UsageError(f"--down {name} is not in {plan.name}; see limes deployment info")
    time = moment(place, hour, date)
    return coverage_report(place, plan, target, time, conditions(place.weather.at(time), weather), cell, down)


def _say(report: CoverageReport, files: dict[str, Path], as_json: bool) -> None:
    from limes.reports.coverage_report import summary, table

    facts = summary(report)
    if as_json:
        whole: dict[str, Any] = {**facts, "km": table(report), "files": {k: str(path) for k, path in files.items()}}
        typer.echo(json.dumps(whole, ensure_ascii=False))
        return
    label = "  MODELLED TERRAIN" if facts["modelled_terrain"] else ""
    typer.echo(f"{facts['deployment']} in {facts['sector']}, {facts['target']}, {facts['local_time']}{label}")
    for state, figures in facts["states"].items():
        heading = f"aerostats {state}" if len(facts["states"]) > 1 else "all sensors"
        p, before = figures["p_detect"], figures["p_detect_before_line"]
        typer.echo(
            f"{heading}: P(detect) {_p(p)}, before the line {_p(before)} (mean over crossings, {figures['sensors']} sensors)"
        )
        for gap in figures["gaps"]:
            typer.echo(f"  {gap['sentence']} (worst crossing {_p(gap['p'])})")
        if not figures["gaps"]:
            typer.echo("  no gap")
    if facts["kept_from_working_by_weather"]:
        typer.echo(f"kept from working by the weather: {', '.join(facts['kept_from_working_by_weather'])}")
    typer.echo(f"written: {', '.join(str(path) for path in files.values())}")


def _p(p: float) -> str:
    """A probability without false certainty."""
    return "> 0.99" if p > 0.994 else "< 0.01" if p < 0.005 else f"{p:.2f}"
