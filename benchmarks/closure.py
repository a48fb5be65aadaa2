"""Times the closure of the reference sector: live at 90 m, and searches over every cell of its terrain at 90 and 30 m.

    python benchmarks/closure.py

Wall and CPU seconds, after a first run that compiles. No peer is known: the published path tools are closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from limes.closure import Scene, Setup, closures, scene
from limes.closure.dijkstra import Watched
from limes.closure.field import begin, least_watched
from limes.closure.ground import HOME, bins_of
from limes.closure.response import p_timely
from limes.sector import bundled, load, load_deployment
from limes.sensing.conditions import conditions

NIGHT = 1768950000.0


def timed(name: str, run: Callable[[], object], repeats: int = 3) -> None:
    run()
    wall, cpu = np.inf, np.inf
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        run()
        wall, cpu = min(wall, time.perf_counter() - start[0]), min(cpu, time.process_time() - start[1])
    print(f"{name:58}  wall {wall:6.2f} s  cpu {cpu:6.2f} s", flush=True)


def whole(about: Scene) -> None:
    """Quickest times and the least watched ways of every cell of the home side, on foot, towards home."""
    work, found = about.tasks["foot"], about.hazards["foot"]
    second, metre, _ = found.total(about.ground.region.size, bins_of(about.ground.length), np.ones(len(found.ids), bool))
    timely = p_timely(work.quickest_in, about.response, 0.25, 0.3)
    goal = begin(np.flatnonzero(about.ground.edge & (about.ground.region == HOME)))
    least_watched(work.terrain, Watched(second, metre, timely), HOME, goal)


def main() -> None:
    sector = load(bundled("kilis-jarabulus"))
    deployment = load_deployment(sector.deployments["bundled"], sector)
    weather = conditions(sector.weather.at(NIGHT), "clear")
    about = scene(sector, deployment, NIGHT, weather, Setup(cell=90.0))
    cells = int((about.ground.region > 0).sum())
    timed(f"live: 3 modes x 2 directions, 90 m, {cells:,} cells, per km", lambda: closures(about))
    timed("live: the same with an aerostat and a post lost", lambda: closures(about, frozenset({"aerostat-1", "post-3"})))
    for cell in (90.0, 30.0):
        about = scene(sector, deployment, NIGHT, weather, Setup(cell=cell, approach=1e9, depth=1e9), only="foot")
        cells = int((about.ground.region == HOME).sum())
        timed(f"whole terrain, home side, {cell:g} m, {cells:,} cells", lambda about=about: whole(about))


if __name__ == "__main__":
    main()
