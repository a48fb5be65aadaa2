"""Rows of detections cut into looks: what one sensor reported at one time, as arrays ready for the filter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from limes.columns import CLASSES, LABELS, Kind

RATE_SPAN = 24.0
"""Span of range rates in which false detections fall, m/s: a Doppler radar that looks for people and vehicles."""

MERGED = 4
"""A detection that merges several things can be that of at most this many tracks."""

X, Y, REACH, AZIMUTH, WIDTH, MDV, P_DETECT, RATE_SD = range(8)
"""Columns of a sensor's `site`."""

Z, NOISE, DENSITY, DELAY, HEIGHT = 0, 3, 6, 7, 8
"""Columns of a look's `real`: three of measurement, three of variance, the density of false detections, time after the look's,
height above ground."""

ROW, PEOPLE, FRESH = 0, 1, 2
"""Columns of a look's `whole`: row in the look, how many it is said to be (0: not said), whether it may start a track (copies
of a merged detection may not)."""

_LABEL_CLASS = {"digging": "person", "cut": "person", "climb": "person"}
_RADAR, _ALONG = 2 * int(Kind.RANGE_BEARING), 2 * int(Kind.ALONG)
_NO_EVIDENCE = np.ones((0, len(CLASSES)))
_NO_REAL, _NO_WHOLE = np.zeros((0, 9)), np.zeros((0, 3), np.int64)


class Look(NamedTuple):
    """One look of one sensor at detections of one kind, (m,) of them.

    `real` (m, 9) and `whole` (m, 3) hold the detections, see the constants; `size` is how many components count; `slot` the
    sensor's first row among the biases, -1: none; `counts`: a track not seen was missed; `serial` is the number of the look's
    first row among all rows ever received. Few arrays, for every one more slows each call and its compilation.
    """

    time: float
    serial: int
    kind: int
    size: int
    counts: bool
    slot: int
    site: np.ndarray
    line: np.ndarray
    real: np.ndarray
    whole: np.ndarray
    evidence: np.ndarray


def sites(sensors: np.ndarray) -> np.ndarray:
    """What the filter needs of each sensor's place and reach, (n, 8): see the constants."""
    columns = ("x", "y", "reach", "azimuth", "width", "mdv", "p_detect", "sigma_range_rate")
    out = np.column_stack([sensors[name].astype(float) for name in columns])
    for column, default in ((REACH, np.inf), (AZIMUTH, 0.0), (WIDTH, np.inf), (MDV, 0.0)):
        out[np.isnan(out[:, column]), column] = default
    return np.ascontiguousarray(out)


def cut(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Indices of the rows of each look, in order of appearance: same sensor and scan number (or time, where scan is -1)."""
    if not len(rows):
        return
    scan = rows["scan"]
    if scan[0] >= 0 and (scan == scan[0]).all() and (rows["sensor"] == rows["sensor"][0]).all():
        yield np.arange(len(rows))
        return
    timed = rows["scan"] < 0
    number = np.where(timed, rows["time"], rows["scan"].astype(float))
    change = (np.diff(rows["sensor"]) != 0) | (np.diff(number) != 0.0) | (np.diff(timed.view(np.int8)) != 0)
    edges = [0, *(np.flatnonzero(change) + 1).tolist(), len(rows)]
    keys = [(int(rows["sensor"][a]), bool(timed[a]), float(number[a])) for a in edges[:-1]]
    spans = [np.arange(a, b) for a, b in pairwise(edges)]
    if len(set(keys)) == len(keys):
        yield from spans
        return
    groups: dict[tuple[int, bool, float], list[np.ndarray]] = {}
    for key, span in zip(keys, spans, strict=True):
        groups.setdefault(key, []).append(span)
    for parts in groups.values():
        yield np.concatenate(parts)


class Facts(NamedTuple):
    """What turning a sensor's rows into looks needs of its `SENSOR` row and its line, as plain numbers."""

    kind: int
    doppler: bool
    counts: bool
    slot: int
    x: float
    y: float
    sigma: float
    variances: tuple[float, float, float]
    reach: float
    densities: tuple[float, ...]
    line: np.ndarray


def facts_of(sensors: np.ndarray, slot: np.ndarray, lines: list[np.ndarray]) -> list[Facts]:
    """The `Facts` of every sensor; densities of false detections by kind, in its own measure (times range for a radar).

    A sensor along a line that is not told has no place: its misses say nothing.
    """
    return [_facts(row, int(first), line) for row, first, line in zip(sensors, slot, lines, strict=True)]


def _facts(row: np.void, slot: int, line: np.ndarray) -> Facts:
    kind, reach, clutter = int(row["kind"]), float(row["reach"]), max(float(row["clutter"]), 1e-3)
    area = float(row["area"]) if row["area"] > 0.0 else 1e9
    width = float(row["width"]) if row["width"] > 0.0 else 2.0 * np.pi
    length = max(float(np.hypot(*np.diff(line, axis=0).T).sum()), 1.0)
    counts = bool(row["period"] > 0.0) and not (kind == Kind.ALONG and len(line) < 2)
    plane, presence = clutter / area, clutter / (np.pi * reach**2)
    variances = tuple(float(row[name]) ** 2 for name in ("sigma_range", "sigma_bearing", "sigma_range_rate"))
    return Facts(
        kind, kind == Kind.RANGE_BEARING and bool(row["mdv"] > 0.0), counts, slot, float(row["x"]),
        float(row["y"]), float(row["sigma_range"]), (variances[0], variances[1], variances[2]), reach,
        (plane, plane, plane, clutter / width, clutter / (2.0 * reach * length), presence), line,
    )  # fmt: skip


def split(rows: np.ndarray, facts: Facts, site: np.ndarray, serial: int) -> list[Look]:
    """Turn the rows of one look into one `Look` for each kind of measurement in it; only the first counts its misses.

    Rows along a line that is not told are passed over.
    """
    if len(rows) == 1 and rows["kind"][0] == Kind.EMPTY:
        return [_blank(float(rows["time"][0]), facts, site, serial)]
    code = 2 * rows["kind"].astype(np.int64)
    radar = code == _RADAR
    if radar.any():
        code += radar & np.isfinite(rows["range_rate"])
    time = float(rows["time"].max())
    out: list[Look] = []
    passed = {0} if len(facts.line) > 1 else {0, _ALONG}
    present = set(code.tolist())
    for value in sorted(present - passed):
        mine = np.flatnonzero(code == value) if len(present) > 1 else np.arange(len(rows))
        out.append(_look(rows, mine, value, time, facts, facts.counts and not out, site, serial))
    return out or [_blank(time, facts, site, serial)]


def _blank(time: float, facts: Facts, site: np.ndarray, serial: int) -> Look:
    """A look that saw nothing."""
    size = 2 + facts.doppler
    return Look(
        time, serial, facts.kind, size, facts.counts, facts.slot, site, facts.line, _NO_REAL, _NO_WHOLE, _NO_EVIDENCE
    )  # fmt: skip


def _look(
    rows: np.ndarray, mine: np.ndarray, code: int, time: float, facts: Facts, counts: bool, site: np.ndarray, serial: int
) -> Look:
    kind, size = code // 2, (0, 2, 2 + code % 2, 1, 2, 2)[code // 2]
    told, chosen = rows["members"], mine
    merged = bool((told > 1).any())
    if merged:
        chosen = np.repeat(mine, np.clip(told[mine].astype(np.int64), 1, MERGED))
    whole = np.ones((len(chosen), 3), np.int64)
    whole[:, ROW] = chosen
    if merged:
        whole[1:, FRESH] = chosen[1:] != chosen[:-1]
    part = rows if len(chosen) == len(rows) == len(mine) else rows[chosen]
    whole[:, PEOPLE] = part["members"]
    real = _measured(part, kind, size, facts)
    if len(chosen) > len(mine):
        real[:, NOISE : NOISE + size] *= np.where(part["members"] > 1, 2.0, 1.0)[:, None]
    real[:, DELAY] = part["time"] - time
    real[:, HEIGHT] = part["height"]
    return Look(time, serial, kind, size, counts, facts.slot, site, facts.line, real, whole, _evidence(part))


def _measured(rows: np.ndarray, kind: int, size: int, facts: Facts) -> np.ndarray:
    """The columns of `Look.real` of rows of one kind, measurements, variances and densities of false detections filled in."""
    real = np.zeros((len(rows), 9))
    z, noise = real[:, Z : Z + 3], real[:, NOISE : NOISE + 3]
    noise[:] = 1.0
    density: float | np.ndarray = facts.densities[kind]
    own: float | np.ndarray = facts.sigma**2
    given = rows["sigma"] > 0.0
    if given.any():
        own = np.where(given, rows["sigma"].astype(float), facts.sigma) ** 2
    if kind == Kind.POSITION:
        z[:, 0], z[:, 1] = rows["x"], rows["y"]
        noise[:, 0] = noise[:, 1] = own
    elif kind == Kind.RANGE_BEARING:
        z[:, 0], z[:, 1] = rows["range"], rows["bearing"]
        noise[:, 0], noise[:, 1] = own, facts.variances[1]
        density = density * z[:, 0]
        if size == 3:
            z[:, 2], noise[:, 2] = rows["range_rate"], facts.variances[2]
            density = density / RATE_SPAN
    elif kind == Kind.BEARING:
        z[:, 0], noise[:, 0] = rows["bearing"], facts.variances[1]
    elif kind == Kind.ALONG:
        z[:, 0], noise[:, 0], noise[:, 1] = rows["along"], own, 2.0 / np.pi * facts.reach**2
    else:
        z[:, 0], z[:, 1] = facts.x, facts.y
        noise[:, 0] = noise[:, 1] = 0.5 * facts.reach**2
    real[:, DENSITY] = density
    return real


def _evidence(rows: np.ndarray) -> np.ndarray:
    """Likelihood of each row's label under each class, (n, classes); no rows where nothing is labelled."""
    labels = rows["label"]
    if not labels.any():
        return _NO_EVIDENCE
    out = np.ones((len(rows), len(CLASSES)))
    for k in np.flatnonzero(labels):
        name = LABELS[labels[k]]
        p = float(rows["label_p"][k]) if np.isfinite(rows["label_p"][k]) else 0.8
        out[k] = (1.0 - p) / (len(CLASSES) - 1)
        out[k, CLASSES.index(_LABEL_CLASS.get(name, name))] = p
    return out
