"""ENVI spectral libraries: a text header (.hdr) beside the values (.sli)."""

from __future__ import annotations

import re

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.octets import MOST_POINTS, numbers
from limes.signals.spectra.spectrum import Floats, Raw

_KINDS = {2: "i2", 4: "f4", 5: "f8", 12: "u2"}


def read_envi(header: bytes, data: bytes, file: str) -> tuple[Raw, ...]:
    """Every spectrum of a library; masked values (below -1e30) become nan. InputError where header and values disagree."""
    notes = _notes(header.decode("latin-1"), file)
    samples, lines = (_whole(notes, name, file) for name in ("samples", "lines"))
    kind, order = _KINDS.get(_whole(notes, "data type", file)), "<>"[_whole(notes, "byte order", file) == 1]
    if kind is None:
        raise InputError(file, "data type", f"{notes['data type']} is not read", "save the library as float (4 or 5)")
    if samples * lines > 25 * MOST_POINTS:
        raise InputError(file, "lines", f"says {lines} spectra of {samples} points", "split the library")
    wavelengths = _list(notes.get("wavelength", ""))
    if len(wavelengths) != samples:
        problem = f"holds {len(wavelengths)} places for {samples} samples"
        raise InputError(file, "wavelength", problem, "save the library again with its wavelengths")
    x, unit = _axis(wavelengths, file), _unit(notes.get("wavelength units", ""))
    names = [name.strip() for name in notes.get("spectra names", "").split(",")]
    size = np.dtype(kind).itemsize
    start = _whole(notes, "header offset", file) if "header offset" in notes else 0
    scale = _scale(notes.get("reflectance scale factor", ""))
    found = []
    for k in range(lines):
        y = numbers(data, start + k * samples * size, samples, f"{order}{kind}", file, f"spectrum {k + 1}")
        y[~(y > -1e30)] = np.nan
        found.append(Raw(x, y / scale, unit, "reflectance", "", names[k] if k < len(names) else ""))
    return tuple(found)


def _notes(text: str, file: str) -> dict[str, str]:
    if not text.lstrip().startswith("ENVI"):
        raise InputError(file, "header", "does not start with ENVI", "give the .sli with its own .hdr")
    pairs = re.findall(r"^\s*([A-Za-z][\w ]*?)\s*=\s*(\{[^}]*\}|[^\r\n]*)", text, re.MULTILINE)
    return {name.lower(): value.strip().strip("{}").strip() for name, value in pairs}


def _whole(notes: dict[str, str], name: str, file: str) -> int:
    text = notes.get(name, "")
    if not re.fullmatch(r"\d{1,9}", text):
        raise InputError(file, name, f"is {text!r}, no whole number", "save the library again")
    return int(text)


def _list(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(",") if cell.strip()]


def _axis(cells: list[str], file: str) -> Floats:
    try:
        return np.array(cells, np.float64)
    except ValueError:
        raise InputError(file, "wavelength", "holds a place that is no number", "save the library again") from None


def _unit(text: str) -> str:
    name = text.lower()
    return "um" if "micro" in name else "nm" if "nano" in name else "cm-1" if "wavenum" in name else ""


def _scale(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+\.?\d*", text) and float(text) > 0 else 1.0
