"""HDF5 layouts of single makers: Silixa, Febus, ASN OptoDAS, AP Sensing, Terra15, Neubrex."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.signals.fibre.formats.hdf5 import Rows, held, number, open_hdf5, text
from limes.signals.fibre.formats.recording import Recording, epoch, missing, pieces, recording


def is_silixa(root: Any) -> bool:
    """Whether it is Silixa's own layout: one dataset `Acoustic` that carries everything."""
    return "Acoustic" in root and "SamplingFrequency[Hz]" in root["Acoustic"].attrs


def read_silixa(root: Any, path: Path) -> list[Recording]:
    """The recording of a Silixa file."""
    data = root["Acoustic"]
    stamp = text(data, "ISO8601 Timestamp") or _dotted(text(data, "GPSTimeStamp", "CPUTimeStamp"))
    spacing = number(data, "SpatialResolution[m]") * number(data, "Fibre Length Multiplier", default=1.0)
    when = (epoch(stamp, path.name), number(data, "SamplingFrequency[Hz]"))
    where = (number(data, "Start Distance (m)", default=0.0), spacing)
    return [
        recording(path.name, "Silixa HDF5", when, where, data.shape, Rows(path, "Acoustic"), gauge=number(data, "GaugeLength"))
    ]


def _dotted(stamp: str) -> str:
    """A time written 22/09/2023 18:29:26.158 as ISO 8601."""
    day, _, clock = stamp.replace(" (UTC)", "").partition(" ")
    return f"{'-'.join(reversed(day.split('/')))}T{clock}"


def is_neubrex(root: Any) -> bool:
    """Whether it is Neubrex's layout."""
    return "Acoustic" in root and "TimeSamplingInterval(seconds)" in root["Acoustic"].attrs


def read_neubrex(root: Any, path: Path) -> list[Recording]:
    """The recording of a Neubrex file."""
    data = root["Acoustic"]
    time = epoch(text(data, "GPSTimeStamp(UTC)") or text(data, "CPUTimeStamp(UTC)"), path.name)
    foot = 0.3048 if text(data, "StartStopPositionUnit").lower() in ("ft", "feet") else 1.0
    when = (time, 1.0 / number(data, "TimeSamplingInterval(seconds)"))
    where = (foot * number(data, "StartPosition", default=0.0), foot * number(data, "SpatialSamplingInterval"))
    said = (1.0, text(data, "DataPhysicalUnit"), number(data, "GaugeLength"))
    return [recording(path.name, "Neubrex", when, where, data.shape, Rows(path, "Acoustic"), *said)]


def is_ap_sensing(root: Any) -> bool:
    """Whether it is AP Sensing's layout."""
    return "DAS" in root and "ProcessingServer" in root and "DAQ" in root


def read_ap_sensing(root: Any, path: Path) -> list[Recording]:
    """The recording of an AP Sensing file."""
    server, daq, data = root["ProcessingServer"], root["DAQ"], root["DAS"]
    begin, end = float(held(daq, "PositionStart") or 0.0), float(held(daq, "PositionEnd") or np.nan)
    spacing = (end - begin) / data.shape[1] if np.isfinite(end) else float(held(server, "SpatialSampling") or np.nan)
    stamp = held(root["Metadata"], "Timestamp") if "Metadata" in root else None
    if stamp is None or held(server, "DataRate") is None:
        raise missing(path, "AP Sensing", "Metadata/Timestamp or ProcessingServer/DataRate")
    zone = str(held(root["Metadata"], "Timezone") or "UTC")
    notes = () if zone.startswith("UTC") and zone.strip("UTC+-0:") == "" else (f"its clock is in {zone}; taken as UTC",)
    when, where = (epoch(str(stamp), path.name), float(held(server, "DataRate"))), (begin, spacing)
    gauge = float(held(server, "GaugeLength") or np.nan)
    return [recording(path.name, "AP Sensing", when, where, data.shape, Rows(path, "DAS"), 1.0, "rad", gauge, notes)]


def is_terra15(root: Any) -> bool:
    """Whether it is Terra15's layout."""
    return "file_version" in root.attrs and "sensing_range_start" in root.attrs


def read_terra15(root: Any, path: Path) -> list[Recording]:
    """Recordings of a Terra15 file (versions 4 to 6): rows with a time of 0 were never written."""
    name = "data_product" if "data_product" in root else text(root, "data_product")
    if name not in root or "data" not in root[name]:
        raise missing(path, "Terra15", "data_product/data")
    group = root[name]
    clock = next((c for c in ("gps_time", "posix_time") if c in group), "")
    if not clock:
        raise missing(path, "Terra15", "gps_time or posix_time")
    times = group[clock][:]
    written = int(np.count_nonzero(times > 0))
    rate, stretches = pieces(times[:written], path.name)
    notes = () if written == len(times) else (f"{len(times) - written} rows at its end were never written",)
    where = (number(root, "sensing_range_start", default=0.0), number(root, "dx"))
    said = (1.0, text(root, "data_product_units"), number(root, "gauge_length"), notes)
    size, data = group["data"].shape[1], f"{name}/data"
    return [
        recording(path.name, "Terra15", (float(times[a]), rate), where, (b - a, size), Rows(path, data, False, a), *said)
        for a, b in stretches
    ]


def is_optodas(root: Any) -> bool:
    """Whether it is ASN's OptoDAS layout."""
    return "data" in root and "header" in root and "dt" in root["header"] and "dx" in root["header"]


def read_optodas(root: Any, path: Path) -> list[Recording]:
    """The recording of an OptoDAS file (versions 7 and 8)."""
    head, data = root["header"], root["data"]
    channels = np.atleast_1d(head["channels"][()]) if "channels" in head else np.arange(data.shape[1])
    dx, step = float(held(head, "dx")), float(np.median(np.diff(channels))) if len(channels) > 1 else 1.0
    notes: tuple[str, ...] = (
        () if len(channels) < 2 or np.ptp(np.diff(channels)) == 0 else ("its channels are not evenly spaced",)
    )
    if len(channels) != data.shape[1]:
        notes += (f"says {len(channels)} channels and holds {data.shape[1]}",)
    sensitivity = held(head, "sensitivities")
    scale = float(held(head, "dataScale") or 1.0) / float(sensitivity or 1.0)
    when, where = (float(held(head, "time")), 1.0 / float(held(head, "dt"))), (float(channels[0]) * dx, step * dx)
    unit, gauge = str(held(head, "unit") or ""), float(held(head, "gaugeLength") or np.nan)
    return [recording(path.name, "ASN OptoDAS", when, where, data.shape, Rows(path, "data"), scale, unit, gauge, notes)]


def is_febus(root: Any) -> bool:
    """Whether it is Febus' layout: instrument, source, zone."""
    groups = [one for one in root.values() if hasattr(one, "keys")]
    return bool(groups) and all(any(str(name).startswith("Source") for name in one) for one in groups)


def read_febus(root: Any, path: Path) -> list[Recording]:
    """Recordings of a Febus file, one for each zone; blocks that do not join on are recordings of their own."""
    found = []
    for device in root:
        for source_name, source in root[device].items():
            zones = [name for name in source if hasattr(source[name], "keys")]
            for zone in zones:
                for name, data in source[zone].items():
                    if data.ndim == 3:
                        found += _zone(source, source[zone], data, f"{device}/{source_name}/{zone}/{name}", path)
    if not found:
        raise missing(path, "Febus", "Source1/Zone1 (block, time, distance)")
    return found


def _zone(source: Any, zone: Any, data: Any, name: str, path: Path) -> list[Recording]:
    blocks, per_block, channels = data.shape
    spacing, origin, extent = (np.asarray(zone.attrs[key], float) for key in ("Spacing", "Origin", "Extent"))
    step = spacing[1] / 1000.0
    times = np.ravel(source["time"][:])[:blocks] + origin[1] / 1000.0
    period = float(np.median(np.diff(times))) if blocks > 1 else per_block * step
    excess = max(0, per_block - round(period / step))
    skip, keep = excess // 2, per_block - excess
    where = (extent[0] * spacing[0] + origin[0], float(spacing[0]))
    said_rows = extent[3] - extent[2] + 1
    notes = () if said_rows == per_block else (f"says {said_rows:g} rows a block and holds {per_block}",)
    joined = blocks == 1 or abs(period - keep * step) < max(0.05 * period, step)
    parts = [(0, blocks)] if joined else [(k, k + 1) for k in range(blocks)]
    said = (1.0, "", number(zone, "GaugeLength"), notes)
    found = []
    for a, b in parts:
        when, size = (float(times[a]) + skip * step, 1.0 / step), ((b - a) * keep, channels)
        found.append(recording(path.name, "Febus", when, where, size, _Blocks(path, name, a, skip, keep), *said))
    return found


@dataclass(frozen=True)
class _Blocks:
    """Rows out of blocks that overlap: the middle `keep` rows of each, from row `skip` on."""

    path: Path
    dataset: str
    block: int
    skip: int
    keep: int

    def __call__(self, first: int, last: int) -> np.ndarray:
        a, b = first // self.keep, -(-last // self.keep)
        with open_hdf5(self.path) as file:
            held = file[self.dataset][self.block + a : self.block + b, self.skip : self.skip + self.keep]
        rows = held.reshape(-1, held.shape[2])
        return np.ascontiguousarray(rows[first - a * self.keep : last - a * self.keep])
