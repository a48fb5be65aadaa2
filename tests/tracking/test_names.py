from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.columns import Status
from limes.tracking import Tracker
from limes.tracking.names import Names
from limes.tracking.parties import JOINED
from limes.tracking.state import IDENT, LATEST, PARTY, STATUS, Bias, State

_spec = importlib.util.spec_from_file_location("tracking_scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)


def state(tracks):
    """A state of tracks given as (own number, group's number, serial of the last detection, status)."""
    out = State.empty(1, 1, Bias(np.zeros(0), np.zeros((0, 0))), capacity=len(tracks) + 2)
    out.count = len(tracks)
    for k, row in enumerate(tracks):
        out.tracks.whole[k, [IDENT, PARTY, LATEST, STATUS]] = row
    out.tracks.whole[len(tracks) :] = 99
    return out


def scenes(draw_from):
    """Tracks with distinct own (even) numbers and last detections, some in groups of odd numbers."""
    row = st.tuples(
        st.integers(1, draw_from).map(lambda k: 2 * k),
        st.sampled_from([0, 0, 1, 3, 5]),
        st.integers(1, 9),
        st.sampled_from([Status.CONFIRMED, Status.CONFIRMED, Status.TENTATIVE]),
    )
    return st.lists(row, max_size=7, unique_by=(lambda r: r[0], lambda r: r[2])).map(sorted)


def follow_plainly(alias, before, after):
    """The rule of `Names.follow`, told over dictionaries."""
    live, borne = {row[0] for row in after} | {row[1] for row in after}, alias
    alias = {own: name for own, name in alias.items() if own in live and name not in live}
    renamed = {}
    for column in (0, 1):
        had = {row[2]: borne.get(row[column], row[column]) for row in before if row[3] == Status.CONFIRMED and row[column]}
        has = {alias.get(row[column], row[column]) for row in after}
        for own in sorted({row[column] for row in after} - {0}):
            if alias.get(own, own) in had.values():
                continue
            votes = Counter(had[row[2]] for row in after if row[column] == own and row[2] in had)
            votes = {name: n for name, n in votes.items() if name not in has and name not in renamed.values()}
            if votes:
                renamed[own] = min(votes, key=lambda name: (-votes[name], name))
    return alias | renamed, renamed


@given(st.dictionaries(st.integers(0, 6), st.integers(50, 60)), st.lists(st.integers(0, 6), max_size=12))
def test_public_numbers_are_the_borne_ones_else_the_own(alias, own):
    own = np.array(own, np.int64)
    given_own = own.copy()
    names = Names(alias)
    assert names.public(own).tolist() == [alias.get(k, k) for k in own.tolist()]
    assert names.public(np.tile(own, (2, 1))).shape == (2, len(own))
    assert own.tolist() == given_own.tolist()


def test_a_member_bears_its_groups_number():
    members = state([(4, 0, 1, 1), (6, 9, 2, 1), (8, 9, 3, 0), (10, 0, 4, 1)])
    assert Names({9: 7, 10: 2}).of(members).tolist() == [4, 7, 7, 2]


@given(st.lists(st.tuples(scenes(6), scenes(6)), max_size=5))
def test_following_replays_is_the_plain_rule(replays):
    names, alias = Names(), {}
    for before, after in replays:
        alias, renamed = follow_plainly(alias, before, after)
        assert names.follow(state(before), state(after)) == renamed
        assert names.alias == alias


@given(st.lists(st.tuples(scenes(6), scenes(6)), max_size=5))
def test_no_two_tracks_and_no_two_groups_ever_bear_one_name(replays):
    names = Names()
    for before, after in replays:
        names.follow(state(before), state(after))
        whole = state(after).live().whole
        own = np.unique(np.concatenate([whole[:, IDENT], whole[:, PARTY]]))
        borne = names.public(own).tolist()
        assert len(set(borne)) == len(own)
        assert [name % 2 for name in borne] == (own % 2).tolist()


def test_a_track_born_anew_takes_over_the_name_of_what_it_replaces():
    names = Names()
    before, after = state([(8, 0, 5, 1), (10, 0, 6, 1)]), state([(6, 0, 5, 1), (10, 0, 6, 1)])
    assert names.follow(before, after) == {6: 8}
    assert names.of(after).tolist() == [8, 10]
    again = state([(4, 0, 5, 1), (10, 0, 6, 1)])
    assert names.follow(after, again) == {4: 8}
    assert names.follow(again, before) == {}
    assert names.of(before).tolist() == [8, 10]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((8, 0, 5, Status.TENTATIVE), (6, 0, 5, 1)),  # nobody was told of it yet
        ((8, 0, 5, 1), (6, 0, 7, 1)),  # what is new holds another detection
        ((8, 0, 5, 1), (8, 0, 5, 1)),  # nothing is new
    ],
)
def test_nothing_takes_over_a_name_without_cause(before, after):
    assert Names().follow(state([before]), state([after])) == {}


def test_a_group_takes_over_the_name_of_most_of_its_members():
    before = state([(2, 11, 1, 1), (4, 11, 2, 1), (6, 13, 3, 1), (8, 13, 4, 1), (10, 13, 5, 1)])
    after = state([(2, 15, 1, 1), (4, 15, 2, 1), (6, 15, 3, 1), (8, 15, 4, 1), (10, 15, 5, 1)])
    assert Names().follow(before, after) == {15: 13}


def test_a_name_that_nobody_bears_any_more_is_forgotten():
    names = Names({6: 8})
    assert names.follow(state([(6, 0, 5, 1)]), state([])) == {}
    assert names.alias == {}


def late_walk():
    """Two sensors over two walkers and a pair; the second's looks come 13 s late, and are of before the first's begin."""
    site = np.concatenate([scene.sensor(sigma_range=3.0), scene.sensor(id="t", sigma_range=3.0)])
    walkers = [[-3000, 0, 12, 1], [2500, -2500, -6, 6], [0, 2000, 0, -1.4], [12, 2000, 0, -1.4]]
    first = scene.straight(walkers, 60.0, site[:1], seed=1, clutter=0.0)
    second = scene.straight(walkers, 60.0, site[1:], seed=2, phase=1.0, index=1, clutter=0.0)
    first = first[first["time"] > 6.0]
    rows = np.concatenate([first, second])
    return site, rows[np.argsort(rows["time"] + np.where(rows["sensor"] == 1, 13.0, 0.0), kind="stable")]


def test_a_thing_keeps_its_name_through_late_data_and_its_events_follow():
    site, rows = late_walk()
    tracker = Tracker(site)
    edges = np.flatnonzero(np.diff(rows["sensor"], prepend=-1))
    told, seen = [], set()
    for part in np.split(rows, edges[1:]):
        tracks = tracker.update(part)
        assert len(np.unique(tracks["track"])) == len(tracks)
        seen |= set(tracks["track"].tolist())
        fast = tracks[tracks["vx"] > 9.0]
        told += fast["track"].tolist()
    assert len(told) > 20
    assert len(set(told)) == 1
    events = tracker.events
    confirmed = set(events["track"][events["status"] == Status.CONFIRMED].tolist())
    joined = events[events["status"] == JOINED]
    live = set(tracker.tracks(tracker.time)["track"].tolist())
    assert set(told) <= confirmed
    assert set(joined["hits"].tolist()) & live
    assert live <= confirmed | set(joined["hits"].tolist())
    assert tracker.late == 0
