from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from limes.columns import DETECTION, TRACK, Kind, Status, empty
from limes.errors import InputError
from limes.tracking import Tracker

_spec = importlib.util.spec_from_file_location("tracking_scene", Path(__file__).with_name("scene.py"))
scene = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(scene)

STARTS = [[-3000, 0, 12, 1], [0, 2000, 0, -1.4], [2500, -2500, -6, 6]]


@pytest.mark.parametrize("kind", [Kind.POSITION, Kind.RANGE_BEARING])
def test_finds_everything_that_moves_and_nothing_else(kind):
    site = scene.sensor(kind, y=-6000.0 if kind == Kind.RANGE_BEARING else 0.0)
    tracker = Tracker(site)
    tracks = tracker.update(scene.straight(STARTS, 60.0, site))
    assert tracks.dtype == TRACK
    assert len(tracks) == 3
    truth = np.array(STARTS, float)
    truth[:, :2] += 58.0 * truth[:, 2:]
    for x, y, vx, vy in truth:
        k = np.argmin(np.hypot(tracks["x"] - x, tracks["y"] - y))
        assert np.hypot(tracks["x"][k] - x, tracks["y"][k] - y) < 20.0
        assert np.hypot(tracks["vx"][k] - vx, tracks["vy"][k] - vy) < 1.5
    assert (tracks["existence"] > 0.99).all()


def test_looks_that_see_nothing_end_a_track_and_say_why():
    site = scene.sensor()
    tracker = Tracker(site)
    tracker.update(scene.straight(STARTS[:1], 20.0, site, clutter=0.0, p_detect=1.0))
    blank = empty(DETECTION, 1)
    blank["kind"] = Kind.EMPTY
    for k in range(12):
        blank["time"], blank["scan"] = 20.0 + 2 * k, 100 + k
        tracks = tracker.update(blank)
    assert not len(tracks)
    (end,) = tracker.dropped
    assert end["hits"] == 10
    assert end["last"] == 18.0
    assert end["missed"] > 2.0


def test_same_bytes_however_the_stream_is_cut():
    site = scene.sensor()
    rows = scene.straight(STARTS, 80.0, site, seed=3)
    whole = Tracker(site)
    whole.update(rows)
    parts = Tracker(site)
    for number in np.unique(rows["scan"]):
        parts.update(rows[rows["scan"] == number])
    assert whole.tracks(90.0).tobytes() == parts.tracks(90.0).tobytes()


def test_late_looks_are_used_as_if_in_time():
    site = np.concatenate([scene.sensor(), scene.sensor(id="t")])
    first = scene.straight(STARTS, 60.0, site[:1], seed=1)
    second = scene.straight(STARTS, 60.0, site[1:], seed=2, phase=1.0, index=1)
    both = np.concatenate([first, second])
    in_time = both[np.argsort(both["time"], kind="stable")]
    late = both[np.argsort(both["time"] + np.where(both["sensor"] == 1, 13.0, 0.0), kind="stable")]
    a, b = Tracker(site), Tracker(site)
    a.update(in_time)
    b.update(late)
    assert b.late == 0
    ordered = [np.sort(tracker.tracks(60.0), order=["x", "existence"]) for tracker in (a, b)]
    for name in set(TRACK.names) - {"track"}:
        assert ordered[0][name].tobytes() == ordered[1][name].tobytes(), name


def test_detections_beyond_the_window_are_counted_not_used():
    site = scene.sensor()
    tracker = Tracker(site)
    rows = scene.straight(STARTS, 100.0, site)
    tracker.update(rows[rows["scan"] != 2])
    before = tracker.tracks(100.0).tobytes()
    tracker.update(rows[rows["scan"] == 2])
    assert tracker.late == np.sum(rows["scan"] == 2)
    assert tracker.tracks(100.0).tobytes() == before


def test_tells_which_detections_made_which_track():
    site = scene.sensor()
    tracker = Tracker(site)
    rows = scene.straight(STARTS[:1], 20.0, site, clutter=0.0, p_detect=1.0)
    (track,) = tracker.update(rows)
    assert (tracker.contributions == track["track"]).all()
    assert track["hits"] == len(rows)
    assert track["status"] == Status.CONFIRMED


def test_a_restored_tracker_has_the_same_future():
    site = np.concatenate([scene.sensor(), scene.sensor(id="t")])
    first = scene.straight(STARTS, 80.0, site[:1], seed=1)
    second = scene.straight(STARTS, 80.0, site[1:], seed=2, phase=1.0, index=1)
    both = np.concatenate([first, second])
    stream = both[np.argsort(both["time"] + np.where(both["sensor"] == 1, 13.0, 0.0), kind="stable")]
    half = np.flatnonzero(np.diff(stream["sensor"]))[40] + 1
    tracker = Tracker(site)
    tracker.update(stream[:half])
    again = Tracker.restore(tracker.snapshot(), site)
    assert again.tracks(50.0).tobytes() == tracker.tracks(50.0).tobytes()
    for each in (tracker, again):
        each.update(stream[half:])
    assert again.tracks(90.0).tobytes() == tracker.tracks(90.0).tobytes()
    assert again.events.tobytes() == tracker.events.tobytes()
    assert again.snapshot() == tracker.snapshot()


def test_refuses_bytes_that_are_no_snapshot():
    with pytest.raises(InputError, match="not readable"):
        Tracker.restore(b"nonsense", scene.sensor())


def along(time, number, index=0, place=500.0):
    rows = empty(DETECTION, 1)
    rows["time"] = rows["arrival"] = time
    rows["sensor"], rows["scan"], rows["kind"], rows["along"] = index, number, Kind.ALONG, place
    return rows


def fibre():
    return scene.sensor(Kind.ALONG, reach=50.0, clutter=0.1, surveyed=True)


def test_a_fibre_without_its_line_is_counted_and_passed_over():
    site = np.concatenate([scene.sensor(), fibre()])
    rows = scene.straight(STARTS, 40.0, site[:1], seed=3)
    told = np.concatenate([rows, *(along(2.0 * k, 1000 + k, index=1) for k in range(20))])
    told = told[np.argsort(told["time"], kind="stable")]
    with_fibre, without = Tracker(site), Tracker(site)
    with_fibre.update(told)
    without.update(rows)
    assert with_fibre.placeless.tolist() == [0, 20]
    assert len(with_fibre.update(told[:0])) == len(without.update(rows[:0])) == 3
    assert Tracker.restore(with_fibre.snapshot(), site).placeless.tolist() == [0, 20]


def test_a_fibre_with_its_line_finds_what_walks_along_it():
    tracker = Tracker(fibre(), lines=[np.array([[0.0, 0.0], [1000.0, 0.0]])])
    for k in range(15):
        tracks = tracker.update(along(2.0 * k, k, place=300.0 + 2.8 * k))
    (track,) = tracks
    assert track["x"] == pytest.approx(339.0, abs=10.0)
    assert track["vx"] == pytest.approx(1.4, abs=0.5)
    assert not tracker.placeless.any()
