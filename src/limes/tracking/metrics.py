"""How good tracks are against a known truth: GOSPA, OSPA, identity switches, purity, and NEES with its band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.stats import chi2

NEAR = 1e-6
"""Times closer than this, seconds, are one instant."""


def match(truth: np.ndarray, estimates: np.ndarray, cutoff: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair truth (n, 2) and estimates (m, 2) at least total squared cost, cut off; only pairs nearer than `cutoff` m.

    Returns truth rows, estimate rows and distances.

    >>> rows, columns, distances = match(np.array([[0.0, 0.0]]), np.array([[90.0, 0.0], [3.0, 4.0]]), 50.0)
    >>> int(rows[0]), int(columns[0]), float(distances[0])
    (0, 1, 5.0)
    """
    if not len(truth) or not len(estimates):
        none = np.zeros(0, int)
        return none, none, np.zeros(0)
    apart = cdist(truth, estimates)
    rows, columns = linear_sum_assignment(np.minimum(apart, cutoff) ** 2)
    near = apart[rows, columns] < cutoff
    return rows[near], columns[near], apart[rows, columns][near]


def gospa(truth: np.ndarray, estimates: np.ndarray, cutoff: float) -> float:
    """Generalised OSPA with p = 2, alpha = 2 (Rahmathullah, Garcia-Fernandez and Svensson 2017), metres.

    >>> gospa(np.array([[0.0, 0.0], [500.0, 0.0]]), np.array([[3.0, 4.0]]), 100.0) ** 2
    5025.0
    """
    rows, _, apart = match(truth, estimates, cutoff)
    return _gospa(apart, len(truth) - len(rows), len(estimates) - len(rows), cutoff)


def _gospa(apart: np.ndarray, missed: int, false: int, cutoff: float) -> float:
    return float(np.sqrt(np.sum(apart**2) + 0.5 * cutoff**2 * (missed + false)))


def ospa(truth: np.ndarray, estimates: np.ndarray, cutoff: float) -> float:
    """OSPA of order 2 (Schuhmacher, Vo and Vo 2008), metres.

    >>> round(ospa(np.array([[0.0, 0.0], [500.0, 0.0]]), np.array([[3.0, 4.0]]), 100.0), 3)
    70.799
    """
    _, _, apart = match(truth, estimates, cutoff)
    return _ospa(apart, len(truth), len(estimates), cutoff)


def _ospa(apart: np.ndarray, truths: int, estimates: int, cutoff: float) -> float:
    wrong = max(truths, estimates) - len(apart)
    return float(np.sqrt((np.sum(apart**2) + cutoff**2 * wrong) / max(truths, estimates, 1)))


@dataclass(frozen=True)
class Score:
    """Means over the scoring times: distances in metres, counts per time; `switches` is a total.

    `coverage` is the share of truth that was matched, `purity` the share of each track's matches that are of the one it follows
    most.
    """

    gospa: float
    ospa: float
    missed: float
    false: float
    rmse: float
    coverage: float
    switches: int
    purity: float
    truths: float


def score(
    times: np.ndarray,
    truth: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    estimates: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    cutoff: float,
) -> Score:
    """Score estimates at each of `times`; truth and estimates are columns time, identity, x, y.

    >>> t, i, z = np.array([0.0, 1.0]), np.array([7, 7]), np.zeros(2)
    >>> result = score(t, (t, i, z, z), (t, np.array([1, 2]), z + 3.0, z + 4.0), 100.0)
    >>> result.gospa, result.switches, result.purity
    (5.0, 1, 1.0)
    """
    columns: list[tuple[float, float, int, int, int, float]] = []
    pairs: list[tuple[int, int]] = []
    owner: dict[int, int] = {}
    switches = 0
    for at, there in zip(_at_times(times, truth), _at_times(times, estimates), strict=True):
        rows, found, apart = match(at[:, 1:], there[:, 1:], cutoff)
        missed, false = len(at) - len(rows), len(there) - len(rows)
        distance, other = _gospa(apart, missed, false, cutoff), _ospa(apart, len(at), len(there), cutoff)
        columns.append((distance, other, missed, false, len(rows), float(np.sum(apart**2))))
        for who, track in zip(at[rows, 0].astype(int).tolist(), there[found, 0].astype(int).tolist(), strict=True):
            switches += owner.get(who, track) != track
            owner[who] = track
            pairs.append((track, who))
    table = np.array(columns, float).reshape(-1, 6)
    matched, truths = table[:, 4].sum(), table[:, 4].sum() + table[:, 2].sum()
    means = table.mean(axis=0) if len(table) else np.zeros(6)
    return Score(
        gospa=float(means[0]),
        ospa=float(means[1]),
        missed=float(means[2]),
        false=float(means[3]),
        rmse=float(np.sqrt(table[:, 5].sum() / max(matched, 1.0))),
        coverage=float(matched / max(truths, 1.0)),
        switches=switches,
        purity=purity(pairs),
        truths=float(truths / max(len(table), 1)),
    )


def _at_times(times: np.ndarray, columns: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> list[np.ndarray]:
    order = np.argsort(columns[0], kind="stable")
    table = np.stack([np.asarray(column, float)[order] for column in columns[1:]], axis=1)
    first, last = (np.searchsorted(columns[0][order], times + shift) for shift in (-NEAR, NEAR))
    return [table[a:b] for a, b in zip(first, last, strict=True)]


def purity(pairs: list[tuple[int, int]]) -> float:
    """Share of all (track, truth) matches that are of the truth their track matches most.

    >>> purity([(1, 7), (1, 7), (1, 8), (2, 8)])
    0.75
    """
    if not pairs:
        return 0.0
    tracks = np.unique(np.array(pairs), axis=0, return_counts=True)
    best: dict[int, int] = {}
    for (track, _), count in zip(tracks[0].tolist(), tracks[1].tolist(), strict=True):
        best[track] = max(best.get(track, 0), count)
    return sum(best.values()) / len(pairs)


def nees(error: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Normalised estimation error squared of errors (n, d) under covariances (n, d, d): chi-square of d where they are true.

    >>> nees(np.array([[1.0, 2.0]]), np.diag([1.0, 4.0])[None]).tolist()
    [2.0]
    """
    return np.einsum("ni,ni->n", error, np.linalg.solve(covariance, error[..., None])[..., 0])


def nees_band(samples: int, size: int, level: float = 0.95) -> tuple[float, float]:
    """Band that the mean NEES of independent samples lies in with the given probability (Bar-Shalom, Li and Kirubarajan 2001).

    >>> [round(edge, 2) for edge in nees_band(50, 4)]
    [3.25, 4.82]
    """
    tail = 0.5 * (1.0 - level)
    return float(chi2.ppf(tail, samples * size) / samples), float(chi2.ppf(1.0 - tail, samples * size) / samples)
