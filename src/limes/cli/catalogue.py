"""`limes catalogue`: the menu of equipment, with the source of every number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector.catalogue import Catalogue, CatalogueKind

app = typer.Typer(help="The menu of equipment: performance, cost, crew, and the source of every number.", no_args_is_help=True)

Own = Annotated[str | None, typer.Option("--sector", help="A sector whose own catalogue extends the menu.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_kinds(
    family: Annotated[str | None, typer.Argument(help="Only this family, such as radar or fence.")] = None,
    sector: Own = None,
    as_json: Json = False,
) -> None:
    """List the kinds of equipment.

    Example: limes catalogue list tower
    """
    import json

    from limes.errors import UsageError
    from limes.sector.families import FAMILIES

    if family is not None and family not in FAMILIES:
        raise UsageError(f"{family!r} is no family; use one of {', '.join(FAMILIES)}")
    catalogue = open_catalogue(sector)
    kinds = list(catalogue.kinds.values()) if family is None else list(catalogue.family(family))
    if as_json:
        typer.echo(json.dumps([kind_json(kind) for kind in kinds], ensure_ascii=False, indent=1))
    else:
        _print_kinds(kinds)


@app.command()
def show(
    kind: Annotated[str, typer.Argument(help="Key of a kind: limes catalogue list.")],
    sector: Own = None,
    as_json: Json = False,
) -> None:
    """Show every number of one kind with its range, meaning and source.

    Example: limes catalogue show radar-medium
    """
    import difflib
    import json

    from limes.errors import UsageError

    catalogue = open_catalogue(sector)
    found = catalogue.kinds.get(kind)
    if found is None:
        close = difflib.get_close_matches(kind, catalogue.kinds, 3, 0.3)
        raise UsageError(f"{kind!r} is not in the catalogue; nearest: {', '.join(close) or 'none'}")
    if as_json:
        typer.echo(json.dumps(kind_json(found), ensure_ascii=False, indent=1))
    else:
        _print_kind(found, catalogue)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A sector's catalogue.toml.")],
    as_json: Json = False,
) -> None:
    """Check a sector's own catalogue laid over the menu: every fault with file, field and cure.

    Example: limes catalogue check my-sector/catalogue.toml
    """
    from limes.cli.faults import report
    from limes.sector.catalogue import check_catalogue

    report(str(file), check_catalogue(file), (), as_json)


@app.command()
def page(
    sector: Own = None,
    as_json: Json = False,
) -> None:
    """Write the whole menu as a Markdown page: every number beside its rivals, with range and source.

    Example: limes catalogue page > catalogue.md
    """
    import json

    from limes.sector.catalogue_page import catalogue_markdown

    text = catalogue_markdown(open_catalogue(sector))
    typer.echo(json.dumps({"markdown": text}, ensure_ascii=False) if as_json else text, nl=as_json)


def open_catalogue(sector: str | None) -> Catalogue:
    """The built-in menu, extended by a sector's own catalogue where a sector is named and has one."""
    from limes.sector import find
    from limes.sector.catalogue import load_catalogue

    own = None if sector is None else find(sector) / "catalogue.toml"
    return load_catalogue(*([own] if own is not None and own.exists() else []))


def kind_json(kind: CatalogueKind) -> dict[str, Any]:
    """A kind as plain JSON: every number with value, low, high, unit, source and note."""
    from dataclasses import asdict

    numbers = {name: asdict(value) for name, value in kind.values().items()}
    head = {"key": kind.key, "family": kind.family, "title": kind.title, "per": kind.per, "note": kind.note}
    return {**head, "payload": list(kind.payload), "traits": dict(kind.traits), "numbers": numbers}


def _print_kinds(kinds: list[CatalogueKind]) -> None:
    from rich.console import Console
    from rich.table import Table

    from limes.sector.catalogue_page import plain

    table = Table(box=None, header_style="bold")
    table.add_column("kind", no_wrap=True)
    table.add_column("family", no_wrap=True)
    table.add_column("what it is")
    table.add_column("to buy, USD", justify="right")
    table.add_column("crew", justify="right")
    for kind in kinds:
        price = plain(kind.capital.value) + ("/km" if kind.per == "km" else "")
        table.add_row(kind.key, kind.family, kind.title, price, plain(kind.crew.value))
    Console(markup=False, highlight=False).print(table)


def _print_kind(kind: CatalogueKind, catalogue: Catalogue) -> None:
    from rich.console import Console
    from rich.table import Table

    from limes.sector.catalogue_page import span
    from limes.sector.families import FAMILIES, KIND_PARAMETERS

    meanings = {**FAMILIES[kind.family].parameters, **KIND_PARAMETERS}
    table = Table(box=None, header_style="bold")
    table.add_column("number", no_wrap=True)
    for column in ("value (range)", "source", "meaning"):
        table.add_column(column)
    for name, value in kind.values().items():
        note = f"; {value.note}" if value.note else ""
        unit = "" if value.unit == "1" else f" {value.unit}"
        table.add_row(name, f"{span(value)}{unit}", value.source, f"{meanings[name].meaning}{note}")
    console = Console(markup=False, highlight=False)
    console.print(f"{kind.key} ({kind.family}): {kind.title}")
    payload = f"payload: {', '.join(kind.payload)}" if kind.payload else ""
    length = "bought by the km: price, upkeep and crew are those of one km" if kind.per == "km" else ""
    for line in filter(None, [kind.note, payload, length]):
        console.print(line)
    console.print(table)
    for source in sorted({value.source for value in kind.values().values()} & catalogue.sources.keys()):
        console.print(f"{source}: {catalogue.sources[source]}")
