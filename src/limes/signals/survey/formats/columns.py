"""Tables with named columns as instruments write them: Syscal (Prosys CSV), ABEM Terrameter, and gravity stations."""

from __future__ import annotations

import re

import numpy as np

from limes.errors import InputError
from limes.signals.survey.formats.electrodes import finish, from_places, number, text
from limes.signals.survey.line import STATION_ERROR, ErtLine, Floats, GravityLine, geometric_factor

_ABMN = (
    ("spa.1", "spa.2", "spa.3", "spa.4"),
    ("a(x)", "b(x)", "m(x)", "n(x)"),
    ("xa", "xb", "xm", "xn"),
    ("a", "b", "m", "n"),
)
_RHO = (
    "rho",
    "rhoa",
    "app.r(ohmm)",
    "app.r",
    "app.r(o*m)",
    "rhoa(ohmm)",
    "rho(ohm.m)",
    "rho_a",
    "resistivity",
    "app. resistivity",
)
_DEVIATION = ("dev.", "dev", "var(%)", "error(%)", "std(%)", "q(%)")
_CURRENT = ("in", "i(ma)", "i/ma", "current(ma)")
_RESISTANCE = ("r(o)", "r(ohm)", "res.(ohm)")
_PLACE = ("x", "x_m", "station", "chainage", "distance", "x(m)")
_GRAVITY = ("gravity", "g", "bouguer", "anomaly", "g_ugal", "gravity_ugal", "bouguer_ugal", "anomaly_ugal")
_MILLIGAL = ("gravity_mgal", "g_mgal", "bouguer_mgal", "anomaly_mgal")
_ERROR = ("error", "err", "sd", "sigma", "error_ugal", "error_mgal")


def read_columns(data: bytes, file: str) -> ErtLine:
    r"""A line from a table with the positions of A, B, M, N and rho, as Prosys (Syscal) or a Terrameter exports it.

    The deviation (%) becomes the error with 2 % and 50 microvolts at the current of each reading as the least. InputError where
    the columns are not there.

    >>> rows = "".join(f"\n{i} {i + 1} {i + 2} {i + 3} 100 0.5" for i in range(3))
    >>> read_columns(b"Spa.1 Spa.2 Spa.3 Spa.4 Rho Dev." + rows.encode(), "a.csv").rho_a.tolist()
    [100.0, 100.0, 100.0]
    """
    table = named(data, file)
    names = next((four for four in _ABMN if all(name in table for name in four)), None)
    if names is None:
        raise InputError(file, "columns", "give no places of A, B, M and N", "export Spa.1 to Spa.4 or A(x) to N(x)")
    places = np.column_stack([table[name] for name in names])
    rho = _first(table, _RHO)
    line = from_places(places, np.ones(len(places)) if rho is None else rho, None, file, _relief(table))
    if rho is None:
        resistance = _first(table, _RESISTANCE)
        if resistance is None:
            raise InputError(file, "columns", "give no apparent resistivity", "export the column Rho or App.R")
        rho = resistance * geometric_factor(line.electrodes, line.abmn)
    current = _first(table, _CURRENT)
    modelled = finish(line.electrodes, line.abmn, rho, None, None if current is None else current / 1000.0, file, line.relief)
    deviation = _first(table, _DEVIATION)
    if deviation is None:
        return modelled
    error = np.maximum(modelled.error, np.nan_to_num(deviation) / 100.0)
    return ErtLine(modelled.electrodes, modelled.abmn, rho, error, file, line.relief)


def read_gravity(data: bytes, file: str) -> GravityLine:
    r"""Gravity stations from a table with a column of metres along the line and one of gravity, microgal unless it says mgal.

    >>> read_gravity(b"x,g_mgal\n0,0.001\n1,0.002\n2,0\n3,0\n4,0\n5,0", "g.csv").anomaly[:2].tolist()
    [1.0, 2.0]
    """
    table = named(data, file)
    x, micro, milli = _first(table, _PLACE), _first(table, _GRAVITY), _first(table, _MILLIGAL)
    if x is None or (micro is None and milli is None):
        raise InputError(file, "columns", "give no place and gravity", "name them x and g_ugal (or g_mgal)")
    scale = 1.0 if micro is not None else 1000.0
    values = micro if micro is not None else milli
    assert values is not None, "one of the two is there"
    error = _first(table, _ERROR)
    known = np.isfinite(x) & np.isfinite(values)
    if np.count_nonzero(known) < 6:
        raise InputError(file, "stations", f"are {np.count_nonzero(known)}", "give at least six with place and gravity")
    errors = np.full(x.size, STATION_ERROR) if error is None else scale * error
    order = np.argsort(x[known], kind="stable")
    if np.any(np.diff(x[known][order]) <= 0):
        raise InputError(file, "x", "two stations stand at one place", "average repeated readings first")
    bad = ~(np.isfinite(errors) & (errors > 0))
    return GravityLine(x[known][order], scale * values[known][order], np.where(bad, STATION_ERROR, errors)[known][order], file)


def is_gravity(data: bytes) -> bool:
    """Whether a table's names are those of gravity stations."""
    names = set(re.split(r"[;,\t ]+", data[:2000].decode("latin-1").lower().split("\n")[0].strip("# \r")))
    return bool(names & {*_GRAVITY, *_MILLIGAL} - {"g"}) or ("g" in names and bool(names & {*_PLACE}) and "b" not in names)


def named(data: bytes, file: str) -> dict[str, Floats]:
    """Columns by name, in small letters without blanks, from the first line that names them on; empty cells are nan."""
    lines = text(data, file).splitlines()
    for start, line in enumerate(lines):
        split = _splitter(line)
        names = [_name(cell) for cell in _cells(line.lstrip("# "), split)]
        if sum(bool(re.match(r"[a-z]", name)) for name in names) >= 2 and _is_table(
            lines[start + 1 : start + 2], split, len(names)
        ):
            return _columns(lines, start, split, names, file)
    raise InputError(file, "columns", "are not named", "export the table with a line of names over it")


def _name(cell: str) -> str:
    return re.sub(r"[\s\"']", "", cell).lower()


def _splitter(line: str) -> str:
    return next((mark for mark in ("\t", ";", ",") if mark in line), " ")


def _cells(line: str, split: str) -> list[str]:
    cells = line.split() if split == " " else [cell.strip() for cell in line.strip("\r\n").split(split)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _is_table(lines: list[str], split: str, width: int) -> bool:
    return bool(lines) and len(_cells(lines[0], split)) in (width, width - 1) and bool(re.search(r"\d", lines[0]))


def _columns(lines: list[str], start: int, split: str, names: list[str], file: str) -> dict[str, Floats]:
    wanted = {
        name
        for group in (*_ABMN, _RHO, _DEVIATION, _CURRENT, _RESISTANCE, _PLACE, _GRAVITY, _MILLIGAL, _ERROR)
        for name in group
    }
    wanted |= {"a(z)", "b(z)", "m(z)", "n(z)"}
    keep = [i for i, name in enumerate(names) if name in wanted]
    rows = []
    for n, line in enumerate(lines[start + 1 :], start + 2):
        cells = _cells(line, split)
        if not cells or line.lstrip().startswith("#"):
            continue
        cells += [""] * (len(names) - len(cells))
        rows.append([_value(cells[i], file, f"line {n}, {names[i]}") for i in keep])
    if not rows:
        raise InputError(file, "readings", "are none under the names", "export the table again")
    table = np.array(rows)
    return {names[i]: table[:, k] for k, i in enumerate(keep)}


def _value(cell: str, file: str, field: str) -> float:
    return float("nan") if cell.strip("\"' ").lower() in ("", "-", "nan", "na", "*") else number(cell.strip("\"'"), file, field)


def _first(table: dict[str, Floats], names: tuple[str, ...]) -> Floats | None:
    return next((table[name] for name in names if name in table), None)


def _relief(table: dict[str, Floats]) -> float:
    heights = [table[name] for name in ("a(z)", "b(z)", "m(z)", "n(z)") if name in table]
    return float(np.nanmax(heights) - np.nanmin(heights)) if heights else 0.0
