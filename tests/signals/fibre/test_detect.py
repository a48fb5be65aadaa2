"""Noise is learnt as it changes; blows are found, followed and told; what goes on at a place becomes a case."""

from __future__ import annotations

import numpy as np
import pytest

from limes.columns import LABELS
from limes.signals.fibre.activity import Follower
from limes.signals.fibre.detect import Levels, Pick, shared_db
from limes.signals.fibre.event import LABELS as EVENT_LABELS
from limes.signals.fibre.event import Event, detection_label, detection_line
from limes.signals.fibre.places import Places, PlaceSettings
from limes.signals.fibre.simulate import CLASSES


@pytest.mark.parametrize("change", [3.0, 1 / 3])
def test_one_percent_stays_one_percent_when_the_noise_changes_threefold(change):
    rng, levels = np.random.default_rng(4), Levels((60,))
    over = []
    for scale in (1.0, change):
        for _ in range(4000):
            db = (10 * np.log10(scale * rng.gamma(6.0, 1 / 6, 60))).astype(np.float32)
            over.append(levels.height(db) > 1.0)
            levels.learn_from(db)
    assert 0.005 < np.mean(over[2000:4000]) < 0.02
    assert 0.005 < np.mean(over[4000:]) < 0.02


def test_an_hour_of_blows_does_not_become_the_noise():
    rng, levels = np.random.default_rng(5), Levels((20,))
    last = []
    for k in range(5 * 3600):
        db = (10 * np.log10(rng.gamma(6.0, 1 / 6, 20))).astype(np.float32)
        blow = k > 600 and k % 3 == 0
        db[7] += 16.0 * blow
        height = levels.height(db)
        levels.learn_from(db)
        if blow:
            last.append(height[7])
    assert np.min(np.mean(np.reshape(last[: len(last) // 100 * 100], (-1, 100)), axis=1)) > 1.8


def test_what_half_of_a_stretch_shows_is_taken_out_and_what_is_local_stays():
    over = np.zeros((2, 200), np.float32)
    over[:, :100] += 20.0
    over[0, 30:40] += 15.0
    left = over - shared_db(over, 100)
    assert np.array_equal(np.flatnonzero(left[0]), np.arange(30, 40))
    assert not left[1].any()


def picks(times, places, width=10.0):
    return [Pick(float(t), float(x), width, 3.0, 12.0, (0.0, 5.0, 12.0, 8.0, 3.0)) for t, x in zip(times, places, strict=True)]


def test_a_walker_is_one_activity_and_its_speed_is_known():
    follower, t = Follower(), np.arange(0.0, 60.0, 0.6)
    follower.feed(picks(t, 100 + 1.4 * t + np.random.default_rng(1).normal(0, 2.0, len(t))))
    (one,) = follower.active
    assert one.blows == len(t)
    assert one.speed == pytest.approx(1.4, abs=0.4)
    assert follower.ended(t[-1] + 20.0) == [one]
    assert not follower.active


def test_a_car_is_followed_and_two_places_are_two_activities():
    follower, t = Follower(), np.arange(0.0, 12.0, 0.2)
    follower.feed(picks(t, 20.0 * t, 30.0))
    assert len(follower.active) == 1
    assert follower.active[0].speed == pytest.approx(20.0, rel=0.25)
    other = Follower()
    other.feed(picks(np.repeat(t, 2), np.tile([100.0, 300.0], len(t))))
    assert len(other.active) == 2


def event(time, along, label, p=0.8, track=1, spread=3.0):
    classes = tuple(p if name == label else (1 - p) / 7 for name in CLASSES)
    return Event(time, time - 30.0, along, 2.0, along - spread, along + spread, 0.0, classes, 12.0, 20, track, source="fibre-1")


def test_events_speak_the_language_of_detections():
    assert set(EVENT_LABELS) == set(CLASSES)
    assert set(EVENT_LABELS.values()) <= set(LABELS)
    line = detection_line(event(1.7e9, 120.0, "hand digging"), "fibre-1", 30.0)
    assert (line["sensor"], line["label"], line["along_m"]) == ("fibre-1", "digging", 150.0)
    both = Event(0, 0, 0, 1, 0, 0, 0, (0.3, 0.28, 0.28, 0.14, 0, 0, 0, 0), 9, 9, 1)
    assert both.label == "steps"
    assert detection_label(both) == ("digging", pytest.approx(0.56))


def test_digging_that_goes_on_becomes_a_case_once_and_passers_by_do_not():
    night = 1_768_600_800.0
    places = Places()
    told = [places.feed(event(night + 30 * k, 500.0 + k % 3, "hand digging")) for k in range(20)]
    assert sum(one is not None for one in told) == 1
    assert told.index(next(one for one in told if one)) < 19
    assert places.places[0].night_seconds > 0
    walkers = Places()
    assert not any(walkers.feed(event(night + 30 * k, 10.0 * k, "hand digging", track=k, spread=60)) for k in range(100))
    others = Places()
    assert not any(others.feed(event(night + 30 * k, 500.0, "animal")) for k in range(200))


def test_evidence_fades_and_events_of_one_spell_count_once():
    about = PlaceSettings(fade_d=5.0)
    places = Places(about)
    for k in range(6):
        places.feed(event(1e9 + k, 500.0, "hand digging"))
    assert places.places[0].spells == 1
    before = places.places[0].odds
    places.feed(event(1e9 + 5 * 86_400, 500.0, "unknown", 1 / 8 + 1e-9, track=2))
    prior = np.log(1e-3 / (1 - 1e-3))
    assert places.places[0].odds < prior + (before - prior) / 2.0 + 1e-6
