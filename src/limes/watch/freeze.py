"""State as bytes and back: nested dictionaries of JSON values and arrays in one .npz, no pickle.

The same state gives the same bytes.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

_MARK = "__array__"


def freeze(state: Any) -> bytes:
    """Write nested dicts and lists of JSON values and arrays as bytes.

    >>> thaw(freeze({"rows": np.arange(3), "names": ["a"], "none": None}))["rows"].tolist()
    [0, 1, 2]
    """
    arrays: dict[str, np.ndarray] = {}
    text = json.dumps(_out(state, arrays), separators=(",", ":"))
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, json=np.frombuffer(text.encode(), np.uint8), **arrays)
    return buffer.getvalue()


def thaw(data: bytes) -> Any:
    """Read what `freeze` wrote; ValueError (or another that NumPy's reader raises) where the bytes are something else."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return _back(json.loads(arrays["json"].tobytes()), arrays)


def _out(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {_MARK: name}
    if isinstance(value, bytes):
        return {_MARK: _out(np.frombuffer(value, np.uint8), arrays)[_MARK], "bytes": True}
    if isinstance(value, dict):
        return {key: _out(item, arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_out(item, arrays) for item in value]
    return value


def _back(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_back(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if _MARK in value:
        array = arrays[value[_MARK]]
        return array.tobytes() if "bytes" in value else array
    return {key: _back(item, arrays) for key, item in value.items()}
