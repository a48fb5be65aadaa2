"""Galactic SPC: the new format in both byte orders, the old LabCalc format, multi-files, 16- and 32-bit integers, floats."""

from __future__ import annotations

import math

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.octets import axis, numbers, take, words
from limes.signals.spectra.spectrum import Floats, Instrument, Raw

_X_UNITS = {1: "cm-1", 2: "um", 3: "nm", 13: "Raman shift cm-1"}
_Y_UNITS = {2: "absorbance", 3: "kubelka-munk", 4: "counts", 11: "%T", 128: "transmittance", 129: "reflectance"}
_HALF, _MULTI, _OWN_X, _SHARED_X = 1, 4, 64, 128
_FLOATS = -128
_MOST_FILES = 10_000


def read_spc(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every sub-file of an SPC file as one spectrum; InputError on an unknown version or a file that is cut off."""
    flags, version = take(data, 0, "<BB", file, "header")
    if version == 0x4D:
        return (_old(data, flags, file),)
    if version not in (0x4B, 0x4C):
        raise InputError(file, "header", f"is SPC version 0x{version:02X}", "export it as SPC (new format) or JCAMP-DX")
    return _new(data, "<" if version == 0x4B else ">", flags, file)


def _new(data: bytes, order: str, flags: int, file: str) -> tuple[Raw, ...]:
    kind, exponent, count, first, last, subfiles = take(data, 2, f"{order}bbiddi", file, "header")
    x_type, y_type = take(data, 28, "<BB", file, "header")
    shared = None if flags & (_OWN_X | _SHARED_X) else axis(first, last, count, file)
    at, found = 512, []
    if flags & _SHARED_X and not flags & _OWN_X:
        shared, at = numbers(data, at, count, f"{order}f4", file, "axis"), at + 4 * count
    if not 0 < max(subfiles, 1) <= _MOST_FILES:
        raise InputError(file, "header", f"says it has {subfiles} spectra", "split the file")
    title, instrument = words(data, 88, 130), Instrument(words(data, 45, 9), math.nan, date=_date(data, order))
    technique = "raman" if kind == 11 or x_type == 13 else ""
    for _ in range(max(subfiles, 1)):
        x, y, at = _subfile(data, at, order, flags, exponent, shared, count, file)
        found.append(Raw(x, y, _X_UNITS.get(x_type, ""), _Y_UNITS.get(y_type, ""), technique, title, instrument))
    return tuple(found)


def _subfile(
    data: bytes, at: int, order: str, flags: int, exponent: int, shared: Floats | None, count: int, file: str
) -> tuple[Floats, Floats, int]:
    """Axis, values and the place after one sub-file."""
    (own,) = take(data, at + 1, "b", file, "sub-file")
    (points,) = take(data, at + 16, f"{order}i", file, "sub-file")
    power = own if flags & _MULTI and own != 0 else exponent
    at += 32
    if shared is None:
        count = points if points > 0 else count
        shared, at = numbers(data, at, count, f"{order}f4", file, "axis"), at + 4 * count
    if power == _FLOATS:
        return shared, numbers(data, at, count, f"{order}f4", file, "values"), at + 4 * count
    size = 2 if flags & _HALF else 4
    y = numbers(data, at, count, f"{order}i{size}", file, "values")
    return shared, np.ldexp(y, power - 8 * size), at + size * count


def _old(data: bytes, flags: int, file: str) -> Raw:
    exponent, count, first, last, x_type, y_type = take(data, 2, "<hfffBB", file, "header")
    if not 1 < count < 1e7:
        raise InputError(file, "header", f"says it has {count:g} points", "export it as SPC (new format)")
    n = int(count)
    if flags & _HALF:
        y = np.ldexp(numbers(data, 256, n, "<i2", file, "values"), exponent - 16)
    else:
        halves = numbers(data, 256, 2 * n, "<u2", file, "values").reshape(n, 2)
        whole = halves[:, 0] * 65536 + halves[:, 1]
        y = np.ldexp(np.where(whole >= 2**31, whole - 2**32, whole), exponent - 32)
    technique = "raman" if x_type == 13 else ""
    x, title = axis(first, last, n, file), words(data, 64, 130)
    return Raw(x, y, _X_UNITS.get(x_type, ""), _Y_UNITS.get(y_type, ""), technique, title)


def _date(data: bytes, order: str) -> str:
    """The packed date as ISO text, empty where it is none (instruments write nonsense here)."""
    (packed,) = take(data, 32, f"{order}I", "", "date")
    year, month, day = packed >> 20, packed >> 16 & 15, packed >> 11 & 31
    return f"{year:04d}-{month:02d}-{day:02d}" if 1900 < year < 2200 and 0 < month < 13 and 0 < day < 32 else ""
