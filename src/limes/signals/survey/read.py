"""Read a survey line of whatever format: known by its content."""

from __future__ import annotations

import re
from pathlib import Path

from limes.errors import InputError
from limes.signals.survey.formats.columns import is_gravity, read_columns, read_gravity
from limes.signals.survey.formats.radar import RadarLine, read_radar
from limes.signals.survey.formats.res2dinv import read_res2dinv
from limes.signals.survey.formats.unified import read_unified
from limes.signals.survey.line import ErtLine, GravityLine

LARGEST_FILE = 64 * 1024 * 1024
"""Files above this many bytes are refused."""


def read_line(path: Path) -> ErtLine | GravityLine:
    """A resistivity or gravity line from a file; InputError with file, field and cure for anything else."""
    return parse_line(file_bytes(path), path.name)


RADAR = (".dzt", ".dt1", ".rd3", ".rd7", ".sgy", ".segy")
"""Endings of radar lines."""


def read_radar_line(path: Path) -> RadarLine:
    """A radar line from a file, with its HD or rad file beside it where its format has one."""
    partner = {".dt1": ("HD", "hd"), ".rd3": ("rad", "RAD"), ".rd7": ("rad", "RAD")}.get(path.suffix.lower(), ())
    beside = next((found for end in partner if (found := path.with_suffix(f".{end}")).is_file()), None)
    return read_radar(file_bytes(path), path.name, b"" if beside is None else file_bytes(beside))


def parse_line(data: bytes, file: str) -> ErtLine | GravityLine:
    """A resistivity or gravity line from the bytes of a file."""
    kind = format_of(data)
    if kind == "gravity":
        return read_gravity(data, file)
    return {"unified": read_unified, "res2dinv": read_res2dinv, "columns": read_columns}[kind](data, file)


def format_of(data: bytes) -> str:
    r"""Name of a line's format by its content.

    >>> format_of(b"21# Number of electrodes\n"), format_of(b"Line 3\n2.0\n1\n30\n"), format_of(b"x;g_ugal\n0;1\n")
    ('unified', 'res2dinv', 'gravity')
    """
    lines = [line.strip() for line in data[:8192].decode("latin-1").splitlines()]
    bare = [line for line in lines if line and not line.startswith("#")]
    if bare and re.fullmatch(r"\d+\s*(#.*)?", bare[0]) and any(line.startswith("#") or "#" in line for line in lines[:4]):
        return "unified"
    if is_gravity(data):
        return "gravity"
    if len(lines) > 3 and all(re.fullmatch(r"[\d.,]+", line) for line in lines[1:3]):
        return "res2dinv"
    return "columns"


def file_bytes(path: Path) -> bytes:
    """The bytes of a file; InputError where it is missing, empty or too large."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(path, "", f"is {size / 2**20:.0f} MB, more than {LARGEST_FILE >> 20}", "give single lines")
        data = path.read_bytes()
    except OSError as fault:
        raise InputError(path, "", f"cannot be read ({fault.strerror})", "check the name and its rights") from None
    if not data:
        raise InputError(path, "", "is empty", "copy it again from the instrument")
    return data
