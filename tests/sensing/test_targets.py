"""The classes of movers as the sensors know them."""

import pytest

from limes.columns import CLASSES


def test_every_class_but_clutter_is_described(targets):
    assert set(targets) == set(CLASSES) - {"clutter"}


def test_numbers_are_those_of_the_menu(targets, catalogue):
    for name, target in targets.items():
        assert target.rcs == catalogue.target(name, "rcs_m2")
        assert target.size == catalogue.target(name, "size_m")
        assert target.name == name


def test_echoes_fade_by_a_known_case(targets):
    assert {target.swerling for target in targets.values()} <= {0, 1, 3}


@pytest.mark.parametrize(
    ("name", "warm", "flies"), [("person", True, False), ("vehicle", False, False), ("drone", False, True)]
)
def test_what_a_class_is(targets, name, warm, flies):
    assert (targets[name].warm, targets[name].flies) == (warm, flies)
