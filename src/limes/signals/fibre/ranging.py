"""How far from the fibre an activity is: its loudest recent blow, cut out of the decimated samples and located."""

from __future__ import annotations

from collections import deque

import numpy as np

from limes.signals.fibre.activity import Activity
from limes.signals.fibre.locate import Location, arrivals, locate
from limes.signals.fibre.stream import Energies

KEPT_S = 4.0
_BEFORE_S, _AFTER_S, _REACH_M = 0.45, 0.55, 60.0
_LEAST, _MISFIT = 7, 9.0
_BAND = (5.0, 60.0)
_PICK_S, _PRIOR = 0.008, 0.4


class Recent:
    """The decimated samples of the last seconds of one epoch, as they came: nothing is copied until a blow is cut out."""

    def __init__(self) -> None:
        self._held: deque[Energies] = deque()

    def keep(self, passed: Energies) -> None:
        """Add what the pass has made; what is older than `KEPT_S` goes."""
        if self._held and self._held[-1].epoch != passed.epoch:
            self._held.clear()
        if len(passed.thin):
            self._held.append(passed)
        while len(self._held) > 1 and self._held[1].thin_time < passed.thin_time - KEPT_S:
            self._held.popleft()

    def cut(self, begin: float, end: float, low: float, high: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Samples (rows, channels) between two times and places, the places (m), and the rate; nothing where they are gone."""
        if not self._held or begin < self._held[0].thin_time:
            return np.zeros((0, 0)), np.zeros(0), 1.0
        last = self._held[-1]
        places = last.start + last.spacing * np.arange(last.thin.shape[1])
        near = np.flatnonzero((places >= low) & (places <= high))
        parts = []
        for one in self._held:
            times = one.thin_time + np.arange(len(one.thin)) / one.thin_rate
            parts.append(one.thin[(times >= begin) & (times < end)][:, near])
        return np.concatenate(parts), places[near], last.thin_rate


def located(one: Activity, recent: Recent, velocity: float = 250.0) -> Location | None:
    """Where the loudest blow of the last seconds fell; None when few channels agree or their times do not fit.

    `velocity` (m/s) is what is known of the ground, within 40 %: waves of different length run at different speeds, and picks
    of them are worth 8 ms, not 4, so the ellipse is wider than that of `locate` for clean arrivals.
    """
    from scipy.signal import butter, sosfiltfilt

    blows = [pick for pick in one.picks if pick.time > one.last - KEPT_S + 1.0]
    if not blows:
        return None
    loud = max(blows, key=lambda pick: pick.height)
    rows, places, rate = recent.cut(loud.time - _BEFORE_S, loud.time + _AFTER_S, loud.along - _REACH_M, loud.along + _REACH_M)
    if len(rows) < 0.8 * rate * (_BEFORE_S + _AFTER_S) or len(places) < _LEAST:
        return None
    sos = butter(2, [_BAND[0], min(_BAND[1], 0.4 * rate)], "bandpass", fs=rate, output="sos")
    times, sigma, used = arrivals(sosfiltfilt(sos, rows, axis=0), rate, _PICK_S)
    if len(used) < _LEAST:
        return None
    try:
        found = locate(places[used][:, None], times, sigma, velocity, _PRIOR)
    except np.linalg.LinAlgError:  # arrivals that fit nothing at all
        return None
    spread = float(places[used].max() - places[used].min())
    near = places[0] - 10.0 <= found.position[0] <= places[-1] + 10.0
    return found if found.misfit < _MISFIT and found.sigma[1] < spread and near else None
