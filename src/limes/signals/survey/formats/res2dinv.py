"""Res2DInv's .dat: title, spacing, array, number of readings, kind of place, IP flag, readings."""

from __future__ import annotations

import numpy as np

from limes.errors import InputError
from limes.signals.survey.formats.electrodes import count, from_places, number, text
from limes.signals.survey.line import ErtLine, Floats, geometric_factor

ARRAYS = {1: "Wenner", 2: "pole-pole", 3: "dipole-dipole", 6: "pole-dipole", 7: "Wenner-Schlumberger", 11: "general"}
"""Arrays that are read, by the number that stands for them in the file."""


def read_res2dinv(data: bytes, file: str) -> ErtLine:
    r"""A line from a Res2DInv file of the index or the general kind.

    InputError for other arrays, or with the line at fault.

    >>> wenner = b"Line 1\n1.0\n1\n3\n0\n0\n0 1 100\n1 1 101\n2 1 99\n0\n"
    >>> line = read_res2dinv(wenner, "a.dat")
    >>> line.electrodes.tolist(), line.abmn[0].tolist()
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0, 3, 1, 2])
    """
    lines = [line.strip() for line in text(data, file).splitlines()]
    lines = lines[: max((i for i, line in enumerate(lines) if line), default=-1) + 1]
    if len(lines) < 7:
        raise InputError(file, "header", f"has {len(lines)} lines, fewer than a Res2DInv file", "give the whole file")
    kind = count(lines[2], file, "line 3, array")
    if kind not in ARRAYS:
        known = ", ".join(f"{number} {name}" for number, name in ARRAYS.items())
        raise InputError(file, "line 3, array", f"{kind} is not one that is read", f"export it as general array: {known}")
    at, resistance = (3, False) if kind != 11 else _general(lines, file)
    size = count(lines[at], file, f"line {at + 1}, number of readings")
    middle = count(lines[at + 1], file, f"line {at + 2}, kind of place", 2) == 1
    at += 3
    if count(lines[at - 1], file, f"line {at}, IP flag", 1):
        at += 3
    rows = _rows(lines, at, size, file)
    places, rho_a = _positions(rows, kind, middle, file)
    line = from_places(places, rho_a, None, file, _relief(rows, kind))
    if not resistance:
        return line
    return from_places(places, rho_a * geometric_factor(line.electrodes, line.abmn), None, file, line.relief)


def _general(lines: list[str], file: str) -> tuple[int, bool]:
    """The line of the number of readings, and whether the values are resistances."""
    words = lines[4].lower()
    if "type of measurement" in words or "measurement" in words:
        return 6, count(lines[5].split(",")[0], file, "line 6, type of measurement", 1) == 1
    return 4, False


def _rows(lines: list[str], start: int, size: int, file: str) -> list[list[float]]:
    if len(lines) < start + size:
        problem = f"are {max(len(lines) - start, 0)}, but {size} are announced"
        raise InputError(file, "readings", problem, "the file is cut short: copy it again")
    rows = []
    for n in range(start, start + size):
        words = lines[n].replace(",", " ").split()
        rows.append([number(word, file, f"line {n + 1}") for word in words])
    return rows


def _positions(rows: list[list[float]], kind: int, middle: bool, file: str) -> tuple[Floats, Floats]:
    """Positions (n, 4), m, of A, B, M and N, and the values (n,)."""
    least = {11: 0, 1: 3, 2: 3}.get(kind, 4)
    places, values = [], []
    for i, row in enumerate(rows, 1):
        if len(row) < least:
            raise InputError(file, f"reading {i}", f"has {len(row)} numbers", f"give {least} for {ARRAYS[kind]}")
        if kind == 11:
            places.append(_listed(row, i, file))
            values.append(row[1 + 2 * int(row[0])])
        else:
            x, a, n = row[0], row[1], row[2] if least == 4 else 1.0
            places.append(_array(kind, x, a, n, middle))
            values.append(row[least - 1])
    return np.array(places), np.array(values)


def _listed(row: list[float], i: int, file: str) -> list[float]:
    """Positions of a reading of the general kind: how many electrodes, then x and z of each, current ones first."""
    poles = int(row[0]) if row and row[0] in (2.0, 3.0, 4.0) else 0
    if not poles or len(row) < 2 + 2 * poles:
        problem = f"begins with {row[:1]} and has {len(row)} numbers"
        raise InputError(file, f"reading {i}", problem, "give 2 to 4 electrodes with x and z each, then the value")
    x = row[1 : 1 + 2 * poles : 2]
    return {4: x, 3: [x[0], np.nan, *x[1:]], 2: [x[0], np.nan, x[1], np.nan]}[poles]


def _array(kind: int, x: float, a: float, n: float, middle: bool) -> list[float]:
    """Positions of A, B, M, N of an array of spacing `a` and factor `n` whose first electrode or middle is at `x`."""
    shape = {
        1: [0.0, 3 * a, a, 2 * a],
        2: [0.0, np.nan, a, np.nan],
        3: [a, 0.0, (1 + n) * a, (2 + n) * a],
        6: [0.0, np.nan, n * a, (n + 1) * a],
        7: [0.0, (2 * n + 1) * a, n * a, (n + 1) * a],
    }[kind]
    start = x - (float(np.nanmin(shape)) + float(np.nanmax(shape))) / 2.0 if middle else x
    return [start + place for place in shape]


def _relief(rows: list[list[float]], kind: int) -> float:
    heights = [z for row in rows for z in row[2 : 1 + 2 * int(row[0]) : 2]] if kind == 11 else []
    return max(heights) - min(heights) if heights else 0.0
