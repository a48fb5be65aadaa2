"""Search a line: the candidates, how often chance alone makes one as strong, and what the line could have found at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from limes.errors import InputError
from limes.seeds import generator
from limes.signals.survey.bank import DEPTHS, SIZES, Bank, bank
from limes.signals.survey.line import ErtLine, Floats, GravityLine, usable, windows
from limes.signals.survey.scan import Sheet, ert_sheet, fit, gravity_sheet, log_ratios, peaks, whitened, with_voids, without

DRAWS = 400
"""Lines without a void that are simulated to learn how often chance makes a candidate."""

TRIALS = 40
"""Lines with a void that are simulated for each depth and size."""

POWER_DEPTHS = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
POWER_SIZES = (0.8, 1.2, 1.5, 2.0)

_APART = 4.0  # m between two candidates
_MOST = 8


@dataclass(frozen=True)
class Shape:
    """A depth and size, m, and its share of what the readings say for this place."""

    depth: float
    size: float
    share: float


@dataclass(frozen=True)
class Candidate:
    """A place where a void would explain the readings.

    `x` m along the line; `depth`, `size` m the likeliest; `log_ratio` natural log of how much likelier the readings are with it
    than without any; `per_km` candidates as strong or stronger that chance alone makes per km of such ground; `depths`, `sizes`
    ranges that hold 90 %; `rivals` other shapes at this place, likeliest first.
    """

    x: float
    depth: float
    size: float
    log_ratio: float
    per_km: float
    depths: tuple[float, float]
    sizes: tuple[float, float]
    rivals: tuple[Shape, ...]


@dataclass(frozen=True, eq=False)
class Power:
    """P(a void is found) (s,) with a candidate within 2 m of it at the threshold, by `depth` and `size` (s,), m."""

    depth: Floats
    size: Floats
    p: Floats


@dataclass(frozen=True, eq=False)
class Survey:
    """What a line shows: candidates from the strongest on, the `threshold` for `wanted` false candidates per km, and its power.

    `places` (p,), `profile` (p,) the log likelihood ratio along the line over all shapes; `evidence` (s, p) of each of `shapes`
    (s, 2) depth and size; `ground` the likeliest ground and `error_scale` how much larger the errors are than stated.
    """

    ert: ErtLine | None
    gravity: GravityLine | None
    candidates: tuple[Candidate, ...]
    threshold: float
    wanted: float
    places: Floats
    profile: Floats
    shapes: Floats
    evidence: Floats
    power: Power
    ground: str
    error_scale: float

    @property
    def found(self) -> tuple[Candidate, ...]:
        """The candidates above the threshold."""
        return tuple(one for one in self.candidates if one.log_ratio >= self.threshold)


def search(
    ert: ErtLine | None,
    gravity: GravityLine | None = None,
    wanted: float = 1.0,
    seed: int = 1,
    draws: int = DRAWS,
    trials: int = TRIALS,
    depths: tuple[float, ...] = DEPTHS,
    sizes: tuple[float, ...] = SIZES,
    say: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Search a resistivity line, a gravity line or both for voids across it, at `wanted` false candidates per km.

    InputError where the readings are too few. A water-filled void is not searched for.
    """
    if ert is None and gravity is None:
        raise InputError("survey", "lines", "none is given", "give a resistivity or a gravity file")
    lines = windows(usable(ert)) if ert is not None else [None]
    parts = []
    for number, line in enumerate(lines):
        say(f"Scanning part {number + 1} of {len(lines)} ...")
        part = _part(line, gravity, depths, sizes)
        parts.append(_searched(part, _owned(lines, number, part), generator(seed, "survey", number), draws, trials, wanted))
    return _joined(parts, ert, gravity, wanted)


@dataclass(frozen=True, eq=False)
class _Part:
    """One window with its bank and sheets."""

    bank: Bank
    sheets: tuple[Sheet, ...]

    @property
    def places(self) -> Floats:
        return np.unique(self.bank.x)


@dataclass(frozen=True, eq=False)
class _Found:
    places: Floats
    shapes: Floats
    evidence: Floats
    chance: Floats
    draws: int
    hits: list[tuple[float, float, Floats]]
    tops: list[tuple[int, Floats]]
    ground: str
    scale: float


def _part(line: ErtLine | None, gravity: GravityLine | None, depths: tuple[float, ...], sizes: tuple[float, ...]) -> _Part:
    near = None if gravity is None else _stations(gravity, line)
    known = bank(line, near, depths, sizes)
    sheets = [ert_sheet(line, known)] if line is not None else []
    sheets += [gravity_sheet(near, known)] if near is not None else []
    return _Part(known, tuple(sheets))


def _stations(gravity: GravityLine, line: ErtLine | None) -> GravityLine | None:
    """The gravity stations on and beside a window; None where there are too few."""
    if line is None:
        return gravity
    near = (gravity.x >= line.electrodes[0] - 10.0) & (gravity.x <= line.electrodes[-1] + 10.0)
    return (
        replace(gravity, x=gravity.x[near], anomaly=gravity.anomaly[near], error=gravity.error[near])
        if near.sum() > 5
        else None
    )


def _owned(lines: list[ErtLine] | list[None], number: int, part: _Part) -> np.ndarray:
    """Which places (p,) this window answers for: up to half way into its overlap with the next."""
    low, high = -np.inf, np.inf
    line = lines[number]
    if line is not None:
        before, after = lines[number - 1] if number else None, lines[number + 1] if number + 1 < len(lines) else None
        low = low if before is None else (before.electrodes[-1] + line.electrodes[0]) / 2.0
        high = high if after is None else (after.electrodes[0] + line.electrodes[-1]) / 2.0
    return np.asarray((part.places >= low) & (part.places < high))


def _searched(part: _Part, owned: np.ndarray, rng: np.random.Generator, draws: int, trials: int, wanted: float) -> _Found:
    places, apart = part.places, _steps(part.places)
    likeliest = [_likeliest(sheet) for sheet in part.sheets]
    noise = [s.draw(g, scale, rng, max(draws, 1)) for s, (g, scale) in zip(part.sheets, likeliest, strict=True)]
    white = [whitened(sheet, values) for sheet, values in zip(part.sheets, noise, strict=True)]
    profiles = along(_ratios(part, white))[owned]
    chance = np.concatenate([profiles[peaks(profiles[:, d], apart), d] for d in range(draws)]) if draws else np.zeros(0)
    shapes = np.column_stack([part.bank.depth[:: places.size], part.bank.size[:: places.size]])
    hits = _hits(part, shapes, owned, white, trials, rng)
    level = _threshold(chance, wanted * float(np.ptp(places)) / 1000.0 * draws)
    tops = _tops(part, owned, level)
    ground = part.sheets[0].grounds[likeliest[0][0]].name
    return _Found(places[owned], shapes, tops[0][1], chance, draws, hits, tops, ground, likeliest[0][1])


def _tops(part: _Part, owned: np.ndarray, level: float) -> list[tuple[int, Floats]]:
    """Places of the candidates among the owned, with the evidence (s, p) that shows each.

    What a candidate above the level explains is taken out before the next is looked for, so that a void has no ghosts beside
    it; the next must be there with and without it, and further away than the first is deep.
    """
    white = [whitened(sheet, sheet.values[:, None]) for sheet in part.sheets]
    places = part.places[owned]
    found: list[tuple[int, Floats]] = []
    taken: list[tuple[float, float]] = []
    while True:
        fresh = _ratios(part, white)[:, owned, 0]
        evidence = fresh if not found else np.minimum(fresh, found[0][1])
        profile = along(evidence)
        order = [i for i in peaks(profile, _steps(places)) if all(abs(places[i] - x) >= reach for x, reach in taken)]
        if len(found) >= _MOST or not order or not profile[order[0]] >= level:
            return found + [(i, evidence) for i in order[: _MOST + 2]]
        found.append((order[0], evidence))
        depth = float(part.bank.depth[:: part.places.size][evidence[:, order[0]].argmax()])
        taken.append((float(places[order[0]]), max(_APART, depth)))
        rows = np.flatnonzero(np.abs(part.bank.x - places[order[0]]) <= _APART)
        white = [without(sheet, values, rows) for sheet, values in zip(part.sheets, white, strict=True)]


def _threshold(chance: Floats, count: float) -> float:
    """The level that `count` of the candidates of chance reach."""
    if not chance.size:
        return float("nan")
    return float(np.sort(chance)[::-1][min(max(int(count), 1), chance.size) - 1])


def _steps(places: Floats) -> int:
    """How many places two candidates are apart at least."""
    return max(round(_APART / float(np.median(np.diff(places)))), 1)


def _likeliest(sheet: Sheet) -> tuple[int, float]:
    """The likeliest ground without a void, and the error scale over it."""
    plain, scale2 = fit(sheet, whitened(sheet, sheet.values[:, None]))
    best = int(plain[:, 0].argmax())
    return best, float(np.sqrt(scale2[best, 0]))


def _ratios(part: _Part, white: list[Floats]) -> Floats:
    """Log likelihood ratios (s, p, d) by shape and place."""
    return log_ratios(part.sheets, white).reshape(-1, part.places.size, white[0].shape[2])


def along(ratios: Floats) -> Floats:
    """Log of the mean likelihood ratio over the shapes (first axis)."""
    top = ratios.max(axis=0)
    return np.asarray(top + np.log(np.exp(ratios - top).mean(axis=0)))


def _hits(
    part: _Part, shapes: Floats, owned: np.ndarray, white: list[Floats], trials: int, rng: np.random.Generator
) -> list[tuple[float, float, Floats]]:
    """For each wanted depth and size the strongest log likelihood ratio (t,) within 2 m of a void put in at random places."""
    found = []
    places = part.places
    inner = np.flatnonzero(owned & (places >= places[0] + 3.0) & (places <= places[-1] - 3.0))
    for number, (depth, size) in enumerate(shapes):
        if depth not in POWER_DEPTHS or size not in POWER_SIZES or not inner.size or not trials:
            continue
        at = rng.choice(inner, trials)
        which = rng.integers(0, white[0].shape[2], trials)
        rows = number * places.size + at
        put = [with_voids(sheet, values, rows, which) for sheet, values in zip(part.sheets, white, strict=True)]
        profiles = along(_ratios(part, put))
        near = np.abs(places[:, None] - places[at][None, :]) <= 2.0
        found.append((float(depth), float(size), np.where(near, profiles, -np.inf).max(axis=0)))
    return found


def _joined(parts: list[_Found], ert: ErtLine | None, gravity: GravityLine | None, wanted: float) -> Survey:
    places = np.concatenate([part.places for part in parts])
    evidence = np.concatenate([part.evidence for part in parts], axis=1)
    shapes, profile = parts[0].shapes, along(evidence)
    length_km = float(np.ptp(places)) / 1000.0
    chance = np.sort(np.concatenate([part.chance for part in parts]))[::-1]
    drawn_km = length_km * parts[0].draws
    threshold = _threshold(chance, wanted * drawn_km)
    tops = [_candidate(i, part.places, part.shapes, evidence, chance, drawn_km) for part in parts for i, evidence in part.tops]
    candidates = tuple(sorted((one for one in tops if one.log_ratio > 0.0), key=lambda one: -one.log_ratio)[:10])
    strongest = max(parts, key=lambda part: part.scale)
    return Survey(
        ert, gravity, candidates, threshold, wanted, places, profile, shapes, evidence, _power(parts, threshold),
        ", ".join(dict.fromkeys(part.ground for part in parts)), strongest.scale,
    )  # fmt: skip


def _candidate(at: int, places: Floats, shapes: Floats, evidence: Floats, chance: Floats, drawn_km: float) -> Candidate:
    profile = along(evidence)
    near = np.abs(places - places[at]) <= _APART / 2.0
    weights = np.exp(evidence[:, near] - evidence[:, near].max())
    share = weights.sum(axis=1) / weights.sum()
    order = np.argsort(-share)
    x = float((weights.sum(axis=0) * places[near]).sum() / weights.sum())
    per_km = float(np.count_nonzero(chance >= profile[at])) / drawn_km if drawn_km else float("nan")
    rivals = tuple(Shape(float(shapes[i, 0]), float(shapes[i, 1]), float(share[i])) for i in order[1:6] if share[i] > 0.02)
    best = shapes[order[0]]
    spans = (_span(shapes[:, 0], share), _span(shapes[:, 1], share))
    return Candidate(x, float(best[0]), float(best[1]), float(profile[at]), per_km, *spans, rivals)


def _span(values: Floats, share: Floats) -> tuple[float, float]:
    """Range that holds 90 % of the shares."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(share[order])
    low, high = np.searchsorted(sums, [0.05, 0.95])
    return float(values[order[low]]), float(values[order[min(high, values.size - 1)]])


def _power(parts: list[_Found], threshold: float) -> Power:
    rows: dict[tuple[float, float], list[Floats]] = {}
    for part in parts:
        for depth, size, values in part.hits:
            rows.setdefault((depth, size), []).append(values)
    keys = sorted(rows)
    p = np.array([float(np.mean(np.concatenate(rows[key]) >= threshold)) for key in keys])
    return Power(np.array([key[0] for key in keys]), np.array([key[1] for key in keys]), p)
