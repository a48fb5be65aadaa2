"""Renishaw WiRE .wdf: blocks with a name and a length; the spectra of a map or series each become one spectrum."""

from __future__ import annotations

import math

from limes.errors import InputError
from limes.signals.spectra.formats.octets import MOST_POINTS, numbers, take, words
from limes.signals.spectra.spectrum import Instrument, Raw

_X_UNITS = {1: "Raman shift cm-1", 2: "cm-1", 3: "nm", 5: "um"}
_MOST_SPECTRA = 10_000


def read_wdf(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every collected spectrum of a .wdf file; InputError where a block is missing or cut off."""
    blocks = _blocks(data, file)
    points, _, count = take(data, 60, "<iqq", file, "WDF1")
    (laser,) = take(data, 156, "<f", file, "WDF1")
    for name in ("DATA", "XLST"):
        if name not in blocks:
            raise InputError(file, name, "block is not in the file", "save the measurement again from WiRE")
    if not 0 < count <= _MOST_SPECTRA or not 0 < points <= MOST_POINTS or points * count > 100 * MOST_POINTS:
        raise InputError(file, "WDF1", f"says {count} spectra of {points} points", "export single spectra from WiRE")
    (unit,) = take(data, blocks["XLST"] + 4, "<I", file, "XLST")
    x = numbers(data, blocks["XLST"] + 8, points, "<f4", file, "XLST")
    instrument = Instrument("Renishaw", 1e7 / laser if 1000 < laser < 100_000 else math.nan)
    technique = "raman" if unit == 1 else ""
    title, start = words(data, 240, 160), blocks["DATA"]
    return tuple(
        Raw(
            x,
            numbers(data, start + 4 * points * k, points, "<f4", file, "DATA"),
            _X_UNITS.get(unit, ""),
            "counts",
            technique,
            title,
            instrument,
        )
        for k in range(count)
    )


def _blocks(data: bytes, file: str) -> dict[str, int]:
    """Where the content of each block starts."""
    found: dict[str, int] = {}
    at = 0
    while at + 16 <= len(data):
        name = words(data, at, 4)
        (size,) = take(data, at + 8, "<Q", file, "block")
        if size < 16:
            raise InputError(file, name or "block", f"says it is {size} bytes long", "save the measurement again from WiRE")
        found.setdefault(name, at + 16)
        at += size
    return found
