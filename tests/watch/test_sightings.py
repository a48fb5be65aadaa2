from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limes.watch.sightings import Sightings

rows = st.lists(st.tuples(st.integers(-1, 6), st.integers(0, 4), st.floats(0, 100)), max_size=60)


def columns(given_rows):
    table = np.array(given_rows, float).reshape(len(given_rows), 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int32), table[:, 2]


@given(st.lists(rows, max_size=5))
def test_counts_are_those_of_a_plain_counter_whatever_the_batches(batches):
    seen, plain = Sightings(5), Counter()
    for batch in batches:
        seen.add(*columns(batch))
        plain.update((track, sensor) for track, sensor, _ in batch if track >= 0)
    for track in range(7):
        assert {s: hits for s, hits, _ in seen.of([track])} == {s: n for (t, s), n in plain.items() if t == track}
    tracks = np.arange(7)
    assert seen.by_track(tracks).tolist() == [sum(t == track for t, _ in plain) for track in tracks]


@given(rows, rows)
def test_one_batch_or_two_give_the_same_rows(first, second):
    once, twice = Sightings(5), Sightings(5)
    once.add(*columns(first + second))
    twice.add(*columns(first))
    twice.add(*columns(second))
    np.testing.assert_array_equal(once.rows, twice.rows)


def test_several_tracks_add_up_and_the_last_time_is_the_latest():
    seen = Sightings(5)
    seen.add(np.array([1, 2, 2]), np.array([3, 3, 0]), np.array([5.0, 9.0, 1.0]))
    assert seen.of([1, 2]) == [(3, 2, 9.0), (0, 1, 1.0)]


def test_old_sightings_go_but_those_of_kept_tracks_stay():
    seen = Sightings(5)
    seen.add(np.array([1, 2, 3]), np.array([0, 0, 0]), np.array([5.0, 5.0, 50.0]))
    seen.forget(np.array([2]), before=10.0)
    assert seen.by_track(np.array([1, 2, 3])).tolist() == [0, 1, 1]
