from __future__ import annotations

import math

import pytest

from limes.units import KMH, KNOT, compass, format_time, parse_time


def test_times_need_a_zone():
    with pytest.raises(ValueError, match="no time zone"):
        parse_time("2026-01-20T17:10:00")


def test_times_there_and_back():
    assert format_time(parse_time("2026-01-20T17:10:00+03:00"), "Europe/Istanbul") == "2026-01-20T17:10:00+03:00"
    assert parse_time("2026-01-20T14:10:00Z") == parse_time("2026-01-20T17:10:00+03:00")


@pytest.mark.parametrize(("degrees", "name"), [(0, "north"), (44, "north-east"), (181, "south"), (359, "north"), (-90, "west")])
def test_compass(degrees, name):
    assert compass(math.radians(degrees)) == name


def test_speeds():
    assert pytest.approx(65 * 0.514444, abs=1e-3) == 65 * KNOT
    assert pytest.approx(1.3889, abs=1e-4) == 5 * KMH
