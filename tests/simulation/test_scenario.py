"""Scenario files: local times, faults with file and field, the ones that come with Limes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from limes.errors import InputError
from limes.sector import Sector
from limes.simulation import Scenario, load_scenario, scenario_names
from limes.units import parse_time

Write = Callable[..., Scenario]


def test_local_times_become_seconds_after_the_start(written: Write) -> None:
    scenario = written('[[weather]]\nat = "17:10"\n[[weather]]\nat = "23:59:30"\n[[weather]]\nat = "02:30"\n')
    assert scenario.begin == parse_time("2026-01-20T17:00:00-07:00")
    assert [point.at for point in scenario.weather] == [600.0, 25_170.0, 34_200.0]
    assert scenario.end - scenario.begin == 7200.0


def test_start_itself_is_zero(written: Write) -> None:
    assert written('[[weather]]\nat = "17:00"\n').weather[0].at == 0.0


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('[[weather]]\nat = "25:00"\n', "no local time"),
        ('[[weather]]\nat = "five"\n', "weather.0.at"),
        ("[[weather]]\nat = true\nwind_mps = 'x'\n", "weather.0"),
        ('[[weather]]\nat = "17:30"\n[[weather]]\nat = "17:20"\n', "back in time"),
        ('[[weather]]\nat = "17:00"\nwind = 3\n', "weather.0.wind"),
        ('[[failure]]\nasset = "tower-1"\nstate = "tired"\nstart = "17:00"\nend = "18:00"\n', "failure.0.state"),
        ('[[actor]]\nname = "a"\ntarget_class = "person"\nlegs = []\n', "actor.0.legs"),
        ('[[actor]]\nname = "a"\ntarget_class = "person"\nlegs = [{ km = 1, offset_m = 0 }]\n', "legs.0.at"),
        (
            '[[actor]]\nname = "a"\ntarget_class = "person"\nlegs = [{ km = 99, offset_m = 0, at = "17:00" }]\n',
            "not on the border",
        ),
        ('[[actor]]\nname = "a"\ntarget_class = "king"\nlegs = [{ km = 1, offset_m = 0, at = "17:00" }]\n', "target_class"),
        (
            '[[actor]]\nname = "a"\ntarget_class = "person"\n'
            'legs = [{ km = 1, offset_m = 0, at = "17:30" }, { km = 1, offset_m = 9, at = "17:10" }]\n',
            "back in time",
        ),
        ('[[digging]]\nkm = -1\nstart = "17:00"\nend = "18:00"\noffset_m = 1\ndepth_m = 5\n', "digging.0.km"),
        ('[[crowd]]\ndoes = "cross"\nper_day = 5\nhours = [1]\n', "crowd.0.hours"),
        ("unknown = 1\n", "unknown"),
        ("movers = -1\n", "movers"),
        ("this is no toml", "not TOML"),
    ],
)
def test_faults_name_the_field(written: Write, body: str, word: str) -> None:
    with pytest.raises(InputError, match=r"test\.toml") as caught:
        written(body)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    "head", ['start = "17:00"\nhours = 1\n', "date = 2026-01-20\nhours = 1\n", 'date = "x"\nstart = "y"\n']
)
def test_a_scenario_needs_a_start(written: Write, head: str) -> None:
    with pytest.raises(InputError, match="start"):
        written("", head='title = "x"\n' + head)


def test_a_scenario_needs_its_length(written: Write) -> None:
    with pytest.raises(InputError, match="hours"):
        written("", head='title = "x"\ndate = 2026-01-20\nstart = "17:00"\n')


def test_names(mesa: Sector, reference: Sector) -> None:
    assert scenario_names(mesa) == ("load", "quiet")
    assert scenario_names(reference) == ("demo-night", "load", "quiet")
    with pytest.raises(InputError, match="load, quiet"):
        load_scenario("demo-night", mesa)
    with pytest.raises(InputError, match="is no scenario"):
        load_scenario("../scenarios/quiet", mesa)
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario(Path("nowhere.toml"), mesa)


def test_the_demo_night_covers_the_story(reference: Sector) -> None:
    night = load_scenario("demo-night", reference)
    assert (night.begin, night.end) == (parse_time("2026-01-20T17:00:00+03:00"), parse_time("2026-01-21T07:00:00+03:00"))
    assert {actor.name for actor in night.actor} >= {
        "family of five",
        "group of eight",
        "vehicle without lights",
        "two walkers",
    }
    assert sum(actor.each for actor in night.actor if actor.target_class == "animal") == 12
    kinds = {kind for one in night.expect for kind in one.kinds}
    assert kinds == {"distress", "approach", "crossing", "silence", "gap", "recall", "flood"}
    people = next(crowd for crowd in night.crowd if crowd.does == "cross")
    assert people.per_day * people.members == pytest.approx(52, rel=0.05)  # the low end of 52 to 330 a day
