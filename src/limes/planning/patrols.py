"""Patrols as a game: how often each beat is walked, against somebody who knows that, and a week's schedule that keeps to it.

The guard commits to shares, the crosser sees them and picks the best place (Stackelberg; ORIGAMI, Kiekintveld et al. 2009). The
shares become a schedule by systematic sampling (Madow 1949): laid end to end in a random order, they are met by a comb of whole
steps with a random start, so that every shift has the same number of patrols and each beat is walked with its share exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limes.closure.stackelberg import security_game
from limes.errors import UsageError
from limes.seeds import generator

SHIFTS_A_WEEK = 21
"""Shifts of eight hours."""


@dataclass(frozen=True)
class Schedule:
    """A week of patrols.

    `beats` their names; `share` (beats,) the chance that a beat is walked in a shift, as solved; `walked` (shifts, beats) bool
    the week drawn; `value` the crosser's chance to pass unmet at the best place for it.
    """

    beats: tuple[str, ...]
    share: np.ndarray
    walked: np.ndarray
    value: float


def shares(unmet: np.ndarray, met: np.ndarray, patrols: float) -> tuple[np.ndarray, float]:
    """Share of shifts in which each beat (n,) is walked so that the best place is worst for the crosser; its value there.

    `unmet` and `met` (n,): the chance to pass there when the beat is not walked and when it is. Shares add up to `patrols` at
    most (those that help nobody are not used).

    >>> share, value = shares(np.array([0.9, 0.5]), np.array([0.3, 0.3]), 1.0)
    >>> share.round(3).tolist(), round(value, 3)
    ([0.75, 0.25], 0.45)
    """
    unmet, met = np.asarray(unmet, float), np.asarray(met, float)
    if (met >= unmet).any():
        raise UsageError("a patrol must make passing less likely on every beat; drop beats on which it changes nothing")
    found = security_game(-unmet, -met, unmet, met, patrols)
    return found.coverage, found.attacker_value


def schedule(
    beats: tuple[str, ...], unmet: np.ndarray, met: np.ndarray, patrols: int, seed: int = 1, shifts: int = SHIFTS_A_WEEK
) -> Schedule:
    """Solve the shares and draw a week of shifts from a seed."""
    if patrols < 1:
        raise UsageError("there are no patrols to schedule; give one or more")
    share, value = shares(unmet, met, float(min(patrols, len(beats))))
    rng = generator(seed, "patrols")
    walked = np.stack([drawn(share, rng) for _ in range(shifts)])
    return Schedule(beats, share, walked, value)


def drawn(share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Beats walked in one shift (n,) bool: each with its share exactly, and never more of them than the shares add up to.

    Systematic sampling in a random order. A beat of share s covers a stretch s of a line; the comb u, u + 1, u + 2, ... with u
    even in [0, 1) meets it once with probability s, as s is at most 1.
    """
    order = rng.permutation(share.size)
    return _combed(share, order, float(rng.random()))


def _combed(share: np.ndarray, order: np.ndarray, start: float) -> np.ndarray:
    ends = np.cumsum(share[order])
    out = np.zeros(share.size, bool)
    out[order] = np.ceil(ends - start) > np.ceil(np.concatenate([[0.0], ends[:-1]]) - start)
    return out


def marginals(share: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The chance that `drawn` walks each beat in one order, integrated over the comb's start without sampling: the proof.

    Between two neighbouring fractions of the stretches' ends nothing changes, so the integral is a finite sum.

    >>> marginals(np.array([0.75, 0.25, 0.5]), np.array([2, 0, 1])).round(12).tolist()
    [0.75, 0.25, 0.5]
    """
    cuts = np.unique(np.concatenate([[0.0, 1.0], np.cumsum(share[order]) % 1.0]))
    middles, widths = 0.5 * (cuts[1:] + cuts[:-1]), np.diff(cuts)
    met = np.stack([_combed(share, order, float(u)) for u in middles])
    return widths @ met
