"""Conditions laid over an hour's weather."""

from dataclasses import fields

import pytest

from limes.errors import UsageError
from limes.sensing.conditions import CONDITIONS, LIMITS, conditions


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


@pytest.mark.parametrize("text", ["visibility=0", "visibility=-5", "rain=nan", "wind=-3", "humidity=7", "cloud=inf"])
def test_what_no_air_has_is_a_wrong_call(clear, text):
    with pytest.raises(UsageError, match="out of what air can be"):
        conditions(clear, text)


def test_every_number_of_the_weather_has_its_limits(clear):
    assert set(LIMITS) == {field.name for field in fields(clear)} - {"time"}
    for values in CONDITIONS.values():
        assert all(LIMITS[name][0] <= value <= LIMITS[name][1] for name, value in values.items())
