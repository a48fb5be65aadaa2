"""HDF5 without a maker: DASDAE, xdas NetCDF, and any file with one table of samples whose rate and spacing are told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.formats.hdf5 import Rows, number, text
from limes.signals.fibre.formats.recording import Recording, epoch, missing, pieces, recording

_RATE = ("sampling_rate_hz", "sampling_rate", "sample_rate", "SamplingFrequency", "SamplingRate", "fs", "rate", "rate_hz")
_SPACING = (
    "channel_spacing_m",
    "channel_spacing",
    "spacing_m",
    "spacing",
    "dx",
    "SpatialSamplingInterval",
    "SpatialResolution",
)
_START = ("first_distance_m", "start_distance", "start_m", "StartDistance")
_TIME = ("start_time_utc", "start_time", "starttime", "time_start", "PartStartTime")
_GAUGE = ("gauge_length_m", "gauge_length", "GaugeLength")
_TIMES, _PLACES = (
    ("time", "times", "timestamp", "timestamps", "t"),
    ("distance", "distances", "channel_distance", "offset", "x"),
)
_PER_SECOND = {
    "nanoseconds": 1e9,
    "microseconds": 1e6,
    "milliseconds": 1e3,
    "seconds": 1.0,
    "minutes": 1 / 60.0,
    "hours": 1 / 3600.0,
}


def is_dasdae(root: Any) -> bool:
    """Whether DASCore wrote it (its DASDAE format)."""
    return text(root, "__format__") == "DASDAE" and "waveforms" in root


def read_dasdae(root: Any, path: Path) -> list[Recording]:
    """Recordings of a DASDAE file, one or more for each patch."""
    found = []
    for name, patch in root["waveforms"].items():
        dims = text(patch, "_attrs_dims").split(",")
        if "_coord_time" not in patch or sorted(dims) != ["distance", "time"]:
            raise missing(path, "DASDAE", f"{name}/_coord_time")
        times = patch["_coord_time"][:].astype(np.int64) * 1e-9
        places = patch["_coord_distance"][:]
        unit, gauge = text(patch, "_attrs_data_units"), _float(text(patch, "_attrs_gauge_length"))
        where = (f"waveforms/{name}/data", dims[0] != "time", path)
        found += _stretches(times, places, *where, "DASDAE", unit, gauge)
    return found


def is_xdas(root: Any) -> bool:
    """Whether it is a CF NetCDF file with tie points for its coordinates, as xdas writes."""
    return any("coordinate_interpolation" in data.attrs for data in root.values() if hasattr(data, "shape"))


def read_xdas(root: Any, path: Path) -> list[Recording]:
    """Recordings of an xdas file; its times are straight between tie points (CF conventions 1.9, section 8.3)."""
    found = []
    for name, data in root.items():
        if not hasattr(data, "shape") or "coordinate_interpolation" not in data.attrs or data.ndim != 2:
            continue
        axes = [_axis(root, path, axis) for axis in ("time", "distance")]
        turned = len(axes[0]) != data.shape[0]
        if (len(axes[0]), len(axes[1])) != (data.shape[::-1] if turned else data.shape):
            raise missing(path, "xdas", "time_indices that fit the data")
        found += _stretches(axes[0], axes[1], name, turned, path, "xdas NetCDF", text(data, "units"), float("nan"))
    return found


def _axis(root: Any, path: Path, axis: str) -> np.ndarray:
    """One coordinate at every index; times as epoch seconds."""
    try:
        at, values = root[f"{axis}_indices"][:], root[f"{axis}_values"]
    except KeyError:
        raise missing(path, "xdas", f"{axis}_indices") from None
    ties = values[:].astype(float)
    units = re.fullmatch(r"(\w+) since (.+)", text(values, "units"))
    if units and units[1] in _PER_SECOND:
        ties = ties / _PER_SECOND[units[1]] + epoch(units[2], path.name)
    return np.interp(np.arange(int(at[-1]) + 1), at, ties)


def read_plain(root: Any, path: Path) -> list[Recording]:
    """The largest table of numbers of a file whose times and spacing are told by attributes or beside it.

    InputError with what was found where the rate is told nowhere.
    """
    tables: dict[str, Any] = {}
    root.visititems(lambda name, one: tables.__setitem__(name, one) if getattr(one, "ndim", 0) else None)
    flat = {name: one for name, one in tables.items() if one.ndim == 2 and one.dtype.kind in "iuf"}
    if not flat:
        raise _unknown(path, root, tables)
    name = max(flat, key=lambda key: flat[key].size)
    data, holders = flat[name], (flat[name], flat[name].parent, root)
    beside = {key.rpartition("/")[2].lower(): one for key, one in tables.items() if one.ndim == 1}
    times = next((_seconds(beside[key]) for key in _TIMES if key in beside and len(beside[key]) in data.shape), None)
    places = next((beside[key][:].astype(float) for key in _PLACES if key in beside and len(beside[key]) in data.shape), None)
    turned = _turned(data, holders, times, places)
    rows, channels = data.shape[::-1] if turned else data.shape
    rate, spacing = _told(holders, _RATE), _told(holders, _SPACING)
    dt = _told(holders, ("dt", "time_step", "TimeSamplingInterval"))
    rate = rate if rate > 0 else 1.0 / dt if dt > 0 else rate
    notes: tuple[str, ...] = ()
    if places is None:
        notes += () if spacing > 0 else ("tells no spacing: 1 m is assumed",)
        start = _told(holders, _START)
        places = (start if np.isfinite(start) else 0.0) + (spacing if spacing > 0 else 1.0) * np.arange(channels)
    if times is None:
        if not rate > 0:
            raise _unknown(path, root, tables)
        stamp = next((text(holder, *_TIME) for holder in holders if text(holder, *_TIME)), "")
        notes += () if stamp else ("tells no time: 1970-01-01 is assumed",)
        times = (_moment(stamp, path) if stamp else 0.0) + np.arange(rows) / rate
    unit = next((text(holder, "units", "unit") for holder in holders if text(holder, "units", "unit")), "")
    return _stretches(times, places, name, turned, path, "HDF5", unit, _told(holders, _GAUGE), notes, rate)


def _told(holders: tuple[Any, ...], names: tuple[str, ...]) -> float:
    return next((value for holder in holders if np.isfinite(value := number(holder, *names))), float("nan"))


def _turned(data: Any, holders: tuple[Any, ...], times: np.ndarray | None, places: np.ndarray | None) -> bool:
    """Whether channels come first: by the lengths beside the table, else by what `dims` says; times first otherwise."""
    if data.shape[0] != data.shape[1]:
        if times is not None:
            return len(times) != data.shape[0]
        if places is not None:
            return len(places) != data.shape[1]
    told = next((text(holder, "dims", "dimensions") for holder in holders if text(holder, "dims", "dimensions")), "time")
    return not told.lower().lstrip("[('\" ").startswith(("time", "t,", "sample"))


def _seconds(times: Any) -> np.ndarray:
    """Epoch seconds of a dataset of times in s, ms, µs or ns: whichever puts them between 1980 and 2100."""
    values = times[:]
    if values.dtype.kind not in "iuf" or not len(values):
        return np.full(len(values), np.nan)
    size = abs(float(values[0]))
    unit = next((u for u in (1.0, 1e3, 1e6, 1e9) if 3e8 * u <= size <= 4.1e9 * u), 1.0)
    return values.astype(np.int64) / unit if values.dtype.kind in "iu" else values / unit


def _moment(stamp: str, path: Path) -> float:
    try:
        return float(stamp)
    except ValueError:
        return epoch(stamp, path.name)


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _stretches(
    times: np.ndarray,
    places: np.ndarray,
    name: str,
    turned: bool,
    path: Path,
    kind: str,
    unit: str,
    gauge: float,
    notes: tuple[str, ...] = (),
    told: float = float("nan"),
) -> list[Recording]:
    """Recordings of a table for each stretch of its times."""
    rate, stretches = pieces(times, path.name)
    rate = told if abs(told / rate - 1.0) < 1e-3 else rate
    steps = np.diff(places)
    spacing = float(np.median(steps)) if len(steps) else 1.0
    if len(steps) and np.abs(steps - spacing).max() >= 0.5 * abs(spacing):
        notes += ("its channels are not evenly spaced",)
    where, said = (float(places[0]), spacing), (1.0, unit, gauge, notes)
    return [
        recording(path.name, kind, (float(times[a]), rate), where, (b - a, len(places)), Rows(path, name, turned, a), *said)
        for a, b in stretches
    ]


def _unknown(path: Path, root: Any, tables: dict[str, Any]) -> InputError:
    """The refusal of a layout that is not known: says what is there."""
    shapes = ", ".join(f"{name} {one.shape} {one.dtype}" for name, one in list(tables.items())[:4]) or "no tables"
    told = ", ".join(list(root.attrs)[:6]) or "none"
    problem = f"is HDF5 of no known layout: it holds {shapes}; attributes: {told}"
    return InputError(path, "", problem, "name rate (sampling_rate_hz), channel_spacing_m and start_time_utc as attributes")
