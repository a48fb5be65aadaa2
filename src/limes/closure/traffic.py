"""What passes a crossing point and what may be hidden in it: classes of goods and kinds of contraband, never persons."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from limes.errors import InputError

Direction = Literal["in", "out"]

BUILT_IN = Path(__file__).with_name("traffic.toml")
"""The traffic that comes with Limes; every number of it is assumed."""

FOUND_BY = ("chemical", "radioactive", "search")
"""What finds a kind of contraband: spectrometers, portals, or only hands."""


@dataclass(frozen=True, eq=False)
class Traffic:
    """Classes of goods (k) and kinds of contraband (j).

    `share` (k,) of the vehicles; `effort` (k, j), inf where a kind does not fit; `reach` (k, j); `weight` of each direction
    (j,); `harm` (j,); `search` (j,) P(found) by hand; `by` what finds it.
    """

    goods: tuple[str, ...]
    contraband: tuple[str, ...]
    share: np.ndarray
    effort: np.ndarray
    reach: np.ndarray
    weight: dict[Direction, np.ndarray]
    harm: np.ndarray
    search: np.ndarray
    by: tuple[str, ...]


def load_traffic(path: Path = BUILT_IN) -> Traffic:
    """Read a traffic file (TOML); InputError with field and cure on a fault.

    >>> load_traffic().contraband
    ('precursors', 'radioactive', 'war materiel', 'black-market goods')
    """
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InputError(
            path, "", f"cannot be read ({fault})", "start from the traffic that limes inspect --help names"
        ) from None
    kinds, goods = _tables(body, "contraband", path), _tables(body, "goods", path)
    names = tuple(str(one.get("name", "")) for one in kinds)
    by = tuple(str(one.get("by", "")) for one in kinds)
    for name, how in zip(names, by, strict=True):
        if how not in FOUND_BY:
            raise InputError(path, f"contraband {name}, by", f"is {how!r}", f"give one of {', '.join(FOUND_BY)}")
    share = np.array([_number(one, "share", path, 0.0, 1e9) for one in goods])
    if share.sum() <= 0:
        raise InputError(path, "share", "is 0 for all goods", "say how the vehicles divide")
    cells = [[_cell(one, name, path) for name in names] for one in goods]
    made = Traffic(
        tuple(str(one.get("name", "")) for one in goods), names, share / share.sum(),
        np.array([[effort for effort, _ in row] for row in cells]), np.array([[reach for _, reach in row] for row in cells]),
        {"in": _column(kinds, "in", path), "out": _column(kinds, "out", path)},
        _column(kinds, "harm", path), _column(kinds, "search", path, 1.0), by,
    )  # fmt: skip
    for j, name in enumerate(names):
        if not np.isfinite(made.effort[:, j]).any():
            raise InputError(path, name, "fits into no goods", "say where it can be hidden, or leave it out")
    return made


def _tables(body: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    found = body.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) and one.get("name") for one in found):
        raise InputError(path, name, "is not a list of named tables", f"write [[{name}]] with a name for each")
    return found


def _number(table: dict[str, Any], key: str, path: Path, low: float, high: float) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(path, f"{table.get('name', '')}, {key}", f"is {value!r}", f"give a number from {low:g} to {high:g}")
    return float(value)


def _column(kinds: list[dict[str, Any]], key: str, path: Path, high: float = 1e9) -> np.ndarray:
    return np.array([_number(one, key, path, 0.0, high) for one in kinds])


def _cell(goods: dict[str, Any], name: str, path: Path) -> tuple[float, float]:
    """Effort and reach of a kind in a class; infinite effort where it does not fit."""
    cell = goods.get(name)
    if cell is None:
        return float("inf"), 0.0
    if not isinstance(cell, dict):
        raise InputError(path, f"{goods['name']}, {name}", "is no table", "write { effort = 0.1, reach = 0.5 }")
    told = {"name": f"{goods['name']}, {name}", **cell}
    return _number(told, "effort", path, 0.0, 1.0), _number(told, "reach", path, 0.0, 1.0)
