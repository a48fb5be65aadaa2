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
from limes.tracking.measurement import BEARING, Four, Six, Three, distance, dot, factor_of, solve
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
def own_lean(look: Look, mean: np.ndarray, i: int, m: int, a: Four, b: Four) -> tuple[Three, Three]:
    """How the first two components of a measurement depend on the looking sensor's own three biases."""
    if look.slot < 0:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    vx, vy = mean[i, m, 2], mean[i, m, 3]
    second = 0.0 if look.kind == BEARING else 1.0
    return (1.0, 0.0, a[0] * vx + a[1] * vy), (0.0, second, b[0] * vx + b[1] * vy)


@njit(cache=True, nogil=True)
def dot3(a: Three, b: Three) -> float:
    """Scalar product of two vectors of three."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@njit(cache=True, nogil=True)
def crossed(cross: np.ndarray, a: Four) -> Three:
    """A gradient times a track's covariance with the looking sensor's biases."""
    return (
        a[0] * cross[0, 0] + a[1] * cross[1, 0] + a[2] * cross[2, 0] + a[3] * cross[3, 0],
        a[0] * cross[0, 1] + a[1] * cross[1, 1] + a[2] * cross[2, 1] + a[3] * cross[3, 1],
        a[0] * cross[0, 2] + a[1] * cross[1, 2] + a[2] * cross[2, 2] + a[3] * cross[3, 2],
    )


@njit(cache=True, nogil=True)
def shifted(look: Look, bias: Bias, e0: Three, e1: Three, h: Three) -> Three:
    """An expected measurement with the sensor's own known biases."""
    if look.slot < 0:
        return h
    known = (bias.mean[look.slot], bias.mean[look.slot + 1], bias.mean[look.slot + 2])
    return h[0] + dot3(e0, known), h[1] + dot3(e1, known), h[2]


@njit(cache=True, nogil=True)
def widened(look: Look, bias: Bias, doubt: Doubt, e0: Three, e1: Three, a: Four, b: Four, c: Four, s: Six) -> Six:
    """The spread of a measurement widened by the doubt about all biases, those of the track and those of the sensor."""
    ua, ub, uc = spread_of(doubt.own, a), spread_of(doubt.own, b), spread_of(doubt.own, c)
    out = (
        s[0] + dot(a, ua), s[1] + dot(a, ub), s[2] + dot(b, ub), s[3] + dot(a, uc), s[4] + dot(b, uc), s[5] + dot(c, uc),
    )  # fmt: skip
    if look.slot < 0:
        return out
    wa, wb, wc = crossed(doubt.cross, a), crossed(doubt.cross, b), crossed(doubt.cross, c)
    va, vb = doubtful(bias.cov, look.slot, e0), doubtful(bias.cov, look.slot, e1)
    return (
        out[0] + 2.0 * dot3(wa, e0) + dot3(va, e0),
        out[1] + dot3(wb, e0) + dot3(wa, e1) + dot3(va, e1),
        out[2] + 2.0 * dot3(wb, e1) + dot3(vb, e1),
        out[3] + dot3(wc, e0),
        out[4] + dot3(wc, e1),
        out[5],
    )


@njit(cache=True, nogil=True)
def spread_of(own: np.ndarray, a: Four) -> Four:
    """A (4, 4) matrix times a vector."""
    return (
        own[0, 0] * a[0] + own[0, 1] * a[1] + own[0, 2] * a[2] + own[0, 3] * a[3],
        own[1, 0] * a[0] + own[1, 1] * a[1] + own[1, 2] * a[2] + own[1, 3] * a[3],
        own[2, 0] * a[0] + own[2, 1] * a[1] + own[2, 2] * a[2] + own[2, 3] * a[3],
        own[3, 0] * a[0] + own[3, 1] * a[1] + own[3, 2] * a[2] + own[3, 3] * a[3],
    )


@njit(cache=True, nogil=True)
def doubtful(cov: np.ndarray, slot: int, e: Three) -> Three:
    """The covariance of one sensor's three biases times a vector."""
    return (
        cov[slot, slot] * e[0] + cov[slot, slot + 1] * e[1] + cov[slot, slot + 2] * e[2],
        cov[slot + 1, slot] * e[0] + cov[slot + 1, slot + 1] * e[1] + cov[slot + 1, slot + 2] * e[2],
        cov[slot + 2, slot] * e[0] + cov[slot + 2, slot + 1] * e[1] + cov[slot + 2, slot + 2] * e[2],
    )


@njit(cache=True, nogil=True)
def lean_of_measurement(
    look: Look, lean: np.ndarray, cov: np.ndarray, gradients: tuple[Four, Four, Four], own: tuple[Three, Three], out: np.ndarray
) -> None:
    """Write how an expected measurement depends on all the biases, (3, biases)."""
    for a in range(3):
        for b in range(len(lean)):
            out[a, b] = 0.0
    for b in leaning(lean, cov):
        for a in range(3):
            g = gradients[a]
            out[a, b] = g[0] * lean[b, 0] + g[1] * lean[b, 1] + g[2] * lean[b, 2] + g[3] * lean[b, 3]
    if look.slot >= 0:
        for b in range(EACH):
            out[0, look.slot + b] += own[0][b]
            out[1, look.slot + b] += own[1][b]


@njit(cache=True, nogil=True)
def learn_bias(look: Look, j: int, nu: Three, s: Six, lean: np.ndarray, bias: Bias, shift: np.ndarray) -> None:
    """Update the biases' covariance and the `shift` of their means by one innovation; wild ones are left out.

    `nu` is the innovation at the biases' old means, `s` its spread given the biases, `lean` (3, biases) how it depends on them.
    """
    count = len(shift)
    part, left = np.zeros((3, count)), np.array([nu[0], nu[1], nu[2]])
    for a in range(3):
        for b in range(count):
            left[a] -= lean[a, b] * shift[b]
            for c in range(count):
                part[a, b] += lean[a, c] * bias.cov[c, b]
    extra = np.zeros((3, 3))
    for a in range(3):
        for c in range(a + 1):
            for b in range(count):
                extra[a, c] += part[a, b] * lean[c, b]
    wide = (
        s[0] + extra[0, 0],
        s[1] + extra[1, 0],
        s[2] + extra[1, 1],
        s[3] + extra[2, 0],
        s[4] + extra[2, 1],
        s[5] + extra[2, 2],
    )
    factor = factor_of(look, j, wide)
    square, _ = distance(factor, (left[0], left[1], left[2]))
    if square > 6.0 + 3.0 * look.size:
        return
    gain = np.empty((count, 3))
    for b in range(count):
        gain[b, 0], gain[b, 1], gain[b, 2] = solve(factor, part[0, b], part[1, b], part[2, b])
        for a in range(3):
            shift[b] += gain[b, a] * left[a]
    for b in range(count):
        for c in range(count):
            for a in range(3):
                bias.cov[b, c] -= gain[b, a] * part[a, c]


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
