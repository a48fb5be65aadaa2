"""Bruker OPUS: a directory of blocks; each data block is read with the parameter block that describes it."""

from __future__ import annotations

import math
import struct

from limes.errors import InputError
from limes.signals.spectra.formats.octets import axis, numbers, take, words
from limes.signals.spectra.spectrum import Instrument, Raw

_KINDS = {
    4: "absorbance",
    5: "transmittance",
    6: "kubelka-munk",
    10: "Raman intensity",
    12: "reflectance",
    15: "log(1/R)",
    16: "absorbance",
}
_X_UNITS = {"WN": "cm-1", "MI": "um", "NM": "nm", "LGW": "", "RSH": "Raman shift cm-1"}
_RATIOED, _REAL = 3, 3

Parameters = dict[str, float | str]


def read_opus(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every finished spectrum (absorbance, transmittance, reflectance, Raman) of an OPUS file, not its raw scans."""
    at, size, count = take(data, 12, "<III", file, "directory")
    blocks: dict[int, tuple[int, int]] = {}
    for k in range(min(count, size, 1000)):
        kind, length, place = take(data, at + 12 * k, "<III", file, "directory")
        if kind and place:
            blocks.setdefault(kind, (place, 4 * length))
    everywhere: Parameters = {}
    for kind, (place, length) in blocks.items():
        if not kind & 3 and not kind >> 10 & 0x7F:
            everywhere |= _parameters(data, place, length)
    found = [
        _spectrum(data, place, _parameters(data, *blocks[kind | 1 << 4]), everywhere, _KINDS[kind >> 10 & 0x7F], file)
        for kind, (place, _) in blocks.items()
        if _finished(kind) and kind | 1 << 4 in blocks
    ]
    if not found:
        raise InputError(file, "directory", "holds no finished spectrum", "save absorbance, reflectance or Raman from OPUS")
    return tuple(found)


def _finished(kind: int) -> bool:
    real, step, described, data = kind & 3, kind >> 2 & 3, kind >> 4 & 0x3F, kind >> 10 & 0x7F
    return real == _REAL and step in (_RATIOED, 1) and not described and data in _KINDS


def _spectrum(data: bytes, at: int, own: Parameters, everywhere: Parameters, values: str, file: str) -> Raw:
    count = _number(own, "NPT", file)
    x = axis(_number(own, "FXV", file), _number(own, "LXV", file), int(count) if 0 < count < 1e9 else 0, file)
    y = numbers(data, at, x.size, "<f4", file, "values")
    scale = own.get("CSF", 1.0)
    y = y * scale if isinstance(scale, float | int) and math.isfinite(scale) and abs(scale) < 1e6 else y
    resolution = everywhere.get("RES", math.nan)
    instrument = Instrument(
        str(everywhere.get("INS", "Bruker")),
        math.nan,
        float(resolution) if isinstance(resolution, float | int) else math.nan,
        str(own.get("DAT", "")),
    )
    unit, title = _X_UNITS.get(str(own.get("DXU", "WN")), "cm-1"), str(everywhere.get("SNM", ""))
    return Raw(x, y, unit, values, title=title, instrument=instrument)


def _number(own: Parameters, name: str, file: str) -> float:
    value = own.get(name)
    if not isinstance(value, float | int) or not math.isfinite(value):
        raise InputError(file, name, "is missing from the spectrum's parameters", "save the spectrum again from OPUS")
    return float(value)


def _parameters(data: bytes, at: int, length: int) -> Parameters:
    """Name and value pairs of a parameter block, up to its END or the end of what can be read."""
    found: Parameters = {}
    end = min(at + length, len(data))
    while at + 8 <= end:
        name, kind, size = words(data, at, 3), *struct.unpack_from("<HH", data, at + 4)
        at += 8
        if name in ("", "END"):
            break
        if kind == 0 and at + 4 <= end:
            found[name] = int(struct.unpack_from("<i", data, at)[0])
        elif kind == 1 and at + 8 <= end:
            found[name] = float(struct.unpack_from("<d", data, at)[0])
        elif kind in (2, 3, 4):
            found[name] = words(data, at, min(2 * size, end - at))
        at += 2 * size
    return found
