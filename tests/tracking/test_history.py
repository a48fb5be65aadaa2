from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import DETECTION, empty
from limes.tracking import Tracker
from limes.tracking.history import CHECKPOINTS, EVENT, Entry, History
from limes.tracking.parties import JOINED
from limes.tracking.snapshot import pack
from limes.tracking.state import IDENT, Bias, State

_spec = importlib.util.spec_from_file_location("tracking_scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)


def nothing():
    return State.empty(1, 1, Bias(np.zeros(0), np.zeros((0, 0))), capacity=2)


def entry(serial, key):
    rows = empty(DETECTION, 1)
    rows["time"], rows["sensor"], rows["scan"] = key
    return Entry(key, serial, rows, np.zeros(3), [], np.full(1, -1))


class Chain:
    """Drives a history as the tracker does; its state is the list of looks processed, so any other order is another state."""

    def __init__(self, window):
        self.state = nothing()
        self.history = History(window, self.state)
        self.replayed = []

    def take(self, each):
        if self.history.in_order(each.key):
            self.process(each)
        elif not self.history.too_late(each.key):
            self.state, again = self.history.rewind(each)
            self.replayed.append(again)
            for other in again:
                self.process(other)

    def process(self, each):
        self.history.time = each.key[0]
        self.state.reserve(self.state.count + 1)
        self.state.tracks.whole[self.state.count, IDENT] = each.serial
        self.state.count += 1
        each.owner[:] = self.state.count
        self.history.log(each.key[0], np.array([[each.serial, 1, self.state.count]]), np.zeros((1, 3)))
        self.history.append(each, self.state)

    @property
    def processed(self):
        return self.state.live().whole[:, IDENT].tolist()

    def bytes(self):
        return pack(self.history.arrays(self.state))


def in_order_of_time(keys, window):
    """Serials that count, and the order in which a tracker would have processed them had none been late."""
    newest, kept = (-np.inf, -1, -1), []
    for serial, key in enumerate(keys):
        if key >= newest or key[0] >= newest[0] - window:
            kept.append((key, serial))
            newest = max(newest, key)
    return [serial for _, serial in sorted(kept)]


keys = st.lists(st.tuples(st.integers(0, 12).map(float), st.integers(0, 2), st.integers(-1, 0)), max_size=25)
windows = st.sampled_from([0.0, 1.0, 4.0, 30.0])


@given(keys, windows)
def test_late_looks_end_where_they_belong_and_nothing_is_lost(keys, window):
    chain = Chain(window)
    for serial, key in enumerate(keys):
        chain.take(entry(serial, key))
    expected = in_order_of_time(keys, window)
    assert chain.processed == expected
    assert chain.history.events["track"].tolist() == expected
    assert chain.history.events["hits"].tolist() == list(range(1, len(expected) + 1))
    assert chain.history.time == max((key[0] for key in keys), default=-np.inf)


@given(keys, windows, st.integers(1, 5))
def test_what_is_settled_is_never_told_again_or_otherwise(keys, window, every):
    chain, settled = Chain(window), []
    for serial, key in enumerate(keys):
        chain.take(entry(serial, key))
        if serial % every == 0:
            settled += chain.history.settle()["track"].tolist()
    assert settled + chain.history.events["track"].tolist() == in_order_of_time(keys, window)


def test_settling_leaves_no_more_than_the_window():
    chain = Chain(4.0)
    for serial in range(200):
        chain.take(entry(serial, (float(serial), 0, serial)))
        chain.history.settle()
    assert len(chain.history.events) <= 7


def test_a_look_exactly_as_late_as_the_window_of_a_sensor_further_up():
    chain = Chain(4.0)
    for serial, time in enumerate(range(7)):
        chain.take(entry(serial, (float(time), 1, time)))
    chain.take(entry(7, (2.0, 0, 2)))
    assert chain.processed == [0, 1, 7, 2, 3, 4, 5, 6]
    chain.take(entry(8, (7.0, 1, 7)))
    assert chain.processed[-1] == 8


def test_two_reports_of_one_sensor_and_one_second_both_survive_a_replay():
    chain = Chain(30.0)
    for serial, key in enumerate([(10.0, 0, -1), (10.0, 0, -1), (12.0, 0, -1), (11.0, 0, -1)]):
        chain.take(entry(serial, key))
    assert chain.processed == [0, 1, 3, 2]


@settings(max_examples=60)
@given(keys, keys, windows)
def test_what_is_frozen_stays_as_it_was(before, after, window):
    chain = Chain(window)
    for serial, key in enumerate(before):
        chain.take(entry(serial, key))
    frozen, state, bytes_then = chain.history.freeze(), chain.state.copy(), chain.bytes()
    for serial, key in enumerate(after, len(before)):
        chain.take(entry(serial, key))
        chain.history.rename({serial: 1000 + serial, 0: 1000}, -np.inf)
    assert pack(frozen.arrays(state)) == bytes_then


@settings(max_examples=60)
@given(keys, keys, windows)
def test_a_restored_history_has_the_same_future(before, after, window):
    chain, other = Chain(window), Chain(window)
    for serial, key in enumerate(before):
        chain.take(entry(serial, key))

    def make(rows, serial, site):
        return entry(serial, (float(rows["time"][0]), int(rows["sensor"][0]), int(rows["scan"][0])))

    other.state = other.history.restore(chain.history.arrays(chain.state), make)
    assert other.bytes() == chain.bytes()
    for serial, key in enumerate(after, len(before)):
        chain.take(entry(serial, key))
        other.take(entry(serial, key))
        assert other.processed == chain.processed
    assert other.bytes() == chain.bytes()


def test_a_long_watch_keeps_no_more_than_the_window_and_a_late_look_costs_little():
    chain, window, looks = Chain(32.0), 32.0, 8
    for k in range(100 * looks):
        chain.take(entry(k, (k / looks, 0, k)))
        if k % 50 == 0:
            kept = chain.history.arrays(chain.state)
            assert len(kept["after"]) <= CHECKPOINTS + 2
            assert len(kept["serial"]) <= looks * (window + 2.0 * window / CHECKPOINTS) + 1
    for serial, late in ((5000, 3.0), (5001, 17.0), (5002, 31.0)):
        chain.take(entry(serial, (chain.history.time - late, 1, serial)))
        again = chain.replayed.pop()
        assert serial in [each.serial for each in again]
        assert len(again) <= looks * (late + window / CHECKPOINTS) + 4
    assert len(chain.processed) == 100 * looks + 3


@pytest.mark.parametrize(("late", "verdict"), [(0.0, False), (30.0, False), (30.001, True)])
def test_only_what_is_older_than_the_window_is_too_late(late, verdict):
    history = History(30.0, nothing())
    assert history.in_order((0.0, 0, 0))
    history.time = 100.0
    assert history.too_late((100.0 - late, 0, 0)) == verdict


def test_events_say_what_was_logged():
    history = History(30.0, nothing())
    assert history.events.dtype == EVENT
    assert not len(history.events)
    history.log(5.0, np.array([[8, 1, 3], [10, 2, 6]]), np.array([[0.6, 0.0, 5.0], [0.1, 3.5, 1.0]]))
    assert history.events.tolist() == [(5.0, 8, 1, 3, 0.6, 0.0, 5.0), (5.0, 10, 2, 6, 0.1, 3.5, 1.0)]


def test_a_name_is_given_to_a_track_and_to_its_group_from_the_replay_on():
    history = History(30.0, nothing())
    for time in (1.0, 2.0, 3.0):
        history.log(time, np.array([[8, 1, 9], [10, JOINED, 9], [9, 1, 8]]), np.zeros((3, 3)))
    history.rename({8: 4, 9: 7}, 2.0)
    told = history.events[["track", "status", "hits"]].tolist()
    assert told[:3] == [(8, 1, 9), (10, JOINED, 9), (9, 1, 8)]
    assert told[3:] == 2 * [(4, 1, 9), (10, JOINED, 7), (7, 1, 8)]


def test_a_frozen_tracker_is_written_as_it_was_though_late_looks_come_before():
    site = np.concatenate([scene.sensor(), scene.sensor(id="t")])
    walkers = [[-3000, 0, 12, 1], [0, 2000, 0, -1.4]]
    first = scene.straight(walkers, 30.0, site[:1], seed=1)
    second = scene.straight(walkers, 30.0, site[1:], seed=2, phase=1.0, index=1)
    tracker = Tracker(site)
    tracker.feed(first)
    write, then = tracker.freeze(), tracker.snapshot()
    tracker.feed(second)
    assert tracker.late == 0
    assert write() == then != tracker.snapshot()
