"""Line of sight: Limes beside GDAL and GRASS on the same terrain, CPU seconds and errors in one run.

    python benchmarks/sight.py [DEM.tif ...] [--seed 1] [--sample 20000] [--repeat 7] [--towers 100] [--target 1.7] [--json OUT]

Without a DEM it makes the landscape of terrain.py, 3400 x 1400 cells of 30 m; a bundled real terrain (Mesa Verde) is added. On
each DEM three observers are taken without looking at any result: a 15 m tower on the highest and one on the lowest cell of the
middle third (20 km, optical refraction), and a radar 600 m above the middle (60 km, 4/3 earth).

Truth is a single line of sight to each of a seeded sample of cells, tested wherever it crosses a row or a column of posts
('R3'). CPU seconds are user + system, the least of several runs: for Limes those of the call in a warm process, from heights in
memory to heights in memory; for the programs those of the whole process, files included. What a program spends on starting (the
same run with a range of two cells) stands beside it and is taken off both sides in the ratio `net`, left out below 10 ms. A
program that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import rasterio

from limes.errors import InputError, LimesError
from limes.grid import Grid
from limes.sector import Terrain
from limes.sector.bundled import bundled
from limes.seeds import generator
from limes.sensing.sight import OPTICAL, RADAR, lines_of_sight, minimum_visible_height, pack, read_window
from limes.units import EARTH_RADIUS
from terrain import landscape, steepness, write


@dataclass(frozen=True)
class Case:
    """One observer."""

    name: str
    row: int
    col: int
    height: float
    range: float
    k: float


@dataclass(frozen=True)
class Result:
    """One engine on one case; shares of the sampled cells in range, in percent, `of_visible` of the truly visible ones."""

    terrain: str
    case: str
    engine: str
    cpu: float
    start: float
    wrong: float
    of_visible: float
    falsely_visible: float
    falsely_hidden: float


def cases(height: np.ndarray) -> list[Case]:
    """The observers of a terrain."""
    ny, nx = height.shape
    top, left = ny // 3, nx // 3
    middle = height[top : 2 * top, left : 2 * left]
    high = np.unravel_index(np.nanargmax(middle), middle.shape)
    low = np.unravel_index(np.nanargmin(middle), middle.shape)
    rows, cols = np.nonzero(np.isfinite(height))
    nearest = int(np.argmin((rows - ny // 2) ** 2 + (cols - nx // 2) ** 2))
    return [
        Case("tower 15 m, high ground, 20 km", int(high[0]) + top, int(high[1]) + left, 15.0, 20_000.0, OPTICAL),
        Case("tower 15 m, low ground, 20 km", int(low[0]) + top, int(low[1]) + left, 15.0, 20_000.0, OPTICAL),
        Case("aerostat 600 m, 60 km", int(rows[nearest]), int(cols[nearest]), 600.0, 60_000.0, RADAR),
    ]


@dataclass(frozen=True)
class Bench:
    """What every engine is given."""

    name: str
    terrain: Terrain
    file: Path
    work: Path
    target: float
    repeat: int


_HEAD = (
    "engine",
    "CPU s",
    "start",
    "/ GDAL",
    "net",
    "wrong %",
    "of seen %",
    "falsely seen %",
    "falsely hidden %",
    "wrong / GDAL",
)
_WIDTHS = (-14, 8, 8, 8, 7, 9, 11, 16, 18, 14)

Engine = Callable[[Bench, Case], tuple[np.ndarray, float]]


def limes(engine: str) -> Engine:
    def run(bench: Bench, case: Case) -> tuple[np.ndarray, float]:
        grid, height = bench.terrain.grid, bench.terrain.height
        best = np.inf
        for _ in range(bench.repeat):
            start = time.process_time()
            view = minimum_visible_height(
                height, grid.cell, case.row, case.col, case.height, case.range, k=case.k, engine=engine
            )
            best = min(best, time.process_time() - start)
        visible = np.zeros(grid.shape, bool)
        window = slice(view.row, view.row + view.mvh.shape[0]), slice(view.col, view.col + view.mvh.shape[1])
        visible[window] = view.mvh <= bench.target
        return visible, float(best)

    return run


def gdal(bench: Bench, case: Case) -> tuple[np.ndarray, float]:
    x, y = bench.terrain.grid.centre(case.row, case.col)
    out = bench.work / "gdal.tif"
    place = ["-ox", x, "-oy", y, "-oz", case.height, "-tz", bench.target, "-md", case.range, "-cc", 1.0 - case.k]
    cpu = least_cpu(["gdal_viewshed", "-q", *place, bench.file, out], bench.repeat)
    return on_grid(out, bench.terrain.grid, lambda values: values == 255), cpu


def grass(bench: Bench, case: Case) -> tuple[np.ndarray, float]:
    x, y = bench.terrain.grid.centre(case.row, case.col)
    place = bench.work / f"grass-{bench.name}"
    inside = ["grass", place / "PERMANENT", "--exec"]
    if not place.exists():
        least_cpu(["grass", "-c", bench.file, place, "-e"], 1)
        least_cpu([*inside, "r.in.gdal", f"input={bench.file}", "output=dem"], 1)
        least_cpu([*inside, "g.region", "raster=dem"], 1)
    options = [f"coordinates={x},{y}", f"observer_elevation={case.height}", f"target_elevation={bench.target}"]
    options += [f"max_distance={case.range}", f"refraction_coeff={case.k}", "memory=4000", "--o"]
    cpu = least_cpu([*inside, "r.viewshed", "-c", "-r", "-b", "input=dem", "output=seen", *options], 1)
    out = bench.work / "grass.tif"
    least_cpu([*inside, "r.out.gdal", "-f", "-c", "input=seen", f"output={out}", "type=Byte", "--o"], 1)
    return on_grid(out, bench.terrain.grid, lambda values: values == 1), cpu


def least_cpu(command: list[object], repeat: int) -> float:
    """Least user + system seconds of a program and its children."""
    best = np.inf
    for _ in range(repeat):
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen([str(part) for part in command], stdout=said, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                said.seek(0)
                raise RuntimeError(f"{command[0]}: {said.read()[-300:].decode(errors='replace')}")
        best = min(best, usage.ru_utime + usage.ru_stime)
    return float(best)


def on_grid(path: Path, grid: Grid, seen: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """A program's output, which may be cropped, as a mask over the whole terrain."""
    with rasterio.open(path) as file:
        values = seen(file.read(1))
        left = round((file.transform.c - grid.west) / grid.cell)
        top = round((grid.north - file.transform.f) / grid.cell)
    mask = np.zeros(grid.shape, bool)
    rows, cols = (
        slice(max(top, 0), min(top + values.shape[0], grid.ny)),
        slice(max(left, 0), min(left + values.shape[1], grid.nx)),
    )
    mask[rows, cols] = values[rows.start - top : rows.stop - top, cols.start - left : cols.stop - left]
    return mask


def sampled_truth(bench: Bench, case: Case, sample: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of sampled cells in range, and which of them are visible."""
    grid, height = bench.terrain.grid, bench.terrain.height
    rows, cols = np.indices(grid.shape, sparse=True)
    squared = (rows - case.row) ** 2 + (cols - case.col) ** 2
    there = np.flatnonzero((squared <= (case.range / grid.cell) ** 2) & (squared > 2) & np.isfinite(height))
    picked = generator(seed, bench.name, case.name).choice(there, min(sample, there.size), replace=False)
    row, col = picked // grid.nx, picked % grid.nx
    drop = (1.0 - case.k) * grid.cell**2 / (2.0 * EARTH_RADIUS)
    least = lines_of_sight(height, case.row, case.col, float(height[case.row, case.col]) + case.height, drop, row, col)
    return row, col, least <= bench.target


def engines() -> dict[str, Engine]:
    """The engines there are; says which are missing."""
    found: dict[str, Engine] = {"limes exact": limes("exact"), "limes screen": limes("screen")}
    for name, program, engine in (("GDAL", "gdal_viewshed", gdal), ("GRASS", "grass", grass)):
        if shutil.which(program):
            found[name] = engine
        else:
            print(f"{name} is not installed ({program} not found): left out")
    return found


def compare(bench: Bench, found: dict[str, Engine], sample: int, seed: int) -> Iterator[Result]:
    for case in cases(bench.terrain.height):
        row, col, truth = sampled_truth(bench, case, sample, seed)
        print(f"\n{case.name}: {truth.mean():.2%} of {truth.size} sampled cells visible")
        print(columns(_HEAD))
        done = [judged(bench, case, name, engine, row, col, truth) for name, engine in found.items()]
        peer = next((one for one in done if one.engine == "GDAL"), None)
        for one in done:
            print(line(one, peer))
        yield from done


def judged(bench: Bench, case: Case, name: str, engine: Engine, row: np.ndarray, col: np.ndarray, truth: np.ndarray) -> Result:
    if name.startswith("limes"):
        engine(Bench(bench.name, bench.terrain, bench.file, bench.work, bench.target, 1), case)  # warm
    visible, cpu = engine(bench, case)
    start = 0.0
    if not name.startswith("limes"):
        near = Case(case.name, case.row, case.col, case.height, 2.0 * bench.terrain.grid.cell, case.k)
        start = engine(bench, near)[1]
    seen = visible[row, col]
    wrong = seen != truth
    parts = [wrong.mean(), wrong.sum() / max(truth.sum(), 1), (seen & ~truth).mean(), (~seen & truth).mean()]
    return Result(bench.name, case.name, name, cpu, start, *(100.0 * float(part) for part in parts))


def line(one: Result, peer: Result | None) -> str:
    """A row of the table; ratios to GDAL where it ran: CPU seconds, those without the start of programs, wrong cells."""
    ratio = net = fewer = ""
    if peer is not None and peer is not one:
        ratio = f"{one.cpu / peer.cpu:.2f}"
        net = f"{(one.cpu - one.start) / (peer.cpu - peer.start):.2f}" if peer.cpu - peer.start > 0.01 else ""
        fewer = f"{one.wrong / peer.wrong:.3f}" if peer.wrong > 0 else ""
    errors = f"{one.wrong:.3f}", f"{one.of_visible:.2f}", f"{one.falsely_visible:.3f}", f"{one.falsely_hidden:.3f}"
    return columns((one.engine, f"{one.cpu:.4f}", f"{one.start:.4f}", ratio, net, *errors, fewer))


def columns(cells: tuple[str, ...]) -> str:
    return " ".join(cell.ljust(-width) if width < 0 else cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))


def many_towers(bench: Bench, towers: int, seed: int) -> None:
    """CPU seconds for many random towers, thresholding and packing to bits included."""
    grid, height = bench.terrain.grid, bench.terrain.height
    rng = generator(seed, "towers")
    rows, cols = np.nonzero(np.isfinite(height))
    chosen = rng.choice(rows.size, towers, replace=False)
    places = list(zip(rows[chosen].tolist(), cols[chosen].tolist(), strict=True))
    print(f"\n{towers} random towers of 15 m, 20 km, packed to bits:")
    for engine in ("exact", "screen"):
        for threads in (1, 2):

            def look(place: tuple[int, int], engine: str = engine) -> int:
                view = minimum_visible_height(height, grid.cell, *place, 15.0, 20_000.0, engine=engine)
                return pack(view.mvh <= bench.target, view.row, view.col, grid).bits.nbytes

            cpu, wall = time.process_time(), time.perf_counter()
            with ThreadPoolExecutor(threads) as pool:
                size = sum(pool.map(look, places))
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            print(
                f"  limes {engine:7}{threads} thread{'s' * (threads > 1):1} {cpu:7.2f} CPU s {wall:7.2f} s wall,"
                f" {1000 * cpu / towers:6.1f} CPU s for 1000; {size / towers / 1024:.1f} KiB a tower"
            )
    if shutil.which("gdal_viewshed"):
        few = places[:10]
        spent = sum(gdal(bench, Case("", *place, 15.0, 20_000.0, OPTICAL))[1] for place in few)
        print(f"  GDAL, one process each  {1000 * spent / len(few):.1f} CPU s for 1000 (from {len(few)})")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dem", type=Path, nargs="*")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--towers", type=int, default=100)
    parser.add_argument("--target", type=float, default=1.7)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    results: list[Result] = []
    found = engines()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        given = list(args.dem)
        if not given:
            print(f"making a landscape, seed {args.seed}", file=sys.stderr)
            write(work / "landscape.tif", landscape(seed=args.seed))
            given = [work / "landscape.tif", bundled("mesa-verde") / "terrain.tif"]
        for number, path in enumerate(given):
            bench = prepared(path, work / f"dem{number}.tif", args.target, args.repeat)
            results += compare(bench, found, args.sample, args.seed)
            if args.towers:
                many_towers(bench, args.towers, args.seed)
    if args.json:
        args.json.write_text(json.dumps([asdict(one) for one in results], indent=1))


def prepared(path: Path, plain: Path, target: float, repeat: int) -> Bench:
    """One terrain for everybody: the same float32 heights, whatever the file's scale; in degrees, warped to its UTM zone."""
    try:
        terrain = read_window(path, None, None)
    except InputError as error:
        if error.fault.field not in ("crs", "transform"):
            raise
        print(f"{error.fault.file}: {error.fault.problem}: warping it to its UTM zone", file=sys.stderr)
        terrain = read_window(path, "auto", None)
    cell = terrain.grid.cell
    write(plain, terrain.height, cell)
    name = path.parent.name if path.name == "terrain.tif" else path.stem
    print(f"\n== {name}: {terrain.grid.ny} x {terrain.grid.nx} cells of {cell:g} m")
    print(f"   {steepness(terrain.height, cell)}")
    return Bench(name, read_window(plain, None, None), plain, plain.parent, target, repeat)


if __name__ == "__main__":
    try:
        main()
    except LimesError as error:
        sys.exit(f"benchmark: {error}")
