"""Rows of detections cut into looks: what one sensor reported at one time, as arrays ready for the filter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from limes.columns import CLASSES, LABELS, Kind
from limes.tracking.compiled import entry, inner

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
POSITION, RANGE_BEARING, BEARING, ALONG, PING = (
    int(Kind.POSITION),
    int(Kind.RANGE_BEARING),
    int(Kind.BEARING),
    int(Kind.ALONG),
    int(Kind.PING),
)
_RADAR, _ALONG = 2 * RANGE_BEARING, 2 * ALONG

SIZES = (0, 0, 2, 2, 2, 3, 1, 1, 2, 2, 2, 2)
"""How many components a row measures, by its code (see `code_of`)."""

SIGMA, VARIANCES, OWN_REACH, DENSITIES = 2, 3, 6, 7
"""Places of a sensor's `figures`, after `X` and `Y`."""

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
    """What turning a sensor's rows into looks needs of its `SENSOR` row and its line, as plain numbers.

    `figures` (14,): x, y, standard deviation of a row that tells none, variances of range, bearing and range rate, reach, and
    from `DENSITIES` on the density of false detections by kind.
    """

    kind: int
    doppler: bool
    counts: bool
    slot: int
    figures: np.ndarray
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
    variances = [float(row[name]) ** 2 for name in ("sigma_range", "sigma_bearing", "sigma_range_rate")]
    densities = [plane, plane, plane, clutter / width, clutter / (2.0 * reach * length), presence]
    figures = np.array([row["x"], row["y"], row["sigma_range"], *variances, reach, *densities], float)
    return Facts(kind, kind == Kind.RANGE_BEARING and bool(row["mdv"] > 0.0), counts, slot, figures, line)


def split(rows: np.ndarray, facts: Facts, site: np.ndarray, serial: int) -> list[Look]:
    """Turn the rows of one look into one `Look` for each kind of measurement in it; only the first counts its misses.

    Rows along a line that is not told are passed over.
    """
    code, copies, labelled, time = survey(rows)
    passed = {0} if len(facts.line) > 1 else {0, _ALONG}
    codes = ({code} if code >= 0 else {code_of(row) for row in rows}) - passed
    out: list[Look] = []
    for value in sorted(codes):
        real, whole = write_look(rows, value, copies, time, facts.figures)
        evidence = _evidence(rows[whole[:, ROW]]) if labelled else _NO_EVIDENCE
        kind, counts = value // 2, facts.counts and not out
        out.append(Look(time, serial, kind, SIZES[value], counts, facts.slot, site, facts.line, real, whole, evidence))
    return out or [_blank(time, facts, site, serial)]


def _blank(time: float, facts: Facts, site: np.ndarray, serial: int) -> Look:
    """A look that saw nothing."""
    size = 2 + facts.doppler
    return Look(
        time, serial, facts.kind, size, facts.counts, facts.slot, site, facts.line, _NO_REAL, _NO_WHOLE, _NO_EVIDENCE
    )  # fmt: skip


@inner
def code_of(row: np.void) -> int:
    """Twice the kind of a row of `DETECTION`, and one more where a radar tells a range rate."""
    code = 2 * int(row["kind"])
    if code == _RADAR and math.isfinite(row["range_rate"]):
        code += 1
    return code


@inner
def copies_of(row: np.void) -> int:
    """How many tracks may share a row."""
    return min(max(int(row["members"]), 1), MERGED)


@entry
def survey(rows: np.ndarray) -> tuple[int, int, bool, float]:
    """What a look's rows hold: their code (-1: several), how many with copies, whether any is labelled, the latest time."""
    code, copies, labelled, latest = code_of(rows[0]), 0, False, -np.inf
    for j in range(len(rows)):
        row = rows[j]
        copies += copies_of(row)
        labelled |= row["label"] > 0
        latest = max(latest, row["time"])
        if code_of(row) != code:
            code = -1
    return code, copies, labelled, latest


@entry
def write_look(rows: np.ndarray, code: int, room: int, time: float, figures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns `real` and `whole` of the `Look` that the rows of one code make; at most `room` of them, copies included."""
    real, whole, size = np.zeros((room, 9)), np.ones((room, 3), np.int64), 0
    for j in range(len(rows)):
        row = rows[j]
        if code_of(row) != code:
            continue
        for copy in range(copies_of(row)):
            measured(row, code, figures, real[size])
            if row["members"] > 1:
                for k in range(SIZES[code]):
                    real[size, NOISE + k] *= 2.0
            real[size, DELAY], real[size, HEIGHT] = row["time"] - time, row["height"]
            whole[size, ROW], whole[size, PEOPLE] = j, row["members"]
            if copy:
                whole[size, FRESH] = 0
            size += 1
    return real[:size], whole[:size]


@inner
def measured(row: np.void, code: int, figures: np.ndarray, out: np.ndarray) -> None:
    """Write a row's measurement, its variances and the density of false detections there into a row of `Look.real`."""
    kind, own = code // 2, float(row["sigma"])
    own = own * own if own > 0.0 else figures[SIGMA] * figures[SIGMA]
    out[NOISE] = out[NOISE + 1] = out[NOISE + 2] = 1.0
    out[DENSITY] = figures[DENSITIES + kind]
    if kind == POSITION:
        out[Z], out[Z + 1] = row["x"], row["y"]
        out[NOISE] = out[NOISE + 1] = own
    elif kind == RANGE_BEARING:
        out[Z], out[Z + 1] = row["range"], row["bearing"]
        out[NOISE], out[NOISE + 1] = own, figures[VARIANCES + 1]
        out[DENSITY] *= out[Z]
        if code > _RADAR:
            out[Z + 2], out[NOISE + 2] = row["range_rate"], figures[VARIANCES + 2]
            out[DENSITY] /= RATE_SPAN
    elif kind == BEARING:
        out[Z], out[NOISE] = row["bearing"], figures[VARIANCES + 1]
    elif kind == ALONG:
        out[Z], out[NOISE], out[NOISE + 1] = row["along"], own, 2.0 / np.pi * figures[OWN_REACH] ** 2
    else:
        out[Z], out[Z + 1] = figures[X], figures[Y]
        out[NOISE] = out[NOISE + 1] = 0.5 * figures[OWN_REACH] ** 2


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
