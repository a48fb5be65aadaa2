"""PRODML DAS acquisitions (Energistics, PRODML 2.0 to 2.2) as Silixa, OptaSense and Sintela write them, and GDR's (DAS-RCN)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from limes.signals.fibre.formats.hdf5 import Rows, number, text
from limes.signals.fibre.formats.recording import Recording, epoch, missing, pieces, recording


def is_prodml(root: Any) -> bool:
    """Whether an open HDF5 file is a PRODML acquisition."""
    return "Acquisition" in root and "SpatialSamplingInterval" in root["Acquisition"].attrs


def read_prodml(root: Any, path: Path) -> list[Recording]:
    """One recording for each raw array, and for each stretch of it without a break in its times."""
    about = root["Acquisition"]
    found = []
    for name in sorted(about):
        if name.startswith("Raw") and "RawData" in about[name]:
            found += _raw(about, about[name], f"Acquisition/{name}/RawData", path)
    if not found:
        raise missing(path, "PRODML", "Acquisition/Raw[0]/RawData")
    return found


def _raw(about: Any, raw: Any, name: str, path: Path) -> list[Recording]:
    data = raw["RawData"]
    if data.ndim != 2:
        raise missing(path, "PRODML", "RawData (time, locus)")
    loci = int(number(raw, "NumberOfLoci", default=number(about, "NumberOfLoci")))
    turned = _turned(data, loci)
    rows, channels = data.shape[::-1] if turned else data.shape
    spacing = number(about, "SpatialSamplingInterval")
    start = spacing * number(raw, "StartLocusIndex", default=number(about, "StartLocusIndex", default=0.0))
    kind = _maker(about)
    unit = text(raw, "RawDataUnit") or text(about, "RawDataUnit")
    told = number(raw, "OutputDataRate", default=number(about, "PulseRate"))
    notes = () if channels == loci else (f"says {loci} loci and holds {channels}",)
    parts, rate, odd = _times(raw, data, rows, told, path)
    gauge = number(about, "GaugeLength")
    where, said = (start, spacing), (1.0, unit, gauge, notes + odd)
    return [
        recording(path.name, kind, (time, rate), where, (b - a, channels), Rows(path, name, turned, a), *said)
        for a, b, time in parts
    ]


def _turned(data: Any, loci: int) -> bool:
    """Whether loci come first: as its dimensions say, else as the number of loci tells."""
    told = data.attrs.get("Dimensions")
    if told is not None:
        words = " ".join(v.decode() if isinstance(v, bytes) else str(v) for v in np.atleast_1d(told)).replace(",", " ")
        first = words.split()[0].lower()
        return first.startswith(("locus", "loci"))
    return bool(data.shape[0] == loci and data.shape[1] != loci)


def _maker(about: Any) -> str:
    """Who wrote it, as far as it says."""
    told = f"{text(about, 'VendorCode')} {text(about, 'ServiceCompanyName')} {text(about, 'AcquisitionDescription')}".lower()
    maker = next((name for name in ("OptaSense", "Silixa", "Sintela") if name.lower() in told), "")
    return f"PRODML {text(about, 'schemaVersion')}".strip() + (f" ({maker})" if maker else "")


_Times = tuple[list[tuple[int, int, float]], float, tuple[str, ...]]


def _times(raw: Any, data: Any, rows: int, told: float, path: Path) -> _Times:
    """Stretches (first, last, time), the rate, and what was odd."""
    if "RawDataTime" in raw and raw["RawDataTime"].shape[0] >= 2:
        times = raw["RawDataTime"][:].astype(np.int64) * 1e-6
        rate, stretches = pieces(times[:rows], path.name)
        odd = () if len(times) == rows else (f"holds {len(times)} times for {rows} samples",)
        exact = told if abs(told / rate - 1.0) < 1e-3 else rate
        return [(a, b, float(times[a])) for a, b in stretches], exact, odd
    begin = text(data, "PartStartTime") or text(raw, "PartStartTime")
    if not begin:
        raise missing(path, "PRODML", "RawDataTime or PartStartTime")
    time, end = epoch(begin, path.name), text(data, "PartEndTime")
    if end and rows > 1 and not told > 0:
        told = (rows - 1) / (epoch(end, path.name) - time)
    return [(0, rows, time)], told, ()


def is_gdr(root: Any) -> bool:
    """Whether an open HDF5 file follows the DAS standard of the Geothermal Data Repository."""
    return "DasMetadata" in root and "DasRawData" in root


def read_gdr(root: Any, path: Path) -> list[Recording]:
    """Recordings of a GDR file: times in ns."""
    try:
        about, data = root["DasMetadata/Interrogator/Acquisition"], root["DasRawData/RawData"]
        held = root["DasRawData/DasTimeArray"]
    except KeyError as fault:
        raise missing(path, "GDR", str(fault).strip("'\"")) from None
    dims = [v.decode() if isinstance(v, bytes) else str(v) for v in np.atleast_1d(data.attrs.get("DasDimensions", ["time"]))]
    turned = not dims[0].startswith("time")
    times = held[:].astype(np.int64) * 1e-9
    rate, stretches = pieces(times, path.name)
    channels = data.shape[0 if turned else 1]
    where = (0.0, number(about, "SpatialSamplingInterval"))
    said = (1.0, text(about, "UnitOfMeasure").replace("NaN", ""), number(about, "GaugeLength"))
    name = "DasRawData/RawData"
    return [
        recording(path.name, "GDR", (float(times[a]), rate), where, (b - a, channels), Rows(path, name, turned, a), *said)
        for a, b in stretches
    ]
