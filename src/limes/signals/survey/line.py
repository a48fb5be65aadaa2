"""A resistivity line and a gravity line as they were measured, with what the instruments' errors are."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from limes.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAR = -1
"""Number of an electrode that stands so far away that it counts as infinitely far."""

RELATIVE_ERROR = 0.02
"""Relative error of a resistivity reading where the file says none (assumed; 0.01 to 0.05)."""

VOLTAGE_ERROR = 50e-6
"""Error of a voltage, V, that is added to it (assumed; 10 to 200 microvolts)."""

CURRENT = 0.2
"""Injected current, A, where the file says none (assumed; 0.02 to 1)."""

LARGEST_ERROR = 0.2
"""Readings with a larger relative error are left out."""

STATION_ERROR = 5.0
"""Error of a gravity station, microgal, where the file says none (assumed; 3 to 10)."""


@dataclass(frozen=True, eq=False)
class ErtLine:
    """One resistivity line over flat ground.

    `electrodes` (e,) metres along the line, ascending; `abmn` (n, 4) numbers of electrodes A, B (current), M, N (voltage),
    `FAR` for one that is far away; `rho_a` (n,) apparent resistivity, ohm m; `error` (n,) its relative standard error;
    `relief` the largest difference of the electrodes' heights, m; `dropped` counts the readings that were left out, by reason.
    """

    electrodes: Floats
    abmn: Ints
    rho_a: Floats
    error: Floats
    file: str = ""
    relief: float = 0.0
    dropped: tuple[tuple[str, int], ...] = ()

    @property
    def length_m(self) -> float:
        """From the first electrode to the last, metres."""
        return float(self.electrodes[-1] - self.electrodes[0])

    @property
    def spacing_m(self) -> float:
        """The usual distance of neighbouring electrodes, metres."""
        return float(np.median(np.diff(self.electrodes)))


@dataclass(frozen=True, eq=False)
class GravityLine:
    """Microgravity stations along a line: `x` (n,) m, `anomaly` (n,) and `error` (n,) microgal; `height_m` of the sensor."""

    x: Floats
    anomaly: Floats
    error: Floats
    file: str = ""
    height_m: float = 0.3


def geometric_factor(electrodes: Floats, abmn: Ints) -> Floats:
    """Geometric factor (n,), m, of four electrodes on flat uniform ground: rho_a = k V / I.

    k = 2 pi / (1/AM - 1/BM - 1/AN + 1/BN) (Telford et al. 1990).

    >>> wenner = geometric_factor(np.arange(4.0), np.array([[0, 3, 1, 2]]))
    >>> bool(np.isclose(wenner[0], 2.0 * np.pi))
    True
    """
    a, b, m, n = abmn.T
    with np.errstate(divide="ignore"):
        return np.asarray(
            2.0
            * np.pi
            / (_near(electrodes, a, m) - _near(electrodes, b, m) - _near(electrodes, a, n) + _near(electrodes, b, n))
        )


def _near(electrodes: Floats, one: Ints, other: Ints) -> Floats:
    """1 / distance of pairs of electrodes; 0 where one of them is far away."""
    with np.errstate(divide="ignore"):
        inverse = 1.0 / np.abs(electrodes[one] - electrodes[other])
    return np.where((one == FAR) | (other == FAR), 0.0, inverse)


def reading_error(rho_a: Floats, factor: Floats, current: float = CURRENT, relative: float = RELATIVE_ERROR) -> Floats:
    """Relative error of readings: a share of the reading and a fixed voltage, `relative` + 50 uV / |V|, V = I rho_a / k.

    >>> float(np.round(reading_error(np.array([100.0]), np.array([4000.0])), 3)[0])
    0.03
    """
    return np.asarray(relative + VOLTAGE_ERROR * np.abs(factor) / (current * np.abs(rho_a)))


def dipole_dipole(count: int, spacing: float = 1.0) -> tuple[Floats, Ints]:
    """Electrodes and readings of the dipole-dipole array with the shortest dipoles at every separation.

    >>> electrodes, abmn = dipole_dipole(48)
    >>> len(abmn)
    1035
    """
    rows = [(a, a + 1, m, m + 1) for a in range(count - 3) for m in range(a + 2, count - 1)]
    return spacing * np.arange(count, dtype=float), np.array(rows, dtype=np.int64).reshape(-1, 4)


def usable(line: ErtLine) -> ErtLine:
    """The line without the readings that say nothing: not positive, error above 20 %, no geometric factor.

    InputError where fewer than ten are left, or where the electrodes are not in ascending order.
    """
    if np.any(np.diff(line.electrodes) <= 0):
        raise InputError(
            line.file, "electrodes", "two stand at one place or out of order", "give each one its own place along the line"
        )
    factor = geometric_factor(line.electrodes, line.abmn)
    faults = [
        ("not a positive resistivity", ~(np.isfinite(line.rho_a) & (line.rho_a > 0))),
        ("electrodes that measure nothing", ~np.isfinite(factor) | (np.abs(factor) > 1e9)),
        (f"error above {LARGEST_ERROR:.0%}", ~(line.error <= LARGEST_ERROR)),
    ]
    bad = np.zeros(line.rho_a.size, dtype=bool)
    dropped = []
    for reason, rows in faults:
        fresh = rows & ~bad
        bad |= rows
        dropped += [(reason, int(np.count_nonzero(fresh)))] if fresh.any() else []
    if np.count_nonzero(~bad) < 10:
        problem = f"leave {np.count_nonzero(~bad)} usable of {bad.size}"
        raise InputError(line.file, "readings", problem, "measure again with more current, or check the columns")
    return replace(
        line, abmn=line.abmn[~bad], rho_a=line.rho_a[~bad], error=line.error[~bad], dropped=(*line.dropped, *dropped)
    )


def windows(line: ErtLine, electrodes: int = 64, readings: int = 1600) -> list[ErtLine]:
    """Overlapping parts of a long line, each of at most `electrodes` neighbours and about `readings` readings.

    A part steps on by half its length, so a void under the middle of any reading is whole in one of them.
    """
    count = line.electrodes.size
    step = electrodes // 2
    starts = [0] if count <= electrodes else [*range(0, count - electrodes, step), count - electrodes]
    parts = []
    for start in starts:
        near = np.all(((line.abmn >= start) & (line.abmn < start + electrodes)) | (line.abmn == FAR), axis=1)
        rows = np.flatnonzero(near)
        rows = rows[:: math.ceil(rows.size / readings)] if rows.size > readings else rows
        if rows.size < 10:
            continue
        abmn = np.where(line.abmn[rows] == FAR, FAR, line.abmn[rows] - start)
        kept = line.electrodes[start : start + electrodes]
        parts.append(replace(line, electrodes=kept, abmn=abmn, rho_a=line.rho_a[rows], error=line.error[rows]))
    return parts
