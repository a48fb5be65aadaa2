"""Text tables in their dialects: CSV, tab or blanks, decimal comma, `##` headers, and the one-column .asp."""

from __future__ import annotations

import re

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.octets import axis
from limes.signals.spectra.spectrum import FEWEST_POINTS, Floats, Instrument, Raw

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_NOTE = re.compile(r"^[#;%\s]*([A-Za-z][\w /().-]*?)\s*[=:]\s*(.+)$")


def read_table(data: bytes, file: str) -> tuple[Raw, ...]:
    r"""Spectra of a text table: the first column is the axis, every further column one spectrum.

    Lines that are no numbers are headers: `NAME=VALUE` notes before the table, or the names of the columns.
    InputError where there is no table or its lines differ in length.

    >>> text = b"Raman shift (cm-1);Intensity" + b"".join(b"\n%d,5;%d" % (k, k * k) for k in range(200, 209))
    >>> raw = read_table(text, "a.csv")[0]
    >>> float(raw.x[0]), raw.technique
    (200.5, 'raman')
    """
    lines = _text(data, file).splitlines()
    split, rows, head = _table(lines, file)
    table = np.array(rows)
    if table.shape[1] == 1:
        return (_single(table[:, 0], file, head),)
    notes = {match[1].strip().lower(): match[2].strip() for line in head if (match := _NOTE.match(line))}
    names = _names(head, split, table.shape[1])
    words = " ".join(head).lower()
    x_unit = notes.get("xunits", "") or names[0]
    return tuple(_column(table, k, x_unit, names[k], notes, words) for k in range(1, table.shape[1]))


def _text(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise InputError(file, "", "is not text and no spectrum format that Limes knows", "export it as CSV or JCAMP-DX")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _splitter(line: str) -> str:
    """What separates the columns: `;`, tab, `,`, or blanks; a comma beside `;` or tab is a decimal comma."""
    for mark in (";", "\t"):
        if mark in line:
            return mark
    cells = line.split()
    decimal = len(cells) > 1 and all(re.fullmatch(r"[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?", cell) for cell in cells)
    return "," if "," in line and not decimal else " "


def _numbers(line: str, split: str) -> list[float] | None:
    cells = line.split() if split == " " else line.split(split)
    cells = [cell.strip().strip('"') for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    found = [_number(cell if split == "," else cell.replace(",", ".")) for cell in cells]
    return None if not found or None in found else [value for value in found if value is not None]


def _number(cell: str) -> float | None:
    if cell.lower() in ("nan", "na", "<na>"):
        return float("nan")
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _table(lines: list[str], file: str) -> tuple[str, list[list[float]], list[str]]:
    """The separator, the rows of numbers, and the lines before them."""
    for start, line in enumerate(lines):
        split = _splitter(line)
        first, second = _numbers(line, split), _numbers(lines[start + 1], split) if start + 1 < len(lines) else None
        if first and second and len(first) == len(second):
            return split, _rows(lines, start, split, len(first), file), lines[:start]
    raise InputError(file, "table", "holds no columns of numbers", "export axis and values as two columns")


def _rows(lines: list[str], start: int, split: str, width: int, file: str) -> list[list[float]]:
    rows: list[list[float]] = []
    for place, line in enumerate(lines[start:], start + 1):
        if not line.strip(" \t,;") or line.lstrip().startswith(("#", "%")):
            continue
        row = _numbers(line, split)
        if row is None or len(row) != width:
            problem = f"is not {width} number{'s' * (width > 1)} like the lines before it: {line.strip()[:40]!r}"
            raise InputError(file, f"line {place}", problem, "mend the line or export the table again")
        rows.append(row)
    if len(rows) < FEWEST_POINTS:
        raise InputError(file, "table", f"has {len(rows)} lines of numbers", f"give at least {FEWEST_POINTS} points")
    return rows


def _single(column: Floats, file: str, head: list[str]) -> Raw:
    """One column of numbers: the .asp layout of count, first and last wavenumber, three codes, then the values."""
    count = int(column[0]) if abs(column[0]) < 1e9 else 0
    if column.size < 6 + FEWEST_POINTS or column.size - 6 != count:
        problem = "holds one column of numbers that is no .asp file"
        raise InputError(file, "table", problem, "export axis and values as two columns")
    values = {1: "transmittance", 2: "absorbance", 3: "kubelka-munk"}.get(int(column[4]), "")
    return Raw(axis(column[1], column[2], count, file), column[6:], "cm-1", values, title=" ".join(head).strip())


def _names(head: list[str], split: str, width: int) -> list[str]:
    """Names of the columns: the last header line with as many cells as the table has."""
    for line in reversed(head):
        cells = re.split(r"\s{2,}|\t", line.strip()) if split == " " else line.split(split)
        if len(cells) == width:
            return [cell.strip(' #"\t') for cell in cells]
    return [""] * width


def _column(table: Floats, k: int, x_unit: str, name: str, notes: dict[str, str], words: str) -> Raw:
    laser = _NUMBER.search(notes.get("laser", notes.get("laser wavelength", notes.get("raman wavelength", ""))))
    said = "raman" if "raman" in words else "mid-ir" if re.search(r"\bftir\b|infrared", words) and "near" not in words else ""
    instrument = Instrument(notes.get("instrument", ""), float(laser[0]) if laser else float("nan"), date=notes.get("date", ""))
    title = notes.get("title") or notes.get("names") or (name if table.shape[1] > 2 else "")
    return Raw(table[:, 0], table[:, k], x_unit, notes.get("yunits", "") or name, said, title, instrument)
