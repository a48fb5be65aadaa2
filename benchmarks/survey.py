"""P(a 1.5 m tunnel is found) and false candidates per km by the template scan, over uniform and random ground.

48 electrodes at 1 m, dipole-dipole, 2 % and 50 microvolts at 0.2 A. Uniform ground by boundary elements at places off the
bank's grid; random ground (lognormal, exponential correlation, 3 m along and 1.5 m down: none of the scan's own) by finite
volumes with the void in it, so neither the templates nor the linear model of the ground are the simulator's.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from limes.signals.survey.bank import bank
from limes.signals.survey.ground import correlation
from limes.signals.survey.line import ErtLine, dipole_dipole, geometric_factor, reading_error, usable
from limes.signals.survey.resistivity import Mesh, mesh, poles, whole
from limes.signals.survey.scan import Sheet, ert_sheet, fit, log_ratios, peaks, whitened
from limes.signals.survey.search import along
from limes.signals.survey.void import change, pole_changes

RATES = (0.3, 1.0, 3.0, 10.0)
SIDE = 1.5


class Range:
    """One array over one kind of ground, the scan prepared for it."""

    def __init__(self) -> None:
        electrodes, abmn = dipole_dipole(48)
        factor = geometric_factor(electrodes, abmn)
        whole_line = ErtLine(electrodes, abmn, np.full(factor.size, 100.0), reading_error(np.full(factor.size, 100.0), factor))
        self.line = usable(whole_line)
        self.factor = geometric_factor(electrodes, self.line.abmn)
        self.bank = bank(self.line)
        self.sheet: Sheet = ert_sheet(self.line, self.bank)
        self.places = np.unique(self.bank.x)
        self.chance: dict[int, np.ndarray] = {}

    def profiles(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log likelihood ratio (p, d) along the line, and the number of the likeliest ground (d,)."""
        white = whitened(self.sheet, values)
        ratios = log_ratios([self.sheet], [white]).reshape(-1, self.places.size, values.shape[1])
        return along(ratios), fit(self.sheet, white)[0].argmax(axis=0)

    def threshold(self, ground: int, rate: float, draws: int = 400) -> float:
        """Level of `rate` false candidates per km over a ground of the scan's own."""
        if ground not in self.chance:
            found, _ = self.profiles(self.sheet.draw(ground, 1.0, np.random.default_rng(100 + ground), draws))
            self.chance[ground] = np.sort(np.concatenate([found[peaks(found[:, d], 4), d] for d in range(draws)]))[::-1]
        count = rate * draws * self.line.length_m / 1000.0
        return float(self.chance[ground][max(int(count), 1) - 1])

    def noisy(self, rho: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Logs of readings with the instrument's noise."""
        return np.asarray(np.log(rho) + reading_error(rho, self.factor) * rng.standard_normal(rho.size))


def uniform(area: Range, depth: float, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Readings (n, count) over uniform ground with a void at random places (count,); depth 0: without."""
    at = rng.uniform(5.0, 42.0, count)
    rows = []
    for x in at:
        r = change(pole_changes(area.line.electrodes - x, depth, SIDE, SIDE), area.line.abmn, area.factor) if depth else 0.0
        rows.append(area.noisy(100.0 * (1.0 + r) * np.ones(area.factor.size), rng))
    return np.array(rows).T, at


def grid_of(area: Range) -> Mesh:
    """Cells of 0.5 m down to 8 m, so that a void of 1.5 m is three by three cells."""
    coarse = mesh(area.line.electrodes, depth=8.0)
    top = np.arange(0.0, 8.1, 0.5)
    below = 8.0 + np.cumsum(0.5 * 1.3 ** np.arange(1, 8))
    pads = below[-1] + np.cumsum((below[-1] - below[-2]) * 1.6 ** np.arange(1, 13))
    return Mesh(coarse.x, np.concatenate([top, below, pads]), coarse.inner, top.size + below.size - 1)


def random_ground(area: Range, strength: float, depths: tuple[float, ...], count: int, rng: np.random.Generator) -> dict:
    """Readings (n, count) and places (count,) for each depth (0: no void) over random ground."""
    grid = grid_of(area)
    x, z = grid.middles()
    cells = np.column_stack([np.repeat(x, z.size), np.tile(z, x.size)])
    root = np.linalg.cholesky(correlation(cells, 3.0, 1.5) + 1e-9 * np.eye(len(cells)))
    plain = poles(grid, np.ones((grid.x.size - 1, grid.z.size - 1)), area.line.electrodes)
    a, b, m, n = area.line.abmn.T
    found: dict = {depth: ([], []) for depth in depths}
    for _ in range(count):
        ground = 100.0 * np.exp(strength * (root @ rng.standard_normal(len(cells))).reshape(grid.shape))
        for depth in depths:
            rho, at = ground.copy(), float(rng.integers(10, 85)) / 2.0
            if depth:
                rho[np.ix_(np.abs(x - at) < SIDE / 2.0, np.abs(z - depth) < SIDE / 2.0)] = 1e6
            volts = poles(grid, whole(grid, rho), area.line.electrodes)
            read, flat = (v[a, m] - v[b, m] - v[a, n] + v[b, n] for v in (volts, plain))
            found[depth][0].append(area.noisy(np.maximum(read / flat, 1.0), rng))
            found[depth][1].append(at)
    return {depth: (np.array(rows).T, np.array(at)) for depth, (rows, at) in found.items()}


def score(area: Range, values: np.ndarray, at: np.ndarray, void: bool) -> list[float]:
    """At each rate: the share of voids found within 2 m or, without a void, false candidates per km."""
    profiles, kinds = area.profiles(values)
    row = []
    for rate in RATES:
        levels = np.array([area.threshold(int(g), rate) for g in kinds])
        if void:
            near = np.abs(area.places[:, None] - at[None, :]) <= 2.0
            row.append(float(np.mean(np.where(near, profiles, -np.inf).max(axis=0) >= levels)))
        else:
            false = sum(int(np.sum(profiles[peaks(profiles[:, d], 4), d] >= levels[d])) for d in range(at.size))
            row.append(false / (at.size * area.line.length_m / 1000.0))
    return row


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=40, help="lines of each kind over random ground")
    options.add_argument("--seed", type=int, default=11)
    given = options.parse_args()
    began, rng, area = time.perf_counter(), np.random.default_rng(given.seed), Range()
    print(f"{len(area.factor)} readings, {area.bank.x.size} templates, {len(area.sheet.grounds)} grounds")
    print(f"{'ground':>10} {'void':>8} {'lines':>6}   at " + "".join(f"{rate:>8g}" for rate in RATES) + "  false per km wanted")
    for depth in (0.0, 4.25, 6.0, 6.25, 8.0):
        show("uniform", depth, score(area, *uniform(area, depth, 5 * given.lines, rng), depth > 0), 5 * given.lines)
    for strength in (0.05, 0.1, 0.2):
        for depth, (values, at) in random_ground(area, strength, (0.0, 4.25, 6.25), given.lines, rng).items():
            show(f"{100 * strength:.0f} %", depth, score(area, values, at, depth > 0), given.lines)
    print(f"{time.perf_counter() - began:.0f} s")


def show(ground: str, depth: float, row: list[float], count: int) -> None:
    what = f"{depth:g} m" if depth else "none"
    unit = "P(found)" if depth else "false per km"
    print(f"{ground:>10} {what:>8} {count:>6}      " + "".join(f"{value:8.2f}" for value in row) + f"  {unit}", flush=True)


if __name__ == "__main__":
    main()
