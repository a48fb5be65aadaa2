"""Families of materials that spectra tell from others more surely than from each other."""

from __future__ import annotations

import csv
import functools
import re
from importlib import resources


def family_of(name: str) -> str:
    """Family of a material by its name, empty where the table has none.

    >>> family_of("tripalmitin"), family_of("Potassium nitrate"), family_of("Calcite"), family_of("quartz")
    ('lipid', 'nitrate', 'carbonate', '')
    """
    plain = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    return next((family for family, pattern in _table() if pattern.search(plain)), "")


@functools.cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (resources.files("limes.signals.spectra") / "lists/families.csv").read_text(encoding="utf-8")
    return tuple((row["family"], re.compile(row["pattern"])) for row in csv.DictReader(text.splitlines()))
