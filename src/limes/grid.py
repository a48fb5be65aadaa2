"""A regular raster on the plane: where its cells lie. Row 0 is the northernmost, posts are cell centres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Grid:
    """Square cells of `cell` metres; `west` and `north` are the outer edges of the first cell.

    >>> grid = Grid(west=0.0, north=90.0, cell=30.0, nx=4, ny=3)
    >>> row, column = grid.index(45.0, 75.0)
    >>> int(row), int(column)
    (0, 1)
    >>> grid.centre(0, 1)
    (45.0, 75.0)
    """

    west: float
    north: float
    cell: float
    nx: int
    ny: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.ny, self.nx

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north edges, metres."""
        return self.west, self.north - self.ny * self.cell, self.west + self.nx * self.cell, self.north

    def index(self, x: np.ndarray | float, y: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of the cell that holds each point; outside the raster they lie outside its shape."""
        row = np.floor((self.north - np.asarray(y)) / self.cell).astype(np.int64)
        column = np.floor((np.asarray(x) - self.west) / self.cell).astype(np.int64)
        return row, column

    def inside(self, x: np.ndarray | float, y: np.ndarray | float) -> np.ndarray:
        """Whether each point lies in a cell of the raster; no point that is not finite does."""
        row, column = (self.north - np.asarray(y)) / self.cell, (np.asarray(x) - self.west) / self.cell
        return (row >= 0) & (row < self.ny) & (column >= 0) & (column < self.nx)

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Plane coordinates of a cell's centre."""
        return self.west + (column + 0.5) * self.cell, self.north - (row + 0.5) * self.cell

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """x of every column and y of every row, metres."""
        x = self.west + (np.arange(self.nx) + 0.5) * self.cell
        y = self.north - (np.arange(self.ny) + 0.5) * self.cell
        return x, y

    def coarser(self, factor: int) -> Grid:
        """The grid of blocks of `factor` x `factor` cells; incomplete blocks at the far edges are left out."""
        return Grid(self.west, self.north, self.cell * factor, self.nx // factor, self.ny // factor)
