"""The board on which a plan is put together: what is chosen, and what every way of every family is worth with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from limes.planning.candidates import Candidate
from limes.planning.family import Family, Owners, values

_HELP = 0.1
"""Weight of detection and of timeliness by themselves: either alone gains nothing, so that nothing would be bought first."""


@dataclass(frozen=True)
class Limits:
    """What may be used in all: `names` of the limits, `most` of each, `use` (candidates, limits) of each purchase."""

    names: tuple[str, ...]
    most: np.ndarray
    use: np.ndarray


@dataclass(frozen=True)
class Ready:
    """A family made ready for many boards.

    Only the cells that its ways touch are kept: `a`, `b` of moves and the units' `miss` (levels, units, cells) count in them.
    By candidate: `moves` that its sensors see with their `extra` exposure, `ways` that change with it, those `crossed` by its
    barrier and its `level`, and its `units`. `wait` (levels, ways) seconds that barriers cost; `order`, `first` sort by km.
    """

    family: Family
    a: np.ndarray
    b: np.ndarray
    miss: np.ndarray
    moves: tuple[np.ndarray, ...]
    extra: tuple[np.ndarray, ...]
    ways: tuple[np.ndarray, ...]
    crossed: tuple[np.ndarray, ...]
    level: np.ndarray
    units: tuple[np.ndarray, ...]
    wait: np.ndarray
    order: np.ndarray
    first: np.ndarray


def ready(family: Family, own: Owners, offered: tuple[Candidate, ...]) -> Ready:
    """Make a family ready."""
    cells, places = np.unique(np.concatenate([family.a, family.b]), return_inverse=True)
    of, every = np.repeat(np.arange(family.size), np.diff(family.start)), np.arange(family.size)
    moves, extra, ways, crossed, units = [], [], [], [], []
    for i, one in enumerate(offered):
        part = slice(family.exposure.indptr[i], family.exposure.indptr[i + 1])
        moves.append(family.exposure.indices[part])
        extra.append(family.exposure.data[part])
        crossed.append(_crossed(one, family))
        units.append(np.flatnonzero(own.unit == i))
        ways.append(every if units[-1].size else np.union1d(of[moves[-1]], crossed[-1]).astype(np.int64))
    bare = family.case.levels[0].delay
    wait = np.stack([(level.delay - bare)[family.bin] for level in family.case.levels])
    order = np.argsort(family.km, kind="stable")
    return Ready(
        family, places[: family.a.size], places[family.a.size :], np.stack([v.miss[:, cells] for v in family.case.levels]),
        tuple(moves), tuple(extra), tuple(ways), tuple(crossed), np.array([_level(one, family) for one in offered]),
        tuple(units), wait, order, np.flatnonzero(np.diff(family.km[order], prepend=-1)),
    )  # fmt: skip


@dataclass
class _Side:
    """One family on the board.

    Exposures with aerostats up and down (2, moves), rates at the line (2, ways), the sum of the units' logarithmic misses and
    the timeliness that follows (levels, cells), the barrier level of each way, and its values (2, ways, 3).
    """

    ready: Ready
    exposure: np.ndarray
    rate: np.ndarray
    miss: np.ndarray
    timely: np.ndarray
    level: np.ndarray
    value: np.ndarray


@dataclass
class Board:
    """What is chosen (candidates,) bool, what it uses (limits,), and its value; `down` whether aerostats can come down."""

    offered: tuple[Candidate, ...]
    own: Owners
    limits: Limits
    down: bool
    p_act: float
    sides: list[_Side] = field(default_factory=list)
    chosen: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    used: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sites: set[str] = field(default_factory=set)

    @property
    def states(self) -> tuple[int, ...]:
        """Aerostats up (0), and down (1) where there can be any."""
        return (0, 1) if self.down else (0,)


def set_up(
    offered: tuple[Candidate, ...], own: Owners, limits: Limits, families: tuple[Ready, ...], chosen: np.ndarray, p_act: float
) -> Board:
    """A board with a choice on it."""
    down = bool(own.aloft[:-1].any() or (own.sensor == own.count + 1).any())
    board = Board(offered, own, limits, down, p_act)
    board.chosen, board.used = chosen.copy(), limits.use[chosen].sum(axis=0)
    board.sites = {offered[i].site for i in np.flatnonzero(chosen)}
    board.sides = [_side(board, one) for one in families]
    return board


def _side(board: Board, one: Ready) -> _Side:
    own, family = board.own, one.family
    share = np.concatenate([board.chosen, [True, True]]).astype(float)
    grounded = np.where(own.aloft, 0.0, share)
    exposure = np.stack([share @ family.exposure, grounded @ family.exposure])
    rate = np.stack([share @ family.rate, grounded @ family.rate])
    here = np.array([who == own.count or board.chosen[min(who, own.count - 1)] for who in own.unit], bool)
    miss = one.miss[:, here].sum(axis=1, dtype=np.float64)
    level = np.zeros(family.size, np.int64)
    for i in np.flatnonzero(board.chosen):
        level[one.crossed[i]] = one.level[i]
    side = _Side(one, exposure, rate, miss, board.p_act * -np.expm1(miss), level, np.zeros((2, family.size, 3)))
    for state in board.states:
        every = np.arange(family.size)
        side.value[state] = _valued(side, every, exposure[state], rate[state], side.timely, level)
    return side


def _level(one: Candidate, family: Family) -> int:
    return next((i for i, level in enumerate(family.case.levels) if level.kind == one.barrier), 0) if one.barrier else 0


def _crossed(one: Candidate, family: Family) -> np.ndarray:
    """Ways that pass the border where a barrier would stand (none for anything else)."""
    if not one.barrier:
        return np.zeros(0, np.int64)
    place = 25.0 * family.bin + 12.5
    return np.flatnonzero((place >= one.span[0]) & (place <= one.span[1]))


def _valued(
    side: _Side, ways: np.ndarray, exposure: np.ndarray, rate: np.ndarray, timely: np.ndarray, level: np.ndarray
) -> np.ndarray:
    one = side.ready
    f, out = one.family, np.zeros((ways.size, 3))
    extra = one.wait[level, np.arange(f.size)] * rate
    values(ways, f.start, one.a, one.b, f.line, f.case.direction == "out", exposure, extra, timely, level, out)
    return out


def tried(board: Board, index: int) -> list[np.ndarray]:
    """Values of every side (2, ways, 3) with one more purchase; nothing on the board changes."""
    return [_tried(board, side, index) for side in board.sides]


def _tried(board: Board, side: _Side, index: int) -> np.ndarray:
    one, ways = side.ready, side.ready.ways[index]
    if not ways.size:
        return side.value
    timely, level, value = side.timely, side.level, side.value.copy()
    if one.units[index].size:
        timely = board.p_act * -np.expm1(side.miss + one.miss[:, one.units[index]].sum(axis=1))
    if one.crossed[index].size:
        level = level.copy()
        level[one.crossed[index]] = one.level[index]
    for state in board.states:
        exposure, rate = side.exposure[state], side.rate[state]
        if not (state == 1 and board.own.aloft[index]) and one.moves[index].size:
            exposure = exposure.copy()
            exposure[one.moves[index]] += one.extra[index]
            rate = rate + one.family.rate[index]
        value[state, ways] = _valued(side, ways, exposure, rate, timely, level)
    return value


def by_km(board: Board, found: list[np.ndarray], what: int) -> np.ndarray:
    """Least value (0 P(interdict), 1 P(detect), 2 timeliness) over the ways through each km of every side and state, flat."""
    parts = []
    for side, value in zip(board.sides, found, strict=True):
        ranked = value[:, side.ready.order, what]
        parts += [np.minimum.reduceat(ranked[state], side.ready.first) for state in board.states]
    return np.concatenate(parts)


def standing(board: Board) -> list[np.ndarray]:
    """Values of every side as the board stands."""
    return [side.value for side in board.sides]


def worth(board: Board, found: list[np.ndarray], aim: float) -> float:
    """What is to grow: mean P(interdict) over the worst ways of all km, states and cases, each counted up to `aim`.

    Raising an aim until no plan within the budget reaches it gives the best worst place (Krause et al. 2008).
    """
    p, seen, come = (by_km(board, found, what) for what in range(3))
    whole = np.minimum(p, aim).mean() + 0.1 * p.mean()
    return float(whole + _HELP * (np.minimum(seen, aim / board.p_act).mean() + np.minimum(come, aim).mean()))


def fits(board: Board, index: int) -> bool:
    """Whether a purchase may still be made: limits, its site, and what it needs."""
    one = board.offered[index]
    if board.chosen[index] or one.site in board.sites:
        return False
    if one.needs and not any(board.chosen[i] for i, other in enumerate(board.offered) if other.key == one.needs):
        return False
    return bool((board.used + board.limits.use[index] <= board.limits.most * (1.0 + 1e-9) + 1e-9).all())


def take(board: Board, index: int) -> None:
    """Make a purchase."""
    value = tried(board, index)
    one = board.offered[index]
    board.chosen[index] = True
    board.used = board.used + board.limits.use[index]
    board.sites.add(one.site)
    for side, new in zip(board.sides, value, strict=True):
        made = side.ready
        for state in board.states:
            if not (state == 1 and board.own.aloft[index]):
                side.exposure[state][made.moves[index]] += made.extra[index]
                side.rate[state] = side.rate[state] + made.family.rate[index]
        if made.units[index].size:
            side.miss = side.miss + made.miss[:, made.units[index]].sum(axis=1)
            side.timely = board.p_act * -np.expm1(side.miss)
        side.level[made.crossed[index]] = made.level[index]
        side.value = new
