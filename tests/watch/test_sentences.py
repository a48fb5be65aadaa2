from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from limes.watch import wording
from limes.watch.cases import KINDS, Case
from limes.watch.sentences import Speaker, sentence, title

T = 1_768_964_400.0
GROUP = {"label": "group", "count": [6, 9], "speed": 1.2, "course": 0.05, "meets_km": 14.2, "heading": 1}


@pytest.fixture
def speaker(line):
    return Speaker(line, ZoneInfo("Europe/Istanbul"), {"tower-7": "Tower 7", "aerostat-2": "Aerostat 2", "tower-6": "Tower 6"})


def case(kind, facts, **more):
    given = {"km": 14.23, "offset": -1400.0, "time_left": (840.0, 1320.0), **more}
    return Case("case-000001", kind, "medium", "track:1", T, T, heard=T, facts=facts, **given)


EVIDENCE = {
    "seen_by": [
        {"sensor": "aerostat-2/radar", "hits": 9, "last": T},
        {"sensor": "tower-7/thermal", "hits": 2, "last": T},
        {"sensor": "seismic-4", "hits": 1, "last": T},
    ],
    "could_have": [{"sensor": "tower-6/day", "why": "fog"}],
    "nuisance_here": {"count": 3, "hours": 24, "reasons": {"animal": 3}},
}


def test_the_sentence_of_an_approach_is_one_to_act_on(speaker):
    assert sentence(case("approach", GROUP, evidence=EVIDENCE), T, speaker) == (
        "Group of 6 to 9 on foot, 1.4 km south of km 14.2, walking north, at the line in 14 to 22 min. "
        "Seen by Aerostat 2 radar (9 times), Tower 7 thermal (2 times) and seismic-4 (once). "
        "Tower 6 day could have seen it and did not: fog. This place gave 3 nuisance alerts in 24 h (animal)."
    )


def test_time_goes_on_in_the_sentence_and_absence_shows(speaker):
    assert "at the line in 9 to 17 min; not seen for 5 min." in sentence(case("approach", GROUP), T + 300.0, speaker)


@pytest.mark.parametrize(
    ("heading", "words"), [(1, "came over the line"), (-1, "went out over the line"), (0, "crossed the line")]
)
def test_a_crossing_says_which_way(speaker, heading, words):
    facts = {**GROUP, "heading": heading}
    found = sentence(case("crossing", facts, offset=20.0, time_left=None), T, speaker)
    assert found == f"Group of 6 to 9 on foot {words}, now at the line at km 14.2, walking north."


def test_who_stirred_a_fence_is_not_said_to_have_crossed(speaker):
    facts = {**GROUP, "heading": 0, "stir": {"labels": {"climb": 1}}}
    found = sentence(case("crossing", facts, offset=-200.0, time_left=None), T, speaker)
    assert found.startswith("Group of 6 to 9 on foot stirred a sensor at the line, now 200 m south of km 14.2")


def test_distress_says_how_long_and_in_what(speaker):
    facts = {**GROUP, "speed": 0.1, "hardship": "2 C, feels like -1 C", "stopped_s": 150}
    found = sentence(case("distress", facts, time_left=None), T, speaker)
    assert (
        found
        == "Group of 6 to 9 on foot, 1.4 km south of km 14.2, has not moved for 2 min in 2 C, feels like -1 C: may need help."
    )
    large = sentence(case("distress", {**facts, "stopped_s": None, "large": True}, time_left=None), T, speaker)
    assert "is large and outdoors in 2 C" in large


def test_a_stir_of_ground_sensors(speaker):
    stir = {
        "labels": {"climb": 2, "unknown": 1},
        "span_m": 240,
        "sensors": {"fence-1": 2, "fibre-1": 1},
        "seconds": 20,
        "last": T - 130,
    }
    found = sentence(case("crossing", {"stir": stir, "heading": 0}), T, speaker)
    assert found.startswith(
        "Something at the line at km 14.2 along 250 m: 3 reports of sensors on fence and ground, called climb"
    )
    assert "at most 2 min ago" in found
    assert title(case("crossing", {"stir": stir})) == "Stir at the line"


def lost(**more):
    facts = {"assets": [["tower-6", "Tower 6"]], "states": {"tower-6": "silent"}, "since": T, "sensors": {}, "dark": [[40, 43]]}
    return {**facts, "back": None, **more}


def test_silence_gap_and_their_end(speaker):
    assert (
        sentence(case("silence", lost()), T, speaker)
        == "Tower 6 has said nothing since 06:00. Km 40 to 43 are blind without it."
    )
    part = lost(sensors={"tower-6": ["tower-6/radar"]}, dark=[])
    assert (
        sentence(case("silence", part), T, speaker) == "Tower 6 radar has said nothing since 06:00. No km is blind without it."
    )
    assert sentence(case("silence", lost(back=T + 600)), T, speaker) == "Tower 6 said nothing from 06:00 to 06:10 and is back."
    down = lost(states={"tower-6": "recovering"}, dark=[[40, 41]])
    assert sentence(case("gap", down), T, speaker) == "Tower 6 is coming down since 06:00. Km 40 to 41 is blind without it."
    many = lost(assets=[[f"t{n}", f"T {n}"] for n in range(6)], states={"t0": "silent"})
    assert sentence(case("gap", many), T, speaker).startswith("T 0 and 5 others are silent since 06:00.")
    assert "were lost from 06:00 to 06:10 and are back" in sentence(case("gap", {**many, "back": T + 600}), T, speaker)


def test_recall_says_when_and_who_could_fill(speaker):
    facts = lost(how="forecast", limit_in=[5400.0, 7200.0], dark=[[20, 38]], fill=["Patrol 5", "Patrol 7"])
    found = sentence(case("recall", facts, time_left=(3000.0, 4800.0)), T, speaker)
    assert found == (
        "Wind passes the limit of Tower 6 in 1.5 to 2.0 h (forecast). Call it down within 50 to 80 min. "
        "Km 20 to 38 go blind without it. Nearest to fill: Patrol 5 and Patrol 7."
    )
    assert "Call it down now." in sentence(case("recall", facts, time_left=(0.0, 30.0)), T, speaker)


def test_flood_says_what_it_holds(speaker):
    facts = {"count": 3, "kinds": {"approach": 2, "crossing": 1}, "km_range": [1.0, 9.5]}
    found = sentence(case("flood", facts), T, speaker)
    assert "3 are held here (2 approach and 1 crossing, km 1.0 to 9.5)" in found
    assert sentence(case("flood", {"count": 0, "over": T}), T, speaker).startswith("The flood is over.")


def test_every_kind_has_a_title():
    facts = {**lost(), **GROUP, "how": "trend", "limit_in": [1.0, 2.0]}
    titles = {kind: title(case(kind, facts)) for kind in KINDS}
    assert len(set(titles.values())) == len(KINDS)
    text = " ".join(titles.values()).lower()
    assert not {"target", "threat", "illegal"} & set(text.split())


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"label": "vehicle", "speed": 9.0, "course": math.pi}, "driving south"),
        ({"label": "animal", "speed": 1.0, "course": 0.0}, "moving north"),
        ({"label": "drone", "speed": 9.0, "course": 1.6}, "flying east"),
        ({"label": "person", "speed": 0.1, "course": 0.0}, "standing still"),
    ],
)
def test_motion_in_words(facts, words):
    assert wording.motion(facts) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"label": "group", "count": [1, 1]}, "Group on foot"),
        ({"label": "group", "count": [1, 2]}, "Group of 2 on foot"),
        ({"label": "vehicle", "count": [1, 3]}, "Vehicle"),
        ({}, "Something unknown"),
    ],
)
def test_subjects_in_words(facts, words):
    assert wording.subject(facts) == words


def test_a_label_needs_half_of_what_is_not_clutter():
    assert wording.labels(np.array([[0.2, 0.05, 0.0, 0.05, 0.0, 0.7], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]])) == ["person", "unknown"]


@pytest.mark.parametrize(("interval", "words"), [((0.0, 100.0), "at most 2 min"), ((600.0, 620.0), "about 10 min")])
def test_intervals_in_words(interval, words):
    assert wording.minutes(interval) == words
