import numpy as np
import pytest

from limes.closure.race import p_response_first


@pytest.mark.parametrize("law", ["normal", "lognormal"])
def test_the_closed_forms_agree_with_draws(law):
    rng, runs = np.random.default_rng(3), 400_000
    crossing, response = (900.0, 400.0), (700.0, 300.0)

    def draw(mean, sd):
        if law == "normal":
            return rng.normal(mean, sd, runs)
        variance = np.log(1.0 + (sd / mean) ** 2)
        return rng.lognormal(np.log(mean) - variance / 2.0, np.sqrt(variance), runs)

    share = (draw(*response) <= draw(*crossing)).mean()
    assert share == pytest.approx(float(p_response_first(*crossing, *response, law)), abs=0.003)


def test_without_spread_the_quicker_wins():
    assert p_response_first(np.array([100.0, 100.0]), 0.0, np.array([99.0, 101.0]), 0.0).tolist() == [1.0, 0.0]
    assert p_response_first(np.array([100.0, 100.0]), 0.0, np.array([99.0, 101.0]), 0.0, "lognormal").tolist() == [1.0, 0.0]


def test_exponential_times():
    assert float(p_response_first(900.0, 0.0, 600.0, 0.0, "exponential")) == pytest.approx(0.6)
