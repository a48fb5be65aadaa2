from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.sector import bundled, load
from limes.sector.families import FAMILIES
from limes.sector.lines import LINE_OFFSET, beside


@cache
def border():
    return load(bundled("mesa-verde")).border


def test_every_family_of_lines_has_its_place():
    assert set(LINE_OFFSET) == {name for name, family in FAMILIES.items() if family.geometry == "line"}


@pytest.mark.parametrize("offset", [-40.0, 0.0, 20.0, 40.0])
def test_keeps_its_distance_on_both_sides(offset):
    points = beside(border(), 1000.0, 18000.0, offset)
    assert np.median(border().locate(points[:, 0], points[:, 1])[1]) == pytest.approx(offset, abs=1.0)


def test_runs_with_growing_chainage_and_never_back(reference):
    points = beside(reference.border, 0.0, reference.border.length, 20.0)
    chainage, _ = reference.border.locate(points[:, 0], points[:, 1])
    assert (np.diff(chainage) > -25.0).all()


@settings(max_examples=60, deadline=None)
@given(start=st.floats(0, 19.2), length=st.floats(0.05, 19), offset=st.floats(-100, 100))
def test_begins_and_ends_where_it_says(start, length, offset):
    end = min(start + length, 19.25)
    points = beside(border(), start * 1000, end * 1000, offset)
    ends = np.array([points[0], points[-1]])
    gap = np.hypot(*(ends - np.stack(border().point(np.array([start, end]) * 1000), axis=-1)).T)
    assert gap == pytest.approx(np.full(2, abs(offset)), abs=1e-6)
