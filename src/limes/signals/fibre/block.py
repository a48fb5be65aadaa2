"""A stretch of samples of a fibre (or of geophones): the noun that every reader makes and every pass takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Block:
    """Samples by time and channel, with what is needed to place them.

    `values` (samples, channels) are int16, int32 or float32, channels innermost as interrogators write them; times `scale`
    they are in `unit`. `time` is that of the first sample (epoch s), `rate` in Hz. Channel k lies at `start` + k `spacing`
    metres of fibre. `gauge` is the gauge length in metres (NaN: not told), `source` names file or sender.
    """

    time: float
    rate: float
    start: float
    spacing: float
    values: np.ndarray
    scale: float = 1.0
    unit: str = ""
    gauge: float = float("nan")
    source: str = ""

    @property
    def end(self) -> float:
        """Time at which the next block would begin."""
        return self.time + len(self.values) / self.rate

    @property
    def places(self) -> np.ndarray:
        """Distance of each channel along the fibre (channels,), metres."""
        return self.start + self.spacing * np.arange(self.values.shape[1])


def native(values: np.ndarray) -> np.ndarray:
    """Samples as one of the three types that the passes take, in this machine's byte order, rows contiguous.

    Other integers become int32, other floats float32; nothing is scaled.

    >>> native(np.array([[1, 2]], ">i2")).dtype, native(np.zeros((1, 2))).dtype
    (dtype('int16'), dtype('float32'))
    """
    kind = values.dtype.kind
    if kind not in "iuf":
        raise TypeError(f"samples are numbers, not {values.dtype}")
    small = (kind == "i" and values.dtype.itemsize <= 2) or (kind == "u" and values.dtype.itemsize == 1)
    wide = kind in "iu" and values.dtype.itemsize == 8
    wanted = np.int16 if small else np.float32 if kind == "f" or wide else np.int32
    return np.ascontiguousarray(values, wanted)
