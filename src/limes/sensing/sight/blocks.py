"""Blocks of layers between raster and buffers, so that a quadrant's layers are rows in memory whichever way it looks."""

from __future__ import annotations

import numpy as np
from numba import njit

from limes.sensing.sight.frame import HOLE, Place, Quadrant

BLOCK = 16
"""Layers moved at a time: one cache line of a raster's row, so that columns cost little more than rows."""


@njit(cache=True, nogil=True, error_model="numpy")
def read_block(raster: np.ndarray, place: Place, first: int, last: int, lo: int, hi: int, block: np.ndarray) -> None:
    """Copy the offsets lo..hi of the layers first..last of a flat raster into the rows of `block`."""
    origin = place.origin + first * place.across + lo * place.along
    layers, posts = last - first + 1, hi - lo + 1
    if place.along == 1:
        for b in range(layers):
            at = origin + b * place.across
            block[b, :posts] = raster[at : at + posts]
    else:
        for j in range(posts):
            at = origin + j * place.along
            for b in range(layers):
                block[b, j] = raster[at + b * place.across]


@njit(cache=True, nogil=True, error_model="numpy")
def write_block(raster: np.ndarray, place: Place, first: int, last: int, lo: int, hi: int, block: np.ndarray) -> None:
    """Copy the rows of `block` back to the offsets lo..hi of the layers first..last wherever they are not NaN."""
    origin = place.origin + first * place.across + lo * place.along
    layers, posts = last - first + 1, hi - lo + 1
    if place.along == 1:
        for b in range(layers):
            at = origin + b * place.across
            for j in range(posts):
                if block[b, j] == block[b, j]:
                    raster[at + j] = block[b, j]
    else:
        for j in range(posts):
            at = origin + j * place.along
            for b in range(layers):
                if block[b, j] == block[b, j]:
                    raster[at + b * place.across] = block[b, j]


@njit(cache=True, nogil=True, error_model="numpy")
def slopes(quadrant: Quadrant, layer: int, lo: int, terrain: np.ndarray, v: np.ndarray) -> None:
    """Slopes v = (height - eye) / layer of a layer's posts from offset lo on, the earth's fall taken off."""
    inverse = 1.0 / layer
    base = quadrant.eye + quadrant.drop * layer * layer
    for j in range(terrain.size):
        z = float(terrain[j])
        if z - z != 0.0:  # NaN or infinite
            z = HOLE
        aside = float(lo + j)
        v[j] = (z - quadrant.drop * aside * aside - base) * inverse
