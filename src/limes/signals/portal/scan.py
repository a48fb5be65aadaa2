"""Every second of a lane against its background: both statistics over several spans, the background gated by them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from limes.signals.n42 import Floats
from limes.signals.portal.background import Background, follow
from limes.signals.portal.samples import EDGES, Bools, Samples
from limes.signals.portal.statistics import gross, patterns, shape, tilt_of

Cells = NDArray[np.int64]


@dataclass(frozen=True)
class PortalSettings:
    """How a lane is judged.

    `k_gross`, `k_shape`: standard deviations from which the total and the pattern alarm while a vehicle stands there, `empty`
    more while none does, `unsaid` more where the recording does not say; set for fewer than four false alarms an hour of
    lane in all on a drifting background (`benchmarks/portal.py` measures it). `spans` seconds that are summed. `windows` of
    equal background counts. `memory` s of the background, `guard` s that it lags, `warm` s without a verdict at first. A
    second that stands out by `gate` is kept out of the background, for `hold` s in a row at most.
    """

    k_gross: float = 5.0
    k_shape: float = 4.4
    empty: float = 1.0
    unsaid: float = 0.5
    spans: tuple[float, ...] = (2.0, 3.0, 5.0, 8.0)
    windows: int = 32
    memory: float = 90.0
    guard: float = 3.0
    warm: float = 15.0
    gate: float = 3.5
    hold: float = 120.0


@dataclass(frozen=True, eq=False)
class Scan:
    """What n samples show: greatest `gross` and `shape` over the spans that end in each (n,), nan where not judged.

    `span` (n,) seconds and `low`, `high` (n,) keV of the pattern behind `shape`; `ratio` (n,) counts over expected, total of
    the last two seconds. `windows` are the edges as cells of the grid.
    """

    gross: Floats
    shape: Floats
    span: Floats
    low: Floats
    high: Floats
    ratio: Floats
    background: Background
    windows: Cells


def scan(seen: Samples, settings: PortalSettings, start: tuple[Floats, float] | None = None) -> Scan:
    """Judge every sample; `start` is a background measured beforehand, counts (cells,) and live seconds.

    Where no sample is without a vehicle, or none says so, all of them feed the background unless they stand out.
    """
    free = np.ones(len(seen.time), bool) if seen.occupied.all() or not seen.told else ~seen.occupied
    free = free | seen.background
    edges = window_edges(seen, free, settings, start)
    counts = np.stack([np.add.reduceat(row, edges[:-1]) for row in seen.counts])
    known = None if start is None else (np.add.reduceat(start[0], edges[:-1]), start[1])
    tilt = tilt_of(_middles(edges))
    first = follow(seen.time, seen.live, counts, free, settings.memory, settings.guard, known)
    rough = _judge(seen, counts, first, tilt, edges, settings)
    kept = free & ~standing_out(seen, np.fmax(rough.gross, rough.shape), settings)
    second = follow(seen.time, seen.live, counts, kept, settings.memory, settings.guard, known)
    return _judge(seen, counts, second, tilt, edges, settings)


def window_edges(seen: Samples, free: Bools, settings: PortalSettings, start: tuple[Floats, float] | None) -> Cells:
    """Edges (windows + 1,) as cells of the grid, so that each window holds as many counts of the first background."""
    early = np.cumsum(seen.live * free) <= max(settings.warm, float(seen.live[0]))
    total = seen.counts[free & early].sum(axis=0) if start is None else start[0]
    share = np.cumsum(total + 1e-6) / (total.sum() + 1e-6 * total.size)
    inner = np.searchsorted(share, np.arange(1, settings.windows) / settings.windows) + 1
    for k in range(1, inner.size):  # each window at least one cell
        inner[k] = max(inner[k], inner[k - 1] + 1)
    last = total.size - settings.windows + np.arange(1, settings.windows)
    return np.concatenate([[0], np.minimum(inner, last), [total.size]])


def standing_out(seen: Samples, z: Floats, settings: PortalSettings) -> Bools:
    """Samples (n,) within `guard` seconds before one whose `z` (n,) passes the gate, in runs of `hold` seconds at most."""
    out = np.zeros(z.size, bool)
    for k in np.flatnonzero(z >= settings.gate):
        out[np.searchsorted(seen.time, seen.time[k] - settings.guard) : k + 1] = True
    began = -np.inf
    for k in np.flatnonzero(out):
        began = seen.time[k] if k == 0 or not out[k - 1] else began
        if seen.time[k] - began > settings.hold:
            out[k] = False
    return out


def _judge(seen: Samples, counts: Floats, known: Background, tilt: Floats, edges: Cells, s: PortalSettings) -> Scan:
    """Both statistics of every sample over every span, the greatest kept."""
    size = len(seen.time)
    sums, lives = np.concatenate([np.zeros((1, s.windows)), np.cumsum(counts, axis=0)]), _cumulated(seen.live)
    added = np.add.reduceat(patterns(), edges[:-1], axis=1)
    best = {"gross": np.full(size, np.nan), "shape": np.full(size, np.nan), "span": np.zeros(size)}
    row, ratio, end = np.zeros(size, np.int64), np.full(size, np.nan), seen.time + seen.live
    for span in s.spans:
        low = np.minimum(np.searchsorted(seen.time, end - span - 1e-6), np.arange(size))
        total, lasted = sums[1:] - sums[low], lives[1:] - lives[low]
        rate, seconds, age = known.rate[low], known.seconds[low], known.age[low] + lasted + s.memory
        ready = seconds >= min(s.warm, float(lives[-1]))
        expected = rate * lasted[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            many = gross(total.sum(axis=1), expected.sum(axis=1), rate.sum(axis=1) * seconds, np.where(ready, age, 0.0))
            other, pattern = shape(total, expected, seconds, lasted, tilt, added)
            share = total.sum(axis=1) / expected.sum(axis=1)
        best["gross"] = np.fmax(best["gross"], np.where(ready, many, np.nan))
        better = ready & (other > np.nan_to_num(best["shape"], nan=-np.inf))
        best["shape"], row = np.where(better, other, best["shape"]), np.where(better, pattern, row)
        best["span"] = np.where(better, lasted, best["span"])
        ratio = np.where(ready & (span == 2.0), share, ratio)
    low_edge, high_edge = _bands()[:, row]
    return Scan(best["gross"], best["shape"], best["span"], low_edge, high_edge, ratio, known, edges)


@cache
def _bands() -> Floats:
    """Lower and upper edges (2, p), keV, of the cells that hold the densest half of each pattern."""
    found = []
    for row in patterns():
        dense = np.flatnonzero(row >= 0.25 * row.max())
        found.append((EDGES[dense[-1] - min(dense.size, 8) + 1], EDGES[dense[-1] + 1]))
    return np.array(found).T


def _cumulated(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _middles(edges: Cells) -> Floats:
    """Geometric middle of each window (windows,), keV."""
    places = EDGES[edges]
    return np.asarray(np.sqrt(places[1:] * places[:-1]))
