from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import CLASSES, TRACK, Status
from limes.tracking.parties import JOINED, LEAVE, LEFT, label_parties, name_by_count, party_rows
from limes.tracking.report import Z90
from limes.tracking.state import GROUP, IDENT, PARTY, Bias, State

PERSON, GROUP_CLASS = CLASSES.index("person"), CLASSES.index("group")


def state(groups, parties, places):
    """Tracks of own numbers 2, 4, ... at places (n, 2), which is where their likelier mode is."""
    n = len(groups)
    out = State.empty(2, 1, Bias(np.zeros(0), np.zeros((0, 0))), capacity=n + 1)
    out.count = n
    for k in range(n):
        out.tracks.whole[k, [IDENT, GROUP, PARTY]] = 2 * (k + 1), groups[k], parties[k]
        out.tracks.mean[k, k % 2, :2] = places[k]
        out.tracks.mean[k, 1 - k % 2, :2] = 1e6 * k
        out.tracks.weight[k, k % 2], out.tracks.weight[k, 1 - k % 2] = 0.8, 0.2
    out.tracks.whole[n, [IDENT, GROUP, PARTY]] = 999, 1, 777
    return out


def label(groups, parties, places, serial=100, rows=9):
    """Parties after labelling, and the events."""
    tracks = state(groups, parties, places)
    events = label_parties(tracks.count, max(groups, default=0), tracks.tracks, serial, rows)
    return tracks.live().whole[:, PARTY].tolist(), events.tolist()


def label_plainly(groups, parties, places, serial, rows):
    """The rule, told over dictionaries: most votes, then the winner among groups of one label, the rest near it or anew."""
    votes = {g: Counter(p for p, h in zip(parties, groups, strict=True) if h == g and p) for g in sorted(set(groups) - {0})}
    first = {g: min(v, key=lambda p: (-v[p], p), default=0) for g, v in votes.items()}
    after, fresh, final = list(parties), 2 * serial + 1, {}

    def beside(i, wanted, group, held):
        others = [k for k in range(len(groups)) if k != i and held[k] == wanted and groups[k] != group]
        return any(np.hypot(*(np.subtract(places[i], places[k]))) < LEAVE for k in others)

    for g, wanted in first.items():
        best = min((h for h in first if first[h] == wanted), key=lambda h: (-votes[h][wanted], h))
        members = [i for i, h in enumerate(groups) if h == g]
        if wanted and (best == g or any(beside(i, wanted, g, parties) for i in members)):
            final[g] = wanted
        else:
            final[g] = fresh if fresh < 2 * (serial + rows) else 0
            fresh += 2
    for i, g in enumerate(groups):
        after[i] = final[g] if g else parties[i] if parties[i] and beside(i, parties[i], -1, after) else 0
    events = []
    for i, (new, old) in enumerate(zip(after, parties, strict=True)):
        if new != old:
            events.append([2 * (i + 1), JOINED if new else LEFT, new or old])
    return after, events


@st.composite
def scenes(draw):
    n = draw(st.integers(0, 9))
    groups = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    order = {g: k for k, g in enumerate(sorted(set(groups) - {0}), 1)} | {0: 0}
    parties = draw(st.lists(st.sampled_from([0, 5, 7, 9]), min_size=n, max_size=n))
    steps = st.sampled_from([0.0, 60.0, 119.0, 120.0, 121.0, 500.0])
    places = draw(st.lists(st.tuples(steps, steps), min_size=n, max_size=n))
    return [order[g] for g in groups], parties, places


@given(scenes(), st.integers(0, 3))
def test_labels_are_those_of_the_plain_rule(scene, rows):
    assert label(*scene, rows=rows) == label_plainly(*scene, 100, rows)


@given(scenes())
def test_parties_are_a_partition_and_the_events_tell_all_that_changed(scene):
    groups, parties, _ = scene
    after, events = label(*scene)
    for g in set(groups) - {0}:
        assert len({p for p, h in zip(after, groups, strict=True) if h == g}) == 1
        assert after[groups.index(g)] > 0
    assert all(p in parties or (p % 2 and p > 200) for p in after if p)
    told = list(parties)
    for own, code, number in events:
        at = own // 2 - 1
        assert code == JOINED or told[at] == number
        told[at] = number if code == JOINED else 0
    assert told == after
    assert len({own for own, _, _ in events}) == len(events)


@settings(max_examples=30)
@given(scenes())
def test_far_apart_no_two_groups_bear_one_number(scene):
    groups, parties, _ = scene
    after, _ = label(groups, parties, [(1e4 * (g or 10 + k), 0.0) for k, g in enumerate(groups)])
    assert len({p for p, g in zip(after, groups, strict=True) if g}) == len(set(groups) - {0})
    assert all(p == 0 for p, g in zip(after, groups, strict=True) if not g)


HERE, NEAR, FAR = (0.0, 0.0), (100.0, 0.0), (1000.0, 0.0)


@pytest.mark.parametrize(
    ("groups", "parties", "places", "after", "events"),
    [
        ([1, 1, 0], [0, 0, 0], [HERE, HERE, HERE], [201, 201, 0], [[2, JOINED, 201], [4, JOINED, 201]]),
        ([1, 1, 2, 2], [0] * 4, [HERE, HERE, FAR, FAR], [201, 201, 203, 203], None),
        ([1, 1, 2, 2], [0] * 4, [HERE, HERE, NEAR, NEAR], [201, 201, 203, 203], None),
        ([1, 1], [7, 7], [HERE, HERE], [7, 7], []),
        ([1, 1, 1], [7, 7, 0], [HERE] * 3, [7] * 3, [[6, JOINED, 7]]),
        ([1] * 5, [5, 5, 7, 7, 7], [HERE] * 5, [7] * 5, [[2, JOINED, 7], [4, JOINED, 7]]),  # a merger: most votes
        ([1] * 4, [9, 9, 7, 7], [HERE] * 4, [7] * 4, [[2, JOINED, 7], [4, JOINED, 7]]),  # of equals the older
        ([1, 1, 0], [7, 7, 7], [HERE, HERE, NEAR], [7, 7, 7], []),  # a little way off is still with them
        ([1, 1, 0], [7, 7, 7], [HERE, HERE, FAR], [7, 7, 0], [[6, LEFT, 7]]),  # he walked off
        ([1, 1, 0], [7, 7, 7], [HERE, HERE, (LEAVE, 0.0)], [7, 7, 0], [[6, LEFT, 7]]),
        ([1, 1, 2, 2, 2], [7] * 5, [HERE, HERE, FAR, FAR, FAR], [201, 201, 7, 7, 7], [[2, JOINED, 201], [4, JOINED, 201]]),
        ([1, 1, 2, 2, 2], [7] * 5, [HERE, NEAR, NEAR, FAR, FAR], [7] * 5, []),  # not yet apart: one number
        ([1, 1, 2, 2], [7] * 4, [HERE, HERE, FAR, FAR], [7, 7, 201, 201], [[6, JOINED, 201], [8, JOINED, 201]]),
        ([0, 0], [7, 7], [HERE, FAR], [0, 0], [[2, LEFT, 7], [4, LEFT, 7]]),
    ],
)
def test_who_joins_splits_and_leaves(groups, parties, places, after, events):
    got = label(groups, parties, places)
    assert got[0] == after
    assert events is None or got[1] == events


def test_a_look_gives_no_more_numbers_than_it_has_rows():
    assert label([1, 1, 2, 2], [0] * 4, [HERE, HERE, FAR, FAR], rows=1)[0] == [201, 201, 0, 0]


def members(draw_rng, n):
    rows = np.zeros(n, TRACK)
    for name in ("x", "y", "vx", "vy"):
        rows[name] = draw_rng.normal(0.0, 50.0, n)
    root = draw_rng.normal(0.0, 5.0, (n, 4, 4))
    rows["covariance"] = root @ root.transpose(0, 2, 1)
    rows["existence"] = draw_rng.uniform(0.1, 1.0, n)
    rows["classes"] = draw_rng.dirichlet(np.ones(len(CLASSES)), n)
    rows["count"] = draw_rng.integers(1, 4, n)
    rows["count_high"] = rows["count"] + Z90 * draw_rng.uniform(0.1, 1.0, n)
    rows["count_low"] = 1.0
    rows["track"], rows["status"] = 2 * np.arange(1, n + 1), draw_rng.integers(0, 2, n)
    rows["first"], rows["last"], rows["hits"] = (
        draw_rng.uniform(0, 9, n),
        draw_rng.uniform(9, 20, n),
        draw_rng.integers(1, 9, n),
    )
    return rows


def one_row_plainly(rows, number):
    """A group as the moment-matched mixture of its members, weighted by the probability that each exists."""
    r, people = rows["existence"], rows["count"].astype(float)
    states = np.stack([rows[name] for name in ("x", "y", "vx", "vy")], axis=1)
    mean = np.average(states, axis=0, weights=r)
    second = np.average(rows["covariance"] + np.einsum("ni,nj->nij", states, states), axis=0, weights=r)
    sd = (rows["count_high"] - people) / Z90
    half = Z90 * np.sqrt(sum(p * (1 - p) * c**2 + p * s**2 for p, c, s in zip(r, people, sd, strict=True)))
    return {
        "track": number, "x": mean[0], "y": mean[1], "vx": mean[2], "vy": mean[3],
        "covariance": second - np.outer(mean, mean), "classes": np.average(rows["classes"], axis=0, weights=r),
        "existence": r.max(), "status": rows["status"].max(), "first": rows["first"].min(), "last": rows["last"].max(),
        "hits": rows["hits"].sum(), "count": np.dot(r, people), "count_high": np.dot(r, people) + half,
        "count_low": max(np.dot(r, people) - half, 1.0),
    }  # fmt: skip


@settings(max_examples=50)
@given(st.lists(st.sampled_from([0, 3, 5, 9]), min_size=1, max_size=9), st.integers(0, 1000))
def test_a_groups_row_is_the_mixture_of_its_members(party, seed):
    rows, party = members(np.random.default_rng(seed), len(party)), np.array(party)
    given_rows = rows.copy()
    out = party_rows(rows, party)
    labels = sorted(set(party.tolist()) - {0})
    assert len(out) == np.sum(party == 0) + len(labels)
    assert out[: np.sum(party == 0)].tobytes() == rows[party == 0].tobytes()
    for row, number in zip(out[np.sum(party == 0) :], labels, strict=True):
        for name, value in one_row_plainly(rows[party == number], number).items():
            np.testing.assert_allclose(row[name], value, rtol=1e-5, atol=1e-5, err_msg=name)
    assert rows.tobytes() == given_rows.tobytes()


def test_nobody_in_a_group_is_nothing_to_do():
    rows = members(np.random.default_rng(0), 3)
    assert party_rows(rows, np.zeros(3, np.int64)) is rows


@pytest.mark.parametrize(("count", "person", "group"), [(1.0, 0.6, 0.1), (1.25, 0.45, 0.25), (2.0, 0.0, 0.7), (7.0, 0.0, 0.7)])
def test_more_than_one_person_is_a_group(count, person, group):
    rows = np.zeros(2, TRACK)
    rows["classes"][:, [PERSON, GROUP_CLASS, 2]] = 0.6, 0.1, 0.3
    rows["count"] = count, 1.0
    rows["status"] = Status.CONFIRMED
    out = name_by_count(rows)
    assert out["classes"][0, [PERSON, GROUP_CLASS, 2]] == pytest.approx([person, group, 0.3])
    assert out["classes"][1, [PERSON, GROUP_CLASS, 2]] == pytest.approx([0.6, 0.1, 0.3])
