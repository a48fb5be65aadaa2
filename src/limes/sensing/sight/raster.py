"""Terrain files for line of sight: the window that is needed, on a plane in metres; results as cloud-optimised GeoTIFF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.geo import is_projected, to_lonlat
from limes.grid import Grid
from limes.sector import Terrain
from limes.sensing.sight.memory import require_memory


@dataclass(frozen=True)
class Frame:
    """Where a terrain file's cells lie: its grid and CRS on the plane, and the CRS the file itself is in."""

    grid: Grid
    crs: str
    file_crs: str


def frame_of(path: Path, to: str | None = None) -> Frame:
    """The frame of a terrain file as it is, or warped to the CRS `to` ("auto": the UTM zone of its middle).

    InputError for a file without CRS, in degrees or feet, turned, or of oblong cells: sight needs square cells in metres.
    """
    with _opened(path, to) as (file, own):
        return Frame(_grid(file), file.crs.to_string(), own)


def read_window(path: Path, to: str | None, bounds: tuple[float, float, float, float] | None) -> Terrain:
    """Heights of a terrain file within bounds (west, south, east, north; None for all of it), float32, NaN where void.

    InputError where the bounds miss the file or the heights do not fit into memory.
    """
    from rasterio.windows import Window

    with _opened(path, to) as (file, _):
        whole = _grid(file)
        left, top, right, bottom = _cells(whole, bounds)
        if right <= left or bottom <= top:
            raise InputError(path.name, "extent", "has no terrain there", f"its x, y run {_extent(whole)}")
        cells = (right - left) * (bottom - top)
        require_memory(12 * cells, f"{path.name}: {right - left} x {bottom - top} cells", "give a smaller range")
        raw = file.read(1, window=Window(left, top, right - left, bottom - top), masked=True)
        height = raw.astype(np.float32).filled(np.nan) * np.float32(file.scales[0]) + np.float32(file.offsets[0])
        height[~np.isfinite(height)] = np.nan
        tags = file.tags()
    grid = Grid(whole.west + left * whole.cell, whole.north - top * whole.cell, whole.cell, right - left, bottom - top)
    return Terrain(grid, height, file.crs.to_string(), tags.get("modelled") == "yes", tags.get("source", ""))


def write_cog(path: Path, grid: Grid, crs: str, values: np.ndarray, nodata: float, tags: dict[str, str]) -> None:
    """Write one band as a cloud-optimised GeoTIFF, losslessly compressed, with overviews."""
    import rasterio
    from rasterio.transform import from_origin

    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=grid.nx,
        height=grid.ny,
        count=1,
        dtype=values.dtype,
        crs=crs,
        transform=from_origin(grid.west, grid.north, grid.cell, grid.cell),
        nodata=nodata,
        compress="deflate",
        predictor="yes",
        blocksize=512,
        overview_resampling="nearest",
    ) as file:
        file.update_tags(**tags)
        file.write(values, 1)


@contextmanager
def _opened(path: Path, to: str | None) -> Iterator[tuple[Any, str]]:
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT

    try:
        with rasterio.open(path) as file:
            own = _own_crs(path, file)
            if to is None:
                _check_frame(path, file)
                yield file, own
                return
            nodata = np.nan if file.nodata is None else file.nodata
            with WarpedVRT(
                file, crs=_target(file, own, to), resampling=Resampling.bilinear, nodata=nodata, dtype="float32"
            ) as warped:
                yield warped, own
    except rasterio.errors.RasterioError as error:
        raise InputError(path.name, "", f"cannot be read as terrain ({error})", "give a GeoTIFF, .hgt or DTED file") from error


def _own_crs(path: Path, file: Any) -> str:
    if file.crs is None:
        raise InputError(path.name, "crs", "is missing", "set it, for example: rio edit-info --crs EPSG:32637 FILE")
    return str(file.crs.to_string())


def _target(file: Any, own: str, to: str) -> str:
    if to != "auto":
        if not _projected(to):
            raise InputError("--reproject", "crs", f"{to!r} is not a projected CRS in metres", "use auto or a UTM zone")
        return to
    left, bottom, right, top = file.bounds
    lon, lat = to_lonlat((left + right) / 2, (bottom + top) / 2, own)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + int((float(lon) + 180.0) % 360.0 // 6) + 1}"


def _projected(crs: str) -> bool:
    from pyproj.exceptions import CRSError

    try:
        return is_projected(crs)
    except CRSError:
        return False


def _check_frame(path: Path, file: Any) -> None:
    cure = "run again with --reproject auto, or warp it: gdalwarp -t_srs EPSG:326ZZ -r bilinear IN OUT"
    if not _projected(file.crs.to_wkt()):
        raise InputError(path.name, "crs", f"{file.crs.to_string()} is not projected in metres", cure)
    t = file.transform
    if t.b or t.d or t.a <= 0 or abs(t.a + t.e) > 1e-6 * t.a:
        raise InputError(path.name, "transform", "is not a north-up raster of square cells", cure)


def _grid(file: Any) -> Grid:
    return Grid(file.transform.c, file.transform.f, file.transform.a, file.width, file.height)


def _cells(grid: Grid, bounds: tuple[float, float, float, float] | None) -> tuple[int, int, int, int]:
    """Left, top, right and bottom cell (the last two not included) of the cells that touch the bounds."""
    if bounds is None:
        return 0, 0, grid.nx, grid.ny
    west, south, east, north = (min(max(v, -1e12), 1e12) for v in bounds)
    (top, bottom), (left, right) = grid.index(np.array([west, east]), np.array([north, south]))
    return max(int(left), 0), max(int(top), 0), min(int(right) + 1, grid.nx), min(int(bottom) + 1, grid.ny)


def _extent(grid: Grid) -> str:
    west, south, east, north = grid.bounds
    return f"from {west:.0f}, {south:.0f} to {east:.0f}, {north:.0f}"
