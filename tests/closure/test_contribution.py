import numpy as np
import pytest

from limes.closure.contribution import parts, shapley, shares
from limes.closure.scene import closure


def test_parts_hold_everything_that_can_fail_once(deployment):
    found = parts(deployment)
    ids = [key for group in found.values() for key in group]
    assert len(ids) == len(set(ids))
    assert found["post-1"] == {"patrol-1"}
    assert len(found["seismic-10"]) + len(found.get("seismic-11", ())) == 6
    assert "fence-sensor-1" in found


def test_shapley_of_a_game_with_a_known_answer():
    """A glove game: one left glove is worth a pair with either of two right ones (1/6, 1/6, 2/3; Shapley 1953)."""
    groups = {name: frozenset(name) for name in "abL"}

    def value(lost):
        held = set("abL") - lost
        return float("L" in held and bool(held & set("ab")))

    mean, error = shapley(value, groups, 400, 5)
    assert mean == pytest.approx([1 / 6, 1 / 6, 2 / 3], abs=4 * error.max())
    assert mean.sum() == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_shares():
    groups = {name: frozenset(name) for name in "abcd"}

    def value(lost):
        return 1.0 / (1 + len(lost)) - 0.1 * ("a" in lost)

    one, two = shapley(value, groups, 3, 9)[0], shapley(value, groups, 3, 9)[0]
    assert np.array_equal(one, two)
    assert np.isnan(shapley(value, groups, 1, 9)[1]).all()


def test_shares_add_up_to_the_whole(demo, deployment):
    rows = shares(demo, "foot", "in", parts(deployment), orders=1)
    assert sum(row.shapley for row in rows) == pytest.approx(closure(demo, "foot", "in").mean, abs=1e-4)
    assert all(row.removal >= -1e-6 for row in rows)
    assert rows[0].name == "post-1"
    assert np.isnan(shares(demo, "foot", "in", {"fibre-1": frozenset({"fibre-1"})})[0].shapley)
