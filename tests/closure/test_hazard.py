import numpy as np
import pytest

from limes.closure.hazard import thinned
from limes.sensing import crossing_table, ways


def test_sensors_are_kept_apart_and_add_up(demo):
    found, size, bins = demo.hazards["foot"], demo.ground.region.size, demo.hazards["foot"].fence[-1].size
    bins = max(part.size for part in found.fence)
    every = np.ones(len(found.ids), bool)
    whole = found.total(size, bins, every)
    alone = [found.total(size, bins, np.arange(len(found.ids)) == i) for i in range(len(found.ids))]
    for k in range(3):
        assert sum(part[k] for part in alone) == pytest.approx(whole[k])


def test_a_walk_over_the_fibre_is_heard_as_the_sensor_model_says(demo, sector):
    """Straight over the line through the cells' mean rates, against the model's own integral over straight crossings."""
    found, ground = demo.hazards["foot"], demo.ground
    i = found.ids.index("fibre-1")
    metre = np.zeros(ground.region.size)
    metre[found.near_cells[i]] = found.near_rate[i]
    fibre = tuple(s for s in demo.sensors if s.id == "fibre-1")
    over = ways(sector, spacing=500.0)
    exact = -crossing_table(fibre, sector, "person", demo.time, demo.weather, over).log_miss[1, 0]
    along = np.arange(-600.0, 600.0, 5.0)
    x, y = over.points(along)
    place = ground.at(x, y)
    ours = np.where(place >= 0, metre[np.maximum(place, 0)], 0.0).sum(axis=1) * 5.0
    inner = slice(3, -3)
    assert ours[inner].mean() == pytest.approx(exact[inner].mean(), rel=0.08)


def test_drones_pass_over_what_listens(demo):
    found = demo.hazards["drone"]
    for i, key in enumerate(found.ids):
        if key.startswith(("fibre", "seismic", "fence")):
            assert found.near_cells[i].size == 0
            assert found.fence[i].size == 0 or found.fence[i].max() == 0.0


def test_failing_communication_thins_what_is_seen(demo):
    found = demo.hazards["foot"]
    half = thinned(found, 0.5)
    i = found.ids.index("fence-sensor-1")
    assert -np.expm1(-half.fence[i].max()) == pytest.approx(-0.5 * np.expm1(-found.fence[i].max()))
    assert thinned(found, 1.0) is found
    assert sum(r.sum() for r in half.rate) == pytest.approx(0.5 * sum(r.sum() for r in found.rate))
