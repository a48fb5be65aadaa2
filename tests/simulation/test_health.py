"""Health: failures, aerostats in the wind, and what everybody says of themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from limes.errors import InputError
from limes.simulation import Stage
from limes.simulation.health import heartbeats
from limes.simulation.stage import detections, minute_of

Staged = Callable[..., Stage]
SILENT = '[[failure]]\nasset = "tower-1"\nstate = "silent"\nstart = "17:10"\nend = "17:30"\n'


def beats_of(stage: Stage, name: str, start: float, end: float) -> list[dict]:
    events = heartbeats(stage.health, stage.scenario.begin + start, stage.scenario.begin + end)
    return [event for event in events if name in (event.get("asset"), event.get("sensor"))]


def test_heartbeats_come_at_their_interval(staged: Staged) -> None:
    stage = staged("")
    interval = stage.sector.catalogue.kinds["tower-medium"].number("heartbeat_s")
    times = np.array([event["time"] for event in beats_of(stage, "tower-1", 0.0, 600.0)])
    assert np.diff(times) == pytest.approx(interval)
    senders = {event.get("sensor") or event.get("asset") for event in heartbeats(stage.health, 0.0, 1000.0)}
    assert senders == {sensor.id for sensor in stage.sensors} | {"tower-1", "tower-2", "aerostat-1"}


def test_cutting_time_loses_no_heartbeat(staged: Staged) -> None:
    stage = staged("")
    begin = stage.scenario.begin
    whole = heartbeats(stage.health, begin, begin + 600.0)
    cut = [event for part in range(10) for event in heartbeats(stage.health, begin + 60.0 * part, begin + 60.0 * (part + 1))]
    assert whole == cut


def test_silence_is_silence(staged: Staged) -> None:
    stage = staged(SILENT)
    assert beats_of(stage, "tower-1", 0.0, 600.0)
    assert beats_of(stage, "tower-1", 601.0, 1799.0) == []
    assert beats_of(stage, "tower-1/radar", 601.0, 1799.0) == []
    assert beats_of(stage, "tower-2", 601.0, 1799.0)
    minute = minute_of(stage, stage.scenario.begin + 900.0)
    speaking = {stage.sensors[row].asset for row in detections(stage, minute)["sensor"]}
    assert "tower-1" not in speaking
    assert "tower-2" in speaking


def test_down_says_so_and_sees_nothing(staged: Staged) -> None:
    stage = staged(SILENT.replace("silent", "down"))
    states = [event["state"] for event in beats_of(stage, "tower-1", 500.0, 700.0)]
    assert states[0] == "up"
    assert states[-1] == "down"
    changes = [event["time"] for event in beats_of(stage, "tower-1", 599.0, 600.5)]
    assert stage.scenario.begin + 600.0 in changes  # said when it happens, not at the next beat
    looking = stage.health.looking("tower-1", stage.scenario.begin + np.array([599.0, 600.0, 1799.0, 1800.0]))
    assert looking.tolist() == [True, False, False, True]


def test_degraded_loses_about_half(staged: Staged) -> None:
    whole = staged("movers = 60\n")
    weak = staged("movers = 60\n" + SILENT.replace("silent", "degraded"))
    count = []
    for stage in (whole, weak):
        rows = detections(stage, minute_of(stage, stage.scenario.begin + 900.0))
        mine = [stage.sensors[row].id == "tower-1/radar" for row in rows["sensor"]]
        count.append(int(np.count_nonzero(np.array(mine) & (rows["kind"] > 0))))
    assert count[0] > 20
    assert count[1] == pytest.approx(count[0] / 2, rel=0.2)


def test_a_stated_flight(staged: Staged) -> None:
    stage = staged('[[flight]]\nasset = "aerostat-1"\ndown = "17:20"\nup = "18:40"\n')
    begin = stage.scenario.begin
    recovery = next(sensor.platform.recovery for sensor in stage.sensors if sensor.platform is not None)
    states = [stage.health.state("aerostat-1", begin + time) for time in (0.0, 1200.0, 1200.0 + recovery, 6000.0)]
    assert states == ["up", "recovering", "grounded", "up"]
    assert not stage.health.looking("aerostat-1", np.array([begin + 1200.0]))[0]


def test_without_a_stated_flight_the_wind_decides(staged: Staged) -> None:
    calm = staged('[[weather]]\nat = "17:00"\nwind_aloft_mps = 5\nwind_mps = 3\ngust_mps = 4\n')
    storm = staged('[[weather]]\nat = "17:00"\nwind_aloft_mps = 40\nwind_mps = 20\ngust_mps = 30\n')
    assert "aerostat-1" not in calm.health.outages
    assert storm.health.state("aerostat-1", storm.scenario.begin + 3600.0) == "grounded"


def test_assets_must_stand_there(staged: Staged) -> None:
    with pytest.raises(InputError, match="tower-99"):
        staged(SILENT.replace("tower-1", "tower-99"))
