import numpy as np
import pytest

from limes.closure.shuttle import p_meet_at, p_meet_random, p_meet_uniform, p_meet_watched


def met(place, reach, start):
    """Whether a shuttle of unit beat and speed, begun at phase `start` of 2, passes a place within `reach`."""
    passes = np.stack([start * 0 + place, 2.0 - place + start * 0, 2.0 + place + start * 0, 4.0 - place + start * 0])
    return ((passes >= start) & (passes <= start + reach)).any(axis=0)


@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("reach", [0.1, 0.7, 1.3, 2.0])
def test_a_place_is_met_as_often_as_simulated(place, reach):
    start = (np.arange(20_000) + 0.5) / 10_000
    assert met(place, reach, start).mean() == pytest.approx(float(p_meet_at(place, reach)), abs=2e-4)


def test_the_mean_over_the_beat():
    u = (np.arange(10_000) + 0.5) / 10_000
    for a in (0.25, 1.2, 3.0):
        assert float(p_meet_at(u, min(a, 2.0)).mean()) == pytest.approx(float(p_meet_uniform(a)), abs=1e-6)


def test_the_ends_are_met_half_as_often_as_the_middle():
    assert float(p_meet_at(0.0, 0.3)) == 0.5 * float(p_meet_at(0.5, 0.3))


def test_who_watches_a_shuttle_walks_through_but_not_past_a_patrol_without_memory():
    assert float(p_meet_watched(0.1, 1.0)) == 0.0
    assert float(p_meet_random(1.0)) == pytest.approx(0.632, abs=5e-4)
