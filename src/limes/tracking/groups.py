"""People who walk together: which tracks belong together, and what one member's detection tells about the others.

Members of a group share their velocity, so a detection of one is evidence about the velocity and the mode of all. Given
that velocity the members' positions are independent, which makes passing on each detection's own increment of information
exact while they walk straight; the velocity a member receives is blurred by `SHARE_SD`: people only nearly keep together.
"""

from __future__ import annotations

import math

import numpy as np

from limes.tracking.compiled import counted, inner, light, sorting_order
from limes.tracking.motion import blend_into
from limes.tracking.state import GROUP, Tracks

LINK = 45.0
"""Tracks farther apart than this, metres, are not companions."""

LINK_SPEED = 0.5
"""Companions' velocities differ by less than this, m/s, and three standard deviations."""

DOUBT = 4.0
"""A track whose velocity variance is larger, (m/s)2, joins nobody yet."""

SHARE_SD = 0.1
"""Standard deviation, m/s, of a member's velocity about the group's."""

MODE_TRUST = 0.5
"""Exponent on the other members' evidence of the mode: people turn one after another, not all at once."""


@light
def root(parent: np.ndarray, i: int) -> int:
    """The representative of a member in a union-find forest, halving paths on the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@light
def foot_share(weight: np.ndarray, table: np.ndarray) -> float:
    """Probability that a track moves on foot: the first family of the motion model."""
    out = 0.0
    for m in range(len(table)):
        if table[m, 3] == 0.0:
            out += weight[m]
    return out


@inner
def join(centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Parents of a union-find forest over companions: near, and of like velocity; sorted by x, so linear but for sorting."""
    order = sorting_order(centre[:, 0].copy())
    parent = counted(len(centre))
    for a in range(len(order)):
        p = order[a]
        for b in range(a + 1, len(order)):
            q = order[b]
            if centre[q, 0] - centre[p, 0] > LINK:
                break
            if math.hypot(centre[q, 0] - centre[p, 0], centre[q, 1] - centre[p, 1]) > LINK:
                continue
            apart = math.hypot(centre[q, 2] - centre[p, 2], centre[q, 3] - centre[p, 3])
            doubt = spread[p, 2, 2] + spread[p, 3, 3] + spread[q, 2, 2] + spread[q, 3, 3]
            if doubt < DOUBT and apart < LINK_SPEED + 3.0 * math.sqrt(0.5 * doubt):
                parent[root(parent, q)] = root(parent, p)
    return parent


@inner
def cluster(count: int, tracks: Tracks, table: np.ndarray) -> int:
    """Number the groups of tracks on foot from 1 in the column GROUP of `whole`, 0 for those alone; returns how many."""
    foot, size = np.zeros(count, np.int64), 0
    for i in range(count):
        tracks.whole[i, GROUP] = 0
        if tracks.existence[i] > 0.5 and foot_share(tracks.weight[i], table) > 0.5:
            foot[size] = i
            size += 1
    if size < 2:
        return 0
    centre, spread = np.zeros((size, 4)), np.zeros((size, 4, 4))
    for k in range(size):
        blend_into(tracks.mean[foot[k]], tracks.cov[foot[k]], tracks.weight[foot[k]], centre[k], spread[k])
    parent = join(centre, spread)
    members, number, groups = np.zeros(size, np.int64), np.zeros(size, np.int64), 0
    for k in range(size):
        members[root(parent, k)] += 1
    for k in range(size):
        r = root(parent, k)
        if members[r] > 1:
            if number[r] == 0:
                groups += 1
                number[r] = groups
            tracks.whole[foot[k], GROUP] = number[r]
    return groups


@light
def velocity_information(mean: np.ndarray, cov: np.ndarray, sign: float, out: np.ndarray) -> None:
    """Add `sign` times the information about velocity of one Gaussian: matrix entries xx, xy, yy and vector x, y."""
    det = cov[2, 2] * cov[3, 3] - cov[2, 3] * cov[3, 2]
    a, b, d = cov[3, 3] / det, -cov[2, 3] / det, cov[2, 2] / det
    out[0] += sign * a
    out[1] += sign * b
    out[2] += sign * d
    out[3] += sign * (a * mean[2] + b * mean[3])
    out[4] += sign * (b * mean[2] + d * mean[3])


@inner
def receive(mean: np.ndarray, cov: np.ndarray, news: np.ndarray) -> None:
    """Update one Gaussian in place with others' information about velocity (entries as in `velocity_information`)."""
    a, b, d = news[0], news[1], news[2]
    det = a * d - b * b
    if a <= 1e-12 or d <= 1e-12 or det <= 1e-9 * a * d:
        return
    vx, vy = (d * news[3] - b * news[4]) / det, (a * news[4] - b * news[3]) / det
    rxx, rxy, ryy = d / det + SHARE_SD**2, -b / det, a / det + SHARE_SD**2
    sxx, sxy, syy = cov[2, 2] + rxx, cov[2, 3] + rxy, cov[3, 3] + ryy
    s = sxx * syy - sxy * sxy
    nx, ny = vx - mean[2], vy - mean[3]
    gain, before = np.zeros((4, 2)), np.zeros((2, 4))
    for k in range(4):
        gain[k, 0] = (cov[k, 2] * syy - cov[k, 3] * sxy) / s
        gain[k, 1] = (cov[k, 3] * sxx - cov[k, 2] * sxy) / s
        before[0, k], before[1, k] = cov[2, k], cov[3, k]
    for k in range(4):
        mean[k] += gain[k, 0] * nx + gain[k, 1] * ny
        for j in range(4):
            cov[k, j] -= gain[k, 0] * before[0, j] + gain[k, 1] * before[1, j]


@inner
def share_news(count: int, groups: int, tracks: Tracks, news: np.ndarray, log_like: np.ndarray) -> None:
    """Give each member the sum of the other members' increments, `news` (count, modes, 5) and `log_like` (count, modes)."""
    modes = tracks.weight.shape[1]
    total, total_like = np.zeros((groups + 1, modes, 5)), np.zeros((groups + 1, modes))
    for i in range(count):
        g = tracks.whole[i, GROUP]
        for m in range(modes):
            total_like[g, m] += log_like[i, m]
            for k in range(5):
                total[g, m, k] += news[i, m, k]
    others, gained = np.zeros(5), np.zeros(modes)
    for i in range(count):
        g = tracks.whole[i, GROUP]
        if g == 0:
            continue
        top, scale, weight = -np.inf, 0.0, tracks.weight[i]
        for m in range(modes):
            if weight[m] > 0.0:
                for k in range(5):
                    others[k] = total[g, m, k] - news[i, m, k]
                receive(tracks.mean[i, m], tracks.cov[i, m], others)
                gained[m] = math.log(weight[m]) + MODE_TRUST * (total_like[g, m] - log_like[i, m])
                top = max(top, gained[m])
        for m in range(modes):
            if weight[m] > 0.0:
                weight[m] = math.exp(gained[m] - top)
                scale += weight[m]
        for m in range(modes):
            weight[m] /= scale
