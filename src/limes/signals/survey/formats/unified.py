"""The unified data format of BERT and pyGIMLi (.dat, .ohm, .shm): electrodes, then readings under named columns."""

from __future__ import annotations

import numpy as np

from limes.errors import InputError
from limes.signals.survey.formats.electrodes import count, finish, number, text
from limes.signals.survey.line import FAR, ErtLine, Floats, Ints, geometric_factor


def read_unified(data: bytes, file: str) -> ErtLine:
    r"""A line from a unified file: positions, then columns a b m n (from 1, 0 far away) and rhoa, r, or u and i.

    InputError with the line that is at fault.

    >>> head = b"5# electrodes\n# x z\n0 0\n1 0\n2 0\n3 0\n4 0\n2# data\n# a b m n rhoa err\n"
    >>> line = read_unified(head + b"1 2 3 4 100 0.02\n2 3 4 5 110 0.02\n", "a.dat")
    >>> line.rho_a.tolist(), line.abmn[1].tolist()
    ([100.0, 110.0], [1, 2, 3, 4])
    """
    lines = [(n, line.strip()) for n, line in enumerate(text(data, file).splitlines(), 1) if line.strip()]
    names, table, rest = _block(lines, file, "electrodes", ["x", "y", "z"])
    if len(table) < 4:
        raise InputError(file, "electrodes", f"are {len(table)}, fewer than four", "give the whole file")
    places, relief = _along(names, table, file)
    names, table, _ = _block(rest, file, "readings", ["a", "b", "m", "n", "rhoa", "err"])
    columns = {name.split("/")[0].lower(): table[:, i] for i, name in enumerate(names)}
    percent = any(name.lower() == "err/%" for name in names)
    abmn = _numbers(columns, places.size, file)
    factor = geometric_factor(places, abmn)
    error = columns.get("err")
    error = error / 100.0 if error is not None and percent else error
    return finish(places, abmn, _rho_a(columns, factor, file), error, _amps(columns, names), file, relief)


def _block(
    lines: list[tuple[int, str]], file: str, what: str, usual: list[str]
) -> tuple[list[str], Floats, list[tuple[int, str]]]:
    """Names of the columns, the rows, and the lines after the next block of a count, names and so many rows."""
    while lines and lines[0][1].startswith("#"):
        lines = lines[1:]
    if not lines:
        raise InputError(file, what, "are missing", "give the whole file in the unified data format")
    size = count(lines[0][1].split("#")[0], file, f"line {lines[0][0]}, number of {what}")
    lines, names = lines[1:], usual
    while lines and lines[0][1].startswith("#"):
        names = lines[0][1].lstrip("# ").split() or names
        lines = lines[1:]
    if len(lines) < size:
        raise InputError(file, what, f"are {len(lines)}, but {size} are announced", "the file is cut short: copy it again")
    rows = [[number(word, file, f"line {n}") for word in line.split("#")[0].split()] for n, line in lines[:size]]
    width = len(rows[0]) if rows else 0
    for (n, _), row in zip(lines, rows, strict=False):
        if len(row) != width or width > len(names) or not width:
            problem = f"has {len(row)} numbers for the columns {' '.join(names)}"
            raise InputError(file, f"line {n}", problem, "mend the line or the names of the columns")
    return names[:width], np.array(rows).reshape(size, width), lines[size:]


def _along(names: list[str], table: Floats, file: str) -> tuple[Floats, float]:
    """Metres along the line of each electrode, and the largest difference of heights."""
    columns = {name.lower(): table[:, i] for i, name in enumerate(names)}
    if "x" not in columns:
        raise InputError(file, "electrodes", "have no column x", "name the columns x z or x y z")
    x, y = columns["x"], columns.get("y", np.zeros(len(table)))
    heights = columns.get("z", columns.get("h", np.zeros(len(table))))
    along = x if not np.ptp(y) else np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    return along, float(np.ptp(heights))


def _numbers(columns: dict[str, Floats], electrodes: int, file: str) -> Ints:
    missing = [name for name in "abmn" if name not in columns]
    if missing:
        raise InputError(file, "readings", f"have no column {missing[0]}", "name the columns a b m n")
    abmn = np.column_stack([columns[name] for name in "abmn"])
    if np.any(abmn != np.round(abmn)) or abmn.min(initial=0) < 0 or abmn.max(initial=0) > electrodes:
        problem = f"name electrodes that are not among the {electrodes}"
        raise InputError(file, "readings", problem, "number electrodes from 1; 0 is one far away")
    return np.where(abmn == 0, FAR, abmn - 1).astype(np.int64)


def _rho_a(columns: dict[str, Floats], factor: Floats, file: str) -> Floats:
    """Apparent resistivity: the file's, else from the resistance or from voltage and current with the factor of flat ground."""
    for name in ("rhoa", "ra", "rho"):
        if name in columns:
            return columns[name]
    with np.errstate(all="ignore"):
        for name in ("r", "rho_t", "rt"):
            if name in columns:
                return columns[name] * factor
        if "u" in columns and "i" in columns:
            return columns["u"] / columns["i"] * factor
    raise InputError(file, "readings", "have no column rhoa, r, or u and i", "export the apparent resistivity")


def _amps(columns: dict[str, Floats], names: list[str]) -> Floats | None:
    """The currents, A, where the file gives them."""
    if "i" not in columns:
        return None
    return columns["i"] / 1000.0 if any(name.lower() == "i/ma" for name in names) else columns["i"]
