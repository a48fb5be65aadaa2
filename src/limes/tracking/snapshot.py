"""A tracker's state as bytes and back: named arrays in one .npz, no pickle."""

from __future__ import annotations

import io
from zipfile import BadZipFile

import numpy as np

from limes.errors import InputError

FORMAT = 3


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
