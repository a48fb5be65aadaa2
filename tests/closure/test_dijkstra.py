import numpy as np
import pytest

from limes.closure.dijkstra import DC, DR, REACH, between


def test_the_moves_are_a_kings_and_a_knights():
    assert len({(int(r), int(c)) for r, c in zip(DR, DC, strict=True)}) == 16
    assert set(np.round(REACH**2)) == {1.0, 2.0, 5.0}


@pytest.mark.parametrize(("dr", "dc"), [(2, 1), (-2, 1), (1, -2), (-1, 2)])
def test_a_knight_spends_a_quarter_in_each_cell_it_passes(dr, dc):
    nx, start = 11, 5 * 11 + 5
    first, second, weight = between(nx, start, dr, dc)
    t = (np.arange(4000) + 0.5) / 4000
    row, col = np.floor(5.5 + dr * t), np.floor(5.5 + dc * t)
    inside, share = np.unique((row * nx + col).astype(int), return_counts=True)
    assert {first, second, start, start + dr * nx + dc} == set(inside.tolist())
    assert share / 4000 == pytest.approx(np.full(4, 0.25), abs=0.01)
    assert weight == 0.25


def test_a_straight_move_has_nothing_beside_it():
    assert between(11, 60, 1, 0)[2] == 0.0


def test_a_diagonal_is_a_mean_of_four():
    assert between(11, 60, 1, 1) == (71, 61, 0.25)
