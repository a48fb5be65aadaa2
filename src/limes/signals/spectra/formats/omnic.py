"""Thermo OMNIC .spa: a table of sections, of which the header of the spectrum and its values are read."""

from __future__ import annotations

import math

from limes.errors import InputError
from limes.signals.spectra.formats.octets import axis, numbers, take, words
from limes.signals.spectra.spectrum import Instrument, Raw

_X_UNITS = {1: "cm-1", 3: "nm", 4: "um", 32: "Raman shift cm-1"}
_Y_UNITS = {11: "%R", 12: "log(1/R)", 16: "%T", 17: "absorbance", 20: "kubelka-munk", 21: "reflectance", 31: "Raman intensity"}
_SECTIONS, _HEADER, _VALUES = 304, 2, 3


def read_spa(data: bytes, file: str) -> tuple[Raw, ...]:
    """The spectrum of a .spa file; InputError where a section is missing or cut off."""
    (count,) = take(data, 294, "<H", file, "sections")
    places: dict[int, int] = {}
    for k in range(min(count, 1000)):
        key, at = take(data, _SECTIONS + 16 * k, "<HI", file, "sections")
        places.setdefault(key, at)
    for key, name in ((_HEADER, "header of the spectrum"), (_VALUES, "values")):
        if key not in places:
            raise InputError(file, name, "is not in the file", "save the spectrum again from the instrument's software")
    at = places[_HEADER]
    points, x_unit, y_unit, first, last = take(data, at + 4, "<IIIff", file, "header of the spectrum")
    y = numbers(data, places[_VALUES], points, "<f4", file, "values")
    technique = "raman" if x_unit == 32 or y_unit == 31 else ""
    return (
        Raw(
            axis(first, last, points, file),
            y,
            _X_UNITS.get(x_unit, ""),
            _Y_UNITS.get(y_unit, ""),
            technique,
            words(data, 30, 255),
            Instrument("Thermo OMNIC", math.nan),
        ),
    )
