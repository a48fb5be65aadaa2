"""Ground-penetrating radar lines: GSSI DZT, Sensors & Software DT1 with HD, MALA rd3/rd7 with rad, and SEG-Y."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from limes.errors import InputError
from limes.signals.survey.line import Floats

_MOST = 200_000_000


@dataclass(frozen=True, eq=False)
class RadarLine:
    """Traces (n, t) of amplitudes at `x` (n,) m along the line, samples `step_ns` apart, the first at `start_ns`."""

    traces: Floats
    x: Floats
    step_ns: float
    start_ns: float = 0.0
    file: str = ""


def read_radar(data: bytes, file: str, beside: bytes = b"") -> RadarLine:
    """A radar line by the ending of its file; `beside` is the header file of DT1 (HD) and rd3 or rd7 (rad).

    InputError with what is wrong for a damaged file.
    """
    ending = file.lower().rsplit(".", 1)[-1]
    if ending == "dzt":
        return read_dzt(data, file)
    if ending == "dt1":
        return read_dt1(data, beside, file)
    if ending in ("rd3", "rd7"):
        return read_rd3(data, beside, file, 4 if ending == "rd7" else 2)
    return read_segy(data, file)


def read_dzt(data: bytes, file: str) -> RadarLine:
    """A GSSI DZT file, its first channel."""
    if len(data) < 1024:
        raise InputError(file, "header", f"has {len(data)} bytes of 1024", "the file is cut short: copy it again")
    _, start, samples, bits, _ = struct.unpack_from("<HHHHh", data)
    per_second, per_metre = struct.unpack_from("<ff", data, 10)
    position, window = struct.unpack_from("<ff", data, 22)
    channels = max(struct.unpack_from("<H", data, 52)[0], 1)
    kinds = {8: ("<u1", 128.0), 16: ("<u2", 32768.0), 32: ("<i4", 0.0)}
    if bits not in kinds or samples < 8 or not 0.0 < window < 1e6 or channels > 16:
        raise InputError(file, "header", f"says {samples} samples of {bits} bits in {window:g} ns", "this is no DZT file")
    kind, zero = kinds[bits]
    first = 1024 * channels if start >= 1024 else 1024 * max(start, 1)
    raw = _block(data, first, np.dtype(kind), samples, file)[::channels].astype(float) - zero
    raw[:, :2] = raw[:, 2:3]  # the first two samples hold marks
    spacing = 1.0 / per_metre if 0.0 < per_metre < 1e4 else 1.0 / max(per_second, 1.0)
    return RadarLine(raw, spacing * np.arange(len(raw)), window / samples, position if abs(position) < window else 0.0, file)


def read_dt1(data: bytes, header: bytes, file: str) -> RadarLine:
    """A Sensors & Software DT1 file and its HD file."""
    notes = _notes(header, "=", file, "HD")
    samples = int(_noted(notes, "NUMBER OF PTS/TRC", file))
    window, zero = _noted(notes, "TOTAL TIME WINDOW", file), notes.get("TIMEZERO AT POINT", "0")
    whole = _block(data, 0, np.dtype("u1"), 128 + 2 * samples, file)
    heads = whole[:, :100].copy().view("<f4")
    traces = whole[:, 128:].copy().view("<i2").astype(float)
    step = window / samples
    at = heads[:, 1].astype(float)
    first = _float(notes.get("STARTING POSITION", f"{at[0]}"), file, "STARTING POSITION")
    x = np.asarray(first + at - at[0], np.float64)
    return RadarLine(traces, x, step, -_float(zero, file, "TIMEZERO AT POINT") * step, file)


def read_rd3(data: bytes, header: bytes, file: str, size: int = 2) -> RadarLine:
    """A MALA rd3 (16 bit) or rd7 (32 bit) file and its rad file."""
    notes = _notes(header, ":", file, "rad")
    samples = int(_noted(notes, "SAMPLES", file))
    window, spacing = _noted(notes, "TIMEWINDOW", file), _noted(notes, "DISTANCE INTERVAL", file)
    traces = _block(data, 0, np.dtype(f"<i{size}"), samples, file).astype(float)
    return RadarLine(traces, np.asarray(spacing * np.arange(len(traces)), np.float64), window / samples, 0.0, file)


def read_segy(data: bytes, file: str) -> RadarLine:
    """A SEG-Y file of a radar: its sample interval taken as picoseconds, places from the group coordinates."""
    if len(data) < 3840:
        raise InputError(file, "header", f"has {len(data)} bytes", "this is no SEG-Y file, or it is cut short")
    step, samples, kind = (struct.unpack_from(">H", data, at)[0] for at in (3216, 3220, 3224))
    kinds = {1: ">u4", 2: ">i4", 3: ">i2", 5: ">f4", 8: ">i1"}
    if kind not in kinds or not samples or not step:
        raise InputError(
            file, "header", f"says format {kind}, {samples} samples every {step}", "this is no SEG-Y file that is read"
        )
    form = np.dtype(kinds[kind])
    whole = _block(data, 3600, np.dtype("u1"), 240 + samples * form.itemsize, file)
    raw = whole[:, 240:].copy().view(form)
    traces = _ibm(raw) if kind == 1 else raw.astype(float)
    scalar = whole[:, 70:72].copy().view(">i2")[:, 0].astype(float)
    factor = np.where(scalar > 0, scalar, np.where(scalar < 0, -1.0 / np.minimum(scalar, -1.0), 1.0))
    x, y = (whole[:, at : at + 4].copy().view(">i4")[:, 0] * factor for at in (80, 84))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    if not np.all(np.diff(along) > 0):
        raise InputError(
            file, "group coordinates", "do not advance along the line", "write them, in metres, into bytes 81 to 88"
        )
    return RadarLine(traces, along, step / 1000.0, 0.0, file)


def _ibm(raw: np.ndarray) -> Floats:
    """IBM floating point of SEG-Y format 1."""
    sign = np.where(raw >> 31, -1.0, 1.0)
    power = ((raw >> 24) & 0x7F).astype(float) - 64.0
    return np.asarray(sign * (raw & 0xFFFFFF).astype(float) / 2.0**24 * 16.0**power)


def _block(data: bytes, start: int, kind: np.dtype, width: int, file: str) -> np.ndarray:
    """Rows of `width` values from a byte on; a started last row is left out."""
    row = width * kind.itemsize
    count = (len(data) - start) // row if row else 0
    if count < 2 or count * width > _MOST:
        raise InputError(file, "traces", f"are {max(count, 0)} in {len(data)} bytes", "the file is cut short: copy it again")
    return np.frombuffer(data, kind, count * width, start).reshape(count, width)


def _notes(header: bytes, mark: str, file: str, ending: str) -> dict[str, str]:
    if not header:
        raise InputError(file, ending, "file is missing", f"put the {ending} file of the same name beside it")
    rows = [line.partition(mark) for line in header.decode("latin-1").splitlines() if mark in line]
    return {name.strip().upper(): value.strip() for name, _, value in rows}


def _noted(notes: dict[str, str], name: str, file: str) -> float:
    value = _float(notes.get(name, ""), file, name)
    if not 0.0 < value < 1e7:
        raise InputError(file, name, f"is {value:g}", "copy the header file again")
    return value


def _float(text: str, file: str, name: str) -> float:
    try:
        return float(text.split()[0].replace(",", "."))
    except (ValueError, IndexError):
        raise InputError(file, name, f"is {text[:30]!r}, no number", "copy the header file again") from None
