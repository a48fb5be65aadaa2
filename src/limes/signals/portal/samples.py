"""What a portal measured, second by second: counts on one energy grid, summed over its detectors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from limes.errors import InputError
from limes.signals.n42 import Floats, Gamma, gamma_spectra

Bools = NDArray[np.bool_]

EDGES = np.geomspace(30.0, 3000.0, 97)
"""Edges of the energy grid, keV: 96 cells, each 4.9 % wide."""

LARGEST_FILE = 64 << 20
"""Files above this many bytes are refused."""

_PRESENT = 0.9
_HIGHEST_RATE = 1e9


@dataclass(frozen=True, eq=False)
class Samples:
    """A series of n measurements of one lane, in the order of time.

    `time` (n,) start of each, s (UTC epoch where the files say it, else from 0); `live` (n,) live seconds, mean over the
    detectors; `counts` (n, cells) over `EDGES`. `occupied` (n,): a vehicle stands there; `told`: whether that was said at all.
    `background` (n,): what the file calls a background. `dropped` samples lacked a detector or a live time.
    """

    time: Floats
    live: Floats
    counts: Floats
    occupied: Bools
    told: bool
    background: Bools
    detectors: tuple[str, ...]
    dropped: int = 0

    def part(self, chosen: Bools) -> Samples:
        """The chosen samples (n,) of the series."""
        names = ("time", "live", "counts", "occupied", "background")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def read_samples(paths: Sequence[Path]) -> tuple[Samples, tuple[str, ...]]:
    """The samples of N42 files as one series, and the SHA-256 of each file; InputError with file, field and cure."""
    held = [_bytes(path) for path in paths]
    found: list[Gamma] = []
    for path, data in zip(paths, held, strict=True):
        first = found[-1].sample + 1 if found else 0
        found += [replace(one, sample=one.sample + first) for one in _slim(gamma_spectra(data, path.name))]
    return samples(found, str(paths[0].name)), tuple(hashlib.sha256(data).hexdigest() for data in held)


def samples_of(data: bytes, file: str) -> Samples:
    """The samples in the bytes of one N42 file."""
    return samples(tuple(_slim(gamma_spectra(data, file))), file)


def samples(spectra: Iterable[Gamma], file: str = "") -> Samples:
    """Sum spectra over the detectors of each sample; InputError where no sample has live time and all detectors."""
    rows: dict[int, dict[str, Gamma]] = {}
    for one in spectra:
        rows.setdefault(one.sample, {})[one.detector] = one
    names = {name for row in rows.values() for name in row}
    steady = {name for name in names if sum(name in row for row in rows.values()) >= _PRESENT * len(rows)}
    whole = [[row[name] for name in sorted(steady)] for row in rows.values() if steady and steady <= row.keys()]
    whole = [row for row in whole if _seconds(row) > 0]
    if not whole:
        raise InputError(file, "LiveTime", "is said for no whole sample", "export the measurement with its times")
    live = np.array([_seconds(row) for row in whole])
    counts = np.stack([np.sum([_cells(one) for one in row], axis=0) for row in whole])
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts.sum(axis=1) > _HIGHEST_RATE * live).any():
        raise InputError(file, "ChannelData", "holds counts that no detector gives", "export the measurement again")
    time = _times(whole, live)
    order = np.argsort(time, kind="stable")
    said = [row[0].occupied for row in whole]
    made = Samples(
        time, live, counts, np.array([one is not False for one in said]), any(one is not None for one in said),
        np.array([row[0].background for row in whole]), tuple(sorted(steady)), len(rows) - len(whole),
    )  # fmt: skip
    return _ordered(made, order)


def _ordered(made: Samples, order: NDArray[np.int64]) -> Samples:
    names = ("time", "live", "counts", "occupied", "background")
    return replace(made, **{name: getattr(made, name)[order] for name in names})


def _slim(spectra: Iterable[Gamma]) -> Iterable[Gamma]:
    """Spectra already on the grid, so that a long recording takes little memory."""
    known: dict[tuple[tuple[float, ...], int], NDArray[np.int64]] = {}
    for one in spectra:
        key = (one.terms, one.counts.size)
        if key not in known:
            energy = np.nan_to_num(one.energy, nan=-1.0)
            known[key] = np.searchsorted(EDGES, energy, side="right")
        yield replace(one, counts=np.bincount(known[key], one.counts, EDGES.size + 1)[1:-1].astype(np.float64), terms=())


def _cells(one: Gamma) -> Floats:
    return one.counts if one.counts.size == EDGES.size - 1 else next(iter(_slim([one]))).counts


def _seconds(row: Sequence[Gamma]) -> float:
    """Mean live time of a sample's detectors, s; their real time where no live time is said; 0 where neither is."""
    told = [one.live_s if one.live_s > 0 else one.real_s for one in row]
    return float(np.mean(told)) if all(0 < one < 1e7 for one in told) else 0.0


def _times(rows: Sequence[Sequence[Gamma]], live: Floats) -> Floats:
    start = np.array([row[0].start for row in rows])
    return start if np.isfinite(start).all() else np.concatenate([[0.0], np.cumsum(live)[:-1]])


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(path, "", f"is larger than {LARGEST_FILE >> 20} MB", "split the recording")
        return path.read_bytes()
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "check the name and its rights") from None
