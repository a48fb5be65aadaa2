"""Open a file of whatever format, known by its content and not by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from limes.errors import InputError
from limes.signals.fibre.formats import plain, prodml, vendors
from limes.signals.fibre.formats.hdf5 import SIGNATURE, open_hdf5
from limes.signals.fibre.formats.miniseed import is_miniseed, read_miniseed
from limes.signals.fibre.formats.recording import Recording
from limes.signals.fibre.formats.segy import is_segy, read_segy
from limes.signals.fibre.formats.sentek import is_sentek, read_sentek
from limes.signals.fibre.formats.tdms import is_tdms, read_tdms

_HEAD = 4096
_LAYOUTS: tuple[tuple[Callable[[Any], bool], Callable[[Any, Path], list[Recording]]], ...] = (
    (prodml.is_prodml, prodml.read_prodml),
    (prodml.is_gdr, prodml.read_gdr),
    (vendors.is_silixa, vendors.read_silixa),
    (vendors.is_neubrex, vendors.read_neubrex),
    (vendors.is_ap_sensing, vendors.read_ap_sensing),
    (vendors.is_terra15, vendors.read_terra15),
    (vendors.is_optodas, vendors.read_optodas),
    (plain.is_dasdae, plain.read_dasdae),
    (plain.is_xdas, plain.read_xdas),
    (vendors.is_febus, vendors.read_febus),
)


def open_recordings(path: Path) -> tuple[Recording, ...]:
    """Every recording of a file, by time; nothing but headers is read yet.

    InputError with file, field and cure for a file that is missing, damaged or of no known layout: then it says what was
    found in it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        size = path.stat().st_size
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "check the name and its rights") from None
    if not head:
        raise InputError(path, "", "is empty", "copy it again from the instrument")
    return tuple(sorted(_open(path, head, size), key=lambda one: one.time))


def _open(path: Path, head: bytes, size: int) -> tuple[Recording, ...]:
    if head.startswith(b"HDF5-based Julia"):
        raise InputError(path, "", "is Julia's JLD2 (DASVader), whose links are not followed", "export it as HDF5 or SEG-Y")
    if SIGNATURE in (head[:8], head[512:520], head[1024:1032], head[2048:2056]):
        return _hdf5(path)
    if is_tdms(head):
        return read_tdms(path)
    if is_miniseed(head):
        return read_miniseed(path)
    if is_sentek(head, size):
        return read_sentek(path)
    if is_segy(head):
        return read_segy(path)
    cure = "give PRODML, TDMS, SEG-Y, MiniSEED or HDF5"
    raise InputError(path, "", f"is of no known format: it begins {head[:12]!r} and has {size} bytes", cure)


def _hdf5(path: Path) -> tuple[Recording, ...]:
    with open_hdf5(path) as root:
        try:
            reader = next((read for fits, read in _LAYOUTS if fits(root)), plain.read_plain)
            return tuple(reader(root, path))
        except InputError:
            raise
        except (OSError, KeyError, TypeError, ValueError, RuntimeError, AttributeError, IndexError) as fault:
            what = " ".join(str(fault).split())[:120]
            raise InputError(path, "", f"has a damaged or unusual header: {what}", "copy it again") from None
