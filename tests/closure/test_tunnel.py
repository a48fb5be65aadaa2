import numpy as np
import pytest

from limes.closure.scene import closure
from limes.closure.tunnel import FOLLOWED, OTHERWISE, p_found_dug, tunnels
from limes.sensing.fibre import FibreModel


def test_a_fibre_hears_weeks_of_digging(demo):
    fibre = next(s for s in demo.sensors if isinstance(s.model, FibreModel))
    assert p_found_dug(fibre.model, fibre.availability, demo) == pytest.approx(FOLLOWED * fibre.availability)


def test_a_tunnel_under_the_fibre_is_the_worse_choice(demo):
    foot = closure(demo, "foot", "in")
    p = tunnels(demo, foot)
    assert p.size == foot.p.size
    assert (p[1:18] >= 1.0 - (1.0 - OTHERWISE) * (1.0 - FOLLOWED * 0.9)).all()
    assert p[19] < p[1:18].min()


def test_without_fibre_only_chance_and_the_mouth_are_left(demo):
    lost = frozenset({"fibre-1"})
    foot = closure(demo, "foot", "in", lost)
    with_fibre = tunnels(demo, closure(demo, "foot", "in"))
    p = tunnels(demo, foot, lost)
    assert (p <= with_fibre + 1e-9).all()
    assert np.nanmin(p) >= OTHERWISE - 1e-9
