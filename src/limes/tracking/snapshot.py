"""A tracker's state as bytes and back: named arrays in one .npz, no pickle."""

from __future__ import annotations

import io
from zipfile import BadZipFile

import numpy as np

from limes.errors import InputError
from limes.tracking.state import Columns

FORMAT = 1


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """Write named arrays as the bytes of an .npz; the same arrays give the same bytes.

    >>> unpack(pack({"a": np.arange(3)}))["a"].tolist()
    [0, 1, 2]
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, format=np.array(FORMAT), **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """Read what `pack` wrote; `InputError` where the bytes are something else."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise InputError("tracker snapshot", "", f"is not readable ({error})", "replay the journal instead") from error
    if int(arrays.pop("format", np.array(0))) != FORMAT:
        raise InputError("tracker snapshot", "format", "was written by another version", "replay the journal instead")
    return arrays


def pack_columns(states: list[Columns]) -> dict[str, np.ndarray]:
    """Stack the live rows of several states, with how many belong to each."""
    out = {"counts": np.array([state.count for state in states], np.int64)}
    for name in states[0].arrays():
        out[f"column_{name}"] = np.concatenate([state.arrays()[name] for state in states])
    return out


def unpack_columns(arrays: dict[str, np.ndarray]) -> list[Columns]:
    """Cut the stacked rows of `pack_columns` apart again."""
    ends = np.cumsum(arrays["counts"])
    names = [name for name in arrays if name.startswith("column_")]
    out = []
    for count, end in zip(arrays["counts"], ends, strict=True):
        rows = {name.removeprefix("column_"): arrays[name][end - count : end].copy() for name in names}
        out.append(Columns(int(count), **rows))
    return out
