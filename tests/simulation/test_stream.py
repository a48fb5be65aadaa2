"""The stream: batches of lines that a watch takes, the same bytes for a seed however it is cut."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import orjson
import pytest

from limes.columns import Kind
from limes.links import parse_lines
from limes.sector import Sector
from limes.sector.deployment import Deployment
from limes.simulation import Batch, Stage, load_scenario, play, recorded, simulate
from limes.simulation.crowds import BEFORE

Staged = Callable[..., Stage]
BUSY = """
[[crowd]]
does = "cross"
per_day = 1200
members = 3
hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[[crowd]]
does = "roam"
per_day = 600
members = 3
hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[[failure]]
asset = "tower-1"
state = "down"
start = "17:02"
end = "17:04"
"""


def played(stage: Stage, start: float, end: float) -> list[Batch]:
    begin = stage.scenario.begin
    return list(play(stage, start=begin + start, end=begin + end))


def test_a_batch_a_second_ending_with_the_clock(staged: Staged) -> None:
    stage = staged(BUSY)
    batches = played(stage, 0.0, 150.0)
    assert [batch.time - stage.scenario.begin for batch in batches] == list(np.arange(1.0, 151.0))
    for batch in batches:
        assert orjson.loads(batch.lines[-1]) == {"type": "clock", "time": batch.time}
        times = [*batch.detections["time"].tolist(), *(event["time"] for event in batch.events)]
        assert all(batch.time - 1.0 < time <= batch.time for time in times)


def test_every_line_is_taken_by_the_parser(staged: Staged) -> None:
    stage = staged(BUSY)
    batches = played(stage, 0.0, 300.0)
    parsed = parse_lines([line for batch in batches for line in batch.lines], stage.directory, None, stream_clock=True)
    assert parsed.refusals == []
    rows = np.concatenate([batch.detections for batch in batches])
    assert len(parsed.detections) == len(rows)
    assert parsed.detections["sensor"].tolist() == rows["sensor"].tolist()
    assert parsed.detections["range"] == pytest.approx(rows["range"], abs=0.006, nan_ok=True)
    assert parsed.detections["x"] == pytest.approx(rows["x"], abs=0.02, nan_ok=True)
    kinds = {event["type"] for event in parsed.events}
    assert kinds == {"clock", "status", "weather", "position"}
    assert {Kind.RANGE_BEARING, Kind.ALONG} <= set(rows["kind"].tolist())


def test_the_same_seed_gives_the_same_bytes_however_it_is_cut(staged: Staged) -> None:
    stage = staged(BUSY)
    whole = [line for batch in played(stage, 0.0, 240.0) for line in batch.lines]
    cuts = (0.0, 37.0, 38.0, 61.0, 180.0, 240.0)
    parts = [line for a, b in pairwise(cuts) for batch in played(stage, a, b) for line in batch.lines]
    assert parts == whole
    again = [line for batch in played(staged(BUSY), 0.0, 240.0) for line in batch.lines]
    assert again == whole
    other = [line for batch in played(staged(BUSY, seed=2), 0.0, 240.0) for line in batch.lines]
    assert other != whole


def test_no_truth_goes_over_the_wire(staged: Staged) -> None:
    stage = staged(BUSY)
    text = b"".join(line for batch in played(stage, 0.0, 120.0) for line in batch.lines)
    for word in (b"hostile", b"actor", b"truth", b"crossing", b"dog"):
        assert word not in text


def test_truth_every_ten_seconds(staged: Staged) -> None:
    stage = staged(BUSY)
    batches = played(stage, 0.0, 60.0)
    truth = np.concatenate([batch.truth for batch in batches])
    assert set((truth["time"] - stage.scenario.begin).tolist()) == {10.0, 20.0, 30.0, 40.0, 50.0, 60.0}
    assert np.isfinite(truth["x"]).all()
    row = truth[-1]
    path = stage.world.actors[row["actor"]].path
    x, y = path.at(np.array(row["time"]))
    assert (row["x"], row["y"]) == pytest.approx((float(x), float(y)))
    assert np.hypot(truth["vx"], truth["vy"]).max() < 20.0


def test_weather_every_ten_minutes_from_the_start(staged: Staged) -> None:
    stage = staged("")
    events = [event for batch in played(stage, 0.0, 1260.0) for event in batch.events if event["type"] == "weather"]
    assert [event["time"] - stage.scenario.begin for event in events] == [1.0, 601.0, 1201.0]
    assert events[0]["forecast"][0]["time"] > events[0]["time"]


def test_the_end_of_the_scenario_ends_it(staged: Staged) -> None:
    stage = staged("")
    last = list(play(stage, start=stage.scenario.end - 5.0, end=stage.scenario.end + 500.0))
    assert len(last) == 5
    assert list(play(stage, start=stage.scenario.end, end=stage.scenario.end + 60.0)) == []


def test_what_is_recorded_is_what_was_sent(staged: Staged) -> None:
    stage = staged(BUSY)
    begin = stage.scenario.begin
    pieces = list(recorded(stage, begin, begin + 150.0))
    assert [piece.seconds for piece in pieces] == [60, 60, 30]
    lines = [line for batch in played(stage, 0.0, 150.0) for line in batch.lines]
    parsed = parse_lines(lines, stage.directory, None, stream_clock=True)
    rows = np.concatenate([piece.detections for piece in pieces])
    assert rows.tobytes() == parsed.detections.tobytes()
    assert (rows["arrival"] >= rows["time"]).all()
    assert [event for piece in pieces for event in piece.events] == parsed.events


def test_simulate_sets_its_own_stage(mesa: Sector, mesa_deployment: Deployment) -> None:
    scenario = load_scenario("quiet", mesa)
    batches = list(simulate(mesa, mesa_deployment, scenario, 3, end=scenario.begin + 90.0))
    assert len(batches) == 90
    assert BEFORE >= 4  # parties on their way at the start are there


def test_the_load_is_a_load(staged: Staged) -> None:
    stage = staged("movers = 3000\n")
    rows = np.concatenate([batch.detections for batch in played(stage, 600.0, 660.0)])
    assert np.count_nonzero(rows["kind"]) > 60 * 100
