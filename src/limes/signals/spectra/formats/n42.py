"""ANSI N42.42 of 2006 and 2011: gamma spectra with their energy calibration and counted zeroes."""

from __future__ import annotations

import re
from xml.etree import ElementTree  # documents with a DTD are refused before this parser sees them

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.octets import MOST_POINTS
from limes.signals.spectra.spectrum import Floats, Instrument, Raw

Element = ElementTree.Element


def read_n42(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every spectrum of an N42 file, counts over keV; InputError on a document type, broken XML or no calibration."""
    root = _parse(data, file)
    everywhere = _calibrations(root)
    model = _first(root, ("InstrumentModel", "RadInstrumentModelName"))
    found = []
    for element in root.iter():
        channels = next((child for child in element if _tag(child) == "ChannelData"), None)
        if _tag(element) != "Spectrum" or channels is None:
            continue
        name = element.get("Detector", element.get("radDetectorInformationReference", ""))
        y = _counts(channels, file)
        terms = _terms(element) or everywhere.get(element.get("energyCalibrationReference", name)) or everywhere.get("")
        if not terms:
            raise InputError(file, f"spectrum of {name or 'a detector'}", "has no energy calibration", "calibrate it")
        date = _first(element, ("StartTime", "StartDateTime"))
        found.append(Raw(_energy(terms, y.size), y, "keV", "counts", "gamma", name, Instrument(model, date=date)))
    if not found:
        raise InputError(file, "Spectrum", "holds no spectrum with channels", "export the measurement again")
    return tuple(found)


def counted_zeroes(values: Floats, file: str) -> Floats:
    """Expand runs of zeroes: after a 0 stands how many zeroes there are. InputError on a run that is cut off or absurd.

    >>> counted_zeroes(np.array([5.0, 0.0, 3.0, 7.0]), "a.n42").tolist()
    [5.0, 0.0, 0.0, 0.0, 7.0]
    """
    found: list[float] = []
    k = 0
    while k < values.size:
        if values[k] == 0:
            run = values[k + 1] if k + 1 < values.size else 0
            if not 0 < run <= MOST_POINTS - len(found) or run != int(run):
                raise InputError(file, "ChannelData", "counts its zeroes wrongly", "export the measurement again")
            found += [0.0] * int(run)
            k += 2
        else:
            found.append(float(values[k]))
            k += 1
    return np.array(found)


def _parse(data: bytes, file: str) -> Element:
    head = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise InputError(file, "", "declares a document type, which N42 does not need", "remove it, or distrust the file")
    try:
        return ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as fault:
        raise InputError(file, "XML", f"cannot be read: {fault}", "export the measurement again") from None


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _first(root: Element, names: tuple[str, ...]) -> str:
    return next(((element.text or "").strip() for element in root.iter() if _tag(element) in names), "")


def _floats(text: str | None) -> Floats | None:
    cells = re.split(r"[\s,]+", (text or "").strip())
    try:
        return np.array(cells, np.float64)
    except ValueError:
        return None


def _counts(channels: Element, file: str) -> Floats:
    values = _floats(channels.text)
    if values is None:
        raise InputError(file, "ChannelData", "holds something that is no number", "export the measurement again")
    packed = channels.get("Compression", channels.get("compressionCode", "None"))
    return counted_zeroes(values, file) if packed.lower().startswith("countedzero") else values


def _terms(element: Element) -> tuple[float, ...]:
    """Polynomial terms of the energy calibration inside an element (2006)."""
    for calibration in (one for one in element.iter() if _tag(one) == "Calibration" and one.get("Type") == "Energy"):
        for coefficients in (one for one in calibration.iter() if _tag(one) == "Coefficients"):
            values = _floats(coefficients.text)
            return () if values is None else tuple(values[:6].tolist())
    return ()


def _calibrations(root: Element) -> dict[str, tuple[float, ...]]:
    """Calibrations of the whole file by the name that spectra refer to; "" is the first."""
    found: dict[str, tuple[float, ...]] = {}
    for element in root.iter():
        if _tag(element) == "EnergyCalibration":
            values = _floats(next((one.text for one in element if _tag(one) == "CoefficientValues"), None))
            if values is not None:
                found[element.get("id", "")] = tuple(values[:6].tolist())
    if found:
        found.setdefault("", next(iter(found.values())))
    return found


def _energy(terms: tuple[float, ...], count: int) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(np.polynomial.polynomial.polyval(np.arange(count, dtype=np.float64), terms))
