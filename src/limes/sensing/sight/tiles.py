"""Where many observers see, one bit a cell: tiles of 64 x 64 cells, empty ones left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from limes.errors import InputError
from limes.grid import Grid

SIDE = 64
"""Cells along a tile's side; a tile's row is one 64-bit word, its first cell the lowest bit."""


@dataclass(frozen=True)
class Tiles:
    """The cells one observer sees: `place` (n,) numbers the tiles of the raster row by row, `bits` (n, 64) holds their rows.

    Tiles of one raster line up whoever looks, so that sets of cells can be joined and compared word by word.
    """

    place: np.ndarray
    bits: np.ndarray

    @property
    def cells(self) -> int:
        """How many cells are seen."""
        return int(np.bitwise_count(self.bits).sum())


def tile_grid(grid: Grid) -> tuple[int, int]:
    """Tiles down and across that cover a raster."""
    return -(-grid.ny // SIDE), -(-grid.nx // SIDE)


def pack(visible: np.ndarray, row: int, col: int, grid: Grid) -> Tiles:
    """Pack a boolean window whose first cell is (row, col) of the raster.

    >>> grid = Grid(0.0, 9000.0, 30.0, 300, 300)
    >>> window = np.zeros((5, 5), bool)
    >>> window[2, 3] = True
    >>> tiles = pack(window, 62, 100, grid)
    >>> tiles.place.tolist(), tiles.cells, bool(unpack(tiles, grid)[64, 103])
    ([6], 1, True)
    """
    ny, nx = visible.shape
    top, left = row // SIDE, col // SIDE
    down, across = -(-(row + ny) // SIDE) - top, -(-(col + nx) // SIDE) - left
    padded = np.zeros((down * SIDE, across * SIDE), bool)
    padded[row - top * SIDE :, col - left * SIDE :][:ny, :nx] = visible
    words = np.packbits(padded, axis=1, bitorder="little").view("<u8").reshape(down, SIDE, across).transpose(0, 2, 1)
    r, c = np.nonzero(words.any(axis=2))
    place = (r + top) * tile_grid(grid)[1] + c + left
    return Tiles(place.astype(np.int32), np.ascontiguousarray(words[r, c]))


def unpack(tiles: Tiles, grid: Grid) -> np.ndarray:
    """The cells as a boolean raster (ny, nx)."""
    covered = nothing(grid)
    add(covered, tiles)
    return _cells(covered, grid)


def nothing(grid: Grid) -> np.ndarray:
    """An empty set of cells of a raster, uint64 (tiles, 64), for `add` and `gain`."""
    down, across = tile_grid(grid)
    return np.zeros((down * across, SIDE), "<u8")


def add(covered: np.ndarray, tiles: Tiles) -> None:
    """Join the cells of an observer to a set, in place."""
    covered[tiles.place] |= tiles.bits


def gain(covered: np.ndarray, tiles: Tiles) -> int:
    """How many cells an observer would add to a set."""
    return int(np.bitwise_count(tiles.bits & ~covered[tiles.place]).sum())


def _cells(covered: np.ndarray, grid: Grid) -> np.ndarray:
    down, across = tile_grid(grid)
    rows = np.ascontiguousarray(covered.reshape(down, across, SIDE).transpose(0, 2, 1))
    bits = np.unpackbits(rows.view(np.uint8).reshape(down * SIDE, -1), axis=1, bitorder="little")
    return bits[: grid.ny, : grid.nx].astype(bool)


def write_tiles(path: Path, ids: Sequence[str], tiles: Sequence[Tiles], grid: Grid, crs: str, target: float) -> None:
    """Write the tiles of many observers to one compressed .npz file.

    Arrays: id (n,) of text, first (n + 1,) into place and bits, frame (west, north, cell, nx, ny), crs, target height in m.
    """
    np.savez_compressed(
        path,
        id=np.array(list(ids), np.str_),
        first=np.concatenate([[0], np.cumsum([one.place.size for one in tiles])]).astype(np.int64),
        place=np.concatenate([one.place for one in tiles]) if tiles else np.zeros(0, np.int32),
        bits=np.concatenate([one.bits for one in tiles]) if tiles else np.zeros((0, SIDE), "<u8"),
        frame=np.array([grid.west, grid.north, grid.cell, grid.nx, grid.ny]),
        crs=np.array(crs),
        target=np.array(target),
    )


def read_tiles(path: Path) -> tuple[tuple[str, ...], tuple[Tiles, ...], Grid]:
    """Read what `write_tiles` wrote: observers' ids, their tiles and the raster they lie on."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            ids, first, place, bits, frame = (file[name] for name in ("id", "first", "place", "bits", "frame"))
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        raise InputError(path, "", f"is not a file of visible tiles ({error})", "write it with limes sight --tiles") from error
    grid = Grid(float(frame[0]), float(frame[1]), float(frame[2]), int(frame[3]), int(frame[4]))
    parts = tuple(Tiles(place[a:b], bits[a:b]) for a, b in pairwise(first))
    return tuple(map(str, ids)), parts, grid
