import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.closure.easi import critical_detection_point, easi, p_in_time, remaining_delay, timely_detection

BEGIN = ["begin"] * 6
DOORS = np.array([0.0, 0.0, 0.9, 0.0, 0.9, 0.0])
DELAYS = np.array([10.0, 12.0, 90.0, 10.0, 90.0, 120.0])
GARCIA = (DELAYS, 0.3 * DELAYS)


def test_the_published_example_pins_the_convention():
    assert float(easi(DOORS, *GARCIA, BEGIN, 300.0, 90.0, 0.95, "first-detection-only")) == pytest.approx(0.476, abs=5e-4)


def test_the_conventions_differ_and_agree_without_failures_of_communication():
    ours = float(easi(DOORS, *GARCIA, BEGIN, 300.0, 90.0, 0.95))
    assert ours == pytest.approx(0.48318, abs=1e-5)
    sure = [float(easi(DOORS, *GARCIA, BEGIN, 300.0, 90.0, 1.0, how)) for how in ("each-detection", "first-detection-only")]
    assert sure[0] == sure[1]


@pytest.mark.parametrize("how", ["each-detection", "first-detection-only"])
def test_it_agrees_with_a_simulation_of_crossings(how):
    rng, runs = np.random.default_rng(5), 400_000
    senses = ["begin", "begin", "middle", "begin", "end", "begin"]
    p = np.array([0.3, 0.0, 0.6, 0.1, 0.9, 0.2])
    left = np.array([{"begin": 1.0, "middle": 0.5, "end": 0.0}[at] for at in senses])
    times = rng.normal(DELAYS, 0.3 * DELAYS, (runs, 6))
    remaining = left * times + times[:, ::-1].cumsum(1)[:, ::-1] - times
    response = rng.normal(150.0, 40.0, runs)
    seen, told = rng.random((runs, 6)) < p, rng.random((runs, 6)) < 0.8
    stops = seen & told if how == "each-detection" else seen
    first = stops.argmax(1)
    rows = np.arange(runs)
    caught = stops.any(1) & told[rows, first] & (remaining[rows, first] > response)
    exact = float(easi(p, DELAYS, 0.3 * DELAYS, senses, 150.0, 40.0, 0.8, how))
    assert caught.mean() == pytest.approx(exact, abs=4.0 * np.sqrt(exact * (1 - exact) / runs))


def test_paths_are_vectorised():
    p = np.stack([DOORS, np.where(np.arange(6) == 0, 0.9, DOORS)])
    together = easi(p, *GARCIA, BEGIN, np.array([300.0, 200.0]), 90.0, 0.95)
    apart = [float(easi(row, *GARCIA, BEGIN, r, 90.0, 0.95)) for row, r in zip(p, (300.0, 200.0), strict=True)]
    assert together.tolist() == pytest.approx(apart)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6), st.floats(1.0, 500.0))
def test_without_spread_easi_is_timely_detection(p, response):
    delays, senses = np.linspace(20.0, 110.0, len(p)), ["begin", "middle", "end", "begin", "middle", "end"][: len(p)]
    exact = easi(np.array(p), delays, 0.0 * delays, senses, response, 0.0)
    assert float(exact) == pytest.approx(float(timely_detection(np.array(p), delays, senses, response)), abs=1e-12)


def test_the_critical_point_is_the_last_that_leaves_time():
    assert critical_detection_point(DELAYS, BEGIN, 215.0) == 3
    assert critical_detection_point(DELAYS, BEGIN, 332.0) is None
    assert timely_detection(DOORS, DELAYS, BEGIN, np.array([215.0, 332.0])).tolist() == pytest.approx([0.9, 0.0])


def test_half_a_task_has_a_quarter_of_its_variance():
    mean, variance = remaining_delay(np.array([60.0]), np.array([10.0]), ["middle"])
    assert (mean[0], variance[0]) == (30.0, 25.0)


def test_a_tie_without_spread_is_too_late():
    assert float(p_in_time(np.array(0.0), 0.0)) == 0.0
