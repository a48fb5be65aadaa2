"""Lists of regulated substances: name, CAS number, limit and customs code, each list with its version and source."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from limes.errors import InputError

_COLUMNS = ("name", "cas", "annex", "regime", "limit_percent", "licence_limit_percent", "cn_code", "also", "note")


@dataclass(frozen=True)
class Entry:
    """One substance of a list; limits are % by weight for members of the public, nan where the list names none."""

    name: str
    cas: str
    annex: str
    regime: str
    limit_percent: float
    licence_limit_percent: float
    cn_code: str
    also: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class RegulatedList:
    """A versioned table of substances with its source."""

    title: str
    version: str
    source: str
    note: str
    entries: tuple[Entry, ...]

    def find(self, name: str) -> Entry | None:
        """The entry of a material by name, other name or CAS number; None where the list does not name it.

        >>> eu_precursors().find("Niter").cas
        '7757-79-1'
        >>> eu_precursors().find("calcite") is None
        True
        """
        wanted = plain_name(name)
        return next((one for one in self.entries if wanted in {plain_name(n) for n in (one.name, one.cas, *one.also)}), None)


def plain_name(name: str) -> str:
    """A name without case, blanks and signs, sulph- written sulf-, so that spellings meet.

    >>> plain_name("Sulphuric acid") == plain_name("sulfuric-Acid")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("sulph", "sulf").replace("aluminum", "aluminium"))


def eu_precursors() -> RegulatedList:
    """Annexes I and II of Regulation (EU) 2019/1148 as they come with Limes."""
    with resources.as_file(resources.files("limes.signals.spectra") / "lists/eu_2019_1148.csv") as path:
        return read_list(path)


def read_list(path: Path) -> RegulatedList:
    """A list from a CSV with `# list: version: source: note:` lines before its table; InputError on a fault."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(path, "", "cannot be read as text", "check the name; save it as UTF-8") from None
    head = dict(line.lstrip("# ").split(": ", 1) for line in lines if line.startswith("#") and ": " in line)
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(path, missing[0], "is no column of the list", f"give the columns {', '.join(_COLUMNS)}")
    for name in ("list", "version", "source"):
        if name not in head:
            raise InputError(path, name, "is not said", f"start the file with a line # {name}: ...")
    entries = tuple(_entry(row, number, path) for number, row in enumerate(rows, 1))
    return RegulatedList(head["list"], head["version"], head["source"], head.get("note", ""), entries)


def _entry(row: dict[str, str | None], number: int, path: Path) -> Entry:
    text = {name: (row.get(name) or "").strip() for name in _COLUMNS}
    if not text["name"]:
        raise InputError(path, f"row {number}, name", "is empty", "name the substance")
    if text["cas"] and not cas_is_valid(text["cas"]):
        raise InputError(path, f"row {number}, cas", f"{text['cas']!r} is no CAS number", "correct the number")
    percents = ("limit_percent", "licence_limit_percent")
    limit, licence = (_percent(text[name], f"row {number}, {name}", path) for name in percents)
    also = tuple(name.strip() for name in text["also"].split(";") if name.strip())
    return Entry(text["name"], text["cas"], text["annex"], text["regime"], limit, licence, text["cn_code"], also, text["note"])


def cas_is_valid(cas: str) -> bool:
    """Whether a CAS number has its form and its check digit (weighted sum of the digits from the right, modulo 10).

    >>> cas_is_valid("7757-79-1"), cas_is_valid("7757-79-2")
    (True, False)
    """
    if not re.fullmatch(r"\d{2,7}-\d{2}-\d", cas):
        return False
    *digits, check = [int(digit) for digit in cas.replace("-", "")]
    return sum(k * digit for k, digit in enumerate(reversed(digits), 1)) % 10 == check


def _percent(text: str, field: str, path: Path) -> float:
    if not text:
        return float("nan")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 100:
        raise InputError(path, field, f"{text!r} is no percentage", "give 0 to 100, or leave it empty")
    return value
