"""What comes from outside, looked through once: sensors that say enough of themselves, rows that measure something."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from limes.columns import Kind
from limes.errors import InputError

NEEDED = {
    Kind.POSITION: ("sigma_range",),
    Kind.RANGE_BEARING: ("x", "y", "sigma_range", "sigma_bearing"),
    Kind.BEARING: ("x", "y", "sigma_bearing"),
    Kind.ALONG: ("sigma_range", "reach"),
    Kind.PING: ("x", "y", "reach"),
}
"""Columns of `SENSOR` without which a sensor of a kind cannot be tracked with."""

MEASURED = {
    Kind.POSITION: ("time", "x", "y"),
    Kind.RANGE_BEARING: ("time", "range", "bearing"),
    Kind.BEARING: ("time", "bearing"),
    Kind.ALONG: ("time", "along"),
    Kind.PING: ("time",),
    Kind.EMPTY: ("time",),
}
"""Columns of `DETECTION` that a row of a kind must hold."""

ASSUMED = {"p_detect": 0.9, "clutter": 1.0, "area": 1e9, "period": 0.0, "mdv": 0.0, "reach": np.inf, "sigma_range_rate": 0.5}
"""What a sensor is taken for where it does not say: event-driven, a false detection a look over 1000 km2."""


def complete(sensors: np.ndarray, path: str | Path = "sensors") -> np.ndarray:
    """Return `SENSOR` rows with `ASSUMED` figures where they are missing; `InputError` names a sensor that says too little.

    >>> from limes.columns import SENSOR, empty
    >>> row = empty(SENSOR, 1)
    >>> row["kind"], row["sigma_range"] = Kind.POSITION, 10.0
    >>> float(complete(row)["p_detect"][0])
    0.9
    """
    out = sensors.copy()
    for row in out:
        try:
            kind = Kind(int(row["kind"]))
        except ValueError:
            kind = Kind.EMPTY
        if kind == Kind.EMPTY:
            names = ", ".join(kind.name.lower() for kind in NEEDED)
            raise InputError(path, f"{row['id']}: kind", "is not one that measures", f"give one of {names}")
        for name in NEEDED[kind]:
            if not np.isfinite(row[name]):
                raise InputError(path, f"{row['id']}: {name}", "is missing", f"a sensor of kind {kind.name.lower()} needs it")
        for name, value in ASSUMED.items():
            if np.isnan(row[name]):
                row[name] = value
    return out


def usable(rows: np.ndarray) -> np.ndarray:
    """Whether each row of `DETECTION` holds what a row of its kind must, (n,).

    >>> from limes.columns import DETECTION, empty
    >>> row = empty(DETECTION, 1)
    >>> row["time"], row["kind"] = 0.0, Kind.BEARING
    >>> usable(row).tolist()
    [False]
    """
    out = np.zeros(len(rows), bool)
    for kind, names in MEASURED.items():
        mine = rows["kind"] == kind
        out |= mine & np.logical_and.reduce([np.isfinite(rows[name]) for name in names])
    return out
