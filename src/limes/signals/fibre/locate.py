"""Where a blow fell: place along the fibre and distance from it, with the error that the arrival times allow.

A blow at distance r_i from channel i arrives at t_i = t0 + r_i / c. Place, distance, time and velocity are fitted together, the
velocity held by what is known of the ground; the Fisher matrix of the same equations gives the covariance. Channels of one
straight fibre tell the distance sqrt(offset^2 + depth^2) and no more: neither the side nor the depth. Channels that do not lie
on one line (a second fibre, geophones) tell both. A straight fibre is deaf broadside, so channels near the closest point may
be missing: they are left out and not averaged over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHI2_90_2 = 4.605170185988092
"""0.9 quantile of chi-square with two degrees of freedom: -2 ln 0.1."""

_ROUNDS = 40
_NEAREST, _FARTHEST = 2.0, 1000.0
_DISTANCES = (1.0, 3.0, 6.0, 10.0, 16.0, 25.0, 40.0)


@dataclass(frozen=True)
class Location:
    """Where it was: `position` (m) and its covariance.

    Of one fibre `position` is (along, distance) and `circle` is True: anywhere at that distance round the fibre. Otherwise it
    is (along, across, depth) in the coordinates of the receivers. `time` is when it fell, `velocity` m/s, `misfit` the mean
    square of the residuals in their standard deviations, `used` how many arrivals were used.
    """

    position: np.ndarray
    covariance: np.ndarray
    circle: bool
    time: float
    velocity: float
    misfit: float
    used: int

    @property
    def sigma(self) -> np.ndarray:
        """Standard deviation of each coordinate, m."""
        return np.sqrt(np.diag(self.covariance))

    def inside(self, point: np.ndarray, level: float = CHI2_90_2) -> bool:
        """Whether a point lies within the ellipse of a chi-square level (90 % by default, of the first two coordinates)."""
        off = np.asarray(point)[:2] - self.position[:2]
        return bool(off @ np.linalg.solve(self.covariance[:2, :2], off) <= level)


def fisher(receivers: np.ndarray, source: np.ndarray, velocity: float, sigma: np.ndarray, prior: float = 0.15) -> np.ndarray:
    """Fisher matrix of (source coordinates, time, velocity) for arrivals with errors `sigma` (n,), s.

    `receivers` (n, d) and `source` (d,) in metres; `prior` is the relative standard deviation of the velocity.
    """
    rows = _derivatives(receivers, source, velocity) / sigma[:, None]
    matrix = rows.T @ rows
    matrix[-1, -1] += 1.0 / (prior * velocity) ** 2
    return matrix


def _derivatives(receivers: np.ndarray, source: np.ndarray, velocity: float) -> np.ndarray:
    off = source - receivers
    r = np.maximum(np.sqrt(np.square(off).sum(axis=1)), 1e-6)
    return np.column_stack([off / (velocity * r)[:, None], np.ones(len(r)), -r / velocity**2])


def locate(
    receivers: np.ndarray, times: np.ndarray, sigma: np.ndarray | float, velocity: float = 250.0, prior: float = 0.15
) -> Location:
    """Fit a blow to arrival times (n,), s, with errors `sigma`, at receivers (n, 1) along one fibre or (n, 3) in space.

    With (n, 1) the answer is place and distance, with (n, 3) place, across and depth (positive down, below the receivers'
    zero). The covariance is taken no nearer than 2 m, where the distance no longer shows in the times. `velocity` (m/s) and
    its relative error `prior` are what is known of the ground. ValueError for fewer than five arrivals.

    >>> x = np.arange(-50.0, 51.0, 5.0)[:, None]
    >>> found = locate(x, np.hypot(x[:, 0] - 7.0, 12.0) / 250.0, 0.004)
    >>> found.position.round(2).tolist(), found.circle
    ([7.0, 12.0], True)
    """
    receivers = np.atleast_2d(np.asarray(receivers, float))
    error = np.broadcast_to(np.asarray(sigma, float), times.shape).astype(float)
    if len(times) < 5:
        raise ValueError("five arrivals are needed")
    circle = receivers.shape[1] == 1
    spots = np.column_stack([receivers, np.zeros(len(receivers))]) if circle else receivers
    best = min(
        (_descend(spots, times, error, start, velocity, prior) for start in _starts(spots, times, circle)), key=lambda f: f[1]
    )
    state, cost = best
    source, c = state[:-2], float(state[-1])
    source = source.copy()
    source[-1] = abs(source[-1])
    covariance = np.linalg.pinv(fisher(spots, np.append(source[:-1], max(source[-1], _NEAREST)), c, error, prior))
    k = len(source)
    return Location(source, covariance[:k, :k], circle, float(state[-2]), c, cost / len(times), len(times))


def _starts(spots: np.ndarray, times: np.ndarray, circle: bool) -> list[np.ndarray]:
    """Where to begin: near the earliest arrivals, at several distances, and on both sides."""
    first = spots[np.argsort(times)[: max(3, len(times) // 6)], 0].mean()
    if circle:
        return [np.array([first, d]) for d in _DISTANCES]
    across = float(spots[:, 1].mean())
    sides = np.unique([across - 6.0, across, across + 6.0])
    return [np.array([first, y, d]) for d in (2.0, 5.0, 10.0, 20.0) for y in sides]


def _descend(
    spots: np.ndarray, times: np.ndarray, error: np.ndarray, start: np.ndarray, velocity: float, prior: float
) -> tuple[np.ndarray, float]:
    """Levenberg and Marquardt from one start: (source, time, velocity) and what is left."""

    def residuals(s: np.ndarray) -> np.ndarray:
        r = np.sqrt(np.square(s[:-2] - spots).sum(axis=1))
        return np.asarray(np.append((times - s[-2] - r / s[-1]) / error, (velocity - s[-1]) / (prior * velocity)))

    reach = np.sqrt(np.square(start - spots).sum(axis=1)) / velocity
    state = np.concatenate([start, [float(np.average(times - reach, weights=error**-2.0)), velocity]])
    left, damp = residuals(state), 1e-2
    for _ in range(_ROUNDS):
        rows = np.vstack([_derivatives(spots, state[:-2], state[-1]) / error[:, None], np.zeros(len(state))])
        rows[-1, -1] = 1.0 / (prior * velocity)
        matrix = rows.T @ rows
        unit = np.sqrt(np.maximum(np.diag(matrix), 1e-12))
        even = matrix / np.outer(unit, unit) + max(damp, 1e-6) * np.eye(len(state))
        trial = state + np.linalg.solve(even, (rows.T @ left) / unit) / unit
        trial[:-2] = np.clip(trial[:-2], spots.min() - _FARTHEST, spots.max() + _FARTHEST)
        trial[-1] = np.clip(trial[-1], 0.3 * velocity, 3.0 * velocity)
        tried = residuals(trial)
        if tried @ tried < left @ left:
            done = left @ left - tried @ tried < 1e-9
            state, left, damp = trial, tried, damp * 0.3
            if done:
                break
        else:
            damp *= 5.0
            if damp > 1e8:
                break
    return state, float(left @ left)


def semblance(
    rows: np.ndarray, rate: float, places: np.ndarray, along: np.ndarray, distance: np.ndarray, velocity: np.ndarray
) -> np.ndarray:
    """Semblance (along, distance, velocity) of a blow in samples (rows, channels) by back-projection (Neidell, Taner 1971).

    For each trial source the channels are shifted by their travel times and stacked; 1 where all of them agree. The window is
    as long as the samples less the longest shift.
    """
    out = np.zeros((len(along), len(distance), len(velocity)))
    channel = np.arange(rows.shape[1])
    for i, x in enumerate(along):
        for j, d in enumerate(distance):
            r = np.hypot(places - x, d)
            for k, c in enumerate(velocity):
                shift = np.round((r - r.min()) / c * rate).astype(int)
                window = len(rows) - int(shift.max())
                if window < 8:
                    continue
                lined = rows[np.arange(window)[:, None] + shift, channel]
                whole = float(np.square(lined).sum())
                out[i, j, k] = float(np.square(lined.sum(axis=1)).sum()) / (len(channel) * whole) if whole else 0.0
    return out


def arrivals(
    rows: np.ndarray, rate: float, sigma: float = 0.004, least: float = 0.6
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrival times (s from the first row), their errors and the channels, of one blow in samples (rows, channels).

    Each channel is correlated with the loudest one, whatever its sign; a channel whose best correlation is below `least` is
    left out. Errors grow as the correlation falls.
    """
    from scipy.signal import correlate

    x = rows - rows.mean(axis=0)
    energy = np.sqrt(np.square(x).sum(axis=0))
    main = int(np.argmax(energy))
    if not energy[main] > 0:
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
    same = correlate(x, x[:, main : main + 1], "full", "fft") / np.maximum(energy * energy[main], 1e-30)
    lag = np.argmax(np.abs(same), axis=0)
    best = np.abs(same[lag, np.arange(same.shape[1])])
    used = np.flatnonzero((best >= least) & (lag > 0) & (lag < len(same) - 1))
    left, mid, right = (np.abs(same[lag[used] + k, used]) for k in (-1, 0, 1))
    bend = left - 2.0 * mid + right
    fine = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    return (lag[used] - (len(x) - 1) + fine) / rate, sigma / best[used], used
