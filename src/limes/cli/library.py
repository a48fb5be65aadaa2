"""`limes library`: reference spectra of one's own: build, check, add to, describe."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from limes.signals.spectra import Library

app = typer.Typer(help="Libraries of reference spectra.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Argument(help="Folder of the library (else the bundled one).")]
Technique = Annotated[str, typer.Option(help="raman, mid-ir or nir, where the files do not say.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def build(
    source: Annotated[Path, typer.Argument(help="Folder of spectra: files named by material, or .npz with .csv.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the library to write.")],
    technique: Technique = "",
    as_json: Json = False,
) -> None:
    """Make a library from a folder of spectra, with its error rates, so that a search starts at once.

    Example: limes library build spectra -o my-library
    """
    from limes.signals.spectra.collection import write_library
    from limes.signals.spectra.library import read_entries

    with _progress("held out", as_json) as tick:
        made = write_library(out, read_entries(source, technique), tick)
    _made(out, made, as_json)


@app.command()
def add(
    folder: Annotated[Path, typer.Argument(help="Folder of the library.")],
    files: Annotated[list[Path], typer.Argument(help="Spectra of one material.")],
    material: Annotated[str, typer.Option(help="Name of the material.")],
    specimen: Annotated[str, typer.Option(help="Name of the sample, the same for all spectra of it.")] = "",
    technique: Technique = "",
    as_json: Json = False,
) -> None:
    """Add spectra of one material to a library; a spectrum too poor to be searched is refused.

    Example: limes library add my-library urea-1.spc urea-2.spc --material urea --specimen bag-7
    """
    from limes.signals.spectra.collection import add_spectra

    with _progress("held out", as_json) as tick:
        made = add_spectra(folder, files, material, specimen, technique, tick)
    _made(folder, made, as_json)


@app.command()
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Explain what makes a library's answers or error rates worse than they could be; exit code 1 for a fault.

    Example: limes library check my-library
    """
    from limes.signals.spectra import BUNDLED
    from limes.signals.spectra.collection import check_library

    notes = check_library(folder or BUNDLED)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in notes], ensure_ascii=False, indent=1))
    else:
        words = [f"{'fault' if n.fault else 'note'}: {n.where}: {n.problem}; {n.cure}" for n in notes]
        typer.echo("\n".join(words) or "nothing to mend")
    if any(one.fault for one in notes):
        raise typer.Exit(1)


@app.command()
def info(folder: Folder = None, as_json: Json = False) -> None:
    """Say what a library holds: spectra, materials, listed substances, and what its error rates rest on.

    Example: limes library info my-library
    """
    from limes.signals.spectra import BUNDLED
    from limes.signals.spectra.collection import holdings

    held = holdings(folder or BUNDLED)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in held], ensure_ascii=False, indent=1))
        return
    for one in held:
        typer.echo(f"{one.technique}: {one.spectra} spectra of {one.materials} materials, version {one.version}")
        typer.echo(f"  {one.several_specimens} materials with several specimens, {one.families} families")
        typer.echo(f"  listed: {', '.join(one.listed) or 'none'}")
        rest = f"{one.strangers} strangers and {one.members} known specimens held out"
        typer.echo(f"  error rates: {rest if one.calibrated else 'too small to state any'}")


@contextmanager
def _progress(what: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal for `tick(done, all)`."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet or not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(what)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _made(folder: Path, made: tuple[Library, ...], as_json: bool) -> None:
    if as_json:
        facts = [{"technique": one.technique, "version": one.version, "spectra": len(one.rows)} for one in made]
        typer.echo(json.dumps({"folder": str(folder), "libraries": facts}, indent=1))
        return
    for one in made:
        typer.echo(
            f"{folder}: {one.technique}, {len(one.rows)} spectra of {len(one.materials)} materials, version {one.version}"
        )
