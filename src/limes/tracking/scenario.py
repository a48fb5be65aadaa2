"""Scenario files (.npz of flat columns): read as sensors and detections, never as truth; estimates written beside them.

Bearings in the file run anticlockwise from east, ours clockwise from grid north. The columns det_truth, truth_* and
sensor_bias_* are for scoring and are not opened here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import process_time
from zipfile import BadZipFile

import numpy as np

from limes.columns import DETECTION, SENSOR, TRACK, Kind, empty
from limes.errors import InputError
from limes.tracking.tracker import Tracker

_KINDS = {"xy": Kind.POSITION, "rbd": Kind.RANGE_BEARING, "bearing": Kind.BEARING, "ping": Kind.PING}
_DETECTION = ("time", "arrival", "batch", "sensor", "a", "b", "c")
_SENSOR = {
    "x": "x",
    "y": "y",
    "period": "period",
    "sigma_range": "sigma_a",
    "sigma_bearing": "sigma_b",
    "sigma_range_rate": "sigma_c",
    "p_detect": "pd",
    "clutter": "clutter",
    "area": "area",
    "mdv": "mdv",
    "reach": "range",
}
_NEEDED = (*(f"det_{n}" for n in _DETECTION), "sensor_kind", *(f"sensor_{n}" for n in _SENSOR.values()), "score_time")


@dataclass(frozen=True)
class Scenario:
    """Sensors, detections in order of arrival, the instants at which a tracker reports, and GOSPA's cut-off in metres."""

    sensors: np.ndarray
    detections: np.ndarray
    score_time: np.ndarray
    cutoff: float = 100.0


@dataclass(frozen=True)
class Estimates:
    """What a tracker reported: rows of `TRACK`, one for each person of a group, and the CPU seconds the tracker took."""

    rows: np.ndarray
    seconds: float
    detections: int


def read_scenario(path: str | Path) -> Scenario:
    """Read the sensors and detections of a scenario file; looks that saw nothing are put in where a period tells of them."""
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in _NEEDED if name not in file.files]
            if missing:
                raise InputError(path, missing[0], "is missing", "write the columns that make_scenarios.py describes")
            data = {name: file[name] for name in (*_NEEDED, *({"sensor_name", "det_members", "gospa_c"} & set(file.files)))}
    except (OSError, ValueError, BadZipFile) as error:
        raise InputError(path, "", f"is not an .npz file ({error})", "give a scenario written by numpy.savez") from error
    sensors = _sensors(data)
    detections = _with_empty_looks(_detections(data, sensors), sensors)
    return Scenario(sensors, detections, data["score_time"].astype(float), float(data.get("gospa_c", 100.0)))


def run_scenario(scenario: Scenario, tracker: Tracker) -> Estimates:
    """Track a scenario as it arrives and report at its instants; people of a group each have a row under the group's number."""
    ends = np.searchsorted(scenario.detections["arrival"], scenario.score_time, side="right")
    rows, start, began = [], 0, process_time()
    for time, end in zip(scenario.score_time, ends, strict=True):
        tracker.feed(scenario.detections[start:end])
        rows.append(tracker.members(float(time)))
        start = end
    seconds = process_time() - began
    worthy = [worth_reporting(each, scenario.cutoff) for each in rows]
    return Estimates(np.concatenate([np.zeros(0, TRACK), *worthy]), seconds, int(np.sum(scenario.detections["kind"] > 0)))


def worth_reporting(rows: np.ndarray, cutoff: float) -> np.ndarray:
    """The rows of `TRACK` whose report lowers the expected GOSPA: sure enough to exist, and sure enough where.

    A track costs min(d2, c2) where it exists and c2 / 2 where not; leaving it out costs c2 / 2 where it exists. The squared
    distance of a plane Gaussian is taken as exponential with the trace of its covariance as mean.
    """
    trace, exists = rows["covariance"][:, 0, 0] + rows["covariance"][:, 1, 1], rows["existence"]
    expected = trace * -np.expm1(-(cutoff**2) / np.maximum(trace, 1e-9))
    return rows[exists * expected + 0.5 * (1.0 - exists) * cutoff**2 < 0.5 * exists * cutoff**2]


def write_estimates(path: str | Path, estimates: Estimates) -> None:
    """Write est_time, est_id, est_x and est_y, and what the run took, as an .npz file."""
    rows = estimates.rows
    np.savez_compressed(
        path,
        est_time=rows["time"],
        est_id=rows["track"],
        est_x=rows["x"],
        est_y=rows["y"],
        run_seconds=np.float64(estimates.seconds),
        run_detections=np.int64(estimates.detections),
    )


def _sensors(data: dict[str, np.ndarray]) -> np.ndarray:
    out = empty(SENSOR, len(data["sensor_x"]))
    out["id"] = data.get("sensor_name", np.arange(len(out)).astype(str))
    out["kind"] = [_KINDS[str(kind)] for kind in data["sensor_kind"]]
    for ours, theirs in _SENSOR.items():
        out[ours] = data[f"sensor_{theirs}"]
    out["surveyed"] = out["kind"] != Kind.RANGE_BEARING
    return out


def _detections(data: dict[str, np.ndarray], sensors: np.ndarray) -> np.ndarray:
    out = empty(DETECTION, len(data["det_time"]))
    out["time"], out["arrival"], out["sensor"], out["scan"] = (
        data[f"det_{name}"] for name in ("time", "arrival", "sensor", "batch")
    )
    out["kind"] = sensors["kind"][out["sensor"]]
    if "det_members" in data:
        out["members"] = data["det_members"]
    a, b, c = (data[f"det_{name}"] for name in "abc")
    polar = (out["kind"] == Kind.RANGE_BEARING) | (out["kind"] == Kind.BEARING)
    out["x"], out["y"] = np.where(polar, np.nan, a), np.where(polar, np.nan, b)
    turned = np.pi / 2.0 - b
    out["bearing"] = np.where(polar, turned - 2.0 * np.pi * np.ceil((turned - np.pi) / (2.0 * np.pi)), np.nan)
    out["range"] = np.where(out["kind"] == Kind.RANGE_BEARING, a, np.nan)
    out["range_rate"] = np.where(out["kind"] == Kind.RANGE_BEARING, c, np.nan)
    return out


def _with_empty_looks(rows: np.ndarray, sensors: np.ndarray) -> np.ndarray:
    """Add a row of kind EMPTY for every look that a sensor's own times and period say it made without a detection."""
    extra = []
    end = rows["time"].max() if len(rows) else 0.0
    scan = int(rows["scan"].max()) + 1 if len(rows) else 0
    for s in range(len(sensors)):
        mine = rows[rows["sensor"] == s]
        period = float(sensors["period"][s])
        if not len(mine) or not period > 0.0:
            continue
        first = float(mine["time"].min())
        seen = np.unique(np.round((mine["time"] - first) / period).astype(np.int64))
        empties = np.setdiff1d(np.arange(int((end - first) / period + 1e-9) + 1), seen)
        blank = empty(DETECTION, len(empties))
        blank["time"], blank["sensor"], blank["kind"] = first + empties * period, s, Kind.EMPTY
        blank["arrival"] = blank["time"] + float((mine["arrival"] - mine["time"]).max())
        blank["scan"] = scan + np.arange(len(empties))
        scan += len(empties)
        extra.append(blank)
    out = np.concatenate([rows, *extra])
    return out[np.lexsort((out["scan"], out["sensor"], out["time"], out["arrival"]))]
