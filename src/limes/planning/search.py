"""Making a choice on the board: greedily by gain per share of what is left, then taking out what is not needed."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np

from limes.planning.board import Board, by_km, fits, set_up, standing, take, tried, worth
from limes.planning.candidates import Candidate

_GAIN = 1e-7


CREW = (1.0, 5.0, 20.0)
"""Prices of people, in turn: they run out first, and then nothing else can be bought either."""


def crew_price(board: Board, price: float) -> np.ndarray:
    """Prices of the limits (limits,): that of people as given, 1 for all others."""
    return np.array([price if name == "crew" else 1.0 for name in board.limits.names])


def share_of(board: Board, price: np.ndarray | None = None) -> np.ndarray:
    """What each purchase uses of what is left of all limits, as shares added up (candidates,): what runs short gets dear.

    `price` (limits,) weighs the limits, 1 each by default.
    """
    most = board.limits.most
    finite = np.isfinite(most) & (most > 0.0)
    left = np.maximum(most - board.used, 1e-3 * most)[finite]
    weight = np.ones(most.size) if price is None else price
    return np.maximum((board.limits.use[:, finite] / left) @ weight[finite], 1e-9)


def fill(board: Board, aim: float, penalty: np.ndarray, price: np.ndarray | None = None) -> None:
    """Buy the greatest gain in `worth` per share of the limits until nothing gains or fits.

    Old gains are looked at again when they lead (Minoux 1978). Detection and response help each other, so a gain may also
    grow: when none is left all are computed anew. `penalty` (candidates,) is taken off each gain.
    """
    now, share = worth(board, standing(board), aim), share_of(board, price)

    def gain(i: int, base: float) -> float:
        return (worth(board, tried(board, i), aim) - base - penalty[i]) / share[i]

    heap: list[tuple[float, int, int]] = []
    stamp, renewed = 0, -1
    while True:
        if not heap:
            if renewed == stamp:
                return
            renewed = stamp
            ready = [i for i in range(len(board.offered)) if fits(board, i)]
            heap = [(-g, i, stamp) for g, i in ((gain(i, now), i) for i in ready) if g > _GAIN]
            heapq.heapify(heap)
            continue
        _, i, known = heapq.heappop(heap)
        if not fits(board, i):
            continue
        if known == stamp:
            take(board, i)
            stamp, now, share = stamp + 1, worth(board, standing(board), aim), share_of(board, price)
            for j, other in enumerate(board.offered):
                if other.needs == board.offered[i].key and fits(board, j):
                    heapq.heappush(heap, (-gain(j, now), j, stamp))
            continue
        again = gain(i, now)
        if again > _GAIN:
            heapq.heappush(heap, (-again, i, stamp))


def thin(board: Board, aim: float, penalty: np.ndarray) -> Board:
    """The board without purchases whose loss costs nothing: the dearest first."""
    chosen = board.chosen.copy()
    families = tuple(side.ready for side in board.sides)
    dear, needed = share_of(board), {board.offered[i].needs for i in np.flatnonzero(chosen)}
    now = worth(board, standing(board), aim)
    for i in sorted(np.flatnonzero(chosen), key=lambda i: -dear[i]):
        if board.offered[i].key in needed:
            continue
        less = chosen.copy()
        less[i] = False
        other = set_up(board.offered, board.own, board.limits, families, less, board.p_act)
        if worth(other, standing(other), aim) >= now - max(penalty[i], 0.0) - 1e-6:
            chosen, board = less, other
            now = worth(other, standing(other), aim)
            needed = {board.offered[j].needs for j in np.flatnonzero(chosen)}
    return board


def best_choice(
    fresh: Callable[[], Board], penalty: np.ndarray, p_act: float, tries: int = 5, near: float | None = None
) -> tuple[np.ndarray, float]:
    """The choice with the greatest least P(interdict) over the family, and that value: greedy runs with aims halved in.

    An aim that a run reaches is raised, one that it misses lowered, `near` where to begin. Among choices alike in the least,
    to a hundredth, the one with the greater mean.
    """
    low, high, found = 0.0, p_act, list[tuple[float, float, np.ndarray]]()
    aim = 0.5 * p_act if near is None else min(1.25 * near + 0.02, p_act)
    for turn in range(tries):
        board = fresh()
        fill(board, aim, penalty, crew_price(board, CREW[turn % len(CREW)]))
        p = by_km(board, standing(board), 0)
        found.append((float(p.min()), float(p.mean()), board.chosen.copy()))
        low, high = (max(low, aim), high) if p.min() >= 0.97 * aim else (max(low, float(p.min())), aim)
        aim = 0.5 * (low + high)
    least = max(one[0] for one in found)
    best = max((one for one in found if one[0] >= least - 0.01), key=lambda one: one[1])
    return best[2], best[0]


def improved(
    families: Callable[[np.ndarray], Board], chosen: np.ndarray, penalty: np.ndarray, rng: np.random.Generator, rounds: int
) -> np.ndarray:
    """A choice made better: a random part is taken out and filled in again with an aim just above, `rounds` times, seeded.

    What is kept is better in the least P(interdict) over the family, or as good in it and better in the mean.
    """
    p = by_km(families(chosen), standing(families(chosen)), 0)
    best, score = chosen, (float(p.min()), float(p.mean()))
    for _ in range(rounds):
        less = best & (rng.random(best.size) > rng.choice([0.1, 0.25, 0.4]))
        board = families(complete(families(less).offered, less))
        fill(board, 1.1 * score[0] + 0.02, penalty, crew_price(board, float(rng.choice(CREW))))
        p = by_km(board, standing(board), 0)
        found = (float(p.min()), float(p.mean()))
        if found[0] > score[0] + 1e-3 or (found[0] > score[0] - 1e-3 and found[1] > score[1] + 1e-4):
            best, score = board.chosen.copy(), found
    return best


def complete(offered: tuple[Candidate, ...], chosen: np.ndarray) -> np.ndarray:
    """The choice without purchases that need one which is not in it."""
    keys = {one.key: i for i, one in enumerate(offered)}
    out, lone = chosen.copy(), [0]
    while lone:
        lone = [int(i) for i in np.flatnonzero(out) if offered[i].needs in keys and not out[keys[offered[i].needs]]]
        out[lone] = False
    return out
