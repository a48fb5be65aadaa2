from __future__ import annotations

import numpy as np
import pytest

from limes.watch.conduct import CONDUCT, Conduct, ConductSettings, steadiness
from limes.watch.picture import PictureSettings, picture


@pytest.fixture
def follow(line, make_tracks):
    """Follow one or more tracks second by second; each row may be a function of time."""

    def run(conduct, seconds, *paths):
        for second in seconds:
            rows = [path(second) for path in paths]
            scene = picture(make_tracks(*[r for r in rows if r], time=float(second)), float(second), line, PictureSettings())
            conduct.follow(scene)
        return scene

    return run


def start():
    return Conduct(ConductSettings())


def walk(second):
    return {"y": -1000.0 + 1.2 * second, "vy": 1.2}


def test_a_walker_covers_ground_and_never_counts_as_staying(follow):
    conduct = start()
    follow(conduct, range(300), walk)
    row = conduct.rows[0]
    assert 1.2 * 250 < row["path"] <= 1.2 * 300
    assert 299.0 - row["anchored"] < 40.0
    assert steadiness(conduct.rows)[0] > 0.95


def test_one_who_stops_counts_as_staying_from_about_then(follow):
    conduct = start()
    follow(conduct, range(480), lambda t: walk(min(t, 300)) | {"vy": 1.2 if t < 300 else 0.0})
    stayed = 479.0 - conduct.rows[0]["anchored"]
    assert 179.0 <= stayed <= 179.0 + 40.0


def test_a_track_that_is_only_predicted_neither_moves_nor_stays(follow):
    conduct = start()
    follow(conduct, range(400), lambda t: walk(t) | {"last": min(t, 100)})
    row = conduct.rows[0]
    assert row["path"] <= 1.2 * 120
    assert row["anchored"] <= 116.0


def test_jitter_within_its_error_is_not_a_path(follow):
    conduct, rng = start(), np.random.default_rng(5)
    noise = rng.normal(0.0, 20.0, (600, 2))
    follow(conduct, range(600), lambda t: {"x": 5000.0 + noise[t, 0], "y": -900.0 + noise[t, 1], "sigma": 30.0})
    assert conduct.rows[0]["path"] < 600.0
    assert 599.0 - conduct.rows[0]["anchored"] > 500.0


def test_crossing_needs_to_be_sure_of_both_sides(follow):
    conduct = start()
    follow(conduct, range(0, 100), lambda t: {"y": -60.0 + t, "vy": 1.0, "sigma": 5.0})
    row = conduct.rows[0]
    assert row["side"] == 1
    assert 84.0 <= row["crossed"] <= 95.0
    assert row["crossed_at"] == pytest.approx(5000.0, rel=0.01)
    vague = start()
    follow(vague, range(0, 100), lambda t: {"y": -60.0 + t, "vy": 1.0, "sigma": 50.0})
    assert np.isnan(vague.rows[0]["crossed"])


def test_one_who_walks_along_the_line_with_errors_does_not_cross_and_recross(follow):
    conduct, rng = start(), np.random.default_rng(6)
    noise = rng.normal(0.0, 12.0, 900)
    follow(conduct, range(900), lambda t: {"x": 5000.0 + t, "y": 20.0 + noise[t], "vx": 1.0, "sigma": 12.0})
    assert np.isnan(conduct.rows[0]["crossed"])


def test_a_track_that_appears_where_a_lost_one_would_be_continues_it(follow, make_tracks, line):
    conduct = start()
    follow(conduct, range(300), walk)
    scene = follow(conduct, [380], lambda t: walk(t) | {"track": 2, "x": 5040.0})
    assert conduct.lost_before(scene) == [(2, 1)]
    conduct.inherit(2, 1)
    new = conduct.rows[conduct.rows["track"] == 2][0]
    assert new["seen"] == 0.0
    assert new["path"] > 300.0


@pytest.mark.parametrize(("second", "x"), [(380, 6000.0), (1000, 5000.0)])
def test_a_track_too_far_or_too_late_is_a_new_one(follow, second, x):
    conduct = start()
    follow(conduct, range(300), walk)
    scene = follow(conduct, [second], lambda t: walk(380) | {"track": 2, "x": x, "y": -560.0})
    assert conduct.lost_before(scene) == []


def test_lost_tracks_are_remembered_for_a_while_only(follow):
    conduct = start()
    follow(conduct, range(10), walk)
    follow(conduct, [800], lambda t: walk(0) | {"track": 2, "x": 15_000.0})
    assert conduct.rows["track"].tolist() == [1, 2]
    follow(conduct, [1000], lambda t: walk(0) | {"track": 3, "x": 9_000.0})
    assert conduct.rows["track"].tolist() == [2, 3]


def test_rows_stay_sorted_and_match_the_scene_whatever_the_order(follow, make_tracks, line):
    conduct = start()
    scene = picture(make_tracks({"track": 9, "x": 900.0}, {"track": 2, "x": 200.0}, time=1.0), 1.0, line, PictureSettings())
    at = conduct.follow(scene)
    assert conduct.rows["track"].tolist() == [2, 9]
    np.testing.assert_array_equal(conduct.rows["x"][at], scene.rows["x"])
    assert conduct.rows.dtype == CONDUCT
