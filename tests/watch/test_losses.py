from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limes.watch.conditions import Conditions, ConditionSettings
from limes.watch.health import Loss
from limes.watch.losses import LossSettings, loss_signals, platforms_of, recall_signals
from limes.watch.strip import StripSettings, strip
from limes.watch.units import UnitSettings, units

T = 1_768_964_400.0


@pytest.fixture(scope="module")
def sensors(small):
    from limes.sensing import sensors_of

    return sensors_of(small[1], small[0])


@pytest.fixture(scope="module")
def assets(small):
    return {asset.id: asset for asset in small[1].assets}


@pytest.fixture(scope="module")
def bare(small, sensors):
    """The strip with nothing working."""
    sector = small[0]
    made = strip(sector, sensors, {}, StripSettings())
    made.step(T, sector.weather.at(T), np.zeros(len(sensors), bool))
    return made


def loss(asset, state="silent", cause=None, whole=True, since=T):
    return Loss(asset, state, since, (f"{asset}/radar",), whole, cause or f"silent:{asset}")


def test_one_silent_asset_is_silence_and_says_what_is_blind_without_it(assets, bare):
    (signal,) = loss_signals([loss("tower-2")], assets, bare, LossSettings())
    assert (signal.kind, signal.asset) == ("silence", "tower-2")
    dark = [km for start, end in signal.facts["dark"] for km in range(start, end)]
    assert dark == bare.dark_without({"tower-2"})
    assert dark
    assert min(dark) <= signal.km <= max(dark) + 1
    assert signal.priority in ("medium", "high")


def test_what_blinds_nothing_is_low_and_stands_where_the_asset_stands(small, assets, sensors):
    sector = small[0]
    full = strip(sector, sensors, {}, StripSettings())
    full.step(T, sector.weather.at(T), np.ones(len(sensors), bool))
    (signal,) = loss_signals([loss("seismic-10-1")], assets, full, LossSettings())
    assert (signal.priority, signal.facts["dark"]) == ("low", [])
    assert (signal.x, signal.y) == (assets["seismic-10-1"].x, assets["seismic-10-1"].y)


@pytest.mark.parametrize("state", ["down", "grounded", "recovering"])
def test_what_was_announced_is_a_gap(assets, bare, state):
    (signal,) = loss_signals([loss("aerostat-1", state)], assets, bare, LossSettings())
    assert signal.kind == "gap"
    assert signal.facts["states"] == {"aerostat-1": state}


def test_several_lost_for_one_cause_are_one_gap_and_not_many(assets, bare):
    together = [loss(name, cause="silent:tower-2") for name in ("tower-2", "fibre-1", "seismic-10-1")]
    (signal,) = loss_signals([*together], assets, bare, LossSettings())
    assert (signal.kind, signal.priority) == ("gap", "high")
    assert len(signal.facts["assets"]) == 3
    assert len(loss_signals([loss("tower-2"), loss("fibre-1")], assets, bare, LossSettings())) == 2


def recalls(small, assets, bare, platform, aloft, losses=(), settings=None):
    conditions = Conditions(small[0].weather, ConditionSettings())
    ahead = [{"time": T + 600.0 * k, "wind_aloft_mps": aloft(600.0 * k), "wind_mps": 3.0} for k in range(1, 60)]
    conditions.report({"type": "weather", "time": T, "wind_mps": 3.0, "wind_aloft_mps": aloft(0.0), "forecast": ahead})
    force = units(small[1], small[0], UnitSettings())
    found = settings or LossSettings()
    return recall_signals({"aerostat-1": platform}, list(losses), assets, conditions, bare, force, T, found)


@pytest.fixture(scope="module")
def platform(sensors):
    return platforms_of(sensors)["aerostat-1"]


def test_rising_wind_starts_a_clock_that_ends_in_time_to_come_down(small, assets, bare, platform):
    (signal,) = recalls(small, assets, bare, platform, lambda s: 5.0 + s / 150.0)
    low, high = signal.facts["limit_in"]
    assert high - low == 600.0
    assert signal.time_left == (max(low - platform.recall_margin, 0.0), max(high - platform.recall_margin, 0.0))
    assert (signal.kind, signal.asset, signal.facts["how"]) == ("recall", "aerostat-1", "forecast")
    assert signal.facts["fill"] == ["Patrol 1"]


def test_no_clock_for_calm_far_off_wind_or_an_aerostat_that_is_down(small, assets, bare, platform):
    assert recalls(small, assets, bare, platform, lambda s: 5.0) == []
    slow = recalls(small, assets, bare, replace(platform, recall_margin=600.0), lambda s: 5.0 + s / 1200.0)
    assert slow == []
    assert recalls(small, assets, bare, platform, lambda s: 5.0 + s / 150.0, [loss("aerostat-1", "down")]) == []


def test_the_clock_is_urgent_when_coming_down_takes_all_that_is_left(small, assets, bare, platform):
    (signal,) = recalls(small, assets, bare, platform, lambda s: 60.0 if s > 1200.0 else 5.0)
    assert signal.priority == "high"
