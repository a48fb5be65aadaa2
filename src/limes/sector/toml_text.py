"""Changing one table of a TOML text and keeping every other line of it, comments included."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

from limes.errors import InputError

Setting = str | bool | list[str]


def with_table(text: str, table: str, values: Mapping[str, Setting]) -> str:
    r"""Set keys of a table in a TOML text, adding the table where it is missing.

    Raises InputError when the table is written in a way that cannot be changed line by line.

    >>> print(with_table('[terrain]\nmodelled = true\n\n[x]\na = 1', "terrain", {"modelled": False, "source": "SRTM"}))
    [terrain]
    modelled = false
    source = "SRTM"
    <BLANKLINE>
    [x]
    a = 1
    <BLANKLINE>
    """
    head, lines = f"[{table}]", text.splitlines()
    if head not in (line.strip() for line in lines):
        lines += ["", head]
    start = [line.strip() for line in lines].index(head) + 1
    end = next((i for i in range(start, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
    kept = [line for line in lines[start:end] if line.partition("=")[0].strip() not in values]
    fresh = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    changed = "\n".join([*lines[:start], *fresh, *kept, *lines[end:]]) + "\n"
    before = tomllib.loads(text)
    try:
        good = tomllib.loads(changed) == before | {table: before.get(table, {}) | dict(values)}
    except tomllib.TOMLDecodeError:
        good = False
    if not good:
        raise InputError("sector.toml", table, "could not be rewritten", f"give each key of {head} a line of its own")
    return changed
