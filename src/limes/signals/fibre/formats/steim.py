"""Steim 1 and 2: the compression of seismic records (SEED manual 2.4, appendix B): differences packed into 32-bit words."""

from __future__ import annotations

import numpy as np

_STEIM1 = {(1, -1): (4, 8), (2, -1): (2, 16), (3, -1): (1, 32)}
_STEIM2 = {(1, -1): (4, 8), (2, 1): (1, 30), (2, 2): (2, 15), (2, 3): (3, 10), (3, 0): (5, 6), (3, 1): (6, 5), (3, 2): (7, 4)}


def decode_steim(data: bytes, samples: int, level: int, order: str = ">") -> np.ndarray:
    """Samples (n,) int32 of one record's data frames; `level` is 1 or 2.

    ValueError when the frames hold fewer samples than the record claims, or do not end at the value that they name.
    """
    whole = len(data) // 64 * 64
    words = np.frombuffer(data[:whole], order + "u4").reshape(-1, 16).astype(np.uint32)
    if not len(words):
        raise ValueError("no frame is whole")
    first, last = (int(v) for v in words[0, 1:3].astype(np.int64))
    codes = (words[:, :1] >> (2 * (15 - np.arange(16, dtype=np.uint32)))) & 3
    codes[:, 0] = 0
    codes[0, 1:3] = 0
    steps = _differences(words.ravel(), codes.ravel(), _STEIM1 if level == 1 else _STEIM2)
    if len(steps) < samples:
        raise ValueError(f"{len(steps)} of {samples} samples are there")
    steps = steps[:samples]
    steps[0] = first - (1 << 32) if first >> 31 else first
    values = np.cumsum(steps).astype(np.int32)
    if int(values[-1]) & 0xFFFFFFFF != last:
        raise ValueError("the last sample is not the one that the record names")
    return values


def _differences(words: np.ndarray, codes: np.ndarray, table: dict[tuple[int, int], tuple[int, int]]) -> np.ndarray:
    """All differences of the words, in their order."""
    kinds = [(code, nib, *packing) for (code, nib), packing in table.items()]
    chosen = [(codes == code) & ((words >> 30 == nib) if nib >= 0 else True) for code, nib, _, _ in kinds]
    counts = np.zeros(len(words), np.int64)
    for mask, (_, _, count, _) in zip(chosen, kinds, strict=True):
        counts[mask] = count
    begins = np.cumsum(counts) - counts
    out = np.empty(int(counts.sum()), np.int64)
    for mask, (_, _, count, bits) in zip(chosen, kinds, strict=True):
        shifts = bits * np.arange(count - 1, -1, -1, dtype=np.int64)
        fields = (words[mask].astype(np.int64)[:, None] >> shifts) & ((1 << bits) - 1)
        out[begins[mask][:, None] + np.arange(count)] = fields - ((fields >> (bits - 1)) << bits)
    return out
