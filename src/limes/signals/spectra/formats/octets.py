"""Fields and arrays out of bytes that may be cut off or hostile."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.spectrum import Floats

MOST_POINTS = 4_000_000
"""No spectrum has more points; a file that says so is refused before memory is asked for."""


def take(data: bytes, offset: int, form: str, file: str, field: str) -> tuple[Any, ...]:
    r"""Unpack a `struct` format at an offset; InputError where the file ends before it.

    >>> take(b"\x01\x00\x02\x00", 2, "<H", "a.spc", "points")
    (2,)
    """
    if offset < 0 or offset + struct.calcsize(form) > len(data):
        raise cut_off(file, field)
    return struct.unpack_from(form, data, offset)


def numbers(data: bytes, offset: int, count: int, kind: str, file: str, field: str) -> Floats:
    """An array of `count` numbers of a numpy kind such as "<f4", as float64 (count,); InputError where the file ends."""
    if not 0 < count <= MOST_POINTS:
        raise InputError(file, field, f"says it has {count} points", "export the spectrum again")
    dtype = np.dtype(kind)
    if offset < 0 or offset + count * dtype.itemsize > len(data):
        raise cut_off(file, field)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.frombuffer(data, dtype, count, offset).astype(np.float64)


def words(data: bytes, offset: int, length: int) -> str:
    r"""Text of a fixed-width field up to its first zero byte, unreadable bytes dropped.

    >>> words(b"Talc\x00\x00rest", 0, 6)
    'Talc'
    """
    field = data[max(offset, 0) : max(offset, 0) + length].split(b"\0")[0]
    return "".join(letter for letter in field.decode("latin-1") if letter.isprintable()).strip()


def axis(first: float, last: float, count: int, file: str) -> Floats:
    """An even axis (count,); InputError where its ends are not finite, are equal, or the count is impossible."""
    ends = np.array([first, last])
    if not np.isfinite(ends).all() or np.abs(ends).max() > 1e30 or first == last:
        raise InputError(file, "axis", f"runs from {first:g} to {last:g}", "export the spectrum again")
    if not 1 < count <= MOST_POINTS:
        raise InputError(file, "points", f"says it has {count} points", "export the spectrum again")
    return np.linspace(first, last, count)


def cut_off(file: str, field: str) -> InputError:
    """The error of a file that ends too early."""
    return InputError(file, field, "the file ends before it", "copy the file again from the instrument; it is cut off")
