"""The inner loops of the fibre pass: filters and averages over tiles of channels whose state stays in the cache.

A recursive filter is serial in time and independent between channels, so channels are innermost and the machine works on
several at once. Channels go in blocks of `WIDTH`; the rows of a block go in tiles of `TILE` through every stage while they are
in the nearest cache. What a later chunk needs is in the state arrays, so it does not matter how a stream was cut.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

WIDTH = 128
"""Channels in a block; the last block of a fibre is filled up with zeros."""

TILE = 32
"""Rows that go through all stages at a time."""

_TINY = np.float32(1e-25)
_HUGE = np.float32(1e30)
_FLOOR = np.float32(1e-30)
_kernel: Any = njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)
_inner: Any = njit(nogil=True, error_model="numpy")


@_kernel
def convert(x: np.ndarray, base: np.ndarray, scale: float, out: np.ndarray) -> int:
    """Samples (rows, channels) of any number type less each channel's `base`, scaled, as float32.

    What is no number becomes 0 and is counted.
    """
    bad = 0
    for t in range(x.shape[0]):
        source, row = x[t], out[t]
        for c in range(source.shape[0]):
            v = np.float32(source[c] - base[c]) * scale
            fine = abs(v) < _HUGE
            row[c] = v if fine else np.float32(0.0)
            bad += 0 if fine else 1
    return bad


@_kernel
def subtract_common(rows: np.ndarray, step: int) -> None:
    """Take from each row (float32) the median over every `step`-th channel: what all channels show at once.

    A sample of exactly 0 stays 0, or a dead channel would show the others' common mode upside down.
    """
    picked = np.empty((rows.shape[1] + step - 1) // step, np.float32)
    for t in range(rows.shape[0]):
        row = rows[t]
        for k in range(picked.shape[0]):
            picked[k] = row[k * step]
        middle = np.float32(np.median(picked))
        for c in range(row.shape[0]):
            row[c] = row[c] - middle if row[c] != np.float32(0.0) else np.float32(0.0)


@_inner
def _fetch(x: np.ndarray, first: int, n: int, left: int, tile: np.ndarray) -> None:
    """Copy rows of one block of channels into the tile."""
    wide = min(WIDTH, x.shape[1] - left)
    for t in range(n):
        row, source = tile[t], x[first + t, left : left + wide]
        for c in range(wide):
            row[c] = source[c]
        for c in range(wide, WIDTH):
            row[c] = np.float32(0.0)


@_inner
def _store(tile: np.ndarray, n: int, out: np.ndarray, first: int, left: int) -> None:
    wide = min(WIDTH, out.shape[1] - left)
    for t in range(n):
        row, target = tile[t], out[first + t, left : left + wide]
        for c in range(wide):
            target[c] = row[c]


@_inner
def _sections(rows: np.ndarray, n: int, sos: np.ndarray, z: np.ndarray) -> None:
    """Second-order sections in place over a tile, direct form II transposed; z (sections, 2, WIDTH) is their state."""
    for s in range(sos.shape[0]):
        b0, b1, b2, a1, a2 = sos[s, 0], sos[s, 1], sos[s, 2], sos[s, 4], sos[s, 5]
        z0, z1 = z[s, 0], z[s, 1]
        for t in range(n):
            row = rows[t]
            for c in range(WIDTH):
                x = row[c]
                v = b0 * x + z0[c]
                z0[c] = b1 * x - a1 * v + z1[c]
                z1[c] = b2 * x - a2 * v
                row[c] = v
        _flush(z0)
        _flush(z1)


@_inner
def _flush(z: np.ndarray) -> None:
    """Set what has died away to 0, before it becomes a denormal number, which machines are slow with."""
    for c in range(WIDTH):
        z[c] = z[c] if abs(z[c]) > _TINY else np.float32(0.0)


@_inner
def _thin(rows: np.ndarray, n: int, offset: int, every: int, out: np.ndarray) -> int:
    """Take every `every`-th row of a tile from row `offset` on; returns how many."""
    kept = 0
    for t in range(offset, n, every):
        source, target = rows[t], out[kept]
        for c in range(WIDTH):
            target[c] = source[c]
        kept += 1
    return kept


@_inner
def _squares(rows: np.ndarray, n: int, bins: np.ndarray, first: int, every: int, band: int, left: int, out: np.ndarray) -> None:
    """Add the squares of a tile's rows to their bins of out (bins, bands, channels)."""
    wide = min(WIDTH, out.shape[2] - left)
    for t in range(n):
        row, target = rows[t], out[bins[first + t * every], band, left : left + wide]
        for c in range(wide):
            target[c] += row[c] * row[c]


@_inner
def _add_squares(rows: np.ndarray, n: int, power: np.ndarray) -> None:
    for t in range(n):
        row, target = rows[t], power[t]
        for c in range(WIDTH):
            target[c] += row[c] * row[c]


@_inner
def _averages(power: np.ndarray, n: int, short: float, long: float, s: np.ndarray, m: np.ndarray, out: np.ndarray) -> None:
    """Recursive short over long average of the power in a tile, row by row into out (the tile itself is allowed)."""
    for t in range(n):
        row, target = power[t], out[t]
        for c in range(WIDTH):
            e = row[c]
            a = s[c] + (e - s[c]) * short
            b = m[c] + (e - m[c]) * long
            s[c] = a
            m[c] = b
            target[c] = a / (b + _FLOOR)


@_inner
def _peaks(rows: np.ndarray, n: int, bins: np.ndarray, first: int, every: int, left: int, out: np.ndarray) -> None:
    """Keep the largest value of each bin in out (bins, channels)."""
    wide = min(WIDTH, out.shape[1] - left)
    for t in range(n):
        row, target = rows[t], out[bins[first + t * every], left : left + wide]
        for c in range(wide):
            target[c] = row[c] if row[c] > target[c] else target[c]


@_kernel
def advance(
    x: np.ndarray,
    bins: np.ndarray,
    phase: int,
    every: int,
    blocks: tuple[int, int],
    filters: tuple[np.ndarray, np.ndarray, np.ndarray],
    heard: np.ndarray,
    gains: tuple[float, float],
    state: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    out: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Take some blocks of channels of a chunk (rows, channels) through the whole chain.

    `bins` (rows,) is the output bin of each row, `phase` the number of rows since the last one kept by decimation by `every`.
    `filters` holds sections: high band at full rate, low-pass before decimation, bands after it (bands, sections, 6). Bands
    with `heard` feed the short over long average with its two `gains`. `state` goes with the filters by block, and (blocks, 2,
    WIDTH) with the averages. `out`: decimated rows, sums of squares (bins, bands + 1, channels; the high band last), and
    largest ratio (bins, channels).
    """
    high, low, bands = filters
    z_high, z_low, z_bands, means = state
    thin, energy, ratio = out
    tile, work = np.empty((TILE, WIDTH), np.float32), np.empty((TILE, WIDTH), np.float32)
    power = np.empty((TILE, WIDTH), np.float32)
    for block in range(blocks[0], blocks[1]):
        left, kept = block * WIDTH, 0
        for first in range(0, x.shape[0], TILE):
            n = min(TILE, x.shape[0] - first)
            _fetch(x, first, n, left, tile)
            if high.shape[0]:
                work[:] = tile
                _sections(work, n, high, z_high[block])
                _squares(work, n, bins, first, 1, bands.shape[0], left, energy)
            _sections(tile, n, low, z_low[block])
            offset = (every - (phase + first) % every) % every
            k = _thin(tile, n, offset, every, tile)
            _store(tile, k, thin, kept, left)
            kept += k
            power[:] = np.float32(0.0)
            for band in range(bands.shape[0]):
                work[:] = tile
                _sections(work, k, bands[band], z_bands[block, band])
                _squares(work, k, bins, first + offset, every, band, left, energy)
                if heard[band]:
                    _add_squares(work, k, power)
            _averages(power, k, gains[0], gains[1], means[block, 0], means[block, 1], power)
            _peaks(power, k, bins, first + offset, every, left, ratio)


@_kernel
def filter_rows(
    x: np.ndarray, sos: np.ndarray, phase: int, every: int, z: np.ndarray, blocks: tuple[int, int], out: np.ndarray
) -> None:
    """Filter blocks of channels of x (rows, channels) and keep every `every`-th row; z (blocks, sections, 2, WIDTH)."""
    tile = np.empty((TILE, WIDTH), np.float32)
    for block in range(blocks[0], blocks[1]):
        left, kept = block * WIDTH, 0
        for first in range(0, x.shape[0], TILE):
            n = min(TILE, x.shape[0] - first)
            _fetch(x, first, n, left, tile)
            _sections(tile, n, sos, z[block])
            if every > 1:
                n = _thin(tile, n, (every - (phase + first) % every) % every, every, tile)
            _store(tile, n, out, kept, left)
            kept += n


@_kernel
def short_over_long(x: np.ndarray, gains: tuple[float, float], z: np.ndarray, blocks: tuple[int, int], out: np.ndarray) -> None:
    """Recursive short over long average of the squares of x (rows, channels); z (blocks, 2, WIDTH)."""
    tile, power = np.empty((TILE, WIDTH), np.float32), np.empty((TILE, WIDTH), np.float32)
    for block in range(blocks[0], blocks[1]):
        left = block * WIDTH
        for first in range(0, x.shape[0], TILE):
            n = min(TILE, x.shape[0] - first)
            _fetch(x, first, n, left, tile)
            power[:] = np.float32(0.0)
            _add_squares(tile, n, power)
            _averages(power, n, gains[0], gains[1], z[block, 0], z[block, 1], tile)
            _store(tile, n, out, first, left)


@_kernel
def rolling_rms(x: np.ndarray, past: np.ndarray, at: int, sums: np.ndarray, columns: tuple[int, int], out: np.ndarray) -> None:
    """Root mean square over the last len(past) rows for columns of x; `past` is a ring of squares whose next slot is `at`.

    The running sum is made anew from the ring each time round, so that a loud moment leaves no residue.
    """
    w = past.shape[0]
    share = np.float32(1.0 / w)
    left, right = columns
    slot = at
    for t in range(x.shape[0]):
        row, target, old = x[t, left:right], out[t, left:right], past[slot, left:right]
        total = sums[left:right]
        for c in range(right - left):
            e = row[c] * row[c]
            p = max(total[c] + (e - old[c]), np.float32(0.0))
            old[c] = e
            total[c] = p
            target[c] = np.sqrt(p * share)
        slot += 1
        if slot == w:
            slot = 0
            total[:] = np.float32(0.0)
            for k in range(w):
                ring = past[k, left:right]
                for c in range(right - left):
                    total[c] += ring[c]
