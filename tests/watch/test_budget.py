"""A scaled run of the alarm-load test: half an hour of a 19 km sector, denser than the day it stands for.

The day: 98 km, 24 h, 2 nuisance reports per km and day from each of three layers, 40 groups of people, 2 hostile crossings,
1 distress, 30 % of the cameras dead, an aerostat down for a quarter of the time. It may show 150 alerts to one operator
(ISA-18.2), without a flood. Here: 36 nuisance reports, 3 groups, 1 crossing outward by night, 1 distress, the aerostat down,
a tower with its cameras silent.
"""

from __future__ import annotations

import numpy as np
import pytest

from limes.columns import DETECTION, LABELS, Kind, empty
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind

SECONDS = 1800
LAYERS = ("fence-sensor-1", "fibre-1", "seismic-10-3")


def coming(along, start, speed=1.2):
    def at(second):
        gone = speed * (second - start)
        return (along, -1100.0 + gone, 0.0, speed) if 0.0 <= gone <= 1600.0 else None

    return at


def leaving(second):
    gone = 1.6 * (second - 500)
    return (15_500.0, 1000.0 - gone, 0.0, -1.6) if 0.0 <= gone <= 1900.0 else None


def freezing(second):
    if second < 300:
        return None
    return (8000.0, -1300.0 + min(second - 300, 300.0), 0.0, 1.0 if second < 600 else 0.0)


MOVERS = (coming(6000.0, 60), coming(10_000.0, 400), coming(12_500.0, 800), leaving, freezing)
WHO = ("group", "group", "person", "person", "person")


def nuisance(pipeline, rng):
    """Reports of wind, animals and nothing at all: (second, row), evenly over layers, places and time."""
    found = []
    for second in np.sort(rng.uniform(30.0, SECONDS - 30.0, 36)):
        name = LAYERS[int(rng.integers(3))]
        sensor = pipeline.sensors[pipeline.directory.index[name]]
        row = empty(DETECTION, 1)
        row["sensor"], row["time"] = pipeline.directory.index[name], second
        row["label"], row["label_p"] = LABELS.index(str(rng.choice(["unknown", "unknown", "animal", "person"]))), 0.5
        row["kind"] = Kind.PING if sensor.line is None else Kind.ALONG
        row["along"] = np.nan if sensor.line is None else rng.uniform(0.0, sensor.length)
        found.append((int(second), row))
    return found


@pytest.fixture(scope="module")
def evening(small, night_class):
    """The run: the pipeline at its end and the case ids in the queue at each change of it."""
    pipeline = Pipeline(*small)
    night, rng = night_class(pipeline), np.random.default_rng(11)
    false = nuisance(pipeline, rng)
    shown, flooded, first = set(), False, {}
    for start in range(0, SECONDS, 60):
        silent = () if start < 780 else ("aerostat-1",) if start < 1260 else ("aerostat-1", "tower-1")
        records = night.play(60, MOVERS, WHO, silent=silent, start=start)
        rows = [row for second, row in false if start <= second < start + 60]
        for row in rows:
            row["time"] += night.begin
        extra = [Record(0, RecordKind.DETECTIONS, np.concatenate(rows))] if rows else []
        if start == 780:
            down = {"type": "status", "asset": "aerostat-1", "time": night.begin + start, "state": "down", "detail": ""}
            extra.append(Record(0, RecordKind.EVENTS, None, [down]))
        for record in [*extra, *records]:
            pipeline.apply(record)
            shown |= {case.id for case in pipeline.cases.values() if case.hidden_by is None}
            flooded |= pipeline.desk.flood is not None
            for case in pipeline.cases.values():
                if case.priority == "rescue" and case.id not in first:
                    first[case.id] = next(iter(pipeline.view()["cases"]))
    return pipeline, shown, flooded, first


def test_one_operator_is_shown_no_more_than_fits(evening):
    pipeline, shown, flooded, _ = evening
    assert len(shown) <= 9
    assert not flooded
    assert pipeline.desk.load.per_hour(pipeline.second) <= 12


def test_nobody_who_matters_is_missing(evening):
    pipeline, shown, _, _ = evening
    cases = [pipeline.cases[name] for name in shown]
    for km, kinds in ((15.5, {"approach", "crossing"}), (8.0, {"distress"}), (6.0, {"approach", "crossing"})):
        assert any(case.kind in kinds and abs(case.km - km) < 1.0 for case in cases), km
    outward = next(case for case in cases if abs(case.km - 15.5) < 1.0)
    assert outward.facts["heading"] == -1


def test_distress_is_first_in_the_queue_from_its_first_second(evening):
    _, _, _, first = evening
    assert first
    assert all(name == top for name, top in first.items())


def test_lost_equipment_is_one_alert_each(evening):
    pipeline, _, _, _ = evening
    about = [case.asset for case in pipeline.cases.values() if case.kind in ("silence", "gap")]
    assert sorted(about) == ["aerostat-1", "tower-1"]


def test_every_alert_that_is_held_back_can_be_found_and_worked_on(evening):
    pipeline, shown, _, _ = evening
    view = pipeline.view()
    assert set(view["cases"]) | set(view["hidden"]) == set(pipeline.cases)
    assert shown >= set(view["cases"])
