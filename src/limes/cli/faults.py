"""Faults of an input on the terminal: one line each, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from limes.errors import Fault


def report(what: str, faults: Sequence[Fault], advice: Sequence[Fault], as_json: bool) -> None:
    """Print the faults of `what`, then what is worth a second look; leave with exit code 1 when there is a fault."""
    show(what, faults, advice, as_json)
    if faults:
        raise typer.Exit(1)


def show(what: str, faults: Sequence[Fault], advice: Sequence[Fault], as_json: bool) -> None:
    """Print the faults of `what`, then what is worth a second look."""
    if as_json:
        lists = {"faults": [asdict(fault) for fault in faults], "advice": [asdict(fault) for fault in advice]}
        typer.echo(json.dumps({"checked": what, **lists}, ensure_ascii=False))
        return
    for fault in faults:
        typer.echo(str(fault))
    for fault in advice:
        typer.echo(f"worth a look: {fault}")
    typer.echo(f"{what}: {len(faults)} fault{'' if len(faults) == 1 else 's'}" if faults else f"{what}: no faults")
