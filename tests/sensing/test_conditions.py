"""Conditions laid over an hour's weather."""

import pytest

from limes.errors import UsageError
from limes.sensing.conditions import CONDITIONS, conditions


def test_nothing_said_nothing_changed(clear):
    assert conditions(clear, "") == clear
    assert conditions(clear, " , ") == clear


@pytest.mark.parametrize("name", CONDITIONS)
def test_named_conditions_set_their_numbers(clear, name):
    changed = conditions(clear, name)
    for key, value in CONDITIONS[name].items():
        assert getattr(changed, key) == value
    assert changed.temperature == clear.temperature


def test_numbers_follow_names(clear):
    changed = conditions(clear, "fog, wind=3, temperature=-2.5")
    assert (changed.visibility, changed.wind, changed.temperature) == (200.0, 3.0, -2.5)


@pytest.mark.parametrize("text", ["snow", "fog=1", "visibility", "visibility=", "time=3", "wind=hard", "wind=3=4"])
def test_what_is_no_condition_is_a_wrong_call(clear, text):
    with pytest.raises(UsageError):
        conditions(clear, text)
