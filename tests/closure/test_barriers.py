import numpy as np

from limes.closure.barriers import delays, way_through, with_gates
from limes.closure.ground import bin_range, bins_of
from limes.closure.movement import modes
from limes.sensing import targets_of


def test_a_fence_delays_its_stretch_and_nothing_else(sector, deployment):
    kinds = modes(targets_of(sector.catalogue))
    length = sector.border.length
    found = delays(deployment.assets, sector.catalogue, kinds["foot"], length)
    part = bin_range(5000.0, 8000.0, length)
    assert set(found[part]) == {5.0}
    assert found[: part.start].max() == 0.0
    assert delays(deployment.assets, sector.catalogue, kinds["vehicle"], length)[part][0] == 30.0
    assert delays(deployment.assets, sector.catalogue, kinds["drone"], length).max() == 0.0


def test_walkers_take_the_ladder_over_a_wall(sector):
    kinds = modes(targets_of(sector.catalogue))
    wall = sector.catalogue.kinds["wall-concrete"]
    assert way_through(wall, kinds["foot"]) == 20.0
    assert way_through(wall, kinds["vehicle"]) == 600.0


def test_a_gate_is_a_weak_place_for_vehicles(sector):
    kinds = modes(targets_of(sector.catalogue))
    found = with_gates(
        np.full(bins_of(1000.0), 600.0), ((500.0, sector.catalogue.kinds["gate-patrol"]),), kinds["vehicle"], 1000.0
    )
    assert found.min() == 60.0
    assert (found == 600.0).sum() == bins_of(1000.0) - (found == 60.0).sum()
    assert 1 <= (found == 60.0).sum() <= 2
