"""Scripted actors and crowds: they are where the scenario says, and as many as it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from limes.sector import Sector
from limes.simulation import Scenario, load_scenario
from limes.simulation.actors import on_side, place, scripted
from limes.simulation.crowds import crowds, movers
from limes.simulation.world import build_world

Write = Callable[..., Scenario]
EVEN = "hours = [" + ", ".join(["1"] * 24) + "]\n"


def test_place_and_side(reference: Sector) -> None:
    kms = np.linspace(1.0, 97.0, 200)
    x, y = place(reference, kms, 900.0)
    x, y = on_side(reference, x, y, 1.0, 400.0)
    _, offset = reference.border.locate(x, y)
    assert (offset > 0.0).all()
    assert np.median(offset) == pytest.approx(850.0, abs=100.0)
    _, other = reference.border.locate(*on_side(reference, *place(reference, kms, -900.0), -1.0, 400.0))
    assert (other < 0.0).all()


def test_scripted_legs_times_and_waits(written: Write, mesa: Sector) -> None:
    scenario = written(
        '[[actor]]\nname = "walker"\ntarget_class = "person"\nlegs = [\n'
        '{ km = 5, offset_m = -2000, at = "17:10" }, { km = 5, offset_m = -500, at = "17:40", wait_min = 10 },'
        "{ km = 5, offset_m = 500, speed_mps = 1.0 }]\n"
    )
    (actor,) = scripted(scenario, mesa, 1)
    begin = scenario.begin
    assert actor.path.start == begin + 600.0
    stop = actor.path.at(np.array([begin + 2400.0, begin + 2999.0]))
    assert np.ptp(stop[0]) == pytest.approx(0.0, abs=1e-6)
    x, y = place(mesa, 5.0, -500.0)
    assert (stop[0][0], stop[1][0]) == pytest.approx((float(x), float(y)))
    assert actor.path.end > begin + 3000.0 + 900.0  # slopes only slow down the last kilometre or speed it up a little
    assert np.isnan(actor.path.at(np.array(begin + 599.0))[0])


def test_copies_keep_apart(written: Write, mesa: Sector) -> None:
    scenario = written(
        '[[actor]]\nname = "dogs"\ntarget_class = "animal"\neach = 12\napart_m = 40\n'
        'legs = [{ km = 5, offset_m = 100, at = "17:10" }, { km = 6, offset_m = 100, speed_mps = 2 }]\n'
    )
    dogs = scripted(scenario, mesa, 1)
    assert len(dogs) == 12
    spread = np.std([dog.path.x[0] for dog in dogs])
    assert 15.0 < spread < 80.0


def test_one_more_actor_changes_no_other(written: Write, mesa: Sector) -> None:
    one = '[[actor]]\nname = "a"\ntarget_class = "person"\nwander_m = 50\napart_m = 9\n'
    one += 'legs = [{ km = 5, offset_m = -2000, at = "17:10" }, { km = 5, offset_m = 0, speed_mps = 1 }]\n'
    first = scripted(written(one), mesa, 1)[0]
    both = scripted(written(one + one), mesa, 1)
    assert first.path.x.tobytes() == both[0].path.x.tobytes()
    assert first.path.x.tobytes() != both[1].path.x.tobytes()
    assert scripted(written(one), mesa, 2)[0].path.x.tobytes() != first.path.x.tobytes()


def test_a_crowd_has_the_stated_rate_and_sizes(written: Write, mesa: Sector) -> None:
    scenario = written('[[crowd]]\ndoes = "cross"\nper_day = 2400\nmembers = 3\noutward = 0.25\nhostile = 0.1\n' + EVEN)
    people = [actor for actor in crowds(scenario, mesa, 1) if actor.path.start >= scenario.begin]
    assert len(people) == pytest.approx(200, abs=45)  # Poisson, 100 an hour in two hours
    assert np.mean([actor.members for actor in people]) == pytest.approx(3.0, abs=0.35)
    assert {actor.target_class for actor in people} == {"person", "group"}
    assert np.mean([actor.hostile for actor in people]) == pytest.approx(0.1, abs=0.07)
    outward = [mesa.border.locate(actor.path.x[:1], actor.path.y[:1])[1][0] > 0 for actor in people]
    assert np.mean(outward) == pytest.approx(0.25, abs=0.1)
    for actor in people[:20]:
        _, offset = mesa.border.locate(actor.path.x[[0, -1]], actor.path.y[[0, -1]])
        assert offset[0] * offset[1] < 0.0  # they do cross


def test_local_hours_weigh(written: Write, mesa: Sector) -> None:
    hours = "hours = [" + ", ".join("1" if hour == 18 else "0" for hour in range(24)) + "]\n"
    scenario = written('[[crowd]]\ndoes = "drive"\nper_day = 60\n' + hours)
    starts = np.array([actor.path.start for actor in crowds(scenario, mesa, 1)]) - scenario.begin
    assert len(starts) > 30
    assert (starts >= 3600.0).all()
    assert (starts < 7200.0).all()


@pytest.mark.parametrize("does", ["herd", "farm", "drive"])
def test_farm_life_keeps_off_the_line(written: Write, mesa: Sector, does: str) -> None:
    scenario = written(f'[[crowd]]\ndoes = "{does}"\nper_day = 240\nmembers = 8\n' + EVEN)
    actors = crowds(scenario, mesa, 1)
    assert len(actors) > 10
    for actor in actors:
        _, offset = mesa.border.locate(actor.path.x, actor.path.y)
        assert (np.sign(offset) == np.sign(offset[0])).all(), actor.name


def test_herds_are_a_shepherd_and_animals(written: Write, mesa: Sector) -> None:
    scenario = written('[[crowd]]\ndoes = "herd"\nper_day = 100\nmembers = 20\n' + EVEN)
    actors = crowds(scenario, mesa, 1)
    assert {(actor.name, actor.target_class) for actor in actors} == {("shepherd", "person"), ("flock", "animal")}


def test_dogs_roam_in_packs(written: Write, mesa: Sector) -> None:
    scenario = written('[[crowd]]\ndoes = "roam"\nper_day = 100\nmembers = 3\n' + EVEN)
    assert {actor.target_class for actor in crowds(scenario, mesa, 1)} == {"animal"}


def test_movers_are_always_there(written: Write, mesa: Sector) -> None:
    scenario = written("movers = 90\n")
    actors = movers(scenario, mesa, 1)
    assert len(actors) == 90
    assert sum(actor.target_class == "vehicle" for actor in actors) == 30
    assert all(actor.path.start <= scenario.begin and actor.path.end >= scenario.end for actor in actors)


def test_the_demo_night_by_the_border(reference: Sector) -> None:
    """The story's people pass the line, or stop, where and when the page of the night says."""
    night = load_scenario("demo-night", reference)
    told = {actor.name: actor for actor in scripted(night, reference, 1)}

    def at(name: str, hours: float) -> tuple[float, float]:
        chainage, offset = reference.border.locate(*told[name].path.at(np.array([night.begin + hours * 3600.0])))
        return float(chainage[0]) / 1000.0, float(offset[0])

    km, offset = at("family of five", 3.0)
    assert 61.5 < km < 64.5
    assert offset < -300.0
    assert at("family of five", 3.1) == at("family of five", 3.5)
    km, before = at("group of eight", 3.0 + 36 / 60)
    assert before < 0.0 < at("group of eight", 3.0 + 45 / 60)[1]
    assert 28.0 < km < 30.5
    km, inside = at("vehicle without lights", 6.0)
    assert inside > 0.0 > at("vehicle without lights", 6.0 + 8 / 60)[1]
    assert 72.5 < km < 75.5
    assert told["group of eight"].hostile
    assert not told["family of five"].hostile


def test_the_same_seed_gives_the_same_world(written: Write, mesa: Sector) -> None:
    scenario = written('[[crowd]]\ndoes = "cross"\nper_day = 500\n' + EVEN)
    first, second, other = (build_world(scenario, mesa, seed) for seed in (1, 1, 2))
    assert first.start.tobytes() == second.start.tobytes()
    assert first.start.tobytes() != other.start.tobytes()
