from __future__ import annotations

import pytest

from limes.cli.demo_truck import AT_S, bring_truck, truck_spectrum
from limes.sector import bundled, load
from limes.simulation.scenario import load_scenario
from limes.watch import projection
from limes.watch.records import RecordKind


def test_it_comes_at_a_quarter_to_two():
    scenario = load_scenario("demo-night", load(bundled("kilis-jarabulus")))
    assert (scenario.begin + AT_S + 3 * 3600.0) % 86_400.0 == 1.75 * 3600.0  # 01:45 at +03


@pytest.mark.parametrize("late", [False, True])
def test_the_truck_is_measured_once_and_opens_a_case(open_watch, late):
    watch = open_watch()
    thread = bring_truck(watch, 2000.0, 1)
    for time in (3000.0,) if late else (1000.0, 1999.0, 2000.0, 2001.0):
        watch.submit([(RecordKind.CLOCK, {"time": time})]).result(60)
    thread.join(60)
    assert not thread.is_alive()
    with watch.store.read() as connection:
        found = projection.readings(connection)
    if late:
        assert found == []
        return
    (reading,) = found
    assert (reading["name"], reading["declared_answer"], reading["level"]) == ("Niter", "no", "act")
    assert watch.pipeline.cases[reading["case"]].kind == "checkpoint"


def test_a_seed_gives_one_spectrum():
    assert truck_spectrum(1) == truck_spectrum(1) != truck_spectrum(2)
