from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limes.columns import DETECTION, empty
from limes.watch.waiting import Waiting, look_times


def rows(*given_rows):
    out = empty(DETECTION, len(given_rows))
    for row, (time, sensor, scan, place) in zip(out, given_rows, strict=True):
        row["time"], row["sensor"], row["scan"], row["range"] = time, sensor, scan, place
    return out


def told(found):
    return [(float(r["time"]), int(r["sensor"]), int(r["scan"]), float(r["range"])) for r in found]


def test_rows_wait_until_their_time_has_passed():
    waiting = Waiting()
    waiting.add(rows((5.0, 0, 1, 10.0), (7.0, 0, 2, 20.0)))
    assert told(waiting.release(6.0)) == [(5.0, 0, 1, 10.0)]
    assert told(waiting.release(6.5)) == []
    assert told(waiting.release(7.0)) == [(7.0, 0, 2, 20.0)]


def test_a_look_comes_out_whole_when_its_last_row_is_due():
    waiting = Waiting()
    waiting.add(rows((5.0, 0, 1, 10.0), (5.4, 1, -1, 1.0), (6.0, 0, 1, 20.0)))
    assert told(waiting.release(5.5)) == [(5.4, 1, -1, 1.0)]
    assert told(waiting.release(6.0)) == [(5.0, 0, 1, 10.0), (6.0, 0, 1, 20.0)]


def test_late_rows_come_first_and_are_counted():
    waiting = Waiting()
    waiting.release(10.0)
    waiting.add(rows((9.0, 0, 1, 1.0), (11.0, 0, 2, 2.0), (10.0, 1, 1, 3.0)))
    assert told(waiting.release(11.0)) == [(9.0, 0, 1, 1.0), (10.0, 1, 1, 3.0), (11.0, 0, 2, 2.0)]
    assert waiting.late == 2


def test_rows_of_sensors_nobody_knows_are_dropped_and_nothing_is_nothing():
    waiting = Waiting()
    waiting.add(rows((1.0, -1, 1, 1.0)))
    assert told(waiting.release(5.0)) == []
    assert look_times(rows()).shape == (0,)
    assert len(waiting.gathered()) == 0


def test_gathered_rows_go_on_elsewhere():
    waiting = Waiting()
    waiting.add(rows((5.0, 0, 1, 10.0)))
    waiting.release(1.0)
    waiting.add(rows((6.0, 0, 2, 20.0)))
    other = Waiting(waiting.gathered(), waiting.passed, waiting.late)
    assert told(other.release(9.0)) == told(waiting.release(9.0))


looks = st.lists(
    st.tuples(st.integers(0, 9).map(float), st.integers(0, 3), st.integers(-1, 3), st.integers(0, 50).map(float)), max_size=40
)


@given(looks, st.randoms(use_true_random=False), st.integers(1, 7))
def test_neither_order_nor_cutting_matters_before_the_clock_has_passed(found, random, size):
    whole, cut = Waiting(), Waiting()
    whole.add(rows(*found))
    shuffled = found[:]
    random.shuffle(shuffled)
    for start in range(0, len(shuffled), size):
        cut.add(rows(*shuffled[start : start + size]))
    for until in (3.0, 6.0, 9.0):
        np.testing.assert_array_equal(told(whole.release(until)), told(cut.release(until)))
