"""Visible cells packed to bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.grid import Grid
from limes.seeds import generator
from limes.sensing.sight import add, gain, nothing, pack, read_tiles, unpack, write_tiles

GRID = Grid(1000.0, 9000.0, 30.0, 300, 210)


@settings(max_examples=60, deadline=None)
@given(
    row=st.integers(0, 200), col=st.integers(0, 290), ny=st.integers(1, 150), nx=st.integers(1, 150), seed=st.integers(0, 99)
)
def test_unpacking_gives_back_what_was_packed(row, col, ny, nx, seed):
    ny, nx = min(ny, GRID.ny - row), min(nx, GRID.nx - col)
    window = generator(seed).random((ny, nx)) < 0.1
    raster = np.zeros(GRID.shape, bool)
    raster[row : row + ny, col : col + nx] = window
    tiles = pack(window, row, col, GRID)
    assert tiles.cells == window.sum()
    np.testing.assert_array_equal(unpack(tiles, GRID), raster)


def test_empty_tiles_are_left_out():
    window = np.zeros((210, 300), bool)
    assert pack(window, 0, 0, GRID).place.size == 0
    window[100, 100] = window[209, 299] = True
    tiles = pack(window, 0, 0, GRID)
    assert tiles.place.tolist() == [1 * 5 + 1, 3 * 5 + 4]
    assert tiles.bits.nbytes == 2 * 512


def test_gain_counts_only_new_cells():
    rng = generator(3)
    one, two = rng.random((2, 210, 300)) < 0.2
    covered = nothing(GRID)
    first, second = pack(one, 0, 0, GRID), pack(two, 0, 0, GRID)
    assert gain(covered, first) == one.sum()
    add(covered, first)
    assert gain(covered, first) == 0
    assert gain(covered, second) == (two & ~one).sum()
    add(covered, second)
    assert np.bitwise_count(covered).sum() == (one | two).sum()


def test_written_and_read_again(tmp_path):
    rng = generator(4)
    tiles = [pack(rng.random((40, 50)) < share, 30, 70, GRID) for share in (0.5, 0.0, 0.01)]
    path = tmp_path / "seen.npz"
    write_tiles(path, ["a", "b", "tower 3"], tiles, GRID, "EPSG:32637", 1.7)
    ids, again, grid = read_tiles(path)
    assert ids == ("a", "b", "tower 3")
    assert grid == GRID
    for before, after in zip(tiles, again, strict=True):
        np.testing.assert_array_equal(before.place, after.place)
        np.testing.assert_array_equal(before.bits, after.bits)
    write_tiles(path, [], [], GRID, "EPSG:32637", 1.7)
    assert read_tiles(path)[:2] == ((), ())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"plain text"])
def test_files_of_something_else_are_refused(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="visible tiles"):
        read_tiles(path)
    with pytest.raises(InputError, match="visible tiles"):
        read_tiles(tmp_path / "none.npz")
