"""One measured spectrum with ascending axis, one unit per technique, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limes.errors import InputError

Floats = NDArray[np.float64]

TECHNIQUES = {
    "raman": ("cm-1", "intensity"),
    "mid-ir": ("cm-1", "absorbance"),
    "nir": ("nm", "reflectance"),
    "gamma": ("keV", "counts"),
}
"""Techniques with the units that a spectrum of them has inside Limes."""

FEWEST_POINTS = 8
"""A spectrum of fewer points is refused."""

_LARGEST = 1e30
_MID_IR_NM = 4000.0


@dataclass(frozen=True)
class Instrument:
    """What a file says of the instrument: free text, laser wavelength (nm) and resolution (cm-1), nan where unsaid."""

    model: str = ""
    laser_nm: float = float("nan")
    resolution_cm1: float = float("nan")
    date: str = ""


@dataclass(frozen=True, eq=False)
class Raw:
    """What a reader found in a file, in the file's own units and order.

    `x_unit` and `y_unit` are the file's words; `technique` is one of `TECHNIQUES` or empty where the file does not say.
    """

    x: Floats
    y: Floats
    x_unit: str = ""
    y_unit: str = ""
    technique: str = ""
    title: str = ""
    instrument: Instrument = field(default_factory=Instrument)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One spectrum: `x` ascending (n,), `y` (n,), both in the units of its technique, with its provenance.

    `sha256` is the hash of the bytes of the whole file, so that a verdict can be traced to what was measured.
    """

    x: Floats
    y: Floats
    technique: str
    x_unit: str
    y_unit: str
    title: str
    file: str
    sha256: str
    instrument: Instrument


def normalise(raw: Raw, file: str, sha256: str = "", technique: str = "", laser_nm: float = float("nan")) -> Spectrum:
    """A spectrum in the units of its technique: absorbance over cm-1, reflectance over nm, Raman intensity over shift.

    `technique` and `laser_nm` overrule the file. Points that are not finite are dropped, equal places averaged.
    InputError where nothing says which technique it is, or where too few points remain.

    >>> percent = Raw(np.arange(1000.0, 990.0, -1.0), np.full(10, 10.0), "cm-1", "%T", "mid-ir")
    >>> spectrum = normalise(percent, "a.csv")
    >>> float(spectrum.x[0]), float(spectrum.y[0]), spectrum.y_unit
    (991.0, 1.0, 'absorbance')
    """
    kind = technique or raw.technique or technique_of(raw.x_unit, raw.y_unit, raw.x)
    if not kind:
        problem = f"does not say how it was measured (axis {raw.x_unit or 'unnamed'}, values {raw.y_unit or 'unnamed'})"
        raise InputError(file, "technique", problem, "say it: --technique raman, mid-ir or nir")
    if raw.x.shape != raw.y.shape or raw.x.ndim != 1:
        raise InputError(file, "values", f"{raw.y.size} values at {raw.x.size} places", "export the spectrum again")
    laser = laser_nm if np.isfinite(laser_nm) else raw.instrument.laser_nm
    x, y = _sorted(*_finite(raw.x, raw.y))
    x, y = _sorted(*_finite(_axis(x, raw.x_unit, kind, laser, file), _values(y, raw.y_unit, kind)))
    if x.size < FEWEST_POINTS:
        problem = f"has {x.size} usable points, fewer than {FEWEST_POINTS}"
        raise InputError(file, "points", problem, "measure or export the whole range")
    instrument = Instrument(raw.instrument.model, laser, raw.instrument.resolution_cm1, raw.instrument.date)
    return Spectrum(x, y, kind, *TECHNIQUES[kind], raw.title, file, sha256, instrument)


def technique_of(x_unit: str, y_unit: str, x: Floats) -> str:
    """The technique that the words of the axes imply, or an empty string where they leave it open.

    >>> technique_of("Raman shift", "", np.arange(200.0, 3000.0)), technique_of("cm-1", "", np.arange(200.0, 3000.0))
    ('raman', '')
    """
    axis, values = x_unit.lower(), y_unit.lower()
    if "raman" in axis or "shift" in axis or "raman" in values:
        return "raman"
    if axis == "kev":
        return "gamma"
    words = ("abs", "trans", "refl", "%t", "%r", "kubelka", "log")
    optical = any(word in values for word in words) or values in ("a", "t", "r")
    if not optical or not x.size:
        return ""
    return "mid-ir" if float(np.nanmax(_wavelength(x, axis_unit(axis, x)))) > _MID_IR_NM else "nir"


def axis_unit(text: str, x: Floats) -> str:
    """Unit of an optical axis, "cm-1", "nm" or "um": by the file's words, else by the size of its numbers.

    >>> axis_unit("Wavenumbers (1/cm)", np.ones(2)), axis_unit("MICROMETERS", np.ones(2)), axis_unit("", np.array([2.5, 16.0]))
    ('cm-1', 'um', 'um')
    """
    name = text.lower()
    if "wavenum" in name or "cm" in name or "shift" in name:
        return "cm-1"
    for unit, words in (("nm", ("nm", "nano")), ("um", ("um", "µm", "micro"))):
        if any(word in name for word in words):
            return unit
    return "um" if x.size and float(np.nanmedian(np.abs(x))) < 30.0 else "cm-1"


def _wavelength(x: Floats, unit: str) -> Floats:
    """Wavelengths in nm of an optical axis."""
    return {"nm": x, "um": x * 1e3}.get(unit, 1e7 / np.maximum(np.abs(x), 1e-3))


def _axis(x: Floats, text: str, technique: str, laser_nm: float, file: str) -> Floats:
    if technique == "gamma":
        return x
    unit = axis_unit(text, x)
    if technique == "nir":
        return _wavelength(x, "nm" if not text and unit == "cm-1" and np.max(x, initial=0.0) < 3500.0 else unit)
    if unit == "cm-1":
        return x
    length = _wavelength(x, unit)
    if np.any(length <= 0):
        raise InputError(file, "axis", "holds wavelengths that are not positive", "export it in cm-1")
    if technique == "mid-ir":
        return 1e7 / length
    if not laser_nm > 0:
        raise InputError(file, "laser", "a Raman spectrum over wavelength needs its laser", "say it: --laser 785 (nm)")
    return 1e7 / laser_nm - 1e7 / length


def _values(y: Floats, unit: str, technique: str) -> Floats:
    name = unit.lower()
    share = any(word in name for word in ("trans", "refl", "%")) or name in ("t", "r")
    percent = share and ("%" in name or "percent" in name or (y.size > 0 and float(np.percentile(y, 90)) > 2.0))
    linear = y / 100.0 if percent else y
    if technique == "mid-ir" and share and "log" not in name:
        return -np.log10(np.clip(linear, 1e-5, None))
    if technique == "nir":
        logarithmic = name.startswith(("abs", "log")) or name == "a"
        return np.asarray(10.0 ** -np.clip(y, -5.0, 10.0)) if logarithmic else linear
    return y


def _finite(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    good = np.isfinite(x) & np.isfinite(y)
    good[good] &= (np.abs(x[good]) < _LARGEST) & (np.abs(y[good]) < _LARGEST)
    return x[good], y[good]


def _sorted(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    places, where = np.unique(x, return_inverse=True)
    if places.size == x.size:
        order = np.argsort(x, kind="stable")
        return x[order], y[order]
    return places, np.bincount(where, y, places.size) / np.bincount(where, minlength=places.size)
