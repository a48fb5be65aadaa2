"""HDF5 without haste: attributes as text and numbers whatever their type, and a reader of rows of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def open_hdf5(path: Path) -> Any:
    """An HDF5 file opened for reading; InputError when it is damaged or h5py is not installed."""
    try:
        import h5py
    except ModuleNotFoundError:
        raise InputError(path, "", "is HDF5, and h5py is not installed", 'install it: pip install "limes[fibre]"') from None
    try:
        return h5py.File(path, "r")
    except OSError as fault:
        reason = "it is cut off" if "truncated" in str(fault) else str(fault).split(" (")[-1].rstrip(")")
        raise InputError(path, "", f"is damaged HDF5: {reason}", "copy it again from the instrument") from None


def scalar(value: Any) -> Any:
    """What an attribute or a small dataset holds, out of whatever array, bytes or NumPy type it is kept in.

    >>> scalar(np.array([b"250"])), scalar(np.float64(4.0)), scalar(b"m")
    ('250', 4.0, 'm')
    """
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip("\0 ")
    return value.item() if isinstance(value, np.generic) else value


def text(holder: Any, *names: str) -> str:
    """The first of some attributes that is there, as text; empty when none is."""
    return next((str(scalar(holder.attrs[name])) for name in names if name in holder.attrs), "")


def number(holder: Any, *names: str, default: float = float("nan")) -> float:
    """The first of some attributes that is there and is a number.

    NaN or the default when none is.
    """
    for name in names:
        if name in holder.attrs:
            try:
                return float(scalar(holder.attrs[name]))
            except (TypeError, ValueError):
                continue
    return default


def held(group: Any, name: str) -> Any:
    """What a scalar dataset holds; None when it is not there."""
    return scalar(group[name][()]) if name in group else None


@dataclass(frozen=True)
class Rows:
    """Rows of a dataset (times, channels), turned when the file keeps channels first, from row `offset` on."""

    path: Path
    dataset: str
    turned: bool = False
    offset: int = 0

    def __call__(self, first: int, last: int) -> np.ndarray:
        """Rows [first, last); OSError where the file is damaged."""
        a, b = first + self.offset, last + self.offset
        with open_hdf5(self.path) as file:
            dataset = file[self.dataset]
            return np.ascontiguousarray(dataset[:, a:b].T) if self.turned else dataset[a:b]
