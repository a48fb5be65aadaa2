import numpy as np
import pytest

from limes.closure.sensitivity import ishigami, sobol_exact, sobol_sampled, tornado
from limes.errors import UsageError

EDGE = np.full(3, np.pi)


def test_ishigami_has_its_published_indices():
    found = sobol_exact(ishigami, -EDGE, EDGE)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-4)
    assert found.variance == pytest.approx(13.8446, abs=1e-4)


def test_sampling_comes_near():
    found = sobol_sampled(ishigami, -EDGE, EDGE, 40_000, np.random.default_rng(8))
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_too_many_inputs_go_to_sampling():
    with pytest.raises(UsageError, match="sobol_sampled"):
        sobol_exact(lambda x: x[:, 0], np.zeros(5), np.ones(5))


def test_the_tornado_puts_first_what_takes_the_answer_farthest():
    base, rows = tornado(lambda x: x["a"] + 10.0 * x["b"], {"a": 1.0, "b": 1.0}, {"a": (0.0, 3.0), "b": (0.9, 1.0)})
    assert base == 11.0
    assert [row.name for row in rows] == ["a", "b"]
    assert (rows[0].at_low, rows[0].at_high, rows[0].swing) == (10.0, 13.0, 3.0)
