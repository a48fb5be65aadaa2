"""Systematic errors of the sensors, estimated while tracking.

Given the biases the tracks are independent, so each track carries how far its mean leans on each bias, and the biases one
small joint Gaussian: exact for the linear model, and linear in the number of tracks (the joint filter that Dissanayake et al.
2001 use for landmarks, with its conditional independence put to use). A bias that is not known yet widens every gate by its own
doubt. Surveyed sensors have none and so anchor the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limes.columns import Kind
from limes.tracking.compiled import inner, light
from limes.tracking.looks import BEARING, Look
from limes.tracking.measurement import Four, Six, Three, distance, dot, factor_of, solve
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


@inner
def leaning(lean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The biases whose doubt matters to a track: few, however many sensors there are."""
    out, size = np.zeros(len(lean), np.int64), 0
    for b in range(len(lean)):
        place, speed = lean[b, 0] ** 2 + lean[b, 1] ** 2, lean[b, 2] ** 2 + lean[b, 3] ** 2
        if place * cov[b, b] > NOTHING**2 or speed * cov[b, b] > (0.1 * NOTHING) ** 2:
            out[size] = b
            size += 1
    return out[:size]


@inner
def doubt_of(lean: np.ndarray, bias: Bias, slot: int, out: np.ndarray) -> None:
    """Write what the doubt about the biases adds to a track, (4, 7), for a look of the sensor with this first bias row.

    Four columns of its covariance, three of that with the looking sensor's own biases.
    """
    own_doubt(lean, bias, out)
    for k in range(4):
        for j in range(EACH):
            out[k, 4 + j] = 0.0
    for a in leaning(lean, bias.cov):
        for b in range(EACH if slot >= 0 else 0):
            for k in range(4):
                out[k, 4 + b] += lean[a, k] * bias.cov[a, slot + b]


@inner
def own_doubt(lean: np.ndarray, bias: Bias, out: np.ndarray) -> None:
    """Write the covariance that the doubt about the biases adds to a track into the first four columns of `out`."""
    active = leaning(lean, bias.cov)
    for k in range(4):
        for j in range(4):
            out[k, j] = 0.0
    for a in active:
        for b in active:
            for k in range(4):
                part = lean[a, k] * bias.cov[a, b]
                for j in range(4):
                    out[k, j] += part * lean[b, j]


@light
def own_lean(look: Look, mean: np.ndarray, i: int, m: int, a: Four, b: Four) -> tuple[Three, Three]:
    """How the first two components of a measurement depend on the looking sensor's own three biases."""
    if look.slot < 0:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    vx, vy = mean[i, m, 2], mean[i, m, 3]
    second = 0.0 if look.kind == BEARING else 1.0
    return (1.0, 0.0, a[0] * vx + a[1] * vy), (0.0, second, b[0] * vx + b[1] * vy)


@light
def dot3(a: Three, b: Three) -> float:
    """Scalar product of two vectors of three."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@light
def crossed(doubt: np.ndarray, a: Four) -> Three:
    """A gradient times a track's covariance with the looking sensor's biases, the last three columns of its doubt."""
    return (
        a[0] * doubt[0, 4] + a[1] * doubt[1, 4] + a[2] * doubt[2, 4] + a[3] * doubt[3, 4],
        a[0] * doubt[0, 5] + a[1] * doubt[1, 5] + a[2] * doubt[2, 5] + a[3] * doubt[3, 5],
        a[0] * doubt[0, 6] + a[1] * doubt[1, 6] + a[2] * doubt[2, 6] + a[3] * doubt[3, 6],
    )


@light
def shifted(look: Look, bias: Bias, e0: Three, e1: Three, h: Three) -> Three:
    """An expected measurement with the sensor's own known biases."""
    if look.slot < 0:
        return h
    known = (bias.mean[look.slot], bias.mean[look.slot + 1], bias.mean[look.slot + 2])
    return h[0] + dot3(e0, known), h[1] + dot3(e1, known), h[2]


@light
def widened(look: Look, bias: Bias, doubt: np.ndarray, e0: Three, e1: Three, a: Four, b: Four, c: Four, s: Six) -> Six:
    """The spread of a measurement widened by the doubt about all biases, those of the track and those of the sensor."""
    ua, ub, uc = spread_of(doubt, a), spread_of(doubt, b), spread_of(doubt, c)
    out = (
        s[0] + dot(a, ua), s[1] + dot(a, ub), s[2] + dot(b, ub), s[3] + dot(a, uc), s[4] + dot(b, uc), s[5] + dot(c, uc),
    )  # fmt: skip
    if look.slot < 0:
        return out
    wa, wb, wc = crossed(doubt, a), crossed(doubt, b), crossed(doubt, c)
    va, vb = doubtful(bias.cov, look.slot, e0), doubtful(bias.cov, look.slot, e1)
    return (
        out[0] + 2.0 * dot3(wa, e0) + dot3(va, e0),
        out[1] + dot3(wb, e0) + dot3(wa, e1) + dot3(va, e1),
        out[2] + 2.0 * dot3(wb, e1) + dot3(vb, e1),
        out[3] + dot3(wc, e0),
        out[4] + dot3(wc, e1),
        out[5],
    )


@light
def spread_of(own: np.ndarray, a: Four) -> Four:
    """A (4, 4) matrix times a vector."""
    return (
        own[0, 0] * a[0] + own[0, 1] * a[1] + own[0, 2] * a[2] + own[0, 3] * a[3],
        own[1, 0] * a[0] + own[1, 1] * a[1] + own[1, 2] * a[2] + own[1, 3] * a[3],
        own[2, 0] * a[0] + own[2, 1] * a[1] + own[2, 2] * a[2] + own[2, 3] * a[3],
        own[3, 0] * a[0] + own[3, 1] * a[1] + own[3, 2] * a[2] + own[3, 3] * a[3],
    )


@light
def doubtful(cov: np.ndarray, slot: int, e: Three) -> Three:
    """The covariance of one sensor's three biases times a vector."""
    return (
        cov[slot, slot] * e[0] + cov[slot, slot + 1] * e[1] + cov[slot, slot + 2] * e[2],
        cov[slot + 1, slot] * e[0] + cov[slot + 1, slot + 1] * e[1] + cov[slot + 1, slot + 2] * e[2],
        cov[slot + 2, slot] * e[0] + cov[slot + 2, slot + 1] * e[1] + cov[slot + 2, slot + 2] * e[2],
    )


@inner
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


@light
def learn_bias(look: Look, j: int, best: np.ndarray, lean: np.ndarray, bias: Bias, shift: np.ndarray, room: np.ndarray) -> None:
    """Update the biases' covariance and the `shift` of their means by one innovation; wild ones are left out.

    `best` (9,) is the innovation at the biases' old means and its spread given the biases, `lean` (3, biases) how it depends on
    them. Of `room` (6, biases) the first three rows are what is known of the biases times `lean`, the next the gain.
    """
    count, cov = len(shift), bias.cov
    for a in range(3):
        for b in range(count):
            room[a, b] = 0.0
            for c in range(count):
                room[a, b] += lean[a, c] * cov[c, b]
    n0, n1, n2 = left_over(best[0], lean[0], shift), left_over(best[1], lean[1], shift), left_over(best[2], lean[2], shift)
    factor = factor_of(look, j, (
        best[3] + inner_product(room[0], lean[0]), best[4] + inner_product(room[1], lean[0]),
        best[5] + inner_product(room[1], lean[1]), best[6] + inner_product(room[2], lean[0]),
        best[7] + inner_product(room[2], lean[1]), best[8] + inner_product(room[2], lean[2]),
    ))  # fmt: skip
    square, _ = distance(factor, (n0, n1, n2))
    if square > 6.0 + 3.0 * look.size:
        return
    for b in range(count):
        room[3, b], room[4, b], room[5, b] = solve(factor, room[0, b], room[1, b], room[2, b])
        shift[b] += room[3, b] * n0
        shift[b] += room[4, b] * n1
        shift[b] += room[5, b] * n2
    for b in range(count):
        for c in range(count):
            for a in range(3):
                cov[b, c] -= room[3 + a, b] * room[a, c]


@light
def left_over(value: float, a: np.ndarray, b: np.ndarray) -> float:
    """A value less the products of two vectors, one after another."""
    for k in range(len(a)):
        value -= a[k] * b[k]
    return value


@light
def inner_product(a: np.ndarray, b: np.ndarray) -> float:
    """Scalar product of two vectors, summed in order."""
    out = 0.0
    for k in range(len(a)):
        out += a[k] * b[k]
    return out


@light
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


@light
def age_biases(dt: float, bias: Bias, prior: np.ndarray, memory: float) -> None:
    """Let the biases' covariance grow towards its prior, as a first-order process with the given memory would."""
    fade = math.exp(-2.0 * dt / memory)
    for a in range(len(prior)):
        for b in range(len(prior)):
            bias.cov[a, b] *= fade
        bias.cov[a, a] += (1.0 - fade) * prior[a]
