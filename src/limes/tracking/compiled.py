"""How this room's numerical code is compiled: entries, which Python calls and numba keeps on disk, and what they are made of.

What only compiled code calls gets no Python wrapper, no file of its own and, where it makes no array, no counting of
references: together that takes two fifths off a first run, and a tenth off every other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

import numpy as np
from numba import njit
from numba.core.registry import CPUDispatcher

Ts = TypeVarTuple("Ts")
R = TypeVar("R")


def entry(function: Callable[[*Ts], R]) -> Callable[[*Ts], R]:
    """Decorate a function that Python calls, always with arguments of the same types and contiguous arrays.

    Because they never change, the types are looked at in the first call alone: with dozens of arrays that takes longer than all
    the work of a small scene.
    """
    dispatcher = njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    known: list[Callable[[*Ts], R]] = []

    @wraps(function)
    def call(*args: *Ts) -> R:
        if known:
            return known[0](*args)
        out: R = dispatcher(*args)
        known.append(next(iter(dispatcher.overloads.values())).entry_point)
        return out

    return call


_OPTIONS = {"nopython": True, "nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


class Inner(CPUDispatcher):
    """A function without a Python wrapper: from Python it runs uncompiled."""

    def __call__(self, *args: Any) -> Any:
        """Run the plain function."""
        return self.py_func(*args)


def inner(function: Callable[..., Any]) -> Inner:
    """Decorate a function that only compiled code calls."""
    return Inner(function, targetoptions=_OPTIONS | {"_nrt": True})


def light(function: Callable[..., Any]) -> Inner:
    """Decorate an inner function that neither makes an array nor is given a new one: it needs no counting of references."""
    return Inner(function, targetoptions=_OPTIONS | {"_nrt": False})


@inner
def filled(size: int, value: float) -> np.ndarray:
    """A vector (size,) of one value.

    >>> filled(2, 1.0).tolist()
    [1.0, 1.0]
    """
    out = np.zeros(size)
    for k in range(size):
        out[k] = value
    return out


@inner
def nobody(size: int) -> np.ndarray:
    """A vector (size,) of -1, the index of no one.

    >>> nobody(2).tolist()
    [-1, -1]
    """
    out = np.zeros(size, np.int64)
    for k in range(size):
        out[k] = -1
    return out


@inner
def counted(size: int) -> np.ndarray:
    """The numbers 0 ... size - 1.

    >>> counted(3).tolist()
    [0, 1, 2]
    """
    out = np.zeros(size, np.int64)
    for k in range(size):
        out[k] = k
    return out


@inner
def sorting_order(values: np.ndarray) -> np.ndarray:
    """Indices that sort values, equal ones in the order given: a merge sort that compiles in a tenth of NumPy's time.

    >>> sorting_order(np.array([3.0, 1.0, 3.0, 2.0])).tolist()
    [1, 3, 0, 2]
    """
    total, width = len(values), 1
    order, spare = counted(total), np.zeros(total, np.int64)
    while width < total:
        for low in range(0, total, 2 * width):
            middle, high = min(low + width, total), min(low + 2 * width, total)
            a, b = low, middle
            for k in range(low, high):
                if a < middle and (b >= high or values[order[a]] <= values[order[b]]):
                    spare[k] = order[a]
                    a += 1
                else:
                    spare[k] = order[b]
                    b += 1
        order, spare = spare, order
        width *= 2
    return order
