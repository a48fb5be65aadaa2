import numpy as np
import pytest

from limes.closure.movement import foot_pace, gradients, modes, pace_of, vehicle_pace
from limes.sector.catalogue import load_catalogue
from limes.sensing import targets_of


def test_walkers_are_quickest_on_a_gentle_slope_down():
    pace = foot_pace(1.3)
    assert gradients()[np.argmin(pace)] == pytest.approx(-0.05)
    assert pace[gradients().size // 2] == pytest.approx(1 / 1.3)
    assert pace.max() == pytest.approx(10 / 1.3)


def test_vehicles_stop_at_steep_ground():
    pace = vehicle_pace(8.0)
    assert np.isinf(pace[np.abs(gradients()) > 0.44]).all()
    assert pace[gradients().size // 2] == pytest.approx(1 / 8.0)


def test_a_drone_does_not_mind():
    kinds = modes(targets_of(load_catalogue()))
    assert set(pace_of(kinds["drone"])) == {1.0 / kinds["drone"].speed}
    assert np.isinf(kinds["vehicle"].water_delay)
