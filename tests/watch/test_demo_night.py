"""The demo night played through the watch: what must be alerted, first and within which time, is written in its scenario.

Two stretches of the night are part of the suite; the whole night takes a quarter of an hour and runs with `make soak`.
"""

from __future__ import annotations

import pytest

from limes.sector import bundled, load, load_deployment
from limes.simulation import check_expectations, load_scenario, play, set_stage
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind

HOUR = 3600.0


def watch_through(begin_h: float, end_h: float, seed: int = 1):
    """The scenario, and every alert that a watch raises from one hour of the night to another, as it was first raised."""
    sector = load(bundled("kilis-jarabulus"))
    deployment = load_deployment(sector.deployments["bundled"], sector)
    scenario = load_scenario("demo-night", sector)
    stage = set_stage(sector, deployment, scenario, seed)
    pipeline, raised, seq = Pipeline(sector, deployment), {}, 0
    for batch in play(stage, start=scenario.begin + begin_h * HOUR, end=scenario.begin + end_h * HOUR):
        clock = {"time": batch.time}
        parts = [(RecordKind.DETECTIONS, batch.detections, None), (RecordKind.EVENTS, None, batch.events)]
        for kind, rows, body in [*parts, (RecordKind.CLOCK, None, clock)]:
            changes, seq = pipeline.apply(Record(seq, kind, rows, body)), seq + 1
        for name in changes.cases:
            case = pipeline.cases.get(name)
            if case is not None:
                first = {"priority": case.priority, "opened": batch.time, "km": case.km, "asset": case.asset}
                raised.setdefault((name, case.kind), {"kind": case.kind, **first})
    return scenario, list(raised.values())


def missed(begin_h: float, end_h: float, seed: int = 1) -> list[str]:
    """The expectations that lie within a stretch of the night and were not met."""
    scenario, alerts = watch_through(begin_h, end_h, seed)
    results = zip(scenario.expect, check_expectations(alerts, scenario), strict=True)
    due = [result for one, result in results if begin_h * HOUR <= one.after and one.until <= end_h * HOUR]
    assert due
    return [f"{result.what}: {result.reason}" for result in due if not result.met]


def test_the_family_that_stops_in_the_cold_is_on_top_in_time():
    assert missed(2.3, 2.81) == []


def test_the_silence_of_tower_6_is_heard_in_time():
    assert missed(4.45, 4.53) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_whole_night(seed):
    assert missed(0.0, 14.0, seed) == []
