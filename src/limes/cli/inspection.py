"""`limes inspect`: which vehicles of a crossing point to inspect with what, at random, against smugglers who adapt."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.closure.draw import Drawn
    from limes.closure.inspection import Plan
    from limes.closure.traffic import Traffic


class _Direction(StrEnum):
    into = "in"
    out = "out"


def inspect(
    sector: Annotated[str, typer.Argument(help="The sector's folder, or the name of a bundled sector.", show_default=False)],
    deployment: Annotated[str, typer.Argument(help="A deployment file, or its name in the sector.", show_default=False)],
    crossing: Annotated[str, typer.Option(help="Crossing point; the first by default.", show_default=False)] = "",
    direction: Annotated[_Direction, typer.Option(help="Towards home (in) or away from it (out).")] = _Direction.into,
    flow: Annotated[float, typer.Option(min=0.1, max=10000, help="Vehicles an hour in this direction.")] = 30.0,
    wait: Annotated[float, typer.Option(min=0.1, max=600, help="Most minutes of waiting for a test, on average.")] = 20.0,
    share: Annotated[float, typer.Option(min=0.01, max=1, help="Share of the tools' time for this direction.")] = 0.5,
    traffic: Annotated[
        Path | None, typer.Option(help="Goods and contraband (TOML, like src/limes/closure/traffic.toml).", show_default=False)
    ] = None,
    day: Annotated[str, typer.Option(help="Draw this day's inspections, YYYY-MM-DD.", show_default=False)] = "",
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Hours of the day that are drawn.")] = 12.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw; keep it secret.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Spread instruments and searches over goods, never over persons: rates, waits, the smuggler's best reply, P(found).

    Example: limes inspect kilis-jarabulus bundled --direction out --day 2026-01-20 --seed 7
    """
    import numpy as np

    from limes.closure.checkpoint import plan_at, plan_facts, tools_at
    from limes.closure.draw import draw_day
    from limes.closure.inspection import blind_plan
    from limes.closure.traffic import BUILT_IN, load_traffic
    from limes.errors import UsageError
    from limes.sector import find, load, load_deployment

    place = load(find(sector))
    stands = load_deployment(place.deployments.get(deployment, Path(deployment)), place)
    names = {point.id: point.name for point in place.crossings}
    chosen = crossing or next(iter(names), "")
    if chosen not in names:
        raise UsageError(f"--crossing {chosen!r} is none of this sector's crossing points: {', '.join(names) or 'it has none'}")
    about = load_traffic(traffic or BUILT_IN)
    tools = tools_at(place, stands, chosen, about)
    plan = plan_at(tools, about, direction.value, flow, wait, share)
    blind = blind_plan(flow * about.share, plan.tools, about.reach, about.effort, wait)
    vehicles = np.round(flow * hours * about.share)
    drawn = draw_day(plan.mix, plan.modes, vehicles, seed, day) if day else ()
    if as_json:
        head = {
            "crossing": chosen,
            "name": names[chosen],
            "direction": direction.value,
            "flow_per_h": flow,
            "assumed": not traffic,
        }
        typer.echo(
            json.dumps({**head, **plan_facts(plan, blind, about), "day": day, "drawn": _rows(drawn, plan, about)}, indent=1)
        )
        return
    typer.echo(f"{names[chosen]}, {'inward' if direction == 'in' else 'outward'}, {flow:g} vehicles an hour")
    typer.echo("\n".join(_text(plan, blind, about)))
    if traffic is None:
        typer.echo("traffic, efforts, reach and harm are assumed: give your own with --traffic")
    for row in _rows(drawn, plan, about):
        typer.echo(f"{day}  {row['goods']}, vehicle {row['number']}: {', '.join(row['tools'])}")


def _text(plan: Plan, blind: Plan, traffic: Traffic) -> list[str]:
    names = [tool.name for tool in plan.tools]
    wide = max(len(name) for name in traffic.goods)
    lines = [f"{'share of vehicles tested by':{wide}}  " + "  ".join(f"{name:>7}" for name in names)]
    for k, goods in enumerate(traffic.goods):
        lines.append(f"{goods:{wide}}  " + "  ".join(f"{rate:>7.0%}" for rate in plan.rates[k]))
    lines.append(f"{'mean wait, min':{wide}}  " + "  ".join(f"{wait:>7.1f}" for wait in plan.wait_min))
    lines.append(f"{'in use':{wide}}  " + "  ".join(f"{load:>7.0%}" for load in plan.load))
    for j, kind in enumerate(traffic.contraband):
        reply = traffic.goods[plan.reply[j]]
        lines.append(
            f"{kind}: P(found) at least {plan.guaranteed[j]:.2f}, where the smuggler hides it best: {reply} "
            f"(testing all alike {blind.guaranteed[j]:.2f})"
        )
    return lines


def _rows(drawn: tuple[Drawn, ...], plan: Plan, traffic: Traffic) -> list[dict[str, Any]]:
    return [
        {"goods": traffic.goods[one.goods], "number": one.number, "tools": [plan.tools[i].name for i in one.tools]}
        for one in drawn
    ]
