"""Systematic errors of the sensors, estimated while tracking.

Given the biases the tracks are independent, so each track carries how far its mean leans on each bias, and the biases one
small joint Gaussian: exact for the linear model, and linear in the number of tracks (the joint filter that Dissanayake et al.
2001 use for landmarks, with its conditional independence put to use). A bias that is not known yet widens every gate by its own
doubt. Surveyed sensors have none and so anchor the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from limes.columns import Kind
from limes.tracking.looks import Look
from limes.tracking.measurement import BEARING
from limes.tracking.state import Bias, Tracks

EACH = 3
"""Biases of one sensor: of its first and second component (range and bearing, x and y, or bearing alone), and of its time."""

BIAS = np.dtype([("sensor", "i4"), *((name, "f8") for name in ("first", "second", "time", "first_sd", "second_sd", "time_sd"))])
"""Estimated systematic errors of one sensor: range (m) and bearing (rad), x and y (m), or bearing alone; and time (s)."""


NOTHING = 0.2
"""A doubt that moves a track by less than this, metres (and a tenth of it in m/s), is left out."""


@dataclass(frozen=True)
class Registration:
    """How large the systematic errors of a sensor that is not surveyed may be (standard deviations), and how long they last."""

    range_sd: float = 30.0
    bearing_sd: float = 4e-3
    position_sd: float = 15.0
    time_sd: float = 0.1
    memory: float = 6 * 3600.0

    def prior(self, kind: int) -> tuple[float, float, float]:
        """Standard deviations of the biases of a sensor of one kind.

        >>> Registration().prior(Kind.BEARING)
        (0.004, 0.0, 0.1)
        """
        if kind == Kind.RANGE_BEARING:
            return self.range_sd, self.bearing_sd, self.time_sd
        if kind == Kind.BEARING:
            return self.bearing_sd, 0.0, self.time_sd
        return self.position_sd, self.position_sd, self.time_sd


def slots(sensors: np.ndarray, registration: Registration | None) -> tuple[np.ndarray, Bias]:
    """First bias row of each sensor (n,), -1 for those taken as true, and the prior of all biases.

    Only sensors of range, bearing or position that are not surveyed have biases, and only where another sensor could tell.

    >>> from limes.columns import SENSOR
    >>> row = np.zeros(2, SENSOR)
    >>> row["kind"] = Kind.RANGE_BEARING
    >>> slots(row, Registration())[0].tolist(), slots(row[:1], Registration())[0].tolist()
    ([0, 3], [-1])
    """
    out = np.full(len(sensors), -1, np.int64)
    spread: list[float] = []
    if registration is not None and len(sensors) > 1:
        for k, row in enumerate(sensors):
            if not row["surveyed"] and row["kind"] in (Kind.POSITION, Kind.RANGE_BEARING, Kind.BEARING):
                out[k] = len(spread)
                spread.extend(registration.prior(int(row["kind"])))
    return out, Bias(np.zeros(len(spread)), np.diag(np.square(spread)).reshape(len(spread), len(spread)))


def bias_rows(slot: np.ndarray, bias: Bias) -> np.ndarray:
    """Rows of `BIAS`, one for each sensor that has biases."""
    known = np.flatnonzero(slot >= 0)
    out = np.zeros(len(known), BIAS)
    out["sensor"] = known
    sd = np.sqrt(np.maximum(np.diag(bias.cov), 0.0))
    for k, name in enumerate(("first", "second", "time")):
        out[name], out[f"{name}_sd"] = bias.mean[slot[known] + k], sd[slot[known] + k]
    return out


class Doubt(NamedTuple):
    """What the doubt about the biases adds to a track: its covariance (4, 4), and that with the looking sensor's own (4, 3)."""

    own: np.ndarray
    cross: np.ndarray


@njit(cache=True, nogil=True)
def leaning(lean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The biases whose doubt matters to a track: few, however many sensors there are."""
    out, size = np.empty(len(lean), np.int64), 0
    for b in range(len(lean)):
        place, speed = lean[b, 0] ** 2 + lean[b, 1] ** 2, lean[b, 2] ** 2 + lean[b, 3] ** 2
        if place * cov[b, b] > NOTHING**2 or speed * cov[b, b] > (0.1 * NOTHING) ** 2:
            out[size] = b
            size += 1
    return out[:size]


@njit(cache=True, nogil=True)
def doubt_of(lean: np.ndarray, bias: Bias, slot: int, own: np.ndarray, cross: np.ndarray) -> None:
    """Write the two parts of a track's `Doubt` for a look of the sensor with this first bias row."""
    active = leaning(lean, bias.cov)
    for k in range(4):
        for j in range(4):
            own[k, j] = 0.0
        for j in range(EACH):
            cross[k, j] = 0.0
    for a in active:
        for b in active:
            for k in range(4):
                part = lean[a, k] * bias.cov[a, b]
                for j in range(4):
                    own[k, j] += part * lean[b, j]
        for b in range(EACH if slot >= 0 else 0):
            for k in range(4):
                cross[k, b] += lean[a, k] * bias.cov[a, slot + b]


@njit(cache=True, nogil=True)
def own_lean(look: Look, grad: np.ndarray, mean: np.ndarray, out: np.ndarray) -> None:
    """Write how a measurement depends on the sensor's own three biases, (3, 3)."""
    for a in range(3):
        for b in range(3):
            out[a, b] = 0.0
    out[0, 0] = 1.0
    if look.kind != BEARING:
        out[1, 1] = 1.0
    for a in range(min(look.size, 2)):
        out[a, 2] = grad[a, 0] * mean[2] + grad[a, 1] * mean[3]


@njit(cache=True, nogil=True)
def widen(
    look: Look, grad: np.ndarray, mean: np.ndarray, bias: Bias, own: np.ndarray, cross: np.ndarray, h: np.ndarray, s: np.ndarray
) -> None:
    """Shift an expected measurement by the sensor's known biases and widen its spread by the doubt about all of them."""
    size = look.size
    for a in range(size):
        for c in range(size):
            for k in range(4):
                for j in range(4):
                    s[a, c] += grad[a, k] * own[k, j] * grad[c, j]
    if look.slot < 0:
        return
    e, first = np.empty((3, 3)), look.slot
    own_lean(look, grad, mean, e)
    for a in range(size):
        for b in range(EACH):
            h[a] += e[a, b] * bias.mean[first + b]
            for c in range(size):
                for d in range(EACH):
                    s[a, c] += e[a, b] * bias.cov[first + b, first + d] * e[c, d]
                for k in range(4):
                    part = grad[a, k] * cross[k, b] * e[c, b]
                    s[a, c] += part
                    s[c, a] += part


@njit(cache=True, nogil=True)
def lean_of_measurement(
    look: Look, grad: np.ndarray, mean: np.ndarray, lean: np.ndarray, cov: np.ndarray, out: np.ndarray
) -> None:
    """Write how an expected measurement depends on all the biases, (3, biases)."""
    for a in range(3):
        for b in range(len(lean)):
            out[a, b] = 0.0
    for b in leaning(lean, cov):
        for a in range(look.size):
            for k in range(4):
                out[a, b] += grad[a, k] * lean[b, k]
    if look.slot >= 0:
        e = np.empty((3, 3))
        own_lean(look, grad, mean, e)
        for a in range(look.size):
            for b in range(EACH):
                out[a, look.slot + b] += e[a, b]


@njit(cache=True, nogil=True)
def learn_bias(
    size: int, nu: np.ndarray, s: np.ndarray, noise: np.ndarray, lean: np.ndarray, bias: Bias, shift: np.ndarray
) -> None:
    """Update the biases' covariance and the `shift` of their means by one innovation; wild ones are left out.

    `nu` (size,) is the innovation at the biases' old means, `s` its spread given the biases, `lean` (3, biases) how it depends.
    """
    count = len(shift)
    part = np.zeros((count, size))
    for b in range(count):
        for a in range(size):
            for c in range(count):
                part[b, a] += bias.cov[b, c] * lean[a, c]
    total, left = np.empty((size, size)), np.empty(size)
    for a in range(size):
        left[a] = nu[a]
        for b in range(count):
            left[a] -= lean[a, b] * shift[b]
        for c in range(size):
            total[a, c] = s[a, c]
            for b in range(count):
                total[a, c] += lean[a, b] * part[b, c]
        total[a, a] += noise[a]
    inverse = np.linalg.inv(total)
    square = 0.0
    for a in range(size):
        for c in range(size):
            square += left[a] * inverse[a, c] * left[c]
    if square > 6.0 + 3.0 * size:
        return
    gain = part @ inverse
    for b in range(count):
        for a in range(size):
            shift[b] += gain[b, a] * left[a]
        for c in range(count):
            for a in range(size):
                bias.cov[b, c] -= gain[b, a] * part[c, a]


@njit(cache=True, nogil=True)
def move_biases(count: int, tracks: Tracks, bias: Bias, shift: np.ndarray) -> None:
    """Shift the biases' means, and with them every track that leans on them."""
    moved = 0.0
    for b in range(len(shift)):
        bias.mean[b] += shift[b]
        moved += abs(shift[b])
    if moved == 0.0:
        return
    for i in range(count):
        for m in range(tracks.weight.shape[1]):
            if tracks.weight[i, m] > 0.0:
                for b in range(len(shift)):
                    for k in range(4):
                        tracks.mean[i, m, k] += tracks.lean[i, b, k] * shift[b]


@njit(cache=True, nogil=True)
def age_biases(dt: float, bias: Bias, prior: np.ndarray, memory: float) -> None:
    """Let the biases' covariance grow towards its prior, as a first-order process with the given memory would."""
    fade = math.exp(-2.0 * dt / memory)
    for a in range(len(prior)):
        for b in range(len(prior)):
            bias.cov[a, b] *= fade
        bias.cov[a, a] += (1.0 - fade) * prior[a]
