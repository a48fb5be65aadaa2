"""A seeded border landscape for benchmarks: a range, foothills and a plain that a river crosses.

    python benchmarks/terrain.py OUT.tif [--seed 1] [--nx 3400] [--ny 1400] [--cell 30]

Noise is drawn octave by octave on coarse lattices and interpolated by cubic splines, each octave displaced by the one before,
so that ridges bend; nothing of it is surveyed and the file says so.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter, map_coordinates

from limes.seeds import generator

CRS = "EPSG:32637"
VOID = -9999.0


def landscape(ny: int = 1400, nx: int = 3400, cell: float = 30.0, seed: int = 1) -> np.ndarray:
    """Heights (ny, nx), float32 metres: valleys some kilometres apart, smooth below 60 m as 30 m surveys from space are."""
    rng = generator(seed, "landscape")
    north, east = np.meshgrid(np.arange(ny) * cell, np.arange(nx) * cell, indexing="ij")
    shape, warp = np.zeros((ny, nx)), np.zeros((2, ny, nx))
    for wave in 24e3 / 2.0 ** np.arange(8):
        ridge, bend = _noise(rng, north + warp[0], east + warp[1], wave), _noise(rng, north, east, wave)
        shape += (wave / 24e3) ** 0.7 * (0.5 - np.abs(ridge))
        warp += 0.12 * wave * np.stack([ridge, bend])
    rise = 1.0 / (1.0 + np.exp((north - 0.5 * ny * cell + warp[0]) / (0.09 * ny * cell)))  # the range lies in the north
    height = 420.0 + 900.0 * rise + 900.0 * shape * (0.15 + rise)
    river = 0.7 * ny * cell + warp[1]
    height -= 90.0 * np.exp(-(((north - river) / 1200.0) ** 2))
    return gaussian_filter(height, 0.8).astype(np.float32)


def _noise(rng: np.random.Generator, north: np.ndarray, east: np.ndarray, wave: float) -> np.ndarray:
    """Smooth noise of one wavelength (m), standard deviation about 0.5."""
    size = [int(np.ptp(axis) / wave) + 16 for axis in (north, east)]
    lattice = rng.standard_normal(size)
    place = np.stack([(axis - axis.min()) / wave + 4.0 for axis in (north, east)])
    return map_coordinates(lattice, place, order=3, mode="wrap") * 0.65


def write(path: Path, height: np.ndarray, cell: float = 30.0) -> None:
    """Write heights as a plain float32 GeoTIFF, voids as nodata."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=height.shape[0],
        width=height.shape[1],
        count=1,
        dtype="float32",
        crs=CRS,
        transform=from_origin(400_000.0, 4_100_000.0, cell, cell),
        nodata=VOID,
    ) as file:
        file.update_tags(modelled="yes", source="benchmark landscape")
        file.write(np.nan_to_num(height, nan=VOID), 1)


def steepness(height: np.ndarray, cell: float) -> str:
    """Heights and slopes of a terrain in words."""
    slope = np.degrees(np.arctan(np.hypot(*np.gradient(height.astype(float), cell))))
    median, steep = np.nanpercentile(slope, [50, 90])
    return f"{np.nanmin(height):.0f} to {np.nanmax(height):.0f} m, slope median {median:.1f} and 90 % below {steep:.1f} degrees"


def main() -> None:
    """Write one landscape and say how steep it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nx", type=int, default=3400)
    parser.add_argument("--ny", type=int, default=1400)
    parser.add_argument("--cell", type=float, default=30.0)
    args = parser.parse_args()
    height = landscape(args.ny, args.nx, args.cell, args.seed)
    write(args.out, height, args.cell)
    print(f"{args.out}: {steepness(height, args.cell)}")


if __name__ == "__main__":
    main()
