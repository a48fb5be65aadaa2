"""ANSI N42.42 of 2006 and 2011: gamma spectra with calibration, times, occupancy and counted zeroes, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree  # documents with a DTD are refused before this parser sees them

import numpy as np
from numpy.typing import NDArray

from limes.errors import InputError

Floats = NDArray[np.float64]
Element = ElementTree.Element

MOST_CHANNELS = 1 << 20
"""No spectrum has more channels, however few bytes say so."""

MOST_IN_FILE = 64 << 20
"""All spectra of a file together have no more channels."""

_SAMPLES = ("DetectorData", "RadMeasurement")
_AGAIN = "export the measurement again"
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?|\.\d+)S)?)?", re.ASCII)


@dataclass(frozen=True, eq=False)
class Gamma:
    """One spectrum: counts (channels,) with the polynomial terms of its energy calibration (keV over channel).

    `sample` numbers the measurement that it belongs to: all detectors of a portal share it. `start` is UTC epoch seconds, nan
    where unsaid; `real_s`, `live_s` seconds, nan where unsaid. `occupied` None: not said. `background`: the file calls it one.
    """

    sample: int
    detector: str
    start: float
    real_s: float
    live_s: float
    counts: Floats
    terms: tuple[float, ...]
    occupied: bool | None
    background: bool
    model: str
    date: str

    @property
    def energy(self) -> Floats:
        """Energy at each channel (channels,), keV."""
        with np.errstate(all="ignore"):
            channels = np.arange(self.counts.size, dtype=np.float64)
            return np.asarray(np.polynomial.polynomial.polyval(channels, self.terms))


@dataclass(frozen=True)
class _Sample:
    """What a file says of all spectra of one measurement."""

    number: int
    date: str
    real_s: float
    occupied: bool | None
    kind: str


def gamma_spectra(data: bytes, file: str) -> Iterator[Gamma]:
    """Yield the spectra of an N42 file in its order.

    InputError on a document type, broken XML, a spectrum without calibration, or none at all.
    """
    root = parse_xml(data, file)
    everywhere, model = _calibrations(root), _first(root, ("InstrumentModel", "RadInstrumentModelName"))
    room, count = MOST_IN_FILE, 0
    for sample, element in _spectra(root):
        spectrum = _gamma(sample, element, everywhere, model, file)
        room, count = room - spectrum.counts.size, count + 1
        if room < 0:
            raise InputError(file, "ChannelData", f"holds over {MOST_IN_FILE >> 20} million channels", "split the file")
        yield spectrum
    if not count:
        raise InputError(file, "Spectrum", "holds no spectrum with channels", _AGAIN)


def counted_zeroes(values: Floats, file: str) -> Floats:
    """Expand runs of zeroes: after a 0 stands how many zeroes there are. InputError on a run that is cut off or absurd.

    >>> counted_zeroes(np.array([5.0, 0.0, 3.0, 7.0]), "a.n42").tolist()
    [5.0, 0.0, 0.0, 0.0, 7.0]
    """
    marks = np.flatnonzero(values == 0)
    runs = values[np.minimum(marks + 1, values.size - 1)]
    fair = (runs > 0) & (runs <= MOST_CHANNELS) & (runs == np.floor(runs)) & (marks + 1 < values.size)
    if not fair.all() or values.size - 2 * marks.size + runs.sum() > MOST_CHANNELS:
        raise InputError(file, "ChannelData", "counts its zeroes wrongly", _AGAIN)
    times = np.ones(values.size, np.int64)
    times[marks], times[marks + 1] = runs.astype(np.int64), 0
    return np.repeat(values, times)


def seconds_of(text: str) -> float:
    """Seconds of an ISO 8601 duration, nan where it is none.

    >>> seconds_of("PT1M0.25S"), seconds_of("soon")
    (60.25, nan)
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return float("nan")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return 86400.0 * days + 3600.0 * hours + 60.0 * minutes + seconds


def epoch_of(text: str) -> float:
    """UTC epoch seconds of an ISO 8601 time, without a zone taken for UTC; nan where it is none.

    >>> epoch_of("2010-01-24T00:08:24.078Z"), epoch_of("0000-00-00")
    (1264291704.078, nan)
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return float("nan")


def parse_xml(data: bytes, file: str) -> Element:
    """The root of an XML document without a document type; InputError where it has one or is broken."""
    head = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise InputError(file, "", "declares a document type, which N42 does not need", "remove it, or distrust the file")
    try:
        return ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as fault:
        raise InputError(file, "XML", f"cannot be read: {fault}", _AGAIN) from None


def _spectra(root: Element) -> Iterator[tuple[_Sample, Element]]:
    """Each spectrum with channels and the sample that it lies in, in one pass however deep the document is."""
    count, waiting = 0, [(root, _sample(0, root))]
    while waiting:
        element, sample = waiting.pop()
        if _tag(element) in _SAMPLES:
            sample, count = _sample(count, element), count + 1
        if _tag(element) == "Spectrum" and _child(element, "ChannelData") is not None:
            yield sample, element
        waiting += [(child, sample) for child in reversed(element)]


def _sample(number: int, element: Element) -> _Sample:
    said = _text(element, "Occupied", "OccupancyIndicator").lower()
    return _Sample(
        number,
        _text(element, "StartTime", "StartDateTime"),
        seconds_of(_text(element, "SampleRealTime", "RealTimeDuration")),
        {"1": True, "true": True, "0": False, "false": False}.get(said),
        _text(element, "MeasurementClassCode"),
    )


def _gamma(sample: _Sample, element: Element, everywhere: dict[str, tuple[float, ...]], model: str, file: str) -> Gamma:
    name = element.get("Detector", element.get("radDetectorInformationReference", ""))
    terms = _terms(element) or everywhere.get(element.get("energyCalibrationReference", name)) or everywhere.get("")
    if not terms:
        raise InputError(file, f"spectrum of {name or 'a detector'}", "has no energy calibration", "calibrate it")
    date = _text(element, "StartTime", "StartDateTime") or sample.date
    live, real = seconds_of(_text(element, "LiveTime", "LiveTimeDuration")), seconds_of(_text(element, "RealTime"))
    kind = _text(element, "SourceType") or sample.kind
    return Gamma(
        sample.number, name, epoch_of(date), real if real > 0 else sample.real_s, live, _counts(element, file), terms,
        sample.occupied, kind.lower() == "background", model, date,
    )  # fmt: skip


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _tag(child) == name), None)


def _first(root: Element, names: tuple[str, ...]) -> str:
    return next(((element.text or "").strip() for element in root.iter() if _tag(element) in names), "")


def _text(element: Element, *names: str) -> str:
    """Text of the first child of one of these names; empty where there is none."""
    return next(((child.text or "").strip() for child in element if _tag(child) in names), "")


def _floats(text: str | None) -> Floats | None:
    cells = re.split(r"[\s,]+", (text or "").strip())
    try:
        return np.array(cells, np.float64)
    except ValueError:
        return None


def _counts(element: Element, file: str) -> Floats:
    channels = _child(element, "ChannelData")
    values = None if channels is None else _floats(channels.text)
    if channels is None or values is None:
        raise InputError(file, "ChannelData", "holds something that is no number", _AGAIN)
    packed = channels.get("Compression", channels.get("compressionCode", "None"))
    return counted_zeroes(values, file) if packed.lower().startswith("countedzero") else values[:MOST_CHANNELS]


def _terms(element: Element) -> tuple[float, ...]:
    """Polynomial terms of the energy calibration of a spectrum (2006)."""
    for calibration in element:
        if _tag(calibration) == "Calibration" and calibration.get("Type") == "Energy":
            equation = _child(calibration, "Equation")
            values = _floats(_text(calibration if equation is None else equation, "Coefficients"))
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
