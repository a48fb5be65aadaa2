import pytest

from limes.closure.scene import closure
from limes.closure.swings import RANGES, swings


def test_every_assumption_swings_the_right_way(demo):
    base, rows = swings(demo, "foot", "in")
    assert base == pytest.approx(closure(demo, "foot", "in").mean)
    found = {row.name: row for row in rows}
    assert set(found) == set(RANGES)
    for name in ("detections answered", "crews available, factor", "sensors' rates, factor"):
        assert found[name].at_low <= base <= found[name].at_high
    assert found["time to assess, s"].at_low >= base >= found["time to assess, s"].at_high
    assert found["crosser's speed, factor"].at_low >= base >= found["crosser's speed, factor"].at_high
    departures = [row.departure(base) for row in rows]
    assert departures == sorted(departures, reverse=True)
