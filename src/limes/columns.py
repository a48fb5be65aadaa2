"""The columns that every room shares: detections, sensors as the tracker knows them, tracks.

One schema everywhere: rows are NumPy structured arrays in memory and in the journal, and Arrow columns of the same names
in Parquet files and recordings. Units are SI, times UTC epoch seconds, plane coordinates those of the sector's projected CRS,
bearings radians clockwise from grid north. Where a sensor does not measure something the value is NaN.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa

CLASSES = ("person", "group", "vehicle", "animal", "drone", "clutter")
"""What a track can be; the order of the `classes` column of `TRACK`. None is ever set to an identity."""

LABELS = ("unknown", "person", "group", "vehicle", "animal", "drone", "digging", "cut", "climb")
"""What a sensor can call a detection; the `label` column of `DETECTION` is an index into it."""


class Kind(IntEnum):
    """What a detection row measures."""

    EMPTY = 0
    """A scan in which the sensor looked and reported nothing: news, because a miss means something."""
    POSITION = 1
    """x, y (height)."""
    RANGE_BEARING = 2
    """range, bearing and, from a Doppler radar, range_rate (positive when opening)."""
    BEARING = 3
    """bearing alone."""
    ALONG = 4
    """Distance along the sensor's own line (fibre, fence) from its first point."""
    PING = 5
    """Presence near the sensor, no more."""


class Status(IntEnum):
    """Where a track is in its life."""

    TENTATIVE = 0
    CONFIRMED = 1
    DROPPED = 2


DETECTION = np.dtype(
    [
        ("time", "f8"),  # when the sensor measured it
        ("arrival", "f8"),  # when Limes received it
        ("sensor", "i4"),  # row of the sensor table that goes with the array
        ("scan", "i8"),  # rows of one sensor with one number are one look; -1: the time tells the looks apart
        ("kind", "u1"),  # a `Kind`
        ("label", "u1"),  # index into LABELS
        ("members", "i2"),  # how many the sensor says it is; 0: it does not say
        ("label_p", "f4"),  # the sensor's probability of its label
        ("snr_db", "f4"),
        ("sigma", "f4"),  # position standard deviation of this row where it has its own, metres
        ("height", "f4"),  # above ground
        ("range_rate", "f4"),
        ("x", "f8"),
        ("y", "f8"),
        ("range", "f8"),
        ("bearing", "f8"),
        ("along", "f8"),
    ]
)
"""One report of one sensor about one moment."""

SENSOR = np.dtype(
    [
        ("id", "U64"),
        ("kind", "u1"),  # the `Kind` it reports
        ("x", "f8"),
        ("y", "f8"),
        ("height", "f8"),  # above ground
        ("sigma_range", "f8"),  # standard deviations of what it measures; position sensors: per axis
        ("sigma_bearing", "f8"),
        ("sigma_range_rate", "f8"),
        ("p_detect", "f8"),  # nominal, inside its reach and in sight
        ("clutter", "f8"),  # mean false detections in one look
        ("area", "f8"),  # m2 they fall in
        ("reach", "f8"),  # maximum range; inf: none
        ("azimuth", "f8"),  # middle of the sector it looks into; NaN: all round
        ("width", "f8"),  # angle of that sector; NaN: all round
        ("mdv", "f8"),  # |range rate| below which it sees nothing; 0: no blind zone
        ("period", "f8"),  # seconds between looks; 0: event-driven
        ("surveyed", "?"),  # its place is known well enough to anchor registration
    ]
)
"""A sensor as the tracker needs it."""

TRACK = np.dtype(
    [
        ("time", "f8"),
        ("track", "i8"),  # public identity, never reused
        ("status", "u1"),  # a `Status`
        ("x", "f8"),
        ("y", "f8"),
        ("vx", "f8"),
        ("vy", "f8"),
        ("height", "f4"),
        ("covariance", "f8", (4, 4)),  # of x, y, vx, vy
        ("existence", "f8"),
        ("classes", "f4", (len(CLASSES),)),
        ("count", "f4"),  # how many, with a 90 % interval
        ("count_low", "f4"),
        ("count_high", "f4"),
        ("first", "f8"),  # time of its first and of its last detection
        ("last", "f8"),
        ("hits", "i4"),
    ]
)
"""The estimate of one moving thing at one time."""

TRUTH = np.dtype(
    [
        ("time", "f8"),
        ("actor", "i8"),
        ("x", "f8"),
        ("y", "f8"),
        ("vx", "f8"),
        ("vy", "f8"),
        ("height", "f4"),
        ("class", "u1"),  # index into CLASSES
        ("members", "i2"),
        ("hostile", "?"),
    ]
)
"""Where a simulated or instrumented thing really was; for scoring only, no engine reads it."""


def empty(dtype: np.dtype[Any], rows: int) -> np.ndarray:
    """Return rows of a schema with NaN in every float, 0 elsewhere and scan -1.

    >>> bool(np.isnan(empty(DETECTION, 2)["range"]).all())
    True
    """
    out = np.zeros(rows, dtype)
    for name in dtype.names or ():
        if out[name].dtype.kind == "f":
            out[name] = np.nan
    if "scan" in (dtype.names or ()):
        out["scan"] = -1
    return out


def recast(rows: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """Copy rows of an older or newer schema into a schema by column name; missing columns get `empty` values.

    >>> recast(np.zeros(3, [("time", "f8"), ("gone", "f4")]), DETECTION).dtype == DETECTION
    True
    """
    out = empty(dtype, len(rows))
    for name in set(dtype.names or ()) & set(rows.dtype.names or ()):
        out[name] = rows[name]
    return out


def to_arrow(rows: np.ndarray) -> pa.Table:
    """Turn rows into an Arrow table with the same column names; a matrix column becomes a fixed-size list."""
    columns = {}
    for name in rows.dtype.names or ():
        column = np.ascontiguousarray(rows[name])
        if column.ndim == 1:
            columns[name] = pa.array(column.tolist() if column.dtype.kind == "U" else column)
        else:
            flat = pa.array(column.reshape(-1))
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, int(np.prod(column.shape[1:])))
    return pa.table(columns)


def from_arrow(table: pa.Table, dtype: np.dtype[Any]) -> np.ndarray:
    """Turn an Arrow table into rows of a schema; columns that the table lacks get `empty` values.

    >>> rows = empty(TRACK, 2)
    >>> from_arrow(to_arrow(rows), TRACK).tobytes() == rows.tobytes()
    True
    """
    out = empty(dtype, table.num_rows)
    for name in set(dtype.names or ()) & set(table.column_names):
        column = table.column(name).combine_chunks()
        if isinstance(column.type, pa.FixedSizeListType):
            out[name] = column.flatten().to_numpy(zero_copy_only=False).reshape(out[name].shape)
        else:
            out[name] = column.to_numpy(zero_copy_only=False)
    return out
