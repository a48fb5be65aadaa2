"""A family of ways through: what every purchase adds to each, so that thousands of plans can be valued without a search.

The crosser who may only take ways of the family is weaker than the one who may take any. So the worst way of a family is never
worse for the guard than the true worst way, and the least value over it bounds what a plan reaches from above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy.sparse import csr_array, hstack, vstack

from limes.closure.dijkstra import over_moves
from limes.closure.ground import bins_of
from limes.closure.hazard import Hazards
from limes.closure.movement import Mode
from limes.closure.response import Response, p_timely
from limes.closure.scene import Scene, task_of
from limes.closure.ways import cells_of
from limes.closure.worst import RESPONSE_SPREAD, Direction, Outcome, Task, move_seconds
from limes.planning.candidates import Candidate, line
from limes.sector import Asset


@dataclass(frozen=True)
class Levels:
    """What barriers of one kind, all along the border, would change for one way of crossing in one direction.

    `kind` "" is what is kept alone. `delay` (bins,) seconds; `miss` (units, cells) float32 the logarithm of the chance that
    each unit does not meet somebody detected there; `most` (cells,) seconds of the quickest way to the goal.
    """

    kind: str
    delay: np.ndarray
    miss: np.ndarray


@dataclass(frozen=True)
class Case:
    """One way of crossing in one direction in one weather, over a scene that holds all that could be bought."""

    name: str
    scene: Scene
    mode: Mode
    direction: Direction
    weather: str
    levels: tuple[Levels, ...]


@dataclass
class Family:
    """Ways of one case, flat: way i has the moves start[i] to start[i + 1].

    `a`, `b` cells of each move; `line` the move of each way that passes the border, `bin` and `km` where; `exposure` sparse
    (owners, moves) of each owner's sensors without new barriers, `rate` (owners, ways) per second at the line. Owners are the
    candidates, then what is kept on the ground, then what is kept aloft.
    """

    case: Case
    start: np.ndarray
    a: np.ndarray
    b: np.ndarray
    line: np.ndarray
    bin: np.ndarray
    km: np.ndarray
    exposure: csr_array
    rate: np.ndarray
    known: set[bytes]

    @property
    def size(self) -> int:
        """Number of ways."""
        return int(self.line.size)


def levels(
    about: Scene, mode: str, direction: Direction, kept: tuple[Asset, ...], kinds: tuple[str, ...]
) -> tuple[Levels, ...]:
    """What is kept alone, then with barriers of each kind over the whole line (those that hold this way of crossing up)."""
    found = []
    for kind in ("", *kinds):
        whole = () if not kind else (line(about.sector, f"all-{kind}", kind, 0.0, about.sector.border.length),)
        work = task_of(about.ground, about.modes[mode], (*kept, *whole), about.sector)
        found.append(Levels(kind, work.delay, _misses(about, work, direction)))
    return tuple(found)


def _misses(about: Scene, work: Task, direction: Direction) -> np.ndarray:
    """Logarithm of each unit's chance to miss, (units, cells); alike for units that go alike."""
    mode, reply = work.mode, about.response
    out = np.zeros((len(reply.units), about.ground.region.size), np.float32)
    if mode.flies and direction == "out":
        return out
    for i, unit in enumerate(reply.units):
        single = Response((unit,), reply.seconds[[i]], reply.p_act)
        met = p_timely(work.quickest(direction), single, mode.spread, RESPONSE_SPREAD, mode.at_goal, mode.flies)
        out[i] = np.log1p(-np.minimum(met, 1.0 - 1e-9))
    return out


@dataclass(frozen=True)
class Owners:
    """Who brings each sensor and unit of a scene: `sensor` and `unit` owners, `count` of candidates, `aloft` of each owner."""

    sensor: np.ndarray
    unit: np.ndarray
    count: int
    aloft: np.ndarray


def owners(about: Scene, offered: tuple[Candidate, ...], found: Hazards) -> Owners:
    """Owners of sensors and units: candidates 0 to n - 1, n for kept ground sensors and units, n + 1 for kept aerostats."""
    n = len(offered)
    who = {asset.id: i for i, one in enumerate(offered) for asset in one.assets}
    flying = {asset.id for asset in about.deployment.family("aerostat")}
    sensor = np.array([who.get(key, n + (key in flying)) for key in found.assets], np.int64)
    unit = np.array([who.get(unit.id, n) for unit in about.response.units], np.int64)
    aloft = np.array([one.assets[0].family == "aerostat" for one in offered] + [False, True], bool)
    return Owners(sensor, unit, n, aloft)


def empty(case: Case, own: Owners) -> Family:
    """A family without ways."""
    none, rows = np.zeros(0, np.int64), own.count + 2
    return Family(case, np.zeros(1, np.int64), none, none, none, none, none, csr_array((rows, 0)), np.zeros((rows, 0)), set())


def extend(family: Family, found: Outcome, own: Owners, kms: np.ndarray | None = None) -> int:
    """Add the worst ways of an outcome, all or those through some km; how many were new."""
    ways = [km for km in (range(found.p.size) if kms is None else kms) if np.isfinite(found.p[km]) and found.move[km] >= 0]
    fresh = []
    for km in ways:
        cells, line_at = cells_of(found, int(km))
        mark = np.asarray(cells, np.int32).tobytes()
        if mark not in family.known and len(cells) > 1:
            family.known.add(mark)
            fresh.append((np.asarray(cells, np.int64), line_at - 1, int(found.move[km])))
    if fresh:
        _append(family, fresh, own)
    return len(fresh)


def _append(family: Family, fresh: list[tuple[np.ndarray, int, int]], own: Owners) -> None:
    case, about = family.case, family.case.scene
    ground, work = about.ground, about.tasks[case.mode.name]
    lengths = np.array([cells.size - 1 for cells, _, _ in fresh])
    begin = np.concatenate([[0], np.cumsum(lengths)])
    a = np.concatenate([cells[:-1] for cells, _, _ in fresh])
    b = np.concatenate([cells[1:] for cells, _, _ in fresh])
    at = begin[:-1] + np.array([line_at for _, line_at, _ in fresh])
    move = np.array([m for _, _, m in fresh])
    (ax, ay), (bx, by) = ground.place(a), ground.place(b)
    metres = np.hypot(bx - ax, by - ay)
    seconds = move_seconds(work.terrain, a, b, metres)
    bins = ground.crossings.bin[move]
    bare = case.levels[0].delay[bins]
    seconds[at] += bare
    exposure, rate = _exposures(case, own, a, b, seconds, metres, at, bins)
    family.exposure = csr_array(hstack([family.exposure, exposure]))
    family.rate = np.concatenate([family.rate, rate], axis=1)
    family.start = np.concatenate([family.start, family.start[-1] + begin[1:]])
    family.line = np.concatenate([family.line, family.a.size + at])
    family.a, family.b = np.concatenate([family.a, a]), np.concatenate([family.b, b])
    family.bin = np.concatenate([family.bin, bins])
    family.km = np.concatenate([family.km, ground.crossings.km[move]])


def _exposures(
    case: Case,
    own: Owners,
    a: np.ndarray,
    b: np.ndarray,
    seconds: np.ndarray,
    metres: np.ndarray,
    at: np.ndarray,
    bins: np.ndarray,
) -> tuple[csr_array, np.ndarray]:
    """Exposure of moves to each owner's sensors, sparse, and each owner's rate per second at the line."""
    about = case.scene
    found, nx, rows = about.hazards[case.mode.name], about.ground.grid.nx, own.count + 2
    size, parts = about.ground.region.size, []
    rate = np.zeros((rows, at.size))
    for owner in range(rows):
        second, metre, fence = np.zeros(size), np.zeros(size), np.zeros(bins_of(about.ground.length))
        for i in np.flatnonzero(own.sensor == owner):
            second[found.cells[i]] += found.rate[i]
            metre[found.near_cells[i]] += found.near_rate[i]
            fence += found.fence[i] if found.fence[i].size else 0.0
        whole = np.zeros(a.size)
        if second.any():
            over = over_moves(second, nx, a, b)
            whole += over * seconds
            rate[owner] = over[at]
        if metre.any():
            whole += over_moves(metre, nx, a, b) * metres
        whole[at] += fence[bins]
        parts.append(csr_array(whole[None, :]))
    return csr_array(vstack(parts)), rate


@njit(cache=True, nogil=True, fastmath=False)
def values(
    ways: np.ndarray, start: np.ndarray, a: np.ndarray, b: np.ndarray, line: np.ndarray, outward: bool,
    exposure: np.ndarray, extra: np.ndarray, timely: np.ndarray, level: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """P(interdict), P(detect) and the greatest timeliness of some ways, written to `out` (ways, 3).

    `exposure` (moves,), `extra` (ways,) that new barriers add at the line, `timely` (levels, cells), `level` (ways,).
    """
    for k in range(ways.size):
        i, p, total, most = ways[k], 0.0, 0.0, 0.0
        for m in range(start[i + 1] - 1, start[i] - 1, -1):
            seen = exposure[m]
            w = 0.5 * (timely[level[i], a[m]] + timely[level[i], b[m]])
            if m == line[i]:
                seen += extra[i]
                w = timely[level[i], a[m]] if outward else w
            total += seen
            most = max(most, w)
            if w > p and seen > 0.0:
                p += (1.0 - np.exp(-seen)) * (w - p)
        out[k, 0], out[k, 1], out[k, 2] = p, 1.0 - np.exp(-total), most
