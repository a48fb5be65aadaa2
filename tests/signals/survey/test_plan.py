import pytest

from limes.signals.survey.plan import plans


def test_strength_as_of_the_bank():
    # d' 9.0 for 1.5 m at 6 m by 48 electrodes at 1 m, less the uniform background
    row = next(one for one in plans(1.5, 6.0) if (one.electrodes, one.spacing_m) == (48, 1.0))
    assert 7.0 < row.strength < 9.1
    assert row.p_found > 0.99
    assert 0.0 < row.covers_m < row.length_m


def test_none_finds_a_small_deep_one():
    assert max(one.covers_m for one in plans(0.5, 15.0)) == pytest.approx(0.0)
