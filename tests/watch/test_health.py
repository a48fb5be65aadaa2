from __future__ import annotations

import json

import numpy as np
import pytest

from limes.watch.health import HealthSettings, health

RADAR, DAY, THERMAL = "tower-6/radar", "tower-6/day", "tower-6/thermal"


@pytest.fixture
def one(sensors, deployment, sector):
    found = health(sensors, deployment, sector, HealthSettings())
    found.begin(0.0)
    return found


def rows(one, *names):
    return np.array([one.names.index(name) for name in names])


def everybody(one, time, but=()):
    keep = [row for row in range(one.sensors) if one.names[int(one.asset_of[row])] not in but]
    one.heard(np.array(keep), np.full(len(keep), time))


def beat(time, state="up", **who):
    return {"type": "status", "time": time, "state": state, "detail": "", **who}


def test_all_are_up_who_speak_or_have_not_had_time_to(one):
    assert set(one.states(10.0)) == {"up"}
    everybody(one, 300.0)
    assert one.up(301.0).all()


def test_an_asset_that_says_nothing_is_one_loss_within_three_heartbeats(one):
    for time in np.arange(0.0, 600.0, 10.0):
        everybody(one, time)
        one.status(beat(time, asset="tower-6"))
    interval = one.interval[one.names.index("tower-6")]
    for time in np.arange(600.0, 600.0 + 3 * interval - 20.0, 10.0):
        everybody(one, time, but=("tower-6",))
        assert one.losses(time) == []
    everybody(one, 600.0 + 3 * interval, but=("tower-6",))
    (loss,) = one.losses(600.0 + 3 * interval)
    assert (loss.asset, loss.state, loss.since, loss.whole) == ("tower-6", "silent", 590.0, True)
    assert set(loss.sensors) == {RADAR, DAY, THERMAL}


def test_one_sensor_that_says_nothing_on_a_living_tower_is_a_loss_in_part(one):
    for time in np.arange(0.0, 900.0, 10.0):
        keep = np.setdiff1d(np.arange(one.sensors), rows(one, RADAR) if time > 300.0 else [])
        one.heard(keep, np.full(len(keep), time))
        one.status(beat(time, asset="tower-6"))
    (loss,) = one.losses(900.0)
    assert (loss.sensors, loss.whole, loss.state) == ((RADAR,), False, "silent")


def test_an_assets_heartbeat_stands_for_sensors_that_never_speak(one):
    for time in np.arange(0.0, 900.0, 10.0):
        one.status(beat(time, asset="tower-6"))
    states = one.states(900.0)
    assert [states[row] for row in rows(one, RADAR, DAY, THERMAL)] == ["up"] * 3


@pytest.mark.parametrize("state", ["down", "grounded", "recovering"])
def test_what_an_asset_says_of_itself_counts_for_its_sensors(one, state):
    everybody(one, 100.0)
    assert one.status(beat(100.0, state, asset="aerostat-1"))
    assert not one.status(beat(101.0, state, asset="aerostat-1"))
    (loss,) = one.losses(102.0)
    assert (loss.asset, loss.state, loss.since, loss.whole) == ("aerostat-1", state, 100.0, True)
    everybody(one, 5000.0, but=("aerostat-1",))
    assert one.states(5000.0)[rows(one, "aerostat-1/radar")[0]] == state
    one.status(beat(6000.0, asset="aerostat-1"))
    everybody(one, 6000.0)
    assert one.losses(6001.0) == []


def test_degraded_still_works(one):
    everybody(one, 100.0)
    one.status(beat(100.0, "degraded", sensor=RADAR))
    assert one.states(101.0)[rows(one, RADAR)[0]] == "degraded"
    assert one.losses(101.0) == []


def test_old_news_and_unknown_names_change_nothing(one):
    one.status(beat(100.0, "down", sensor=RADAR))
    assert not one.status(beat(50.0, "up", sensor=RADAR))
    assert not one.status(beat(100.0, "down", sensor="tower-99/radar"))
    assert not one.status(beat(100.0, "down", unit="patrol-1"))
    assert one.states(101.0)[rows(one, RADAR)[0]] == "down"


def test_losses_at_one_time_share_a_cause_and_later_ones_do_not(one):
    everybody(one, 1000.0)
    one.status(beat(1000.0, "down", asset="tower-3"))
    one.status(beat(1030.0, "down", asset="tower-4"))
    one.status(beat(1300.0, "down", asset="tower-5"))
    everybody(one, 1300.0)
    causes = {loss.asset: loss.cause for loss in one.losses(1301.0)}
    assert causes == {"tower-3": "lost:tower-3", "tower-4": "lost:tower-3", "tower-5": "lost:tower-5"}
    one.status(beat(1310.0, "up", asset="tower-3"))
    assert {loss.asset: loss.cause for loss in one.losses(1311.0)} == {k: v for k, v in causes.items() if k != "tower-3"}


def test_nobody_who_was_never_heard_is_missed_before_the_watch_has_run_for_long_enough(sensors, deployment, sector):
    found = health(sensors, deployment, sector, HealthSettings())
    found.begin(1e9)
    assert found.losses(1e9 + 29.0) == []
    lost = found.losses(1e9 + 400_000.0)
    assert {loss.asset for loss in lost} == {sensor.asset for sensor in sensors}
    assert len({loss.cause for loss in lost}) == 1


def test_state_goes_round(one, sensors, deployment, sector):
    everybody(one, 100.0)
    one.status(beat(100.0, "down", asset="tower-3"))
    one.losses(200.0)
    kept = one.state()
    kept = {**kept, **json.loads(json.dumps({name: kept[name] for name in ("said", "causes")}))}
    other = health(sensors, deployment, sector, HealthSettings())
    other.restore(kept)
    assert other.states(300.0) == one.states(300.0)
    assert other.losses(9000.0) == one.losses(9000.0)
