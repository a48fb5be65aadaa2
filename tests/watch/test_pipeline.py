from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limes.columns import DETECTION
from limes.watch.cases import ActRefused
from limes.watch.changes import Changes
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind
from limes.watch.state import save

CASE = "case-000001"
TRACK = """lon lat speed course_deg existence status classes label count ellipse km offset_m direction eta_s first last case
    disposition"""
CASE_FIELDS = """kind priority state opened updated km lon lat title sentence tracks asset time_left_s owner unit evidence
    actions history"""


def words(text):
    return set(text.split())


def run(pipeline, records):
    changes = Changes()
    for record in records:
        changes.merge(pipeline.apply(record))
    return changes


def only(pipeline):
    assert len(pipeline.cases) == 1
    return next(iter(pipeline.cases.values()))


def walker(second):
    return 14_000.0, -1500.0 + 1.2 * second, 0.0, 1.2


def stopping(second):
    return (13_000.0, -1500.0 + 1.0 * second, 0.0, 1.0) if second < 240 else (13_000.0, -1260.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def kept(small, night_class):
    """A snapshot with one alert about a walker, 300 s into the night."""
    pipeline = Pipeline(*small)
    run(pipeline, night_class(pipeline).play(300, [walker], ["person"]))
    return pipeline.snapshot()


@pytest.fixture
def alerted(pipeline, kept):
    """A pipeline with one alert about a walker."""
    assert pipeline.restore(kept)
    return pipeline


def act(pipeline, verb, **more):
    body = {"id": "act", "time": pipeline.time, "wall": 0.0, "user": "ada", "role": "operator", "case": CASE, "verb": verb}
    return {**body, **more}


def do(pipeline, verb, **more):
    body = act(pipeline, verb, **more)
    pipeline.check_act(body)
    return pipeline.apply(Record(pipeline.seq + 1, RecordKind.ACT, None, body))


def test_a_walker_by_night_is_raised_once_with_a_sentence_to_act_on(pipeline, night):
    changes = run(pipeline, night.play(400, [walker], ["person"]))
    case = only(pipeline)
    assert (case.kind, case.state, case.priority) == ("approach", "open", "medium")
    assert case.opened - night.begin < 240.0
    assert case.sentence.startswith("One person on foot, 1.")
    assert "km 14." in case.sentence
    assert "walking north, at the line in" in case.sentence
    low, high = case.time_left
    assert low < 1500.0 - 1.2 * 400.0 < 1.2 * high + 600.0
    assert [line["text"] for line in changes.log] == ["raised"]
    assert CASE in changes.cases


def test_evidence_names_who_saw_it_and_who_did_not(alerted):
    evidence = only(alerted).evidence
    seen = [row["sensor"] for row in evidence["seen_by"]]
    assert seen[0] == "tower-2/radar"
    assert "tower-2/thermal" in seen
    assert not set(seen) & {row["sensor"] for row in [*evidence["could_have"], *evidence["could_not"]]}
    assert "by night" in evidence["factors"]
    assert evidence["arrivals"][0]["unit"] == "patrol-1"
    assert evidence["nuisance_here"]["count"] == 0


def test_the_same_walker_by_day_near_home_is_a_track_and_no_alert(pipeline, night):
    night.begin += 14 * 3600.0

    def villager(second):
        return 14_000.0, 1500.0 - 1.2 * second, 0.0, -1.2

    run(pipeline, night.play(300, [villager]))
    assert len(pipeline.tracks) >= 1
    assert not pipeline.cases


def test_crossing_turns_the_approach_into_a_crossing(pipeline, night):
    def quick(second):
        return 14_000.0, -700.0 + 2.5 * second, 0.0, 2.5

    run(pipeline, night.play(340, [quick], ["person"]))
    case = only(pipeline)
    assert case.kind == "crossing"
    assert case.facts["heading"] == 1
    assert "came over the line" in case.sentence
    assert "became" in {line["verb"] for line in case.history}


def test_somebody_who_stops_in_the_cold_is_a_rescue_within_three_minutes(pipeline, night):
    run(pipeline, night.play(440, [stopping], ["person"]))
    rescues = [case for case in pipeline.cases.values() if case.priority == "rescue"]
    assert len(rescues) == 1
    raised = next(line["time"] for line in rescues[0].history if line["verb"] == "became")
    assert 240.0 + 60.0 < raised - night.begin < 240.0 + 180.0
    assert "has not moved" in rescues[0].sentence
    assert "shelve" not in pipeline.view()["cases"][rescues[0].id]["actions"]


def test_a_silent_tower_is_one_alert_within_three_heartbeats_and_comes_back(pipeline, night):
    run(pipeline, night.play(60))
    run(pipeline, night.play(60, silent=("tower-2",), start=60))
    case = only(pipeline)
    assert (case.kind, case.asset) == ("silence", "tower-2")
    assert case.opened - (night.begin + 60.0) <= 3 * 10.0 + 2.0
    assert "has said nothing since 20:0" in case.sentence
    states = pipeline.view()["sensors"]
    assert {states[name]["state"] for name in states if name.startswith("tower-2")} == {"silent"}
    run(pipeline, night.play(30, start=120))
    assert "is back" in only(pipeline).sentence
    assert only(pipeline).state == "open"


def test_the_whole_life_of_a_case(alerted, night):
    do(alerted, "confirm")
    assert alerted.view()["tracks"][str(only(alerted).tracks[0])]["disposition"] == "suspect"
    changes = do(alerted, "dispatch", unit="patrol-1")
    assert changes.units == {"patrol-1"}
    assert alerted.view()["units"]["patrol-1"]["state"] == "tasked"
    with pytest.raises(ActRefused, match="is tasked"):
        alerted.check_act(act(alerted, "dispatch", unit="patrol-1"))
    with pytest.raises(ActRefused, match="what became of them"):
        alerted.check_act(act(alerted, "close", outcome="met"))
    do(alerted, "close", outcome="met at the line", people="referred")
    view = alerted.view()
    assert view["cases"][CASE]["state"] == "closed"
    assert view["cases"][CASE]["people"] == "referred"
    assert view["units"]["patrol-1"]["state"] == "ready"
    run(alerted, night.play(60, [walker], ["person"], start=300))
    assert len(alerted.cases) == 1


def test_an_act_that_another_overtook_is_refused_and_changes_nothing(alerted):
    late = act(alerted, "shelve", reason="later", minutes=30)
    do(alerted, "dismiss", reason="animal")
    changes = alerted.apply(Record(alerted.seq + 1, RecordKind.ACT, None, late))
    assert only(alerted).state == "dismissed"
    assert "refused" in changes.log[-1]["text"]


@pytest.mark.parametrize(("changed", "why"), [({"case": "case-9"}, "no such case"), ({"role": "viewer"}, "viewer")])
def test_acts_on_nothing_and_by_viewers_are_refused(alerted, changed, why):
    with pytest.raises(ActRefused, match=why):
        alerted.check_act(act(alerted, "confirm") | changed)


def test_dismissals_raise_the_bar_at_the_place_and_reopening_takes_it_back(alerted):
    do(alerted, "dismiss", reason="animal")
    km = only(alerted).km
    assert alerted.nuisance.bar(km, alerted.time) > 0.2
    assert alerted.nuisance.rates(alerted.time)[0]["sensor"].startswith("tower-")
    do(alerted, "reopen")
    assert alerted.nuisance.bar(km, alerted.time) == 0.0


def recut(records, cuts):
    """The same rows and events between the same clocks, in pieces of other sizes."""
    out, sizes = [], iter(cuts)
    for record in records:
        if record.kind is RecordKind.DETECTIONS:
            rows = record.rows
            while len(rows):
                size = next(sizes, 1)
                out.append(Record(0, record.kind, rows[:size]))
                rows = rows[size:]
        elif record.kind is RecordKind.EVENTS:
            out += [Record(0, record.kind, body=[event]) for event in record.body]
        else:
            out.append(record)
    return out


def moved_up(records, rng):
    """Detection records moved to any earlier place that the clock allows: never before a clock that was already past them."""
    out = list(records)
    for place in range(1, len(out)):
        if out[place].kind is RecordKind.DETECTIONS and rng.random() < 0.5:
            to = int(rng.integers(max(place - 6, 0), place + 1))
            out.insert(to, out.pop(place))
    return out


def more_clocks(records, rng):
    """More clock records between the others, none after the last; rows still come before the clock has passed them."""
    out = []
    for place, record in enumerate(records):
        out.append(record)
        if place + 1 < len(records) and record.kind is RecordKind.CLOCK and rng.random() < 0.5:
            out.append(Record(0, RecordKind.CLOCK, None, {"time": record.body["time"] + float(rng.uniform(0.0, 0.5))}))
    return out


@pytest.fixture(scope="module")
def story(small, night_class):
    """A short night: somebody walks, somebody stops, a tower falls silent; and what a pipeline makes of it."""
    pipeline = Pipeline(*small)
    night = night_class(pipeline)
    records = night.play(150, [walker, stopping], ["person", "group"])
    records += night.play(50, [walker, stopping], ["person", "group"], silent=("tower-1",), start=150)
    run(pipeline, records)
    return Story(records, comparable(pipeline))


class Story:
    """Records and the view that they end in; says little of itself."""

    def __init__(self, records, view):
        self.records, self.view = records, view

    def __repr__(self):
        return "the story"


def comparable(pipeline):
    """The view but for the number of the record it came with."""
    return json.dumps(pipeline.view() | {"seq": None}, sort_keys=True)


def test_the_story_has_what_the_invariants_need(story):
    view = json.loads(story.view)
    assert {"approach", "silence"} <= {case["kind"] for case in view["cases"].values()}
    assert len(view["tracks"]) >= 2


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(1, 5), max_size=200), seed=st.integers(0, 1000))
def test_how_rows_are_cut_into_records_changes_nothing(story, small, cuts, seed):
    records, expected = story.records, story.view
    rng = np.random.default_rng(seed)
    pipeline = Pipeline(*small)
    run(pipeline, more_clocks(moved_up(recut(records, cuts), rng), rng))
    assert comparable(pipeline) == expected


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.floats(0.05, 0.95))
def test_a_restored_snapshot_has_the_same_future(story, small, part):
    records, expected = story.records, story.view
    cut = int(part * len(records))
    first = Pipeline(*small)
    run(first, records[:cut])
    kept = first.snapshot()
    other = Pipeline(*small)
    assert other.restore(kept)
    assert other.snapshot() == kept
    run(other, records[cut:])
    assert comparable(other) == expected


def test_a_snapshot_of_something_else_is_not_taken(pipeline, night, sector, deployment):
    run(pipeline, night.play(5))
    kept = pipeline.snapshot()
    assert not pipeline.restore(b"rubbish")
    assert not pipeline.restore(kept[: len(kept) // 2])
    pipeline.sensors = pipeline.sensors[:-1]
    assert not pipeline.restore(kept)
    assert save(pipeline)


def test_deltas_laid_over_the_first_view_give_the_last_one(pipeline, night):
    base = None
    for record in night.play(240, [walker, stopping], ["person", "group"]):
        changes = pipeline.apply(record)
        if base is None:
            base = pipeline.view()
            continue
        delta = pipeline.delta(changes)
        for name in ("sensors", "units", "tracks", "cases"):
            base[name] |= delta.get(name, {})
        for name in ("weather", "strip", "hidden"):
            base[name] = delta.get(name, base[name])
        for kind in ("tracks", "cases"):
            for gone in delta["gone"][kind]:
                base[kind].pop(gone, None)
    last = pipeline.view()
    moves = {"km", "offset_m", "lon", "lat", "updated", "heard", "time_left_s"}
    for name, case in last["cases"].items():
        assert {k: v for k, v in base["cases"][name].items() if k not in moves} == {
            k: v for k, v in case.items() if k not in moves
        }
        assert last["time"] - base["cases"][name]["updated"] <= 20.0
    assert base["cases"].keys() == last["cases"].keys()
    assert base["tracks"].keys() == last["tracks"].keys()
    assert base["strip"] == last["strip"]
    assert {name: body["state"] for name, body in base["sensors"].items()} == {
        name: body["state"] for name, body in last["sensors"].items()
    }


def test_rows_that_come_too_late_are_counted_and_do_no_harm(pipeline, night):
    records = night.play(30, [walker])
    run(pipeline, records)
    late = next(record.rows for record in records if record.rows is not None)
    run(pipeline, [Record(999, RecordKind.DETECTIONS, late), *night.play(1, [walker], start=30)])
    assert pipeline.view()["health"]["late"] == len(late)


def test_rows_of_unknown_sensors_and_a_clock_that_goes_back_are_passed_over(pipeline, night):
    run(pipeline, night.play(10, [walker]))
    rows = np.zeros(3, DETECTION)
    rows["sensor"] = -1
    before = pipeline.time
    run(pipeline, [Record(1, RecordKind.DETECTIONS, rows), Record(2, RecordKind.CLOCK, None, {"time": before - 100.0})])
    assert pipeline.time == before


def test_a_clock_that_jumps_by_hours_is_assessed_in_strides(pipeline, night):
    run(pipeline, night.play(5))
    changes = pipeline.apply(Record(99, RecordKind.CLOCK, None, {"time": pipeline.time + 6 * 3600.0}))
    assert changes.load
    assert len([case for case in pipeline.cases.values() if case.kind in ("silence", "gap")]) <= 2


def test_weather_and_units_are_followed(pipeline, night):
    run(pipeline, night.play(2))
    unit = pipeline.units.units["patrol-1"]
    time = pipeline.time
    events = [
        {"type": "weather", "time": time, "temperature_c": -7.0, "visibility_m": 200.0},
        {"type": "position", "unit": "patrol-1", "time": time, "x": unit.x + 500.0, "y": unit.y},
        {"type": "hello", "client": "x", "sensors": [], "tasks": False},
    ]
    changes = pipeline.apply(Record(50, RecordKind.EVENTS, None, events))
    assert (changes.weather, changes.units) == (True, {"patrol-1"})
    run(pipeline, night.play(2, start=2))
    assert pipeline.view()["weather"]["temperature_c"] == -7.0


def test_the_view_has_every_part_of_the_contract_and_is_json(alerted):
    view = json.loads(json.dumps(alerted.view()))
    assert words("type seq time badges load health weather sensors units tracks cases hidden strip gone") <= set(view)
    track, case = next(iter(view["tracks"].values())), view["cases"][CASE]
    assert words(TRACK) == set(track)
    assert words(CASE_FIELDS) <= set(case)
    assert words("seen_by could_have could_not classes nuisance_here similar") <= set(case["evidence"])
    strip = view["strip"]
    assert {len(strip["km"]), len(strip["blind"]), len(strip["why"]), *map(len, strip["detect"].values())} == {20}
    assert view["load"] == {"per_hour": 1, "last_10_min": 1, "limit": 12}
