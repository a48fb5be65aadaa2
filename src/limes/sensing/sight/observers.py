"""Observers, each with its own parameters: from a table, and all of them at once."""

from __future__ import annotations

import csv
import math
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from pyproj import Transformer

from limes.errors import InputError
from limes.geo import convergence, to_lonlat
from limes.grid import Grid
from limes.sensing.sight.view import OPTICAL, Sight, sight_from


@dataclass(frozen=True)
class Observer:
    """Someone or something that looks: place on the plane (m), height above ground (m) and limits.

    `range` and `min_range` are metres; `azimuth` (middle of the sector, clockwise from grid north), `width`, `min_elevation`
    and `max_elevation` radians, None for no limit; `k` is the refraction coefficient.
    """

    id: str
    x: float
    y: float
    height: float
    range: float = math.inf
    k: float = OPTICAL
    azimuth: float | None = None
    width: float | None = None
    min_range: float = 0.0
    min_elevation: float | None = None
    max_elevation: float | None = None


_ANGLES = ("azimuth", "width", "min_elevation", "max_elevation")
_SAME = {"name": "id", "radius": "range", "lon": "x", "lat": "y", "longitude": "x", "latitude": "y"}
_COLUMNS = tuple(field.name for field in fields(Observer))


def read_observers(path: Path, default: Observer) -> tuple[tuple[Observer, ...], bool]:
    """Observers of a CSV table with a header, and whether their places are longitude and latitude.

    Columns: x and y, or lon and lat, and any of id, height, range (or radius), k, azimuth, width, min_range, min_elevation,
    max_elevation; metres and degrees (a unit may follow the name: height_m, azimuth_deg). Cells left empty and columns left
    out take the values of `default`. Places and azimuths stay as given (see `on_plane`). InputError names line and column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header, degrees = _header(path, next(rows, []))
            found = tuple(_observer(path, rows.line_num, header, row, default) for row in rows if any(map(str.strip, row)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(path, "", f"cannot be read as a table ({error})", "give a CSV file in UTF-8") from error
    if not found:
        raise InputError(path, "", "holds no observers", "add a line below the header for each")
    return found, degrees


def _header(path: Path, names: list[str]) -> tuple[list[str], bool]:
    plain = [name.strip().lower().removesuffix("_deg").removesuffix("_m") for name in names]
    columns = [_SAME.get(name, name) for name in plain]
    for name, column in zip(names, columns, strict=True):
        if column not in _COLUMNS:
            raise InputError(
                path, name, "is not a column of observers", f"rename or remove it; known: lon, lat, {', '.join(_COLUMNS)}"
            )
        if columns.count(column) > 1:
            raise InputError(path, name, "is given twice", "keep one column of each")
    missing = {"x", "y"} - set(columns)
    if missing:
        raise InputError(path, ", ".join(sorted(missing)), "has no such column", "give x and y, or lon and lat")
    degrees = [plain[columns.index(axis)] != axis for axis in ("x", "y")]
    if degrees[0] != degrees[1]:
        raise InputError(path, "x, y", "mixes metres and degrees", "give x and y, or lon and lat")
    return columns, degrees[0]


def _observer(path: Path, line: int, header: list[str], row: list[str], default: Observer) -> Observer:
    if len(row) > len(header):
        raise InputError(path, f"line {line}", f"has {len(row)} cells, the header {len(header)}", "add or remove cells")
    given = {name: text.strip() for name, text in zip(header, row, strict=False) if text.strip()}
    for name in ("x", "y"):
        if name not in given:
            raise InputError(path, f"line {line}, {name}", "is empty", "give every observer a place")
    name = given.pop("id", f"{default.id}{line - 1}")
    numbers = {field: _number(path, line, field, text) for field, text in given.items()}
    return replace(default, id=name, **numbers)


def _number(path: Path, line: int, field: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(path, f"line {line}, {field}", f"{text!r} is not a number", "give a plain number such as 12.5")
    return math.radians(value) if field in _ANGLES else value


def on_plane(observers: Sequence[Observer], given: str, crs: str) -> tuple[Observer, ...]:
    """Observers placed in the CRS `given` with azimuths from true north, moved to the plane `crs` and its grid north."""
    move = Transformer.from_crs(given, crs, always_xy=True)
    moved = []
    for observer in observers:
        x, y = move.transform(observer.x, observer.y)
        if not (math.isfinite(x) and math.isfinite(y)):
            place = f"({observer.x:.6g}, {observer.y:.6g})"
            raise InputError(
                f"observer {observer.id}", "place", f"{place} is not in {given}", "check the order: x (or lon), then y"
            )
        turn = float(convergence(*to_lonlat(x, y, crs), crs))
        azimuth = None if observer.azimuth is None else observer.azimuth - turn
        moved.append(replace(observer, x=float(x), y=float(y), azimuth=azimuth))
    return tuple(moved)


def sight_of(observer: Observer, grid: Grid, height: np.ndarray, engine: str = "exact") -> Sight:
    """What one observer sees over a raster; InputError names the observer when it cannot stand there."""
    try:
        return sight_from(
            grid,
            height,
            observer.x,
            observer.y,
            observer.height,
            observer.range,
            k=observer.k,
            engine=engine,
            azimuth=observer.azimuth,
            width=observer.width,
            inner=observer.min_range,
            elevation=(observer.min_elevation, observer.max_elevation),
        )
    except InputError as error:
        fault = error.fault
        where = f"at ({observer.x:.6g}, {observer.y:.6g})"
        raise InputError(observer.id, fault.field, f"{where} {fault.problem}", fault.cure) from error


def sights_of(
    observers: Sequence[Observer], grid: Grid, height: np.ndarray, engine: str = "exact", workers: int = 1
) -> Iterator[tuple[Observer, Sight]]:
    """Each observer with what it sees, in order; `workers` threads work ahead, at most two results each.

    Nothing is shared inside one observer's sweep, so that results do not depend on `workers`.
    """
    waiting: deque[tuple[Observer, Future[Sight]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for observer in observers:
                if len(waiting) >= 2 * workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
                waiting.append((observer, pool.submit(sight_of, observer, grid, height, engine)))
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
