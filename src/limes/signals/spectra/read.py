"""Read a file of whatever format: known by its content, its bytes hashed, its spectra normalised."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.envi import read_envi
from limes.signals.spectra.formats.jcamp import read_jcamp
from limes.signals.spectra.formats.n42 import read_n42
from limes.signals.spectra.formats.omnic import read_spa
from limes.signals.spectra.formats.opus import read_opus
from limes.signals.spectra.formats.spc import read_spc
from limes.signals.spectra.formats.table import read_table
from limes.signals.spectra.formats.wire import read_wdf
from limes.signals.spectra.spectrum import Raw, Spectrum, normalise

LARGEST_FILE = 64 * 1024 * 1024
"""Files above this many bytes are refused."""

_READERS = {
    "JCAMP-DX": read_jcamp,
    "SPC": read_spc,
    "SPA": read_spa,
    "WDF": read_wdf,
    "OPUS": read_opus,
    "N42": read_n42,
    "table": read_table,
}


def read_spectra(path: Path, technique: str = "", laser_nm: float = float("nan")) -> tuple[Spectrum, ...]:
    """Every spectrum of a file, normalised; `technique` and `laser_nm` overrule what the file says.

    InputError with file, field and cure for a file that is missing, too large, damaged or of no known format.
    """
    data = _bytes(path)
    beside = _bytes(_partner(path)) if format_of(data, path.suffix) == "ENVI" else b""
    digest = hashlib.sha256(data).hexdigest()
    with np.errstate(all="ignore"):
        found = parse(data, path.name, beside)
        return tuple(normalise(raw, path.name, digest, technique, laser_nm) for raw in found)


def parse(data: bytes, file: str, beside: bytes = b"") -> tuple[Raw, ...]:
    """The spectra in the bytes of a file, not yet normalised; `beside` is the other half of an ENVI library."""
    kind = format_of(data, Path(file).suffix)
    if kind == "ENVI":
        header, values = (data, beside) if data.lstrip().startswith(b"ENVI") else (beside, data)
        return read_envi(header, values, file)
    return _READERS[kind](data, file)


def format_of(data: bytes, suffix: str = "") -> str:
    r"""Name of the format: by its first bytes, and by the suffix only where the content cannot tell.

    >>> format_of(b"##TITLE=talc\n##JCAMP-DX=4.24"), format_of(b"WDF1"), format_of(b"1,2")
    ('JCAMP-DX', 'WDF', 'table')
    """
    head, name = data[:4096], suffix.lower()
    if head.startswith(b"\x0a\x0a\xfe\xfe"):
        return "OPUS"
    if head.startswith(b"WDF1"):
        return "WDF"
    if head.startswith(b"Spectral Data File"):
        return "SPA"
    if head.lstrip().startswith(b"ENVI") or name == ".sli":
        return "ENVI"
    if head.lstrip().startswith(b"##") and b"JCAMP" in head.upper():
        return "JCAMP-DX"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or name == ".n42":
        return "N42"
    if len(head) > 1 and head[1] in (0x4B, 0x4C, 0x4D) and (b"\0" in head or name == ".spc"):
        return "SPC"
    return "table"


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            problem = f"is {size / 2**20:.0f} MB, more than {LARGEST_FILE >> 20}"
            raise InputError(path, "", problem, "give single spectra, not a whole archive")
        data = path.read_bytes()
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "check the name and its rights") from None
    if not data:
        raise InputError(path, "", "is empty", "copy it again from the instrument")
    return data


def _partner(path: Path) -> Path:
    """The other half of an ENVI library: .hdr beside .sli and the other way round."""
    suffixes = (".sli",) if path.suffix.lower() == ".hdr" else (".hdr", ".sli.hdr")
    names = [path.with_suffix(suffix) for suffix in suffixes]
    return next((name for name in names if name.is_file()), names[0])
