"""`limes closure`: can they get through a deployment, where, why, and what each part of it is worth."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.closure.study import Study


class _Mode(StrEnum):
    foot = "foot"
    vehicle = "vehicle"
    drone = "drone"


class _Direction(StrEnum):
    into = "in"
    out = "out"


def closure(
    sector: Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)],
    deployment: Annotated[str, typer.Argument(help="A deployment file, or its name in the sector.", show_default=False)],
    mode: Annotated[_Mode, typer.Option(help="The way of crossing that is told in depth.")] = _Mode.foot,
    direction: Annotated[_Direction, typer.Option(help="Towards home (in) or away from it (out).")] = _Direction.into,
    hour: Annotated[float, typer.Option(min=0.0, max=24.0, help="Local hour of the day.")] = 2.0,
    date: Annotated[str | None, typer.Option(help="Local date as YYYY-MM-DD; today by default.", show_default=False)] = None,
    weather: Annotated[
        str, typer.Option(help='Over the hour\'s weather: clear, haze, fog, rain, storm, "visibility=500".')
    ] = "",
    down: Annotated[
        list[str] | None, typer.Option(help="Id of an asset, sensor or patrol that is out; may be repeated.")
    ] = None,
    cell: Annotated[float | None, typer.Option(min=1.0, help="Cell of the search, metres; by the sector's size.")] = None,
    approach: Annotated[float, typer.Option(min=500.0, help="Metres before the line where a crossing starts.")] = 3000.0,
    depth: Annotated[float, typer.Option(min=500.0, help="Metres behind the line where it has succeeded.")] = 3000.0,
    roll: Annotated[float | None, typer.Option(min=0.0, help="People on the roll; default: as many as are needed.")] = None,
    orders: Annotated[int, typer.Option(min=1, max=1000, help="Pairs of sampled orders for Shapley's values.")] = 4,
    quick: Annotated[bool, typer.Option("--quick", help="Only the figures and the worst ways.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")] = Path("closure"),
    picture: Annotated[str, typer.Option(help="Ending of the picture: png, svg, pdf, or none.")] = "png",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the worst ways through a deployment for a crosser who knows everything, why they are weak, and repairs.

    P(interdict) per mode, direction and km; what each part contributes; losses; what the answer hangs on. Writes closure.json,
    .csv, ways.geojson and a picture.

    Example: limes closure kilis-jarabulus bundled --hour 2 --weather clear -o out
    """
    from rich.console import Console

    from limes.reports.closure_report import write_closure

    with Console(stderr=True).status("Loading ...") as status:
        strip = (cell, approach, depth, roll)
        known = _study(
            (sector, deployment), (mode.value, direction.value), (hour, date, weather), strip, (down, orders, quick), status
        )
        files = write_closure(known, output)
        if picture != "none":
            from limes.reports.closure_map import closure_map

            status.update("Drawing the picture ...")
            files[picture] = output / f"closure.{picture}"
            closure_map(known, files[picture])
    _say(known, files, as_json)


def _study(
    place: tuple[str, str],
    told: tuple[str, str],
    when: tuple[float, str | None, str],
    strip: tuple[float | None, float, float, float | None],
    rest: tuple[list[str] | None, int, bool],
    status: Any,
) -> Study:
    from limes.cli.moments import moment
    from limes.closure.ground import usual_cell
    from limes.closure.scene import Setup
    from limes.closure.study import study
    from limes.sector import find, load, load_deployment
    from limes.sector.costs import cost
    from limes.sensing.conditions import conditions

    sector = load(find(place[0]))
    plan = load_deployment(sector.deployments.get(place[1], Path(place[1])), sector)
    down, orders, quick = rest
    _check_down(down or [], {asset.id for asset in plan.assets}, plan.name)
    time = moment(sector, when[0], when[1])
    cell, approach, depth, roll = strip
    manning = 1.0 if roll is None else min(roll / max(cost(plan, sector.catalogue).roll.value, 1e-9), 1.0)
    setup = Setup(cell or usual_cell(sector, approach, depth), approach, depth, manning=manning)
    return study(
        sector, plan, time, conditions(sector.weather.at(time), when[2]), setup, told[0], "in" if told[1] == "in" else "out",
        frozenset(down or ()), mend=not quick, orders=None if quick else orders, say=status.update,
    )  # fmt: skip


def _check_down(down: list[str], known: set[str], name: str) -> None:
    from limes.errors import UsageError

    for key in down:
        if key.split("/")[0] not in known:
            raise UsageError(f"--down {key} is not in {name}; see limes deployment info")


def _say(study: Study, files: dict[str, Path], as_json: bool) -> None:
    from limes.reports.closure_report import summary, table
    from limes.reports.closure_words import lines

    facts = summary(study)
    if as_json:
        whole = {**facts, "km": table(study), "files": {key: str(path) for key, path in files.items()}}
        typer.echo(json.dumps(whole, ensure_ascii=False))
        return
    for line in lines(facts, study.scene.sector.home):
        typer.echo(line)
    typer.echo(f"written: {', '.join(str(path) for path in files.values())}")
