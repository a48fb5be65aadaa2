"""`limes audit`: check an exported audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Check the audit of a watch.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Check the audit of a watch."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="Audit exported as JSON lines.")],
    head: Annotated[str | None, typer.Option(help="Hash of the last entry as noted elsewhere; finds a cut tail.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check whether an exported audit is whole, unchanged and in order.

    Example: limes audit verify limes-audit.jsonl --head 3f9a...
    """
    import json

    from limes.errors import InputError
    from limes.watch.chain import verify as check

    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as fault:
        raise InputError(file, "", f"cannot be read: {fault.strerror}", "give the file that the audit page exports") from None
    wrong = check(lines, head)
    if as_json:
        typer.echo(json.dumps({"file": str(file), "entries": len(lines), "wrong": wrong}))
    else:
        for sentence in wrong:
            typer.echo(f"{file}: {sentence}")
        typer.echo(f"{file}: {len(lines)} entries, {'NOT in order' if wrong else 'whole and unchanged'}")
    if wrong:
        raise typer.Exit(1)
