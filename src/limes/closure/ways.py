"""One way through, told: where it goes, what happens when, who sees it, who could come, and why it is weak."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from limes.closure.dijkstra import Watched, over_moves
from limes.closure.scene import Scene
from limes.closure.worst import Direction, Outcome, move_seconds
from limes.units import compass

APART = 3.0
"""Kilometres between the crossing places of ways that count as distinct."""


@dataclass(frozen=True)
class Way:
    """A worst way through.

    `chainage` m where it passes the line, `x`, `y` plane points of its cells, `at` s since its start, `left` s to its goal by
    the quickest way, `seen` chance to have been detected by then, `timely` chance that a response to a detection there is in
    time. `p` is P(interdict), `p_detect` P(detect at all), `p_before` P(detect while there is at least half the chance to be in
    time). `line` index of the first point behind the line; `last` that of the last timely point, -1 where there is none.
    `delay` s of barriers; `sensors` the assets that see most of it with their P; `unit` the patrol with the best chance from
    the last timely point (else the start), its seconds to the best place to meet them, and theirs.
    """

    mode: str
    direction: Direction
    chainage: float
    p: float
    p_detect: float
    p_before: float
    x: np.ndarray
    y: np.ndarray
    at: np.ndarray
    left: np.ndarray
    seen: np.ndarray
    timely: np.ndarray
    line: int
    last: int
    delay: float
    barriers: tuple[str, ...]
    sensors: tuple[tuple[str, float], ...]
    unit: tuple[str, float, float] | None
    place: str
    why: str


def distinct(found: Outcome, most: int = 5, apart: float = APART) -> tuple[int, ...]:
    """The km of the worst ways whose crossing places lie at least `apart` km from each other, the worst first."""
    lines, chosen = found.task.ground.crossings.chainage, list[int]()
    order = np.argsort(np.where(np.isfinite(found.p), found.p, np.inf), kind="stable")
    for km in order:
        here = lines[found.move[km]]
        far = all(abs(lines[found.move[other]] - here) >= 1000.0 * apart for other in chosen)
        if np.isfinite(found.p[km]) and found.move[km] >= 0 and far and len(chosen) < most:
            chosen.append(int(km))
    return tuple(chosen)


def cells_of(found: Outcome, km: int) -> tuple[np.ndarray, int]:
    """Cells of the way through a km from start to goal, and the index of the first one behind the line."""
    lines, before = found.task.ground.crossings, found.before[km]
    move = found.move[km]
    if found.inside is None:
        return np.append(before, lines.other[move]), len(before)
    rest, cell = [], int(lines.home[move])
    while cell >= 0:
        rest.append(cell)
        cell = int(found.inside.link[cell])
    return np.concatenate([before, rest]), len(before)


def way(about: Scene, found: Outcome, km: int, lost: frozenset[str] = frozenset()) -> Way:
    """Tell the worst way through a km; ValueError where there is none."""
    if not np.isfinite(found.p[km]):
        raise ValueError(f"there is no way through km {km}")
    ground, move = about.ground, found.move[km]
    cells, line, seconds, metres, exposure = _legs(found, km)
    (x, y), timely = ground.place(cells), found.watched.timely[cells]
    at = np.concatenate([[0.0], np.cumsum(seconds)])
    seen = np.concatenate([[0.0], -np.expm1(-np.cumsum(exposure))])
    enough = np.flatnonzero(timely >= 0.5 * about.response.p_act)
    last = int(enough[-1]) if enough.size else -1
    chainage = float(ground.crossings.chainage[move])
    delay = float(found.task.delay[ground.crossings.bin[move]])
    unit = _unit(about, found, cells[max(last, 0)], lost)
    bin_, barriers = int(ground.crossings.bin[move]), _barriers(about, chainage, lost)
    told = Way(
        mode=found.task.mode.name, direction=found.direction, chainage=chainage, p=float(found.p[km]),
        p_detect=float(seen[-1]), p_before=float(seen[last]) if last >= 0 else 0.0, x=x, y=y, at=at, left=_left(found, cells),
        seen=seen, timely=timely, line=line, last=last, delay=delay, barriers=barriers,
        sensors=_seen_by(about, found, cells, seconds, metres, bin_, lost), unit=unit, place=_place(about, chainage), why="",
    )  # fmt: skip
    return _with_reason(told, about)


def _legs(found: Outcome, km: int) -> tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]:
    """Cells of a way and the first one behind the line; seconds, metres and exposure of each of its moves."""
    ground, move = found.task.ground, found.move[km]
    cells, line = cells_of(found, km)
    x, y = ground.place(cells)
    metres = np.hypot(np.diff(x), np.diff(y))
    seconds = move_seconds(found.task.terrain, cells[:-1], cells[1:], metres)
    seconds[line - 1] = found.task.seconds[0 if found.direction == "in" else 1][move]
    exposure = _exposure(ground.grid.nx, found.watched, cells, seconds, metres)
    exposure[line - 1] += found.fence[ground.crossings.bin[move]]
    return cells, line, seconds, metres, exposure


def p_detects(found: Outcome) -> np.ndarray:
    """P(detect at all) along the worst way through every km (km,), NaN where there is none."""
    some = [km for km in range(found.p.size) if np.isfinite(found.p[km])]
    out = np.full(found.p.size, np.nan)
    for km in some:
        out[km] = -np.expm1(-_legs(found, km)[4].sum())
    return out


def _left(found: Outcome, cells: np.ndarray) -> np.ndarray:
    """Quickest time to the goal from each cell of a way; none from one behind the line that is the goal."""
    left = found.task.quickest(found.direction).key[cells]
    return np.where(np.isfinite(left), left, 0.0)


def _exposure(nx: int, watched: Watched, cells: np.ndarray, seconds: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """Exposure of each move of a way, as the search reckons it."""
    second, metre = (over_moves(field, nx, cells[:-1], cells[1:]) for field in (watched.per_second, watched.per_metre))
    return second * seconds + metre * metres


def _barriers(about: Scene, chainage: float, lost: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        asset.id
        for asset in about.deployment.assets
        if asset.family in ("wall", "fence")
        and asset.id not in lost
        and asset.line_from is not None
        and asset.line_to is not None
        and asset.line_from <= chainage <= asset.line_to
    )


def _seen_by(
    about: Scene, found: Outcome, cells: np.ndarray, seconds: np.ndarray, metres: np.ndarray, bin_: int, lost: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    """Assets by their chance to detect the way anywhere, the greatest first, those of at least 5 %."""
    known, by_asset, size = about.hazards[found.task.mode.name], dict[str, float](), about.ground.region.size
    for i, (key, asset) in enumerate(zip(known.ids, known.assets, strict=True)):
        if key in lost or asset in lost:
            continue
        field = np.zeros(size), np.zeros(size)
        field[0][known.cells[i]], field[1][known.near_cells[i]] = known.rate[i], known.near_rate[i]
        total = float(_exposure(about.ground.grid.nx, Watched(*field, field[0]), cells, seconds, metres).sum())
        total += float(known.fence[i][bin_]) if known.fence[i].size else 0.0
        by_asset[asset] = by_asset.get(asset, 0.0) + total
    chances = {asset: float(-np.expm1(-total)) for asset, total in by_asset.items()}
    order = sorted((asset for asset, p in chances.items() if p >= 0.05), key=lambda asset: (-by_asset[asset], asset))
    return tuple((asset, chances[asset]) for asset in order[:4])


def _unit(about: Scene, found: Outcome, cell: int, lost: frozenset[str]) -> tuple[str, float, float] | None:
    """The unit with the most time to spare against somebody detected at a cell: its seconds to where they meet, and theirs."""
    reply = about.response.without(lost) if lost else about.response
    if not reply.units:
        return None
    way, ahead = found.task.quickest(found.direction), list[int]()
    while cell >= 0:
        ahead.append(int(cell))
        cell = int(way.link[cell])
    seconds, time = reply.seconds[:, ahead], way.key[ahead]
    spare = (time[0] - time)[None, :] - seconds
    best = np.unravel_index(int(np.argmax(np.where(np.isfinite(spare), spare, -np.inf))), spare.shape)
    if not np.isfinite(seconds[best]):
        return None
    return reply.units[int(best[0])].id, float(seconds[best]), float(time[0] - time[best[1]])


def _place(about: Scene, chainage: float) -> str:
    """Kilometre and the nearest settlement: "km 35.2, 1.4 km south of Elbeyli"."""
    x, y = (float(v) for v in about.sector.border.point(chainage))
    text = f"km {chainage / 1000.0:.1f}"
    if not about.sector.places:
        return text
    near = min(about.sector.places, key=lambda p: np.hypot(p.x - x, p.y - y))
    far, towards = np.hypot(near.x - x, near.y - y) / 1000.0, compass(float(np.arctan2(x - near.x, y - near.y)))
    return f"{text}, {far:.1f} km {towards} of {near.name}"


def minutes(seconds: float) -> str:
    """A time in words: "40 s", "12 min".

    >>> minutes(40.0), minutes(725.0)
    ('40 s', '12 min')
    """
    return f"{seconds:.0f} s" if seconds < 90.0 else f"{seconds / 60.0:.0f} min"


def _with_reason(told: Way, about: Scene) -> Way:
    return replace(told, why=_why(told, about))


def _why(w: Way, about: Scene) -> str:
    """The weakest link in words: nothing sees it, seen too late, nobody near, or the ceiling of answering at all."""
    by = f"; seen by {', '.join(name for name, _ in w.sensors)}" if w.sensors else ""
    if w.mode == "drone" and w.direction == "out":
        return "nothing on the ground meets a drone that leaves"
    if w.p_detect < 0.5:
        return f"hardly watched: P(detect) {w.p_detect:.2f} in {minutes(float(w.at[-1]))}{by}"
    most, come = float(w.timely.max()), "no unit gets there"
    if w.unit:
        come = f"{w.unit[0]} would need {minutes(w.unit[1])} to a place that they pass in {minutes(w.unit[2])}"
    if w.last < 0:
        return f"seen, but nobody comes in time: {come}{by}"
    if w.p_before < 0.5:
        left = minutes(float(w.left[w.last]))
        return f"seen too late: {w.p_before:.2f} of P(detect) {w.p_detect:.2f} while there is time ({left} to go){by}"
    if most < 0.8 * about.response.p_act:
        return f"few crews in reach: at best {most:.2f} that one is free and in time ({come}){by}"
    return f"seen in time ({w.p_before:.2f}); crews that are bound and detections not answered are what is left{by}"
