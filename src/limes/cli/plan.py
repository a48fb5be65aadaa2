"""`limes plan`: what to put where under a budget, with a bound on what any plan could reach."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.planning.plan import Plan
    from limes.planning.request import Request
    from limes.sector import Deployment, Sector


class _Mode(StrEnum):
    foot = "foot"
    vehicle = "vehicle"
    drone = "drone"


class _Direction(StrEnum):
    into = "in"
    out = "out"


def plan(
    sector: Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)],
    budget: Annotated[float | None, typer.Option(help="USD to build what is new.", show_default=False)] = None,
    as_much_as: Annotated[str | None, typer.Option(help="Cost as much as this deployment, and compare.")] = None,
    yearly: Annotated[float | None, typer.Option(help="Most USD a year that all of it may cost.", show_default=False)] = None,
    roll: Annotated[float | None, typer.Option(help="People on the roll, in all.", show_default=False)] = None,
    most: Annotated[list[str] | None, typer.Option(help="KIND=NUMBER that may be bought (km of lines); repeat.")] = None,
    keep: Annotated[str | None, typer.Option(help="A deployment whose assets are kept.", show_default=False)] = None,
    no_build: Annotated[Path | None, typer.Option(help="GeoJSON polygons where nothing is built.", show_default=False)] = None,
    mode: Annotated[list[_Mode] | None, typer.Option(help="Ways of crossing; repeat. Foot and vehicle.")] = None,
    direction: Annotated[list[_Direction] | None, typer.Option(help="in, out; both by default.")] = None,
    weather: Annotated[list[str] | None, typer.Option(help="Conditions to plan for: clear, fog, storm; repeat. Clear.")] = None,
    hour: Annotated[float, typer.Option(min=0.0, max=24.0, help="Local hour of the day.")] = 2.0,
    date: Annotated[str | None, typer.Option(help="Local date as YYYY-MM-DD; today by default.", show_default=False)] = None,
    false_alarm_weight: Annotated[
        float | None, typer.Option(help="Points of P(interdict) that one false report an hour costs. Required.")
    ] = None,
    harm_weight: Annotated[
        float | None, typer.Option(help="Points of P(interdict) that moving everybody over dangerous ground costs. Required.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds of new worst ways.")] = 6,
    cell: Annotated[float | None, typer.Option(min=1.0, help="Cell of the search, metres; twice closure's usual one.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of search and schedule.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="First plan and bound only: no curve, fewer rounds.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")] = Path("plan"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Plan what to put where under a budget, against a crosser who knows the plan, with a bound on what any plan could reach.

    Writes deployment.geojson (for limes closure, watch and sector check), plan.json and plan.html. Both weights must be stated:
    what false alarms and what people's harm are worth to you.

    Example: limes plan kilis-jarabulus --as-much-as bundled --false-alarm-weight 0 --harm-weight 0.1 -o plan
    """
    from rich.console import Console

    place, other, asked, moment = _asked(
        sector, (budget, yearly, roll), (as_much_as, keep, no_build), most or [], (mode, direction, weather),
        (hour, date), (false_alarm_weight, harm_weight), seed,
    )  # fmt: skip
    with Console(stderr=True).status("Loading ...") as status:
        made = _made(place, asked, moment, cell, (rounds, quick), status)
        facts, files = _written(made, other, output, status)
    _say(facts, files, made.sector.home, as_json)


def _asked(
    sector: str, money: tuple[float | None, float | None, float | None], files: tuple[str | None, str | None, Path | None],
    most: list[str], cases: tuple[Any, Any, Any], when: tuple[float, str | None], weights: tuple[float | None, float | None],
    seed: int,
) -> tuple[Sector, Deployment | None, Request, float]:  # fmt: skip
    from dataclasses import replace

    from limes.cli.moments import moment
    from limes.errors import InputError, UsageError
    from limes.planning.harm import polygons
    from limes.planning.request import MODES, Request, as_much_as, checked
    from limes.sector import find, load, load_deployment

    place = load(find(sector))
    like, keep, no_build = files
    other = None if like is None else load_deployment(place.deployments.get(like, Path(like)), place)
    kept = () if keep is None else load_deployment(place.deployments.get(keep, Path(keep)), place).assets
    if no_build is not None and not no_build.exists():
        raise InputError(no_build, "", "is missing", "give a GeoJSON file of polygons to --no-build")
    capital, yearly, roll = money
    asked = Request(capital or 0.0, most=_most(most), false_alarm=weights[0], harm=weights[1], kept=kept, seed=seed)
    if other is not None:
        bill = as_much_as(asked, other, place)
        capital, yearly, roll = (b if a is None else a for a, b in zip(money, bill, strict=True))
    if capital is None:
        raise UsageError("say what may be spent: --budget USD, or --as-much-as DEPLOYMENT")
    modes = tuple(one.value for one in cases[0]) if cases[0] else MODES[:2]
    directions = tuple(one.value for one in cases[1]) if cases[1] else ("in", "out")
    inf = float("inf")
    asked = replace(
        asked, capital=capital, yearly=inf if yearly is None else yearly, roll=inf if roll is None else roll,
        modes=tuple(dict.fromkeys(modes)), directions=tuple(dict.fromkeys(directions)), weathers=tuple(cases[2] or ["clear"]),
        forbidden=() if no_build is None else polygons(no_build, place),
    )  # fmt: skip
    return place, other, checked(asked, place), moment(place, *when)


def _most(given: list[str]) -> dict[str, float]:
    from limes.errors import UsageError

    found = {}
    for text in given:
        kind, equals, number = text.partition("=")
        try:
            found[kind] = float(number)
        except ValueError:
            equals = ""
        if not equals or found[kind] < 0.0:
            raise UsageError(f"--most {text} is not KIND=NUMBER, such as tower-medium=5")
    return found


def _made(place: Sector, asked: Request, moment: float, cell: float | None, effort: tuple[int, bool], status: Any) -> Plan:
    from limes.closure.scene import Setup
    from limes.planning.plan import Effort, plan

    rounds, quick = effort
    how = Effort(rounds=2, exchanges=4, sweep=(), bound_seconds=20.0) if quick else Effort(rounds=rounds)
    return plan(place, asked, moment, None if cell is None else Setup(cell), how, status.update)


def _written(made: Plan, other: Deployment | None, output: Path, status: Any) -> tuple[dict[str, Any], dict[str, Path]]:
    from limes.closure.ground import usual_cell
    from limes.planning.beats import week
    from limes.planning.plan import evaluated
    from limes.reports.plan_html import write_html
    from limes.reports.plan_report import summary, write_plan
    from limes.sector import Deployment

    status.update("Searching the plan's ways on finer cells ...")
    request, usual = made.request, usual_cell(made.sector)
    cell = made.setup.cell / 2.0 if made.setup.cell >= 2.0 * usual else usual
    compared = {"before": Deployment("kept", "", "", request.kept), "plan": made.deployment}
    compared |= {} if other is None else {other.name: other}
    fine = {name: evaluated(made.sector, one, request, made.time, cell) for name, one in compared.items()}
    feet = next(iter(found for key, found in fine["plan"].items() if key[1] == request.modes[0]))
    facts = summary(made, fine, week(made.sector, made.deployment, feet, night=True, seed=request.seed))
    files = write_plan(made, facts, output)
    status.update("Writing the report ...")
    files["html"] = output / "plan.html"
    write_html(made, facts, fine, files["html"])
    return facts, files


def _say(facts: dict[str, Any], files: dict[str, Path], home: str, as_json: bool) -> None:
    from limes.reports.plan_report import words

    if as_json:
        typer.echo(json.dumps({**facts, "files": {key: str(path) for key, path in files.items()}}, ensure_ascii=False))
        return
    for line in words(facts, home):
        typer.echo(line)
    typer.echo(f"written: {', '.join(str(path) for path in files.values())}")
