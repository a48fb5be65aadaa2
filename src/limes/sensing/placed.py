"""Lines of sight of a deployment's sensors: computed in parallel, shared by cameras on one mast, kept on disk by content."""

from __future__ import annotations

import hashlib
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from limes.errors import InputError
from limes.grid import Grid
from limes.sector.terrain import Terrain
from limes.sensing.camera import CameraModel
from limes.sensing.radar import RadarModel
from limes.sensing.sensor import FULL_CIRCLE, Sensor
from limes.sensing.sight import OPTICAL, RADAR, Profile, Sight, profile, sight_from

_FORMAT = "1"  # raise when the engine's results or the file's layout change
_KEEP_BYTES = 1 << 30

_Job = tuple[float, float, float, float, float, float, float, float, float, float]


def with_sight(sensors: tuple[Sensor, ...], terrain: Terrain, cache: Path | None = None) -> tuple[Sensor, ...]:
    """The same sensors with their lines of sight over a terrain; those of ground, fence and fibre stay without.

    Optical refraction for cameras, 4/3 earth for radars, whose beam edges limit what they see. Heights are kept as half
    floats (good to 0.05 %). `cache` is a folder (default `cache_folder()`): results are found again by the content of
    terrain and sensor.
    """
    folder = cache_folder() if cache is None else cache
    print_of_terrain = _digest(terrain.height.tobytes(), repr(terrain.grid).encode())
    jobs = {sensor.id: _job(sensor, sensors) for sensor in sensors if sensor.family in ("radar", "camera")}
    distinct = sorted(set(jobs.values()))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        done = dict(zip(distinct, pool.map(lambda job: _sight(job, terrain, print_of_terrain, folder), distinct), strict=True))
    _prune(folder)
    return tuple(replace(sensor, sight=done[jobs[sensor.id]]) if sensor.id in jobs else sensor for sensor in sensors)


def sight_line(sensor: Sensor, terrain: Terrain, x: float, y: float, height: float) -> Profile | None:
    """The line of sight of a radar or camera to something `height` m tall at a place, with the refraction of its kind.

    None for sensors that need no line of sight, and where an end lies off the terrain or on a void.
    """
    if sensor.family not in ("radar", "camera"):
        return None
    k = RADAR if isinstance(sensor.model, RadarModel) else OPTICAL
    try:
        return profile(terrain.grid, terrain.height, (sensor.x, sensor.y), sensor.height, (x, y), height, k=k)
    except InputError:
        return None


def cache_folder() -> Path:
    """Where lines of sight are kept: limes/sight in $XDG_CACHE_HOME, by default ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "limes" / "sight"


def _job(sensor: Sensor, sensors: tuple[Sensor, ...]) -> _Job:
    """Place, height, radius, sector, inner radius, elevation limits and refraction of what must be computed.

    Cameras on one mast take the farthest radius among them and share the result; their own range still limits each.
    """
    place = (sensor.x, sensor.y, sensor.height)
    if isinstance(sensor.model, RadarModel):
        low, high = sensor.model.elevation
        return (*place, sensor.model.max_range, sensor.azimuth, sensor.width, sensor.model.min_range, low, high, RADAR)
    mates = [s.model for s in sensors if s.asset == sensor.asset and (s.azimuth, s.width) == (sensor.azimuth, sensor.width)]
    radius = max(model.max_range for model in mates if isinstance(model, CameraModel))
    return (*place, radius, sensor.azimuth, sensor.width, 0.0, -np.pi / 2, np.pi / 2, OPTICAL)


def _sight(job: _Job, terrain: Terrain, print_of_terrain: str, folder: Path) -> Sight:
    path = folder / f"{_digest(print_of_terrain.encode(), repr(job).encode(), _FORMAT.encode())}.sight"
    kept = _read(path, terrain.grid)
    if kept is not None:
        return kept
    x, y, height, radius, azimuth, width, inner, low, high, k = job
    whole = width >= FULL_CIRCLE - 1e-9
    sight = sight_from(
        terrain.grid,
        terrain.height,
        x,
        y,
        height,
        radius,
        k=k,
        azimuth=None if whole else azimuth,
        width=None if whole else width,
        inner=inner,
        elevation=(low, high),
    )
    with np.errstate(over="ignore"):
        sight = Sight(sight.grid, sight.mvh.astype(np.float16))
    _write(path, sight, terrain.grid)
    return sight


def _digest(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _write(path: Path, sight: Sight, grid: Grid) -> None:
    """Header of four int32 (first row and column, rows, columns), then the compressed half floats; whole or not at all."""
    row, col = grid.index(sight.grid.west + grid.cell / 2, sight.grid.north - grid.cell / 2)
    head = np.array([row, col, *sight.mvh.shape], "<i4").tobytes()
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(head + zlib.compress(sight.mvh.astype("<f2").tobytes(), 1))
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _read(path: Path, grid: Grid) -> Sight | None:
    """A kept line of sight; None where there is none, or where it is damaged."""
    try:
        raw = path.read_bytes()
        row, col, ny, nx = np.frombuffer(raw[:16], "<i4").tolist()
        mvh = np.frombuffer(zlib.decompress(raw[16:]), "<f2").reshape(ny, nx).astype(np.float16)
        path.touch()
    except (OSError, ValueError, zlib.error):
        return None
    return Sight(Grid(grid.west + col * grid.cell, grid.north - row * grid.cell, grid.cell, nx, ny), mvh)


def _prune(folder: Path) -> None:
    """Drop the results that were not used for longest until the folder holds at most a gigabyte."""
    try:
        files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.sight"))
        excess = sum(size for _, size, _ in files) - _KEEP_BYTES
        for _, size, path in files:
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= size
    except OSError:
        return
