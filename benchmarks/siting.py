"""Siting: greedy, exchanges and the proven gap of Limes, and spopt with HiGHS on the same problem where it is installed.

    python benchmarks/siting.py [INSTANCE ...] [--radius R] [--count P] [--seed 1] [--seconds 60] [--peer none] [--json OUT]

Without an instance it makes its own: 200 sites x 5,000, 500 x 20,000 and 1,000 x 10,000 (after merging) demand points on
100 x 40 km, half of the demand in 40 clusters, weights 1 to 99; a site reaches 4 to 9 km and each of its 16 bearing sectors is
hidden with probability 0.35. An instance is an OR-Library p-median file (with --radius a covering problem over its shortest
distances, else the p-median problem itself, without loss as a cover) or a text file with columns x, y, demand, which needs
--radius and --count; its points are the sites too. Seconds are wall seconds, reading not counted. spopt is given the same sites
and demand and solved with HiGHS through PuLP; its time to build the model is stated apart.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.planning.siting import Cover, merged, site
from limes.planning.siting.cover import cover
from limes.planning.siting.instances import by_distance, medians, read_pmedian, read_points
from limes.seeds import generator

PEER_CELLS = 2_000_000


@dataclass(frozen=True)
class Problem:
    """A cover with its count of sites; `farthest` is not None for a p-median, whose cost it is less what is covered."""

    name: str
    about: Cover
    count: int
    farthest: float | None = None


def made(sites: int, points: int, count: int, seed: int, columns: int | None = None) -> Problem:
    """A border-like problem; with `columns` only the first so many distinct columns are kept."""
    rng = generator(seed, "siting", sites, points)
    size = np.array([100_000.0, 40_000.0])
    middle = rng.random((40, 2)) * size
    near = middle[rng.integers(0, 40, points // 2)] + rng.normal(0.0, 1500.0, (points // 2, 2))
    place = np.concatenate([near, rng.random((points - points // 2, 2)) * size])
    weight = rng.integers(1, 100, points).astype(float)
    stand, reach = rng.random((sites, 2)) * size, rng.uniform(4000.0, 9000.0, sites)
    hidden = rng.random((sites, 16)) < 0.35
    seen = []
    for i in range(sites):
        away = place - stand[i]
        sector = ((np.arctan2(away[:, 0], away[:, 1]) + np.pi) / (2.0 * np.pi) * 16.0).astype(int) % 16
        seen.append(np.flatnonzero((np.hypot(*away.T) <= reach[i]) & ~hidden[i, sector]))
    about = cover(seen, weight)
    if columns is not None:
        about, _ = merged(about)
        about = Cover(about.sees[:, :columns].tocsr(), about.weight[:columns])
    return Problem(f"made {sites} x {about.weight.size}, p = {count}", about, count)


def read(path: Path, radius: float | None, count: int | None) -> Problem:
    """A problem from a file."""
    first = path.read_text("utf-8-sig").split("\n", 1)[0].split()
    rows = path.read_text("utf-8-sig").split()
    if len(first) == 3 and all(part.isdigit() for part in first) and len(rows) == 3 + 3 * int(first[1]):
        distance, medians_of_file = read_pmedian(path)
        ones, p = np.ones(len(distance)), count or medians_of_file
        if radius is None:
            about, farthest = medians(distance, ones)
            return Problem(f"{path.name} p-median, p = {p}", about, p, farthest)
        return Problem(f"{path.name} within {radius:g}, p = {p}", by_distance(distance, ones, radius), p)
    points, demand = read_points(path)
    if radius is None or count is None:
        raise SystemExit(f"{path.name}: give --radius and --count with points")
    distance = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    return Problem(f"{path.name} within {radius:g}, p = {count}", by_distance(distance, demand, radius), count)


def limes(problem: Problem, seed: int, seconds: float) -> dict[str, Any]:
    begun = time.perf_counter()
    found = site(problem.about, problem.count, seed, seconds=seconds)
    total = time.perf_counter() - begun
    value, bound = found.value, found.bound
    if problem.farthest is not None:
        value, bound = problem.farthest - value, problem.farthest - bound
    return {
        "solver": "limes", "value": value, "bound": bound, "gap": abs(bound - value) / max(abs(value), 1e-9),
        "greedy": found.values[0], "exchanged": found.values[1], "restarted": found.values[2], "relaxed": found.relaxed,
        "seconds": total, "greedy_s": found.seconds[0], "exchange_s": found.seconds[1], "restarts_s": found.seconds[2],
        "proof_s": found.seconds[3], "columns": found.columns, "sites": list(found.chosen),
    }  # fmt: skip


def spopt(problem: Problem, seconds: float) -> dict[str, Any] | None:
    """The peer's model of the same problem; None where it is not installed or the problem is none of its."""
    try:
        import pulp
        from spopt.locate import MCLP
    except ImportError:
        return None
    if problem.farthest is not None or problem.about.sites * problem.about.weight.size > PEER_CELLS:
        return None
    begun = time.perf_counter()
    away = 1.0 - problem.about.sees.toarray().T
    model = MCLP.from_cost_matrix(away, problem.about.weight, 0.5, p_facilities=problem.count)
    built = time.perf_counter()
    done = model.solve(pulp.HiGHS(msg=False, timeLimit=seconds))
    ended = time.perf_counter()
    chosen = [i for i, variable in enumerate(done.fac_vars) if variable.value() > 0.5]
    seen = np.asarray(problem.about.sees[chosen].sum(axis=0)).ravel() > 0
    value = float(problem.about.weight[seen].sum())
    return {"solver": "spopt+HiGHS", "value": value, "seconds": ended - begun, "build_s": built - begun, "sites": chosen}


def results(problems: list[Problem], seed: int, seconds: float, peer: bool) -> Iterator[dict[str, Any]]:
    for problem in problems:
        ours = limes(problem, seed, seconds)
        print(f"{problem.name}: {ours['columns'][0]} columns, {ours['columns'][1]} after merging")
        print(
            f"  greedy {ours['greedy']:.0f} in {ours['greedy_s']:.3f} s, exchanges {ours['exchanged']:.0f} in "
            f"{ours['exchange_s']:.3f} s, restarts {ours['restarted']:.0f} in {ours['restarts_s']:.2f} s"
        )
        print(
            f"  limes: value {ours['value']:.0f}, bound {ours['bound']:.0f}, gap {100 * ours['gap']:.2f} %, "
            f"{ours['seconds']:.2f} s in all (proof {ours['proof_s']:.2f} s)",
            flush=True,
        )
        theirs = spopt(problem, seconds) if peer else None
        if theirs is not None:
            ratio = theirs["seconds"] / ours["seconds"]
            print(
                f"  spopt+HiGHS: value {theirs['value']:.0f}, {theirs['seconds']:.2f} s (building {theirs['build_s']:.2f} s): "
                f"limes is {ratio:.0f} x faster, value {ours['value'] / theirs['value']:.4f} of its",
                flush=True,
            )
        yield {"problem": problem.name, "limes": ours, "spopt": theirs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", nargs="*", type=Path)
    parser.add_argument("--radius", type=float)
    parser.add_argument("--count", "-p", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--peer", choices=("spopt", "none"), default="spopt")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.instance:
        problems = [read(path, given.radius, given.count) for path in given.instance]
    else:
        problems = [made(200, 5000, 10, given.seed), made(500, 20_000, 15, given.seed)]
        problems.append(made(1000, 30_000, 20, given.seed, columns=10_000))
    site(made(20, 100, 3, 0).about, 3)  # imports and first calls
    found = list(results(problems, given.seed, given.seconds, given.peer == "spopt"))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
