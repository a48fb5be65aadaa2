from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.closure.draw import draw_day
from limes.closure.inspection import CONTENT, Tool, blind_plan, most_tests, plan_inspection
from limes.closure.queues import mmc
from limes.closure.stackelberg import security_game
from limes.closure.traffic import BUILT_IN, load_traffic
from limes.errors import InputError, UsageError

TRAFFIC = load_traffic()
FLOW = 30.0 * TRAFFIC.share
TOOLS = (
    Tool("raman", 1, 12.0, 0.97, np.array([0.45, 0.0, 0.0, 0.0]), 0.02),
    Tool("ftir", 1, 8.0, 0.97, np.array([0.42, 0.0, 0.0, 0.0]), 0.005),
    Tool("portal", 1, 120.0, 0.97, np.array([0.0, 0.8, 0.0, 0.0]), 0.01),
    Tool("search", 2, 3.0, 1.0, TRAFFIC.search),
)
WEIGHT = TRAFFIC.weight["in"] * TRAFFIC.harm


@pytest.fixture(scope="module")
def plan():
    return plan_inspection(FLOW, TOOLS, TRAFFIC.reach, TRAFFIC.effort, WEIGHT)


def test_it_keeps_to_lanes_waits_and_floor(plan):
    assert plan.mix.sum(axis=1) == pytest.approx(1.0)
    sent = FLOW @ plan.rates
    for tool, rate, wait in zip(TOOLS, sent, plan.wait_min, strict=True):
        assert rate <= most_tests(tool, 20.0) + 1e-6
        assert wait <= 20.0 + 1e-3
    tested = 1.0 - plan.mix[:, plan.modes.index(())]
    assert (tested >= 0.02 - 1e-9).all()


def test_it_finds_more_than_testing_all_alike(plan):
    blind = blind_plan(FLOW, TOOLS, TRAFFIC.reach, TRAFFIC.effort)
    assert WEIGHT @ plan.guaranteed > 1.5 * (WEIGHT @ blind.guaranteed)


def test_no_reply_that_pleases_a_smuggler_nearly_as_much_does_better_for_him(plan):
    for j in range(len(WEIGHT)):
        burden = plan.p_found[:, j] + TRAFFIC.effort[:, j]
        content = burden < np.nanmin(burden) + CONTENT - 1e-6
        assert np.nanmin(plan.p_found[content, j]) == pytest.approx(plan.guaranteed[j], abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_no_random_plan_within_the_lanes_guarantees_more(plan, seed):
    rng = np.random.default_rng(seed)
    best = WEIGHT @ plan.guaranteed
    room = np.array([most_tests(tool, 20.0) for tool in TOOLS])
    for _ in range(20):
        mix = rng.dirichlet(np.full(len(plan.modes), rng.uniform(0.1, 2.0)), FLOW.size)
        rates = mix @ np.array([[float(i in mode) for i in range(len(TOOLS))] for mode in plan.modes])
        over = (FLOW @ rates / room).max()
        mix[:, 1:] /= max(over, 1.0)
        mix[:, 0] = 1.0 - mix[:, 1:].sum(axis=1)
        missed = [
            [np.prod([1.0 - TRAFFIC.reach * TOOLS[i].p for i in mode], axis=0)] if mode else [np.ones((6, 4))]
            for mode in plan.modes
        ]
        found = 1.0 - sum(mix[:, [m]] * missed[m][0] for m in range(len(plan.modes)))
        burden = np.where(np.isfinite(TRAFFIC.effort), found + TRAFFIC.effort, np.inf)
        content = burden < burden.min(axis=0) + CONTENT
        assert WEIGHT @ np.where(content, found, np.inf).min(axis=0) <= best + 1e-3


def test_with_one_tool_and_no_efforts_it_is_the_security_game():
    flow, reach = np.full(3, 4.0), np.array([[0.9], [0.6], [0.3]])
    search = Tool("search", 1, 6.0, 1.0, np.array([1.0]))
    found = plan_inspection(flow, [search], reach, np.zeros((3, 1)), np.ones(1), wait_min=30.0, floor=0.0)
    units = most_tests(search, 30.0) / 4.0
    game = security_game(-np.ones(3), reach[:, 0] - 1.0, np.ones(3), 1.0 - reach[:, 0], units)
    assert found.guaranteed[0] == pytest.approx(1.0 + game.defender_value, abs=2e-3)
    assert found.rates[:, 0] == pytest.approx(game.coverage, abs=0.05)


@given(st.integers(1, 4), st.floats(1.0, 60.0), st.floats(0.5, 60.0))
def test_the_flow_within_a_wait_waits_just_that(servers, service, wait):
    rate = most_tests(Tool("x", servers, service, 1.0, np.zeros(1)), wait)
    assert 60.0 * mmc(rate, service, servers).wait == pytest.approx(wait, rel=1e-3)


def test_a_common_budget_of_minutes_is_kept():
    small = plan_inspection(FLOW, TOOLS, TRAFFIC.reach, TRAFFIC.effort, WEIGHT, minutes_per_h=60.0)
    minutes = FLOW @ small.rates @ np.array([60.0 * (1.0 + tool.p_false) / tool.tests_per_h for tool in TOOLS])
    assert minutes <= 60.0 + 1e-6
    large = plan_inspection(FLOW, TOOLS, TRAFFIC.reach, TRAFFIC.effort, WEIGHT)
    assert WEIGHT @ small.guaranteed < WEIGHT @ large.guaranteed


def test_without_tools_nothing_is_found():
    none = plan_inspection(FLOW, [], TRAFFIC.reach, TRAFFIC.effort, WEIGHT)
    assert none.guaranteed.tolist() == [0.0] * 4
    with pytest.raises(UsageError):
        plan_inspection(np.zeros(6), TOOLS, TRAFFIC.reach, TRAFFIC.effort, WEIGHT)


def test_every_vehicle_has_its_chance_and_every_day_its_numbers(plan):
    days, vehicles = 4000, np.array([7, 4, 5, 9, 7, 3])
    at = {mode: m for m, mode in enumerate(plan.modes)}
    seen = np.zeros((FLOW.size, vehicles.max(), len(plan.modes)))
    for day in range(days):
        counts = Counter()
        for one in draw_day(plan.mix, plan.modes, vehicles, 11, str(day)):
            seen[one.goods, one.number - 1, at[one.tools]] += 1.0
            counts[one.goods, at[one.tools]] += 1
        for (k, m), count in counts.items():
            assert abs(count - plan.mix[k, m] * vehicles[k]) < 1.0 + 1e-9
    for k, number in enumerate(vehicles):
        for m in range(1, len(plan.modes)):
            p = plan.mix[k, m]
            spread = 5.0 * np.sqrt(max(p * (1.0 - p), 1e-9) / days) + 1e-9
            assert np.abs(seen[k, :number, m] / days - p).max() <= spread


def test_a_draw_repeats_by_its_seed_and_differs_by_day(plan):
    vehicles = np.full(FLOW.size, 20)
    one, same, other = (draw_day(plan.mix, plan.modes, vehicles, 3, day) for day in ("a", "a", "b"))
    assert one == same != other


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("share = 0.2", 'share = "much"', "bulk powder, share"),
        ('by = "chemical"', 'by = "magic"', "contraband precursors, by"),
        ("effort = 0.0, reach = 0.6", "effort = 0.0, reach = 6.0", "bulk powder, precursors, reach"),
        ("[[goods]]", "[[cargo]]", "goods"),
        ("[[contraband]]", "[[contraband", ""),
    ],
)
def test_faults_of_a_traffic_file_name_the_field(tmp_path, old, new, field):
    path = tmp_path / "traffic.toml"
    text = BUILT_IN.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new) if old == "[[goods]]" else text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_traffic(path)
    assert caught.value.fault.field == field
