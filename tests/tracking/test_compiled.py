from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.tracking.compiled import entry, filled, inner, sorting_order


@inner
def doubled(value):
    return 2.0 * value


@inner
def doubled_twice(value):
    return doubled(doubled(value))


@entry
def compiled_twice(value):
    return doubled_twice(value)


def test_an_inner_function_gives_the_same_from_python_and_compiled():
    assert doubled_twice(1.5) == compiled_twice(1.5) == 6.0
    assert not doubled.signatures or len(doubled.signatures) == 1


@given(st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0]), max_size=40))
def test_sorting_order_is_that_of_a_stable_sort(values):
    values = np.array(values)
    assert sorting_order(values).tolist() == np.argsort(values, kind="stable").tolist()


@pytest.mark.parametrize("size", [0, 3])
def test_filled(size):
    assert filled(size, 2.0).tolist() == [2.0] * size
