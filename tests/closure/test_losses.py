import pytest

from limes.closure.losses import losses, ordinary_failures
from limes.closure.scene import closure


def test_no_loss_helps(demo):
    whole = closure(demo, "foot", "in")
    found = {loss.name: loss for loss in losses(demo, "foot", "in")}
    assert set(found) == {"aerostats", "communications", "power", "control room", "one post"}
    assert all(loss.mean <= whole.mean + 1e-6 for loss in found.values())
    assert found["one post"].mean < 1e-4
    assert found["one post"].what == "post-1 with its patrols"
    assert found["control room"].mean < 0.5 * whole.mean + 1e-6


def test_ordinary_failures_come_from_the_seed(demo):
    one, two = (ordinary_failures(demo, "foot", "in", 6, seed=4) for _ in range(2))
    assert one == two
    assert one.least <= one.worst <= one.mean <= closure(demo, "foot", "in").mean + 1e-6
    assert one.runs == 6
    assert one.sd == pytest.approx(one.sd)
