"""Rows of detections cut into looks: what one sensor reported at one time, as arrays ready for the filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from limes.columns import CLASSES, LABELS, Kind

RATE_SPAN = 24.0
"""Span of range rates in which false detections fall, m/s: a Doppler radar that looks for people and vehicles."""

_LABEL_CLASS = {"digging": "person", "cut": "person", "climb": "person"}
_NO_EVIDENCE = np.ones((0, len(CLASSES)))


@dataclass(frozen=True)
class Look:
    """One look of one sensor; `key` orders looks, `serial` numbers its first row among all rows ever received."""

    key: tuple[float, int, int]
    serial: int
    kind: int
    size: int
    counts: bool
    z: np.ndarray
    noise: np.ndarray
    density: np.ndarray
    evidence: np.ndarray
    height: np.ndarray
    members: np.ndarray
    rows: np.ndarray

    @property
    def time(self) -> float:
        """When the sensor looked."""
        return self.key[0]

    @property
    def sensor(self) -> int:
        """Row of the sensor table."""
        return self.key[1]


def cut(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Indices of the rows of each look, in order of appearance: same sensor and scan number (or time, where scan is -1)."""
    if not len(rows):
        return
    number = np.where(rows["scan"] < 0, rows["time"], rows["scan"].astype(float))
    change = (rows["sensor"][1:] != rows["sensor"][:-1]) | (number[1:] != number[:-1])
    change |= (rows["scan"][1:] < 0) != (rows["scan"][:-1] < 0)
    edges = np.concatenate([[0], np.flatnonzero(change) + 1, [len(rows)]])
    groups: dict[tuple[int, bool, float], list[np.ndarray]] = {}
    for a, b in pairwise(edges):
        key = (int(rows["sensor"][a]), bool(rows["scan"][a] < 0), float(number[a]))
        groups.setdefault(key, []).append(np.arange(a, b))
    for parts in groups.values():
        yield parts[0] if len(parts) == 1 else np.concatenate(parts)


def split(rows: np.ndarray, indices: np.ndarray, sensor: np.void, line: np.ndarray, serial: int) -> list[Look]:
    """Turn the rows of one look into one `Look` for each kind of measurement in it; only the first counts its misses."""
    time = float(rows["time"][indices].max())
    index = int(rows["sensor"][indices[0]])
    scan = int(rows["scan"][indices[0]])
    kinds = rows["kind"][indices]
    doppler = (kinds == Kind.RANGE_BEARING) & np.isfinite(rows["range_rate"][indices])
    code = kinds.astype(np.int64) * 2 + doppler
    code[kinds == Kind.EMPTY] = int(sensor["kind"]) * 2 + (sensor["mdv"] > 0.0)
    out: list[Look] = []
    for value in np.unique(code):
        mine = indices[(code == value) & (kinds != Kind.EMPTY)]
        counts = not out and bool(sensor["period"] > 0.0)
        out.append(_look((time, index, scan), rows, mine, int(value), counts, sensor, line, serial))
        serial += len(mine)
    return out


def _look(
    key: tuple[float, int, int],
    rows: np.ndarray,
    mine: np.ndarray,
    code: int,
    counts: bool,
    sensor: np.void,
    line: np.ndarray,
    serial: int,
) -> Look:
    kind, size = code // 2, (0, 2, 2 + code % 2, 1, 2, 2)[code // 2]
    z, noise = np.zeros((len(mine), 3)), np.ones((len(mine), 3))
    sd = _own_sigma(rows["sigma"][mine], float(sensor["sigma_range"]))
    reach, clutter = float(sensor["reach"]), max(float(sensor["clutter"]), 1e-3)
    area = float(sensor["area"]) if sensor["area"] > 0.0 else 1e9
    density = np.full(len(mine), clutter / area)
    if kind == Kind.POSITION:
        z[:, 0], z[:, 1] = rows["x"][mine], rows["y"][mine]
        noise[:, :2] = sd[:, None] ** 2
    elif kind == Kind.RANGE_BEARING:
        z[:, 0], z[:, 1] = rows["range"][mine], rows["bearing"][mine]
        noise[:, 0], noise[:, 1] = float(sensor["sigma_range"]) ** 2, float(sensor["sigma_bearing"]) ** 2
        density *= z[:, 0]
        if size == 3:
            z[:, 2], noise[:, 2] = rows["range_rate"][mine], float(sensor["sigma_range_rate"]) ** 2
            density /= RATE_SPAN
    elif kind == Kind.BEARING:
        z[:, 0], noise[:, 0] = rows["bearing"][mine], float(sensor["sigma_bearing"]) ** 2
        width = float(sensor["width"]) if sensor["width"] > 0.0 else 2.0 * np.pi
        density[:] = clutter / width
    elif kind == Kind.ALONG:
        z[:, 0], noise[:, 0] = rows["along"][mine], sd**2
        noise[:, 1] = 2.0 / np.pi * reach**2
        density[:] = clutter / (2.0 * reach * max(float(np.hypot(*np.diff(line, axis=0).T).sum()), 1.0))
    else:
        z[:, 0], z[:, 1] = float(sensor["x"]), float(sensor["y"])
        noise[:, :2] = 0.5 * reach**2
        density[:] = clutter / (np.pi * reach**2)
    return Look(key, serial, kind, size, counts, z, noise, density, _evidence(rows, mine), rows["height"][mine].astype(float),
                np.maximum(rows["members"][mine], 1).astype(np.int64), mine)  # fmt: skip


def _own_sigma(own: np.ndarray, default: float) -> np.ndarray:
    return np.where(np.isfinite(own) & (own > 0.0), own, default).astype(float)


def _evidence(rows: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """Likelihood of each row's label under each class, (n, classes); no rows where nothing is labelled."""
    labels = rows["label"][mine]
    if not labels.any():
        return _NO_EVIDENCE
    out = np.ones((len(mine), len(CLASSES)))
    for k in np.flatnonzero(labels):
        name = LABELS[labels[k]]
        p = rows["label_p"][mine[k]]
        p = float(p) if np.isfinite(p) else 0.8
        out[k] = (1.0 - p) / (len(CLASSES) - 1)
        out[k, CLASSES.index(_LABEL_CLASS.get(name, name))] = p
    return out
