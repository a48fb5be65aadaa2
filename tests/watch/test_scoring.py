from __future__ import annotations

from dataclasses import fields, replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from limes.sector import CrossingPoint, Weather
from limes.watch.assessment import AssessmentSettings, approaches, crossings
from limes.watch.conduct import Conduct, ConductSettings
from limes.watch.distress import DistressSettings, distress
from limes.watch.picture import PictureSettings, picture
from limes.watch.scene import Scene
from limes.watch.scoring import FACTORS, ScoreSettings, conduct_score
from limes.watch.surroundings import Moment, Surroundings, is_open

COLD = Weather(0.0, 2.0, 0.0, 3.0, 8.0, 2e4, 0.2, 0.0, 1.0, 0.6)
NOWHERE = Surroundings(ZoneInfo("UTC"), 37.9, 36.7, np.zeros((0, 2)), ())


@pytest.fixture
def scene(line, make_tracks):
    """Follow paths for some seconds and give the scene at the end; paths are functions of the second."""

    def make(*paths, seconds=300, night=True, hardship="1 C", bar=0.0, places=NOWHERE, sensors=2):
        conduct = Conduct(ConductSettings())
        for second in range(seconds):
            rows = [{"track": k + 1, **path(second)} for k, path in enumerate(paths)]
            found = picture(make_tracks(*rows, time=float(second)), float(second), line, PictureSettings())
            at = conduct.follow(found)
        moment = Moment(found.time, COLD, night, hardship, lambda km: bar)
        return Scene(found, conduct.rows[at], np.full(len(at), sensors), places, moment, line)

    return make


def walk(second):
    return {"y": -1500.0 + 1.2 * second, "vy": 1.2, "sigma": 5.0}


def back_and_forth(second):
    leg = second % 120
    return {"y": -1500.0 + (leg if leg < 60 else 120 - leg), "vy": 1.0 if leg < 60 else -1.0, "sigma": 5.0}


def stop(second):
    return {"y": -1500.0 + min(second, 200), "vy": 1.0 if second < 200 else 0.0, "sigma": 5.0}


def kinds(signals):
    return [(signal.kind, signal.priority) for signal in signals]


def test_who_steadily_walks_to_the_line_by_night_is_an_approach_with_its_factors(scene):
    (signal,) = approaches(scene(walk), AssessmentSettings())
    assert (signal.kind, signal.heading, signal.tracks) == ("approach", 1, (1,))
    assert signal.facts["factors"] == ["by night", "away from villages", "straight", "seen by several sensors"]
    assert signal.facts["score"] == 3.5
    assert signal.time_left[0] < 1141.0 / 1.2 < signal.time_left[1]


@pytest.mark.parametrize(
    "path",
    [
        back_and_forth,
        lambda t: {**walk(t), "label": "animal"},
        lambda t: {**walk(t), "existence": 0.5},
        lambda t: {**walk(t), "sigma_v": 1.5},
        lambda t: {"y": -900.0, "x": 2000.0 + 1.2 * t, "vx": 1.2},
        lambda t: {"y": -1500.0, "vy": 0.0},
    ],
)
def test_who_goes_to_and_fro_or_along_or_is_not_sure_is_none(scene, path):
    assert approaches(scene(path), AssessmentSettings()) == []


def test_the_other_direction_counts_as_much(scene):
    (signal,) = approaches(scene(lambda t: {"y": 1500.0 - 1.2 * t, "vy": -1.2, "sigma": 5.0}), AssessmentSettings())
    assert signal.heading == -1


def test_nuisance_learned_at_a_place_raises_the_bar_for_approaches(scene):
    assert len(approaches(scene(walk, bar=0.9), AssessmentSettings())) == 1
    assert approaches(scene(walk, bar=1.2), AssessmentSettings()) == []


def test_farm_work_by_day_near_a_village_is_not_raised(scene):
    west, south = 400_000.0, 4_060_000.0
    village = replace(NOWHERE, places=np.array([[west + 5000.0, south - 1000.0]]))
    assert approaches(scene(walk, night=False, places=village), AssessmentSettings()) == []
    assert len(approaches(scene(walk, night=True, places=village), AssessmentSettings())) == 1


def test_an_open_crossing_point_is_no_place_of_alarm(scene):
    west, south = 400_000.0, 4_060_000.0
    point = CrossingPoint("a", "A", west + 5000.0, south, 0.0, 0.0, ("foot",), "", "")
    places = replace(NOWHERE, crossings=(point,))
    assert approaches(scene(walk, places=places), AssessmentSettings()) == []
    shut = replace(NOWHERE, crossings=(replace(point, open_hours="08:00-17:00"),))
    assert len(approaches(scene(walk, places=shut), AssessmentSettings())) == 1


def test_a_track_that_crossed_is_raised_and_followed_for_a_while(scene):
    over = scene(lambda t: {"y": -150.0 + 1.2 * t, "vy": 1.2, "sigma": 5.0})
    (signal,) = crossings(over, AssessmentSettings())
    assert (signal.kind, signal.heading, signal.time_left) == ("crossing", 1, None)
    assert crossings(over, AssessmentSettings(follow_s=10.0)) == []
    assert crossings(over, AssessmentSettings(follow_m=20.0)) == []


def test_every_factor_has_its_points_and_none_is_about_a_person():
    assert len(FACTORS) == len(ScoreSettings().points)
    assert not {"name", "face", "age", "origin", "nationality"} & {field.name for field in fields(ScoreSettings)}


def test_no_tracks_have_no_score(scene):
    score, factors = conduct_score(scene(walk), np.zeros(0, np.int64), ScoreSettings())
    assert score.shape == (0,)
    assert factors.shape == (0, len(FACTORS))


def test_who_stops_in_the_cold_needs_help_within_three_minutes(scene):
    assert distress(scene(stop, seconds=280), DistressSettings()) == []
    (signal,) = distress(scene(stop, seconds=380), DistressSettings())
    assert (signal.kind, signal.priority) == ("distress", "rescue")
    assert 120 <= signal.facts["stopped_s"] <= 230


def test_nuisance_and_gentle_weather_and_work_with_animals(scene):
    assert len(distress(scene(stop, seconds=380, bar=9.0), DistressSettings())) == 1
    assert distress(scene(stop, seconds=380, hardship=None), DistressSettings()) == []

    def flock(second):
        return {**stop(second), "x": 5030.0, "label": "animal"}

    assert distress(scene(stop, flock, seconds=380), DistressSettings()) == []


def test_who_never_walked_or_is_an_animal_is_not_in_need(scene):
    assert distress(scene(lambda t: {"y": -1500.0, "sigma": 5.0}, seconds=380), DistressSettings()) == []
    assert distress(scene(lambda t: {**stop(t), "label": "animal"}, seconds=380), DistressSettings()) == []


def test_a_large_group_in_the_cold_is_in_need_while_it_walks(scene):
    many = {"label": "group", "count": (14, 18, 22)}
    (signal,) = distress(scene(lambda t: {**walk(t), **many}, seconds=60), DistressSettings())
    assert signal.facts["large"]


def unseen(second):
    return {**stop(second), "last": min(second, 230), "label": "group"}


def test_people_who_were_slow_when_last_seen_still_count_unless_somebody_is_seen_near(scene):
    assert len(distress(scene(unseen, seconds=370), DistressSettings())) == 1
    near = scene(unseen, lambda t: {**walk(t), "x": 5100.0, "vy": 0.0, "y": -1250.0}, seconds=370)
    assert [signal.tracks for signal in distress(near, DistressSettings())] == []
    assert distress(scene(unseen, seconds=450), DistressSettings()) == []


@pytest.mark.parametrize(
    ("hours", "hour", "expected"), [("24h", 3.0, True), ("08:00 - 17:00", 8.0, True), ("22:00-04:00", 12.0, False)]
)
def test_opening_hours(hours, hour, expected):
    assert is_open(hours, hour) == expected
