"""JCAMP-DX 4.24 and 5: XYDATA with plain or squeezed numbers, XYPOINTS and peak tables, blocks within blocks.

McDonald and Wilks 1988 (JCAMP-DX, a standard form for exchange of infrared spectra) define the forms AFFN, PAC, SQZ,
DIF and DUP.
"""

from __future__ import annotations

import math
import re

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.formats.octets import MOST_POINTS, axis
from limes.signals.spectra.spectrum import Floats, Instrument, Raw

_DIGITS = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]\d{1,3})?"
_TOKEN = re.compile(rf"([@A-Ia-i%J-Rj-r+-])((?:{_DIGITS})?)|({_DIGITS})|([S-Zs])(\d*)|(\?)|[\s,;]+|(.)", re.ASCII)
_SQUEEZED = {letter: str(k) for k, letter in enumerate("@ABCDEFGHI")} | {
    letter: f"-{k}" for k, letter in enumerate("abcdefghi", 1)
}
_STEPS = {letter: str(k) for k, letter in enumerate("%JKLMNOPQR")} | {
    letter: f"-{k}" for k, letter in enumerate("jklmnopqr", 1)
}
_REPEATS = {letter: str(k) for k, letter in enumerate("STUVWXYZs", 1)}


def read_jcamp(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every spectrum of a JCAMP-DX file; InputError where a block is incomplete or its numbers contradict it.

    >>> text = b'''##TITLE=ramp
    ... ##DATA TYPE=RAMAN SPECTRUM
    ... ##XUNITS=1/CM
    ... ##YUNITS=ARBITRARY UNITS
    ... ##FIRSTX=100
    ... ##LASTX=107
    ... ##NPOINTS=8
    ... ##XFACTOR=1
    ... ##YFACTOR=0.5
    ... ##XYDATA=(X++(Y..Y))
    ... 100A0JY
    ... ##END='''
    >>> read_jcamp(text, "ramp.jdx")[0].y.tolist()
    [5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5]
    """
    found: list[Raw] = []
    block: dict[str, str] = {}
    for label, value in _records(data.decode("latin-1")):
        if label == "TITLE":
            block = {}
        block.setdefault(label, value)
        if label in ("XYDATA", "XYPOINTS", "PEAKTABLE"):
            found.append(_spectrum(block, label, file))
    if not found:
        raise InputError(file, "XYDATA", "holds no spectrum", "export it with ##XYDATA or ##XYPOINTS")
    return tuple(found)


def _records(text: str) -> list[tuple[str, str]]:
    """Labels (upper case, no blanks, dashes, slashes) with their values, comments dropped."""
    bare = re.sub(r"\$\$[^\r\n]*", "", text)
    records = []
    for part in re.split(r"(?:^|[\r\n])\s*##", bare)[1:]:
        label, _, value = part.partition("=")
        records.append((re.sub(r"[\s\-_/]", "", label).upper(), value.strip()))
    return records


def _spectrum(block: dict[str, str], label: str, file: str) -> Raw:
    form, _, body = block[label].partition("\n")
    if label == "XYDATA" and "++" in form:
        x, y = _even(block, body, file)
    else:
        x, y = _pairs(block, body, file)
    kind = block.get("DATATYPE", "").lower()
    technique = "raman" if "raman" in kind else ""
    instrument = Instrument(
        block.get("SPECTROMETERDATASYSTEM", ""),
        _plain(block.get("$LASERWAVELENGTH", block.get(".EXCITATIONWAVELENGTH", ""))),
        _plain(block.get("RESOLUTION", "")),
        block.get("DATE", block.get("LONGDATE", "")),
    )
    return Raw(x, y, block.get("XUNITS", ""), block.get("YUNITS", ""), technique, block.get("TITLE", ""), instrument)


def _plain(text: str) -> float:
    match = re.match(r"\s*([+-]?\d+\.?\d*(?:[eE][+-]?\d{1,3})?)", text)
    return float(match[1]) if match else math.nan


def _field(block: dict[str, str], name: str, file: str, default: float = math.nan) -> float:
    value = _plain(block.get(name, ""))
    value = default if math.isnan(value) else value
    if math.isnan(value):
        raise InputError(file, f"##{name}", "is missing or no number", "export the file again with it")
    return value


def _even(block: dict[str, str], body: str, file: str) -> tuple[Floats, Floats]:
    said = int(min(max(_field(block, "NPOINTS", file), 0), 1e12))
    x = axis(_field(block, "FIRSTX", file), _field(block, "LASTX", file), said, file)
    y = decode(body, file, said)
    if y.size != said:
        problem = f"says {said} points but holds {y.size}"
        raise InputError(file, "##NPOINTS", problem, "copy the file again; it is cut off or was edited")
    return x, y * _field(block, "YFACTOR", file, 1.0)


def _pairs(block: dict[str, str], body: str, file: str) -> tuple[Floats, Floats]:
    cells = re.findall(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", body)
    if not cells or len(cells) % 2:
        raise InputError(file, "##XYPOINTS", f"holds {len(cells)} numbers, not pairs", "export it again")
    table = np.array(cells, np.float64).reshape(-1, 2)
    return table[:, 0] * _field(block, "XFACTOR", file, 1.0), table[:, 1] * _field(block, "YFACTOR", file, 1.0)


def decode(body: str, file: str, most: int = MOST_POINTS) -> Floats:
    r"""Ordinates of the lines of an (X++(Y..Y)) table, unscaled: AFFN, PAC, SQZ, DIF and DUP in any mixture.

    A line that follows differences repeats the last value as a check, which is verified and dropped. InputError on a
    failed check, an unknown sign or more than `most` values.

    >>> decode("100@VKT%\n104D", "a.jdx").tolist()
    [0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 4.0]
    """
    values: list[float] = []
    differing = False
    for line in body.splitlines():
        got, now_differing = _line(line, file, most - len(values))
        if differing and got and values:
            if abs(got[0] - values[-1]) > 1e-6 * max(abs(values[-1]), 1.0):
                raise InputError(file, "##XYDATA", f"fails its check at {line.strip()[:30]!r}", "copy the file again")
            got = got[1:]
        values += got
        differing = now_differing if got or now_differing else differing
        if len(values) > most:
            raise InputError(file, "##XYDATA", f"holds more than the {most} points it says", "export the file again")
    return np.array(values, np.float64)


def _line(line: str, file: str, room: int) -> tuple[list[float], bool]:
    """Ordinates of one line, its abscissa dropped, and whether the line ends in differences."""
    values: list[float] = []
    step: float | None = None
    first = True
    for match in _TOKEN.finditer(line):
        sign, after, plain, again, more, unknown, wrong = match.groups()
        sign, digits = sign or "", after or plain or ""
        if wrong:
            raise InputError(file, "##XYDATA", f"holds the unknown sign {wrong!r}", "copy the file again")
        if first:
            first = not (sign or digits)
        elif unknown:
            values.append(math.nan)
            step = None
        elif again:
            times = int((_REPEATS[again] + more)[:9]) - 1
            if not values or times > room - len(values):
                raise InputError(file, "##XYDATA", "repeats a value too often or before any", "copy the file again")
            values += [values[-1]] * times if step is None else [values[-1] + step * k for k in range(1, times + 1)]
        elif sign in _STEPS and values:
            step = float(_STEPS[sign] + digits)
            values.append(values[-1] + step)
        elif sign or digits:
            values.append(_value(sign, digits, file))
            step = None
    return values, step is not None


def _value(sign: str, digits: str, file: str) -> float:
    try:
        return float(_SQUEEZED.get(sign, sign) + digits)
    except ValueError:
        raise InputError(file, "##XYDATA", f"holds {sign + digits!r}, which is no number", "copy the file again") from None
