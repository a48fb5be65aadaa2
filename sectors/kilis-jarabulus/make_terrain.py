"""Make the MODELLED terrain of this sector.

Run it as `python make_terrain.py [OUT.tif]`.

It is no survey. Three layers, each from a stated source or seeded noise:

1. the large-scale trend, a cubic spline through spot_heights.csv (values of the Recommendation ITU-R P.1511-2 map, 1/12 degree
   apart);
2. rolling ground: noise of a falling spectrum without wavelengths over 9 km (those belong to the trend), cut by dry valleys,
   rougher where the trend is steeper, as limestone plateaus are;
3. the valley of the Euphrates along water.geojson: a flood plain and flanks that join the plateau.

The same seed makes the same file. `limes sector terrain` replaces it with surveyed tiles.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import convolve1d, distance_transform_edt, gaussian_filter, gaussian_filter1d, zoom

from limes.geo import to_lonlat
from limes.grid import Grid
from limes.sector import Terrain, write_terrain
from limes.sector.places import Water, read_water
from limes.seeds import generator

HERE = Path(__file__).resolve().parent
CRS = "EPSG:32637"
GRID = Grid(west=316_200.0, north=4_091_400.0, cell=30.0, nx=3660, ny=1660)
SEED = 98
SOURCE = "modelled: trend through ITU-R P.1511-2 spot heights, Euphrates valley (Natural Earth line), seeded detail at 30 m"
COARSE = 20  # cells between the nodes where slow fields are evaluated

RIVER_NORTH, RIVER_SOUTH = 345.0, 325.0  # m, water level at the north and south edge; assumed, good to 10 m
CHANNEL, FLOOD_PLAIN, FLANK = (
    120.0,
    900.0,
    4200.0,
)  # m from the river line: edge of the water, of the plain, of the flanks; assumed


def trend() -> np.ndarray:
    """Heights (ny, nx) of the spline through the spot heights."""
    lon, lat, height = np.loadtxt(HERE / "spot_heights.csv", delimiter=",", skiprows=1, unpack=True)
    lons, lats = np.unique(lon), np.unique(lat)
    table = np.empty((lats.size, lons.size))
    table[np.searchsorted(lats, lat), np.searchsorted(lons, lon)] = height
    x, y = (axis[::COARSE] for axis in GRID.centres())
    node_lon, node_lat = to_lonlat(*np.meshgrid(np.append(x, x[-1] + COARSE * 30), np.append(y, y[-1] - COARSE * 30)), CRS)
    return refine(RectBivariateSpline(lats, lons, table).ev(node_lat, node_lon))


def refine(nodes: np.ndarray) -> np.ndarray:
    """Bring a slow field from every 20th cell to every cell by cubic interpolation."""
    fine = zoom(nodes, [((n - 1) * COARSE + 1) / n for n in nodes.shape], order=3, mode="nearest", grid_mode=False)
    return fine[: GRID.ny, : GRID.nx]


def noise(name: str, slope: float, longest: float) -> np.ndarray:
    """Seeded noise (ny, nx) of unit deviation whose power falls as wavenumber**-slope, none longer than `longest` metres."""
    ny, nx = 1 << (GRID.ny - 1).bit_length(), 1 << (GRID.nx - 1).bit_length()
    k = np.hypot(np.fft.fftfreq(ny, GRID.cell)[:, None], np.fft.rfftfreq(nx, GRID.cell)[None, :])
    k[0, 0] = 1.0
    amplitude = k ** (-slope / 2) * -np.expm1(-((k * longest) ** 4))
    amplitude[0, 0] = 0.0
    draw = generator(SEED, name).standard_normal((2, *amplitude.shape))
    field = np.fft.irfft2(amplitude * (draw[0] + 1j * draw[1]), s=(ny, nx))[: GRID.ny, : GRID.nx]
    return (field - field.mean()) / field.std()


def rolling(base: np.ndarray) -> np.ndarray:
    """Detail to add to the trend: rolling ground and dry valleys, stronger where the trend is steep."""
    down, right = np.gradient(base, GRID.cell)
    steep = gaussian_filter(np.hypot(down, right), 60)
    strength = np.clip(0.55 + 25.0 * steep, 0.6, 1.7)
    valleys = np.exp(-np.abs(noise("valleys", 4.4, 4500.0)) / 0.22)
    gullies = np.exp(-np.abs(noise("gullies", 4.2, 1500.0)) / 0.25)
    ground = 26.0 * noise("rolling", 4.2, 9000.0) + 1.6 * noise("fine", 2.8, 700.0)
    return strength * (ground - 28.0 * (valleys - valleys.mean()) - 7.0 * (gullies - gullies.mean()))


def river_distance(water: tuple[Water, ...]) -> np.ndarray:
    """Distance (ny, nx) to the river, metres; its 1:10m line is smoothed over 800 m first."""
    dry = np.ones(GRID.shape, bool)
    for river in water:
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(river.line, axis=0).T))])
        fine = np.arange(0.0, along[-1], GRID.cell / 3)
        x, y = (gaussian_filter1d(np.interp(fine, along, river.line[:, i]), 80, mode="nearest") for i in (0, 1))
        inside = GRID.inside(x, y)
        dry[tuple(index[inside] for index in GRID.index(x, y))] = False
    return distance_transform_edt(dry) * GRID.cell


def cut_river(height: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Lay water and flood plain along the river and join them to the plateau over the flanks; nothing near lies lower."""
    level = np.linspace(RIVER_NORTH, RIVER_SOUTH, GRID.ny)[:, None]
    lowest = level + 2.0 + 0.003 * np.minimum(away, 12_000.0)
    height = np.where(height < lowest, lowest + 0.2 * (height - lowest), height)
    plain = lowest + 0.05 * (height - gaussian_filter(height, 10))
    part = np.clip((away - FLOOD_PLAIN) / (FLANK - FLOOD_PLAIN), 0.0, 1.0)
    rise = part * part * (3 - 2 * part)
    return np.where(away < CHANNEL, level, plain + rise * (height - plain))


def make() -> Terrain:
    """The whole terrain, heights in whole decimetres."""
    base = trend()
    faults: list = []
    height = cut_river(base + rolling(base), river_distance(read_water(HERE / "water.geojson", CRS, faults)))
    for axis in (0, 1):  # a 30 m global model resolves 60 to 90 m
        height = convolve1d(height, [0.25, 0.5, 0.25], axis=axis, mode="nearest")
    return Terrain(GRID, (np.rint(height * 10) / 10).astype(np.float32), CRS, modelled=True, source=SOURCE)


if __name__ == "__main__":
    write_terrain(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "terrain.tif", make())
