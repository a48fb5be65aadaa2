from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limes.sensing import nuisance_rate, p_detect, with_sight
from limes.watch.cases import Case
from limes.watch.evidence import Subject, outcome, seen_by, similar, subject_of, unseen_by

T = 1_768_964_400.0


@pytest.fixture(scope="module")
def sensors(small):
    from limes.sensing import sensors_of

    return with_sight(sensors_of(small[1], small[0]), small[0].terrain)


@pytest.fixture(scope="module")
def index(sensors):
    return {sensor.id: row for row, sensor in enumerate(sensors)}


def seen_well(sensor, weather):
    """A walker going away from a sensor, where one look of it finds them with at least one chance in five."""
    for away in (900.0, 700.0, 500.0, 350.0):
        for angle in np.linspace(0.0, 2.0 * np.pi, 72):
            x, y = sensor.x + away * np.sin(angle), sensor.y + away * np.cos(angle)
            if p_detect(sensor, "person", x, y, 1.7, 1.3, angle, T, weather) > 0.2:
                return Subject(float(x), float(y), "person", 1.3, float(angle), T, weather)
    raise AssertionError(f"{sensor.id} sees nobody")


@pytest.fixture(scope="module")
def clear(small):
    return replace(small[0].weather.at(T), visibility=30_000.0, rain=0.0, wind=2.0, gust=3.0)


@pytest.fixture(scope="module")
def subject(sensors, index, clear):
    return seen_well(sensors[index["tower-2/radar"]], clear)


def states(sensors, **changed):
    return [changed.get(sensor.id.replace("-", "_").replace("/", "_"), "up") for sensor in sensors]


def reason(rows, name):
    return next((row["why"] for row in rows if row["sensor"] == name), None)


def test_who_saw_it_comes_with_its_nuisance_of_that_hour(sensors, index, subject):
    row = index["tower-2/radar"]
    (one,) = seen_by([(row, 9, T - 3.25)], sensors, subject)
    assert one == {
        "sensor": "tower-2/radar",
        "hits": 9,
        "last": T - 3.2,
        "nuisance_per_h": round(nuisance_rate(sensors[row], subject.weather, T), 2),
    }


def test_a_working_sensor_that_should_have_seen_it_is_named_with_its_chance(sensors, subject):
    could, _ = unseen_by(subject, sensors, states(sensors), set())
    assert reason(could, "tower-2/radar").startswith("working, ")


def test_those_who_saw_it_are_not_among_those_who_did_not(sensors, subject):
    could, could_not = unseen_by(subject, sensors, states(sensors), {"tower-2/radar"}, most=99)
    assert reason([*could, *could_not], "tower-2/radar") is None


@pytest.mark.parametrize(
    ("state", "why"), [("silent", "it is silent"), ("down", "it is out of order"), ("grounded", "it is grounded")]
)
def test_a_lost_sensor_could_have_and_the_reason_is_its_state(sensors, subject, state, why):
    could, _ = unseen_by(subject, sensors, states(sensors, tower_2_radar=state), set())
    assert reason(could, "tower-2/radar") == why


def test_somebody_who_crosses_the_beam_is_hidden_from_a_radar_and_the_evidence_says_so(sensors, subject):
    across = replace(subject, heading=subject.heading + np.pi / 2)
    could, _ = unseen_by(across, sensors, states(sensors), set())
    assert reason(could, "tower-2/radar") == "it moves across the beam"
    still = replace(subject, speed=0.0)
    assert reason(unseen_by(still, sensors, states(sensors), set())[0], "tower-2/radar") == "it stands still"


def test_cameras_are_blind_in_fog_and_the_day_camera_in_the_dark(sensors, index, clear):
    near = seen_well(sensors[index["tower-2/thermal"]], clear)
    could, _ = unseen_by(near, sensors, states(sensors), set(), most=99)
    assert reason(could, "tower-2/day") == "dark"
    assert reason(could, "tower-2/thermal").startswith("working")
    fog = replace(near, weather=replace(clear, visibility=60.0))
    could, _ = unseen_by(fog, sensors, states(sensors), set(), most=99)
    assert reason(could, "tower-2/thermal") == "fog"


def test_who_cannot_see_the_place_is_said_to(sensors, subject, small):
    _, could_not = unseen_by(replace(subject, x=subject.x + 6000.0, y=subject.y - 3000.0), sensors, states(sensors), set())
    assert could_not
    assert {row["why"] for row in could_not} <= {"terrain or sector hides it", "too faint at this range"}


def test_a_case_without_a_mover_has_no_subject(small):
    weather = small[0].weather.at(T)
    assert subject_of(Case("case-1", "silence", "low", "", 0.0, 0.0, x=1.0, y=2.0), T, weather) is None
    facts = {"label": "people", "speed": 1.2, "course": 0.5}
    found = subject_of(Case("case-1", "approach", "low", "", 0.0, 0.0, x=1.0, y=2.0, facts=facts), T, weather)
    assert (found.target_class, found.speed) == ("person", 1.2)


def past(number, km, kind="approach", state="dismissed", **more):
    return Case(f"case-{number}", kind, "low", "", float(number), float(number), km=km, state=state, **more)


def test_similar_alerts_are_the_latest_answered_ones_of_the_kind_nearby():
    case = past(50, 41.0, state="open")
    others = [past(n, 41.0 + 0.1 * n, reason="animal") for n in range(5)]
    others += [past(9, 90.0, reason="animal"), past(10, 41.0, "crossing"), past(11, 41.0, state="open")]
    found = similar(case, others)
    assert [row["case"] for row in found] == ["case-4", "case-3", "case-2"]
    assert found[0]["outcome"] == "dismissed: animal"


def test_outcomes_in_words():
    assert outcome(past(1, 1.0, state="closed", outcome="met", people="rescued")) == "met, rescued"
