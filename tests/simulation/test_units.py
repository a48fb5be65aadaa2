"""Units: on their beat, sent somewhere, on scene, and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from limes.geo import to_lonlat
from limes.simulation import Stage, Units, play
from limes.simulation.actors import place

Staged = Callable[..., Stage]


def run(units: Units, start: float, seconds: int) -> list[dict]:
    return [event for second in range(1, seconds + 1) for event in units.step(start + second)]


def test_positions_every_ten_seconds_at_home(staged: Staged) -> None:
    stage = staged("")
    begin = stage.scenario.begin
    events = run(Units(stage), begin, 3600)
    places = [event for event in events if event["type"] == "position" and event["unit"] == "patrol-1"]
    assert len(places) == 360
    x, y = np.array([event["x"] for event in places]), np.array([event["y"] for event in places])
    _, offset = stage.sector.border.locate(x, y)
    assert (offset > 0.0).all()
    speed = np.hypot(np.diff(x), np.diff(y)) / 10.0
    assert 0.5 < np.median(speed) < stage.sector.catalogue.kinds["patrol-vehicle"].number("speed_road_mps")


def test_a_beat_is_the_same_wherever_one_looks_in(staged: Staged) -> None:
    stage = staged("")
    begin = stage.scenario.begin
    late = run(Units(stage), begin + 1800.0, 60)
    assert run(Units(stage), begin, 1860)[-len(late) :] == late


def test_a_task_is_driven_to_and_ends_at_home(staged: Staged) -> None:
    stage = staged("")
    begin, units = stage.scenario.begin, Units(stage)
    kind = stage.sector.catalogue.kinds["patrol-vehicle"]
    x, y = place(stage.sector, 5.0, 400.0)
    lon, lat = to_lonlat(x, y, stage.sector.crs)
    start = units.where(units.units["patrol-1"], begin)
    assert units.assign({"unit": "patrol-1", "lon": float(lon), "lat": float(lat), "case": "case-1"}, begin)
    events = run(units, begin, 4 * 3600)
    states = [(event["time"] - begin, event["state"]) for event in events if event["type"] == "status"]
    order = [state for index, (_, state) in enumerate(states) if index == 0 or states[index - 1][1] != state]
    assert order == ["tasked", "on_scene", "away", "ready"]
    arrived = next(time for time, state in states if state == "on_scene")
    straight = float(np.hypot(x - start[0], y - start[1]))
    assert arrived > kind.number("ready_s") + straight / kind.number("speed_road_mps")
    there = next(event for event in events if event["type"] == "position" and event["time"] - begin == arrived)
    assert (there["x"], there["y"]) == pytest.approx((float(x), float(y)), abs=1.0)
    left = next(time for time, state in states if state == "away")
    assert left - arrived == pytest.approx(kind.number("handle_s"), abs=1.5)


def test_nobody_is_sent_over_the_line(staged: Staged) -> None:
    stage = staged("")
    begin, units = stage.scenario.begin, Units(stage)
    x, y = place(stage.sector, 6.0, -1500.0)
    units.assign({"unit": "patrol-1", "x": float(x), "y": float(y)}, begin)
    events = [event for event in run(units, begin, 2 * 3600) if event["type"] == "position"]
    _, offset = stage.sector.border.locate(np.array([e["x"] for e in events]), np.array([e["y"] for e in events]))
    assert (offset > -1.0).all()


def test_a_second_task_replaces_the_first(staged: Staged) -> None:
    stage = staged("")
    begin, units = stage.scenario.begin, Units(stage)
    for km, time in ((2.0, begin), (9.0, begin + 300.0)):
        x, y = place(stage.sector, km, 300.0)
        assert units.assign({"unit": "patrol-1", "x": float(x), "y": float(y)}, time)
        run(units, time, 300)
    run(units, begin + 600.0, 7200)
    unit = units.units["patrol-1"]
    assert unit.state in ("on_scene", "away", "ready")


@pytest.mark.parametrize(
    "task",
    [
        {},
        {"unit": "patrol-99", "x": 0.0, "y": 0.0},
        {"unit": "patrol-1"},
        {"unit": "patrol-1", "lon": "east", "lat": None},
        {"unit": "patrol-1", "x": float("nan"), "y": 1.0},
        {"unit": ["patrol-1"], "x": 1.0, "y": 1.0},
    ],
)
def test_a_task_that_makes_no_sense_is_not_taken(staged: Staged, task: dict) -> None:
    stage = staged("")
    units = Units(stage)
    assert not units.assign(task, stage.scenario.begin)
    assert units.units["patrol-1"].state == "ready"


def test_tasks_change_the_stream_of_positions_and_nothing_else(staged: Staged) -> None:
    stage = staged("movers = 50\n")
    begin = stage.scenario.begin
    units = Units(stage)
    x, y = place(stage.sector, 9.0, 300.0)
    units.assign({"unit": "patrol-1", "x": float(x), "y": float(y)}, begin)
    sent = list(play(stage, units, begin, begin + 300.0))
    calm = list(play(stage, None, begin, begin + 300.0))
    assert all(a.detections.tobytes() == b.detections.tobytes() for a, b in zip(sent, calm, strict=True))
    assert [a.lines for a in sent] != [b.lines for b in calm]
