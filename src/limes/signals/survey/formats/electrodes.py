"""What the readers of resistivity files share: text, positions turned into electrodes, columns turned into a line."""

from __future__ import annotations

import numpy as np

from limes.errors import InputError
from limes.signals.survey.line import CURRENT, FAR, ErtLine, Floats, Ints, geometric_factor, reading_error

_FAR_M = 1e4
"""Positions beyond this many metres stand for an electrode far away."""


def text(data: bytes, file: str) -> str:
    """The text of a file; InputError where it is none."""
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(file, "", "is not text and no survey format that Limes knows", "export it as text from the instrument")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def number(word: str, file: str, field: str) -> float:
    """A number, with a point or a comma; InputError where it is none.

    >>> number("1,5", "a.dat", "line 3")
    1.5
    """
    try:
        return float(word.strip().replace(",", "."))
    except ValueError:
        raise InputError(
            file, field, f"{word.strip()[:30]!r} is not a number", "mend the line or export the file again"
        ) from None


def count(word: str, file: str, field: str, most: int = 1_000_000) -> int:
    """A count from 0 up to `most`; InputError for anything else."""
    value = number(word, file, field)
    if not (value == int(value) if np.isfinite(value) else False) or not 0 <= value <= most:
        raise InputError(file, field, f"{word.strip()[:30]!r} is not a count", "mend the line or export the file again")
    return int(value)


def from_places(places: Floats, rho_a: Floats, error: Floats | None, file: str, relief: float = 0.0) -> ErtLine:
    """A line from the positions (n, 4), m, of A, B, M and N of each reading; nan or beyond 10 km is far away."""
    away = ~np.isfinite(places) | (np.abs(places) > _FAR_M)
    rounded = np.asarray(np.round(np.where(away, 0.0, places), 3), np.float64)
    known, index = np.unique(rounded[~away], return_inverse=True)
    electrodes: Floats = np.asarray(known, np.float64)
    abmn = np.full(places.shape, FAR, dtype=np.int64)
    abmn[~away] = index
    return finish(electrodes, abmn, rho_a, error, None, file, relief)


def finish(
    electrodes: Floats, abmn: Ints, rho_a: Floats, error: Floats | None, current: Floats | None, file: str, relief: float = 0.0
) -> ErtLine:
    """A line whose errors are the file's, but where it says none 2 % and 50 microvolts; InputError where there is no line."""
    if electrodes.size < 4 or not len(abmn):
        problem = f"holds {electrodes.size} electrodes and {len(abmn)} readings"
        raise InputError(file, "readings", problem, "give a line of at least four electrodes")
    order = np.argsort(electrodes, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    sorted_abmn = np.where(abmn == FAR, FAR, rank[np.where(abmn == FAR, 0, abmn)])
    factor = geometric_factor(electrodes[order], sorted_abmn)
    with np.errstate(all="ignore"):
        amps = np.full(rho_a.shape, CURRENT) if current is None else np.where(current > 0, current, CURRENT)
        modelled = reading_error(rho_a, factor * CURRENT / amps)
        stated = modelled if error is None else np.where(np.isfinite(error) & (error > 0), error, modelled)
    return ErtLine(electrodes[order], sorted_abmn, rho_a, np.asarray(stated), file, relief)
