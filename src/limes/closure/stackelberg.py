"""Commitment games: the guard commits to a random plan, the crosser sees it and answers (Stackelberg, ties to the guard)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from scipy.optimize import linprog

from limes.errors import UsageError

_TINY = 1e-9


@dataclass(frozen=True)
class Commitment:
    """The leader's value and mixed strategy (rows,), and the column with which the follower replies."""

    value: float
    mix: np.ndarray
    reply: int


def stackelberg(leader: np.ndarray, follower: np.ndarray) -> Commitment:
    """Best mixed commitment of the row player: one linear program per reply (Conitzer & Sandholm 2006), by HiGHS.

    `leader` and `follower` (rows, columns) are payoffs; the follower breaks ties for the leader.

    >>> found = stackelberg(np.array([[1.0, 3.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> round(found.value, 6), found.mix.round(6).tolist(), found.reply
    (2.5, [0.5, 0.5], 1)
    """
    leader, follower = np.asarray(leader, float), np.asarray(follower, float)
    best: Commitment | None = None
    for reply in range(leader.shape[1]):
        worse = (follower - follower[:, [reply]]).T
        found = linprog(
            -leader[:, reply], A_ub=worse, b_ub=np.zeros(len(worse)), A_eq=np.ones((1, len(leader))), b_eq=[1.0],
            method="highs",
        )  # fmt: skip
        if not found.success or found.x is None:
            continue
        value = float(leader[:, reply] @ found.x)
        if best is None or value > best.value + _TINY:
            best = Commitment(value, found.x, reply)
    if best is None:
        raise UsageError("no reply can be made best: payoffs are not finite numbers")
    return best


def follower_reply(leader: np.ndarray, follower: np.ndarray, mix: np.ndarray) -> tuple[int, float]:
    """The follower's best reply to a mix, ties to the leader, and the leader's value.

    >>> follower_reply(np.array([[2.0, 4.0], [1.0, 3.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0.5, 0.5]))
    (1, 3.5)
    """
    gains, value = np.asarray(mix, float) @ np.asarray(follower, float), np.asarray(mix, float) @ np.asarray(leader, float)
    ties = np.flatnonzero(gains >= gains.max() - _TINY)
    reply = int(ties[np.argmax(value[ties])])
    return reply, float(value[reply])


def pure_commitment(leader: np.ndarray, follower: np.ndarray) -> float:
    """The leader's best value when it must commit to one row.

    >>> pure_commitment(np.array([[1.0, 3.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    2.0
    """
    return max(follower_reply(leader, follower, row)[1] for row in np.eye(len(leader)))


def nash(leader: np.ndarray, follower: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray, float], ...]:
    """Nash equilibria with supports of equal size (row mix, column mix, the row player's value), by support enumeration.

    All equilibria of a game without degenerate payoffs (Nash 1950; Porter, Nudelman & Shoham 2008); for small games.

    >>> [round(value, 6) for _, _, value in nash(np.array([[2.0, 4.0], [1.0, 3.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]))]
    [2.0]
    """
    leader, follower = np.asarray(leader, float), np.asarray(follower, float)
    rows, columns = leader.shape
    found = []
    for size in range(1, min(rows, columns) + 1):
        for chosen_rows in combinations(range(rows), size):
            for chosen_columns in combinations(range(columns), size):
                x = _indifferent(follower.T, chosen_columns, chosen_rows)
                y = _indifferent(leader, chosen_rows, chosen_columns)
                if x is not None and y is not None and _best(follower.T, x, chosen_columns) and _best(leader, y, chosen_rows):
                    found.append((x, y, float(x @ leader @ y)))
    return tuple(found)


def _indifferent(payoff: np.ndarray, own: tuple[int, ...], other: tuple[int, ...]) -> np.ndarray | None:
    """The other side's mix over a support that makes all of one's own support worth the same; None where there is none."""
    size = len(own)
    system = np.zeros((size + 1, size + 1))
    system[:size, :size], system[:size, size], system[size, :size] = payoff[np.ix_(own, other)], -1.0, 1.0
    try:
        solution = np.linalg.solve(system, np.append(np.zeros(size), 1.0))
    except np.linalg.LinAlgError:
        return None
    if (solution[:size] < -_TINY).any():
        return None
    mix = np.zeros(payoff.shape[1])
    mix[list(other)] = np.maximum(solution[:size], 0.0)
    return mix


def _best(payoff: np.ndarray, mix: np.ndarray, own: tuple[int, ...]) -> bool:
    """Whether one's support is a best reply to a mix."""
    worth = payoff @ mix
    return bool(worth[list(own)].min() >= worth.max() - 1e-7)


@dataclass(frozen=True)
class Protection:
    """A security game solved: both values, the place that is chosen, and the least coverage (n,) that does it."""

    defender_value: float
    attacker_value: float
    attacked: int
    coverage: np.ndarray


def security_game(
    defender_uncovered: np.ndarray,
    defender_covered: np.ndarray,
    attacker_uncovered: np.ndarray,
    attacker_covered: np.ndarray,
    units: float,
) -> Protection:
    """Spread units over places (n,), each covered or not, against a crosser who picks one: ORIGAMI (Kiekintveld et al. 2009).

    The attacker's value is pressed as low as the units allow; ties among places go to the defender. Right where covering a
    place helps the defender and hurts the attacker there.

    >>> found = security_game(np.array([-10.0, 0.0]), np.array([0.0, 10.0]), np.ones(2), -np.ones(2), 1.0)
    >>> found.defender_value, found.attacker_value, found.attacked, found.coverage.tolist()
    (5.0, 0.0, 1, [0.5, 0.5])
    """
    arrays = (defender_uncovered, defender_covered, attacker_uncovered, attacker_covered)
    du, dc, au, ac = (np.asarray(a, float) for a in arrays)
    if (au <= ac).any() or (dc < du).any():
        raise UsageError("covering must hurt the attacker and not hurt the defender at every place; use stackelberg")
    value = max(_pressed(au, ac, units), float(ac.max()))
    coverage = np.clip((au - value) / (au - ac), 0.0, 1.0)
    worth = coverage * ac + (1.0 - coverage) * au
    defence = coverage * dc + (1.0 - coverage) * du
    ties = np.flatnonzero(worth >= worth.max() - _TINY)
    attacked = int(ties[np.argmax(defence[ties])])
    return Protection(float(defence[attacked]), float(worth.max()), attacked, coverage)


def _pressed(uncovered: np.ndarray, covered: np.ndarray, units: float) -> float:
    """The level at which the coverages that bring every place down to it sum to the units: piecewise linear, solved exactly."""

    def used(level: float) -> float:
        return float(np.clip((uncovered - level) / (uncovered - covered), 0.0, 1.0).sum())

    levels = np.unique(np.concatenate([uncovered, covered]))[::-1]
    for high, low in pairwise(levels):
        if used(low) >= units:
            a, b = used(high), used(low)
            return float(high - (high - low) * (units - a) / (b - a)) if b > a else float(low)
    return float(levels[-1])
