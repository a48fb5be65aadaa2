"""The menu as a Markdown page: every number of every kind beside its rivals, with range, source and note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from limes.sector.catalogue import Catalogue, CatalogueKind, Value
from limes.sector.families import FAMILIES, KIND_PARAMETERS, STAFFING_PARAMETERS, TARGET_PARAMETERS, Parameter

_HEAD = """# Catalogue

The menu that plans pick from. This page is written by `limes catalogue page`; a test compares the two.

Each cell is a value, its range in brackets, and the key of its source where there is one; the keys are spelt out at the end.
A value without a key is **assumed**: nobody stands behind it, and its range says how far it may be off. Where a source gives a
value only, the range around it is assumed too. Prices are US dollars of the year of their source. Price, upkeep and crew of a
kind that is bought by the km are those of one km.

How to add or change a kind: [write a deployment](../guides/deployment.md#your-own-menu).
"""


def catalogue_markdown(catalogue: Catalogue) -> str:
    """Write a catalogue as one Markdown page, families in their order.

    >>> from limes.sector.catalogue import load_catalogue
    >>> catalogue_markdown(load_catalogue()).splitlines()[0]
    '# Catalogue'
    """
    parts = [_HEAD]
    for name, family in FAMILIES.items():
        kinds = catalogue.family(name)
        if kinds:
            parts.append(f"## {family.title} (`{name}`)\n")
            parts.append(_about(kinds))
            columns = {kind.key: kind.values() for kind in kinds}
            parts.append(_table(columns, {**family.parameters, **KIND_PARAMETERS}))
    parts += ["## What sensors look at (`targets`)\n", _table(catalogue.targets, TARGET_PARAMETERS)]
    parts += ["## People (`staffing`)\n", _table({"value": catalogue.staffing}, STAFFING_PARAMETERS)]
    parts += ["## Sources\n", "\n".join(f"* `{key}`: {text}" for key, text in catalogue.sources.items()) + "\n"]
    return "\n".join(parts)


def cell(value: Value) -> str:
    """A value with its range and the key of its source.

    >>> cell(Value(5.0, 3.0, 8.0, "s", "mil-hdbk-1013")), cell(Value(2e6, 1e6, 3e6, "USD", "assumed"))
    ('5 (3 to 8) `mil-hdbk-1013`', '2,000,000 (1,000,000 to 3,000,000)')
    """
    return span(value) if value.assumed else f"{span(value)} `{value.source}`"


def span(value: Value) -> str:
    """A value with its range.

    >>> span(Value(4.0, 4.0, 4.0, "cycles", "johnson-1958"))
    '4'
    """
    between = "" if value.low == value.high else f" ({plain(value.low)} to {plain(value.high)})"
    return f"{plain(value.value)}{between}"


def plain(number: float) -> str:
    """A number as people write it.

    >>> plain(1200000.0), plain(0.05), plain(1e-06), plain(0.0)
    ('1,200,000', '0.05', '1e-06', '0')
    """
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:g}"


def _about(kinds: Iterable[CatalogueKind]) -> str:
    lines = []
    for kind in kinds:
        bought = ", by the km" if kind.per == "km" else ""
        payload = f" Carries {', '.join(f'`{key}`' for key in kind.payload)}." if kind.payload else ""
        note = f" {kind.note}" if kind.note else ""
        lines.append(f"* `{kind.key}`{bought}: {kind.title}.{note}{payload}")
    return "\n".join(lines) + "\n"


def _table(columns: Mapping[str, Mapping[str, Value]], parameters: Mapping[str, Parameter]) -> str:
    """A table of numbers by kinds, and below it the notes that go with single numbers."""
    rows = [f"| number | unit | meaning | {' | '.join(f'`{key}`' for key in columns)} |", "| --- " * (3 + len(columns)) + "|"]
    notes: dict[tuple[str, str], list[str]] = {}
    for name, parameter in parameters.items():
        cells = [cell(values[name]) if name in values else "" for values in columns.values()]
        if any(cells):
            rows.append(f"| `{name}` | {parameter.unit} | {parameter.meaning} | {' | '.join(cells)} |")
        for key, values in columns.items():
            if name in values and values[name].note:
                notes.setdefault((name, values[name].note), []).append(key)
    remarks = [f"* `{name}` of {', '.join(f'`{key}`' for key in keys)}: {note}" for (name, note), keys in notes.items()]
    return "\n".join([*rows, "", *remarks, ""]) if remarks else "\n".join([*rows, ""])
