"""`limes tunnel`: which survey line finds a tunnel, and what the evidence on a place says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Plan surveys for tunnels; weigh the evidence on a place.")


@app.command()
def plan(
    size: Annotated[float, typer.Option(min=0.3, max=10.0, help="Width and height of the tunnel, m.")] = 1.5,
    depth: Annotated[float, typer.Option(min=0.5, max=40.0, help="Depth of its centre, m.")] = 6.0,
    resistivity: Annotated[float, typer.Option(min=1.0, max=100000.0, help="Of the ground, ohm m.")] = 100.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List resistivity lines by how much of the line finds a tunnel of a size and depth in uniform ground.

    Example: limes tunnel plan --size 1.5 --depth 6
    """
    from dataclasses import asdict

    from limes.errors import UsageError
    from limes.signals.survey.plan import plans

    if depth - size / 2.0 < 0.2:
        raise UsageError(f"--depth {depth:g} leaves no ground above a tunnel of {size:g} m")
    rows = [asdict(one) for one in plans(size, depth, resistivity)]
    if as_json:
        typer.echo(json.dumps({"size_m": size, "depth_m": depth, "uniform_ground": True, "lines": rows}))
        return
    typer.echo("electrodes  spacing m  length m  readings  strength  P(found) in the middle  finds it (0.9) over m")
    for row in rows:
        figures = (row["strength"], row["p_found"], row["covers_m"])
        head = f"{row['electrodes']:10d}  {row['spacing_m']:9g}  {row['length_m']:8g}  {row['readings']:8d}"
        typer.echo(f"{head}  {figures[0]:8.1f}  {figures[1]:22.2f}  {figures[2]:21.0f}")
    typer.echo("uniform ground, 2 % and 50 microvolts at 0.2 A, 1 false candidate per km; random ground finds much less")


@app.command()
def case(
    file: Annotated[Path, typer.Argument(help="Case: JSON with prior, ground and evidence.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Weigh the evidence on a place: how likely a tunnel is, after each finding, what to do next, what is left unseen.

    Example: limes tunnel case lead.json
    """
    from limes.watch.tunnel_cases import view

    known = view(_body(file))
    typer.echo(json.dumps(known, ensure_ascii=False) if as_json else "\n".join(_lines(known)))


def _body(file: Path) -> dict[str, Any]:
    """The case in a file; InputError for what is not one."""
    from limes.errors import InputError
    from limes.units import parse_time
    from limes.watch.tunnel_belief import PRIOR, check_evidence

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InputError(file, "", f"is no JSON that can be read ({fault})", "write prior and evidence as JSON") from None
    rows = found.get("evidence") if isinstance(found, dict) else None
    prior = found.get("prior", PRIOR) if isinstance(found, dict) else None
    if not isinstance(rows, list) or isinstance(prior, bool) or not isinstance(prior, int | float) or not 0.0 < prior < 1.0:
        cure = 'write {"prior": 0.02, "evidence": [{"kind": "patrol", "time": "...", "figures": {...}}]}'
        raise InputError(file, "evidence", "or prior is missing or wrong", cure)
    kept = []
    for number, row in enumerate(rows, 1):
        try:
            time, figures = parse_time(row["time"]), row["figures"]
            check_evidence(row["kind"], figures)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            cure = "give kind, time with its zone, and figures"
            raise InputError(file, f"evidence {number}", f"does not fit ({fault})", cure) from None
        except InputError as wrong:
            raise InputError(file, f"evidence {number}, {wrong.fault.field}", wrong.fault.problem, wrong.fault.cure) from None
        kept.append({"kind": row["kind"], "time": time, "by": str(row.get("by", "")), "figures": figures})
    about = {"title": str(found.get("title", file.stem)), "km": found.get("km"), "owner": None, "outcome": None, "history": []}
    return {**about, "prior": float(prior), "evidence": kept}


def _lines(known: dict[str, Any]) -> list[str]:
    from limes.units import format_time

    before = f"before any evidence {100.0 * known['prior']:.2g} %"
    said = [f"{known['title']}: {100.0 * known['p']:.2g} % that a tunnel is there ({before})"]
    said += [f"  {format_time(one['time'])}  {one['kind']:<9} -> {100.0 * one['p']:.2g} %" for one in known["course"]]
    said.append("next steps, by what they are expected to tell for each person-day (costs assumed):")
    for step in known["steps"]:
        after = f"yes ({100.0 * step['p_yes']:.0f} %): {100.0 * step['if_yes']:.2g} %; no: {100.0 * step['if_no']:.2g} %"
        said.append(f"  {step['name']:<13} {step['bits']:.3f} bits, {step['cost_days']:g} person-days; {after}")
    return [*said, known["residual"]["sentence"]]
