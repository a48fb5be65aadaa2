"""Seeded scenarios for trackers: straight traffic, groups on foot, platoons on roads, many sensors, late data.

    python benchmarks/tracking_scenarios.py OUT [NAME ...] [--seed 1]

A scenario is an .npz of flat columns. Plane coordinates x east, y north in metres, times in seconds, bearings anticlockwise
from east in radians, range rates positive when opening.

    det_time, det_arrival       when it was measured, and when a tracker may see it
    det_batch, det_sensor       number of the scan, row of the sensor
    det_a, det_b, det_c         'xy', 'ping': x, y; 'rbd': range, bearing, range rate; 'bearing': b alone; else NaN
    det_members                 how many things one detection merges
    det_truth                   which thing it is, -1 none             } for scoring only,
    truth_time, _id, _x, _y, _vx, _vy, _class (0 person, 1 vehicle)    } as are the true
    sensor_bias_a, sensor_bias_b                                       } biases of the sensors
    sensor_name, _kind, _x, _y, _period, _sigma_a, _sigma_b, _sigma_c, _pd, _clutter (a scan), _area (m2), _mdv, _range
    score_time, gospa_c         when a tracker reports what it believes to be there then, and GOSPA's cut-off
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limes.seeds import generator

PERSON, VEHICLE = 0, 1
Box = tuple[float, float, float, float]
NOT = float("nan")


@dataclass(frozen=True)
class Course:
    """One thing that moves straight from one timed point (n, 3) of t, x, y to the next, there from the first to the last."""

    points: np.ndarray
    kind: int = VEHICLE

    def at(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """States (times, 4) of x, y, vx, vy, and whether it is there."""
        t, xy = self.points[:, 0], self.points[:, 1:]
        leg = np.clip(np.searchsorted(t, times, side="right") - 1, 0, len(t) - 2)
        speed = np.diff(xy, axis=0) / np.diff(t)[:, None]
        place = xy[leg] + speed[leg] * (times - t[leg])[:, None]
        return np.hstack([place, speed[leg]]), (times >= t[0]) & (times <= t[-1])


@dataclass(frozen=True)
class Site:
    """A sensor; `box` is x0, x1, y0, y1 of where false detections fall, `cell` the resolution below which things merge."""

    name: str
    kind: str
    x: float = 0.0
    y: float = 0.0
    period: float = 5.0
    phase: float = 0.0
    sigma: tuple[float, float, float] = (NOT, NOT, NOT)
    p_detect: float = 0.9
    clutter: float = 0.0
    box: Box = (0.0, 98e3, 0.0, 20e3)
    mdv: float = 0.0
    reach: float = np.inf
    bias: tuple[float, float] = (0.0, 0.0)
    cell: tuple[float, float, float] | None = None
    delay: tuple[float, float] = (0.0, 0.0)

    def components(self, states: np.ndarray) -> np.ndarray:
        """What it would measure of states (n, 4) without error, (n, 3)."""
        out = np.full((len(states), 3), NOT)
        east, north = states[:, 0] - self.x, states[:, 1] - self.y
        if self.kind == "xy":
            out[:, :2] = states[:, :2]
        elif self.kind == "ping":
            out[:, 0], out[:, 1] = self.x, self.y
        else:
            out[:, 1] = np.arctan2(north, east)
        if self.kind == "rbd":
            out[:, 0] = np.hypot(east, north)
            out[:, 2] = (east * states[:, 2] + north * states[:, 3]) / np.maximum(out[:, 0], 1e-6)
        return out


def wrapped(angle: np.ndarray) -> np.ndarray:
    """Angles in [-pi, pi)."""
    return np.mod(angle + np.pi, 2.0 * np.pi) - np.pi


def merged(site: Site, z: np.ndarray, who: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Things that share a resolution cell become one detection at their mean; returns it, the first one's name, how many."""
    if site.cell is None or not len(z):
        return z, who, np.ones(len(z), int)
    _, first, cell, members = np.unique(
        np.floor(z / np.array(site.cell)), axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    mean = np.zeros((len(first), 3))
    np.add.at(mean, cell.ravel(), z)
    return mean / members[:, None], who[first], members


def false_ones(site: Site, rng: np.random.Generator) -> np.ndarray:
    """False detections of one scan, evenly over the box; a radar's range rates anywhere between its blind speed and 12 m/s."""
    x0, x1, y0, y1 = site.box
    number = rng.poisson(site.clutter)
    z = site.components(np.column_stack([rng.uniform(x0, x1, number), rng.uniform(y0, y1, number), np.zeros((number, 2))]))
    if site.kind == "rbd":
        z[:, 2] = rng.uniform(site.mdv, 12.0, number) * (1 - 2 * rng.integers(0, 2, number))
    return z


def look(
    site: Site, states: np.ndarray, who: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One scan at the states of those who are there: components (n, 3), who it was, how many merged."""
    clean = site.components(states)
    seen = (rng.random(len(states)) < site.p_detect) & (np.hypot(*(states[:, :2] - (site.x, site.y)).T) <= site.reach)
    if site.mdv > 0.0:
        seen &= np.abs(clean[:, 2]) >= site.mdv
    z, found, members = merged(site, clean[seen], who[seen])
    if site.kind != "ping":
        z = z + rng.normal(size=z.shape) * np.array(site.sigma)
        z[:, :2] += site.bias
    wrong = false_ones(site, rng)
    z = np.vstack([z, wrong])
    if site.kind in ("rbd", "bearing"):
        z[:, 1] = wrapped(z[:, 1])
    order = rng.permutation(len(z))
    found, members = np.append(found, np.full(len(wrong), -1)), np.append(members, np.ones(len(wrong), int))
    return z[order], found[order], members[order]


def observe(
    courses: list[Course], sites: list[Site], end: float, score_time: np.ndarray, cutoff: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Let every sensor look at the courses until `end`, and lay it all out as columns."""
    parts: list[tuple[np.ndarray, ...]] = []
    for row, site in enumerate(sites):
        times = np.arange(site.phase, end + 1e-9, site.period)
        states, there = (np.stack(column) for column in zip(*(course.at(times) for course in courses), strict=True))
        for k, time in enumerate(times):
            who = np.flatnonzero(there[:, k])
            z, found, members = look(site, states[who, k], who, rng)
            arrival, number = time + rng.uniform(*site.delay), len(z)
            scalars = (time, arrival, len(parts), row)
            parts.append((*(np.full(number, value) for value in scalars), z, found, members))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[2], columns[1]))
    names = ("time", "arrival", "batch", "sensor")
    out = {f"det_{name}": column[order] for name, column in zip(names, columns, strict=False)}
    out |= {f"det_{name}": columns[4][order, k] for k, name in enumerate("abc")}
    out |= {"det_truth": columns[5][order], "det_members": columns[6][order]}
    return out | sensor_columns(sites) | truth_columns(courses, score_time) | {"gospa_c": np.float64(cutoff)}


def sensor_columns(sites: list[Site]) -> dict[str, np.ndarray]:
    """The sensor_ columns."""
    out = {
        "name": [s.name for s in sites],
        "kind": [s.kind for s in sites],
        "x": [s.x for s in sites],
        "y": [s.y for s in sites],
    }
    out |= {f"sigma_{name}": [s.sigma[k] for s in sites] for k, name in enumerate("abc")}
    out |= {"period": [s.period for s in sites], "pd": [s.p_detect for s in sites], "clutter": [s.clutter for s in sites]}
    out |= {"area": [(s.box[1] - s.box[0]) * (s.box[3] - s.box[2]) for s in sites], "mdv": [s.mdv for s in sites]}
    out |= {"range": [s.reach for s in sites], "bias_a": [s.bias[0] for s in sites], "bias_b": [s.bias[1] for s in sites]}
    return {f"sensor_{name}": np.array(column) for name, column in out.items()}


def truth_columns(courses: list[Course], score_time: np.ndarray) -> dict[str, np.ndarray]:
    """The truth_ columns and score_time."""
    states, there = (np.stack(column, axis=1) for column in zip(*(course.at(score_time) for course in courses), strict=True))
    when, who = np.nonzero(there)
    rows = states[when, who]
    out = {"time": score_time[when], "id": who, "class": np.array([course.kind for course in courses])[who]}
    out |= {name: rows[:, k] for k, name in enumerate(("x", "y", "vx", "vy"))}
    return {f"truth_{name}": column for name, column in out.items()} | {"score_time": score_time}


def straight(number: int, end: float, rng: np.random.Generator, box: Box = (0.0, 98e3, 0.0, 20e3)) -> list[Course]:
    """Vehicles at 3-25 m/s in any direction; every fifth comes late and leaves early."""
    out = []
    for k in range(number):
        begin, last = 0.0, end
        if k % 5 == 4:
            begin = rng.uniform(0.0, 0.4) * end
            last = begin + rng.uniform(0.4, 0.6) * end
        x, y, speed, heading = rng.uniform(*box[:2]), rng.uniform(*box[2:]), rng.uniform(3.0, 25.0), rng.uniform(0.0, 2 * np.pi)
        way = speed * (last - begin)
        out.append(Course(np.array([[begin, x, y], [last, x + way * np.cos(heading), y + way * np.sin(heading)]])))
    return out


def walkers(x: float, begin: float, members: int, rng: np.random.Generator) -> list[Course]:
    """A group on foot from 2 km north of the line y = 0 to 2 km south, legs along it now and then, and a halt at the fence."""
    points, waited = [[begin, x, 2000.0]], False
    while points[-1][2] > -2000.0:
        t, px, py = points[-1]
        if not waited and 0.0 < py < 120.0:
            waited = True
            points.append([t + rng.uniform(30.0, 90.0), px, py - 0.5])
            continue
        leg, speed = rng.uniform(60.0, 160.0), 1.35 * rng.uniform(0.85, 1.15)
        heading = -0.5 * np.pi + rng.normal(0.0, 0.45)
        if rng.random() < 0.25:
            heading = np.pi * rng.integers(0, 2) + rng.normal(0.0, 0.1)
        points.append([t + leg / speed, px + leg * np.cos(heading), py + leg * np.sin(heading)])
    out = []
    for k in range(members):
        gap = rng.uniform(8.0, 20.0)
        off = np.array([rng.uniform(0.0, 3.0), rng.normal(0.0, gap), -0.8 * k * gap])
        out.append(Course(np.array(points) + off, PERSON))
    return out


def platoon(members: int, end: float, rng: np.random.Generator, roads: int = 7, block: float = 1000.0) -> list[Course]:
    """Vehicles in line on a square grid of roads, turning at junctions and halting at some."""
    ways = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    speed, node, way = rng.uniform(8.0, 18.0), rng.integers(0, roads, 2), ways[rng.integers(4)]
    points = [[0.0, *(node * block)]]
    while points[-1][0] < end + 120.0:
        if rng.random() < 0.3:
            way = ways[rng.integers(4)]
        while not ((node + way >= 0) & (node + way < roads)).all():
            way = ways[rng.integers(4)]
        node = node + way
        points.append([points[-1][0] + block / speed, *(node * block)])
        if rng.random() < 0.15:
            points.append([points[-1][0] + rng.uniform(10.0, 40.0), *(node * block)])
    gap = rng.uniform(35.0, 60.0) / speed
    return [Course(np.array(points) + np.array([k * gap, *rng.uniform(-2.0, 2.0, 2)])) for k in range(members)]


def plots(number: int, scans: int, rng: np.random.Generator, radar: bool = False) -> dict[str, np.ndarray]:
    """Straight vehicles under one sensor of positions, or one Doppler radar; beyond 1000 the stretch grows, not the density."""
    box = (0.0, 98.0 * max(number, 1000), 0.0, 20e3)
    site = Site("plot", "xy", sigma=(15.0, 15.0, NOT), clutter=5 + 0.1 * number, box=box)
    if radar:
        site = Site("radar", "rbd", 49e3, -8e3, sigma=(15.0, 1e-3, 0.5), clutter=5 + 0.1 * number)
    end = 5.0 * (scans - 1)
    return observe(straight(number, end, rng, box), [site], end, 5.0 * np.arange(scans), 100.0, rng)


def crossing_walkers(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Fifty people in eight groups under a radar that is blind below 0.7 m/s and merges who is close."""
    courses: list[Course] = []
    for k, members in enumerate((4, 5, 6, 6, 7, 7, 7, 8)):
        courses += walkers(1500.0 * k - 5000.0 + rng.uniform(-300.0, 300.0), -rng.uniform(600.0, 1400.0), members, rng)
    site = Site(
        "radar", "rbd", 0.0, -14e3, sigma=(6.0, 1.2e-3, 0.2), clutter=8.0, box=(-7e3, 7e3, -2.2e3, 2.2e3), mdv=0.7,
        cell=(8.0, 2e-3, 0.4),
    )  # fmt: skip
    return observe(courses, [site], 900.0, np.arange(0.0, 901.0, 5.0), 60.0, rng)


def dense_vehicles(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A hundred and fifty vehicles in platoons on seven by seven roads."""
    courses: list[Course] = []
    while len(courses) < 150:
        courses += platoon(min(int(rng.integers(3, 7)), 150 - len(courses)), 240.0, rng)
    box = (-500.0, 6500.0, -500.0, 6500.0)
    site = Site("radar", "rbd", 3e3, -12e3, 2.0, sigma=(5.0, 0.8e-3, 0.3), clutter=30.0, box=box, mdv=1.0)
    return observe(courses, [site], 240.0, np.arange(0.0, 241.0, 2.0), 50.0, rng)


def multi_sensor(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Two aerostat radars with biases, two cameras and sixty ground sensors over six groups and thirty vehicles."""
    courses: list[Course] = []
    crossings = [8e3 + 15e3 * k + rng.uniform(-2e3, 2e3) for k in range(6)]
    for x in crossings:
        courses += walkers(x, -rng.uniform(900.0, 1300.0), 5, rng)
    courses += straight(30, 600.0, rng, (5e3, 93e3, -1e3, 6e3))
    radar = {"sigma": (12.0, 1e-3, 0.3), "p_detect": 0.85, "clutter": 15.0, "box": (0.0, 98e3, -3e3, 6e3), "mdv": 0.8}
    sites = [
        Site("west", "rbd", 25e3, -9e3, 6.0, 0.0, bias=(25.0, 4e-3), **radar),
        Site("east", "rbd", 72e3, -9e3, 6.0, 2.5, bias=(-15.0, -3e-3), **radar),
    ]
    for k in (1, 3):
        x, box = crossings[k], (crossings[k] - 3e3, crossings[k] + 3e3, -1e3, 3e3)
        sites.append(Site(f"camera-{k}", "bearing", x - 1500.0, -2500.0, 1.0, 0.3, (NOT, 5e-4, NOT), 0.8, 0.2, box, reach=5e3))
    for k, x in enumerate(crossings):
        for number in range(10):
            gx, gy = x + rng.normal(0.0, 150.0), rng.uniform(-400.0, 400.0)
            box = (gx - 50.0, gx + 50.0, gy - 50.0, gy + 50.0)
            sites.append(Site(f"ground-{k}-{number}", "ping", gx, gy, 3.0, 0.7, (30.0, 30.0, NOT), 0.8, 0.005, box, reach=50.0))
    return observe(courses, sites, 600.0, np.arange(0.0, 601.0, 6.0), 100.0, rng)


def out_of_sequence(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A prompt, coarse radar and a fine one whose scans come 2-20 s late."""
    box = (0.0, 30e3, 0.0, 15e3)
    sites = [
        Site("prompt", "rbd", 15e3, -6e3, 4.0, 0.0, (20.0, 3e-3, 0.5), 0.7, 10.0, box),
        Site("late", "rbd", 5e3, -6e3, 4.0, 1.0, (10.0, 7e-4, 0.3), 0.9, 10.0, box, delay=(2.0, 20.0)),
    ]
    return observe(straight(40, 300.0, rng, box), sites, 300.0, np.arange(0.0, 301.0, 4.0), 100.0, rng)


SCENARIOS: dict[str, Callable[[np.random.Generator], dict[str, np.ndarray]]] = {
    "cv_10": lambda rng: plots(10, 100, rng),
    "cv_100": lambda rng: plots(100, 100, rng),
    "cv_300": lambda rng: plots(300, 100, rng),
    "large": lambda rng: plots(1000, 60, rng),
    "rb_10": lambda rng: plots(10, 100, rng, radar=True),
    "rb_100": lambda rng: plots(100, 100, rng, radar=True),
    "rb_300": lambda rng: plots(300, 100, rng, radar=True),
    "rb_1000": lambda rng: plots(1000, 60, rng, radar=True),
    "crossing_walkers": crossing_walkers,
    "dense_vehicles": dense_vehicles,
    "multi_sensor": multi_sensor,
    "out_of_sequence": out_of_sequence,
    "cv_10000": lambda rng: plots(10_000, 20, rng),
}


def make(folder: Path, name: str, seed: int) -> Path:
    """Write a scenario, unless it is there already; returns its path."""
    path = folder / f"{name}-{seed}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **SCENARIOS[name](generator(seed, "tracking", name)))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", choices=[*SCENARIOS, []], metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for name in args.names or SCENARIOS:
        print(make(args.out, name, args.seed))


if __name__ == "__main__":
    main()
