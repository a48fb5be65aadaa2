"""How things move: modes of motion, and the prediction of every track through them.

Each mode is an integrated Ornstein-Uhlenbeck process: velocity has a stationary spread and a memory, so that one formula
covers a halt (no speed, no memory), a steady walk (long memory) and a swerve (short memory), and no prediction ever runs
away faster than the mode can move. Modes mix as in the interacting multiple model filter (Blom and Bar-Shalom 1988).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from limes.columns import CLASSES
from limes.tracking.compiled import entry, inner, light
from limes.tracking.state import Tracks, copy_matrix, copy_vector

WEIGHT_FLOOR = 1e-5
"""A mode less probable than this is not carried along."""

SHARE_FLOOR = 0.1
"""A mode that brings less than this share into another does not blur it: else steady movers pay for rare manoeuvres."""
UNTAUGHT = 1e12
"""More switches than any scene can show."""


@dataclass(frozen=True)
class Mode:
    """One way of moving.

    `speed` is the stationary standard deviation of each velocity component (m/s), `memory` the time over which velocity is
    forgotten (s), `birth` the share of new tracks that start in it; `family` groups the modes of one kind of mover.
    """

    name: str
    family: str
    speed: float
    memory: float
    birth: float


@dataclass(frozen=True)
class Motion:
    """Modes, the mean time (s) after which one switches to another, and which classes move in which family.

    `life` is the mean time in seconds that a thing stays in the scene. A scene teaches how often its things switch: the times
    given are worth as many switches seen as `trust` says of a family; of one that is not named nothing is learned.
    """

    modes: tuple[Mode, ...]
    switches: tuple[tuple[str, str, float], ...]
    families: tuple[tuple[str, tuple[str, ...]], ...]
    life: float = 1200.0
    trust: tuple[tuple[str, float], ...] = (("vehicle", 5.0),)

    def rates(self) -> np.ndarray:
        """Generator of the switching process, (modes, modes), per second; rows sum to zero.

        >>> bool(np.allclose(BORDER_MOTION.rates().sum(axis=1), 0.0))
        True
        """
        index = {mode.name: k for k, mode in enumerate(self.modes)}
        out = np.zeros((len(self.modes), len(self.modes)))
        for source, target, after in self.switches:
            out[index[source], index[target]] += 1.0 / after
        out -= np.diag(out.sum(axis=1))
        return out

    def table(self) -> np.ndarray:
        """Speed, memory, birth share and family index of each mode, (modes, 4)."""
        names = [name for name, _ in self.families]
        total = sum(mode.birth for mode in self.modes)
        return np.array([[m.speed, m.memory, m.birth / total, names.index(m.family)] for m in self.modes])

    def trusts(self) -> np.ndarray:
        """How many switches seen out of each mode its rates are worth, (modes,)."""
        names = dict(self.trust)
        return np.array([names.get(m.family, UNTAUGHT) for m in self.modes])

    def class_family(self) -> np.ndarray:
        """Family index of each of `CLASSES`; -1 for a class that no family moves."""
        out = np.full(len(CLASSES), -1, np.int64)
        for k, (_, members) in enumerate(self.families):
            for name in members:
                out[CLASSES.index(name)] = k
        return out


BORDER_MOTION = Motion(
    modes=(
        Mode("halt", "foot", 0.1, 1.5, 0.03),
        Mode("walk", "foot", 1.1, 800.0, 0.20),
        Mode("turn", "foot", 1.1, 8.0, 0.07),
        Mode("stop", "vehicle", 0.1, 1.5, 0.05),
        Mode("steady", "vehicle", 11.0, 2.4e10, 0.45),
        Mode("drive", "vehicle", 11.0, 2e4, 0.05),
        Mode("swerve", "vehicle", 11.0, 2.0, 0.15),
    ),
    switches=(
        ("walk", "turn", 60.0),
        ("walk", "halt", 1000.0),
        ("turn", "walk", 8.0),
        ("turn", "halt", 300.0),
        ("halt", "turn", 60.0),
        ("steady", "drive", 3600.0),
        ("steady", "swerve", 300.0),
        ("drive", "steady", 30.0),
        ("drive", "swerve", 180.0),
        ("swerve", "steady", 12.0),
        ("swerve", "drive", 12.0),
        ("swerve", "stop", 30.0),
        ("stop", "swerve", 30.0),
        ("halt", "stop", 3600.0),
        ("stop", "halt", 3600.0),
    ),
    families=(("foot", ("person", "group", "animal")), ("vehicle", ("vehicle", "drone"))),
)
"""People, animals and vehicles of a border stretch; speeds are those of walking (1.3 m/s) and of country roads."""


@inner
def transition(rates: np.ndarray, dt: float) -> np.ndarray:
    """Switching probabilities over `dt` seconds, exp(rates dt), by scaling and squaring a quadratic; rows sum to one."""
    out, room, part, squarings, fastest = np.zeros(rates.shape), np.zeros(rates.shape), dt, 0, 0.0
    for a in range(len(rates)):
        fastest = max(fastest, -rates[a, a])
    while part * fastest > 0.02:
        part, squarings = 0.5 * part, squarings + 1
    multiply(rates, rates, out)
    for a in range(len(rates)):
        for b in range(len(rates)):
            out[a, b] = (1.0 if a == b else 0.0) + part * rates[a, b] + 0.5 * part * part * out[a, b]
    for _ in range(squarings):
        multiply(out, out, room)
        out, room = room, out
    return out


@light
def multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Write the product of two small matrices, summed in the same order on every machine."""
    for a in range(len(left)):
        for b in range(len(left)):
            out[a, b] = 0.0
            for k in range(len(left)):
                out[a, b] += left[a, k] * right[k, b]


@inner
def drift(table: np.ndarray, dt: float) -> np.ndarray:
    """Coefficients of each mode over `dt`: velocity kept, path per velocity, variances qxx, qxv, qvv.

    Exact discretisation of the integrated Ornstein-Uhlenbeck process, with its series where dt is short against the memory.
    """
    out = np.zeros((len(table), 5))
    for m in range(len(table)):
        variance, memory = table[m, 0] ** 2, table[m, 1]
        a = dt / memory
        keep = math.exp(-a)
        out[m, 0] = keep
        out[m, 1] = -memory * math.expm1(-a)
        if a < 1e-2:
            out[m, 2] = variance * memory**2 * a**3 * (2.0 / 3.0 - a / 2.0 + 7.0 * a * a / 30.0)
        else:
            out[m, 2] = variance * memory**2 * (2.0 * a - 3.0 + 4.0 * keep - keep * keep)
        out[m, 3] = variance * memory * math.expm1(-a) ** 2
        out[m, 4] = -variance * math.expm1(-2.0 * a)
    return out


@light
def propagate(mean: np.ndarray, cov: np.ndarray, step: np.ndarray) -> None:
    """Move one Gaussian (4,), (4, 4) of x, y, vx, vy in place by the coefficients of one mode."""
    keep, path, qxx, qxv, qvv = step[0], step[1], step[2], step[3], step[4]
    for k in range(2):
        mean[k] += path * mean[k + 2]
        mean[k + 2] *= keep
    for row in range(4):
        for k in range(2):
            cov[row, k] += path * cov[row, k + 2]
            cov[row, k + 2] *= keep
    for column in range(4):
        for k in range(2):
            cov[k, column] += path * cov[k + 2, column]
            cov[k + 2, column] *= keep
    for k in range(2):
        cov[k, k] += qxx
        cov[k, k + 2] += qxv
        cov[k + 2, k] += qxv
        cov[k + 2, k + 2] += qvv


@light
def blend_into(mean: np.ndarray, cov: np.ndarray, share: np.ndarray, out_mean: np.ndarray, out_cov: np.ndarray) -> None:
    """Write mean (4,) and covariance (4, 4) of a Gaussian mixture with the given shares, which need not sum to one."""
    heard = 0.0
    for k in range(4):
        out_mean[k] = 0.0
        for j in range(4):
            out_cov[k, j] = 0.0
    for a in range(len(share)):
        if share[a] > 0.0:
            heard += share[a]
            for k in range(4):
                out_mean[k] += share[a] * mean[a, k]
    for k in range(4):
        out_mean[k] /= heard
    for a in range(len(share)):
        if share[a] > 0.0:
            part = share[a] / heard
            for k in range(4):
                off = part * (mean[a, k] - out_mean[k])
                for j in range(4):
                    out_cov[k, j] += part * cov[a, k, j] + off * (mean[a, j] - out_mean[j])


@light
def mix(
    mean: np.ndarray,
    cov: np.ndarray,
    weight: np.ndarray,
    switch: np.ndarray,
    work_mean: np.ndarray,
    work_cov: np.ndarray,
    room: np.ndarray,
) -> None:
    """Interaction step of one track, in place: each mode starts from the blend of those that may switch into it.

    `work_mean` (modes, 4), `work_cov` (modes, 4, 4) and `room` (2, modes) are written over.
    """
    modes = len(weight)
    fresh, share, total = room[0], room[1], 0.0
    for b in range(modes):
        fresh[b] = 0.0
        for a in range(modes):
            fresh[b] += weight[a] * switch[a, b]
        if fresh[b] < WEIGHT_FLOOR:
            fresh[b] = 0.0
            continue
        total += fresh[b]
        for a in range(modes):
            share[a] = weight[a] * switch[a, b]
            if share[a] < SHARE_FLOOR * fresh[b]:
                share[a] = 0.0
        blend_into(mean, cov, share, work_mean[b], work_cov[b])
    for b in range(modes):
        weight[b] = fresh[b] / total
        if fresh[b] > 0.0:
            copy_vector(work_mean[b], mean[b])
            copy_matrix(work_cov[b], cov[b])


@inner
def learned(rates: np.ndarray, scene: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Switching rates as the scene teaches them: a gamma prior about each of `rates`, worth `trust` (modes,) switches seen.

    `scene` (modes, modes) holds how often tracks switched so far, and on its diagonal how long they were in each mode.

    >>> scene = np.array([[1900.0, 1.0], [0.0, 0.0]])
    >>> learned(np.array([[-0.01, 0.01], [0.5, -0.5]]), scene, np.full(2, 5.0)).round(4).tolist()
    [[-0.0025, 0.0025], [0.5, -0.5]]
    """
    out = np.zeros(rates.shape)
    for a in range(len(rates)):
        for b in range(len(rates)):
            if a != b and rates[a, b] > 0.0:
                out[a, b] = (trust[a] + scene[a, b]) / (trust[a] / rates[a, b] + scene[a, a])
                out[a, a] -= out[a, b]
    return out


@light
def count_switches(
    dt: float, before: np.ndarray, switch: np.ndarray, weight: np.ndarray, rates: np.ndarray, scene: np.ndarray
) -> None:
    """Add to `scene` what a track most probably did in `dt`: mode weights before switching, and after a detection (modes,).

    The quasi-Bayesian estimate of transition probabilities (Jilkov and Li 2004), with rates in the place of probabilities.
    """
    for b in range(len(weight)):
        into = 0.0
        for a in range(len(weight)):
            into += before[a] * switch[a, b]
        for a in range(len(weight)):
            if a != b and rates[a, b] > 0.0 and into > 0.0:
                scene[a, b] += before[a] * switch[a, b] * weight[b] / into
        scene[b, b] += dt * before[b]


@entry
def predict(
    count: int,
    dt: float,
    tracks: Tracks,
    scene: np.ndarray,
    trust: np.ndarray,
    rates: np.ndarray,
    table: np.ndarray,
    life: float,
) -> None:
    """Predict the first `count` tracks by `dt` seconds in place: switch, mix, move; existence fades by exp(-dt / life)."""
    move(count, tracks, transition(learned(rates, scene, trust), dt), drift(table, dt), math.exp(-dt / life))


@inner
def move(count: int, tracks: Tracks, switch: np.ndarray, steps: np.ndarray, fade: float) -> None:
    """Switch, mix and move the first `count` tracks in place; `steps` are the coefficients of `drift`."""
    work_mean, work_cov, room = np.zeros((len(steps), 4)), np.zeros((len(steps), 4, 4)), np.zeros((2, len(steps)))
    for i in range(count):
        tracks.existence[i] *= fade
        mix(tracks.mean[i], tracks.cov[i], tracks.weight[i], switch, work_mean, work_cov, room)
        keep, path = 0.0, 0.0
        for m in range(len(steps)):
            if tracks.weight[i, m] > 0.0:
                propagate(tracks.mean[i, m], tracks.cov[i, m], steps[m])
                keep += tracks.weight[i, m] * steps[m, 0]
                path += tracks.weight[i, m] * steps[m, 1]
        for b in range(tracks.lean.shape[1]):
            for k in range(2):
                tracks.lean[i, b, k] += path * tracks.lean[i, b, k + 2]
                tracks.lean[i, b, k + 2] *= keep
