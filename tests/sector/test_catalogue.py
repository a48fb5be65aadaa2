from __future__ import annotations

import itertools
import math
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import CLASSES
from limes.errors import InputError
from limes.sector.catalogue import ASSUMED, MENU, check_catalogue, load_catalogue
from limes.sector.families import FAMILIES, KIND_PARAMETERS

CATALOGUE = load_catalogue()
KINDS = CATALOGUE.kinds.values()


def write(tmp_path, text):
    path = tmp_path / "catalogue.toml"
    path.write_text(text, "utf-8")
    return path


def every_value():
    tables = [kind.values() for kind in KINDS] + list(CATALOGUE.targets.values()) + [CATALOGUE.staffing]
    return [(name, value) for table in tables for name, value in table.items()]


class TestMenu:
    def test_has_no_fault(self):
        assert check_catalogue() == []

    def test_offers_every_family(self):
        assert {kind.family for kind in KINDS} == set(FAMILIES)

    def test_family_lists_its_kinds_only(self):
        assert [kind.key for kind in CATALOGUE.family("tower")] == ["tower-short", "tower-medium", "tower-tall"]

    @pytest.mark.parametrize("key", CATALOGUE.kinds)
    def test_every_kind_states_what_its_family_must(self, key):
        kind = CATALOGUE.kinds[key]
        for name, parameter in FAMILIES[kind.family].parameters.items():
            assert name in kind.performance or not parameter.required
        assert kind.performance.keys() <= FAMILIES[kind.family].parameters.keys()

    def test_every_number_has_a_source_or_a_range(self):
        for name, value in every_value():
            assert value.assumed or value.source in CATALOGUE.sources, name
            assert value.low <= value.value <= value.high, name
            if value.assumed:
                assert value.low < value.high, name

    def test_every_source_is_used(self):
        used = {value.source for _, value in every_value()}
        assert set(CATALOGUE.sources) <= used

    def test_probabilities_and_shares_lie_between_0_and_1(self):
        shares = ("p_", "availability", "available", "vehicle_stop", "night_factor", "weather_availability", "min_fraction")
        for name, value in every_value():
            if name.startswith(shares):
                assert 0.0 <= value.low <= value.high <= 1.0, name

    def test_nothing_costs_or_needs_less_than_nothing(self):
        for kind in KINDS:
            assert all(kind.values()[name].low >= 0.0 for name in ("capital", "yearly", "crew")), kind.key
            assert kind.life_years.low > 0.0

    def test_payload_is_made_of_sensors_in_different_slots(self):
        for kind in KINDS:
            slots = [CATALOGUE.kinds[key].traits["slot"] for key in kind.payload]
            assert len(set(slots)) == len(slots), kind.key
            assert not slots or FAMILIES[kind.family].carries

    def test_everything_that_flies_has_a_wind_limit(self):
        assert all(kind.wind_limit is not None for kind in KINDS if kind.family in ("aerostat", "drone"))

    def test_describes_every_class_but_clutter(self):
        assert set(CATALOGUE.targets) == set(CLASSES) - {"clutter"}

    def test_units_come_from_the_family(self):
        assert CATALOGUE.kinds["radar-medium"].performance["mdv_mps"].unit == "m/s"
        assert CATALOGUE.kinds["radar-medium"].capital.unit == KIND_PARAMETERS["capital"].unit

    def test_thermal_cameras_state_noise_and_extinction_visible_ones_contrast_and_light(self):
        for kind in CATALOGUE.family("camera"):
            needed = ("contrast_min", "light_min_lux") if kind.traits["band"] == "visible" else ("netd_k", "extinction_per_km")
            assert all(name in kind.performance for name in needed), kind.key

    def test_radars_of_a_longer_reach_cost_more(self):
        ground = sorted(
            (k for k in CATALOGUE.family("radar") if k.traits["platform"] == "ground" and k.number("reference_rcs_m2") == 1.0),
            key=lambda k: k.number("range_m"),
        )
        assert all(a.capital.value < b.capital.value for a, b in itertools.pairwise(ground))


class TestPublishedNumbers:
    """Numbers that somebody stands behind, as they stand in their source."""

    @pytest.mark.parametrize(
        ("kind", "name", "value", "source"),
        [
            ("aerostat-420k", "availability", 0.98, "usaf-tars"),
            ("aerostat-420k", "weather_availability", 0.6, "usaf-tars"),
            ("aerostat-420k", "yearly", 2.8e6, "usaf-tars"),
            ("aerostat-420k", "altitude_max_m", 4600.0, "usaf-tars"),
            ("aerostat-tactical", "endurance_h", 72.0, "skystar"),
            ("wall-concrete", "block_mass_t", 7.0, "anadolu-wall"),
            ("wall-concrete", "height_m", 3.0, "anadolu-wall"),
            ("wall-concrete", "thickness_m", 0.3, "anadolu-wall"),
            ("tower-short", "height_m", 8.0, "anadolu-wall"),
            ("fence-mesh", "repair_cost", 620.0, "press-breaches"),
            ("camera-day", "n50_recognise", 4.0, "johnson-1958"),
            ("fibre", "range_walk_m", 24.0, "sand2025-00332a"),
        ],
    )
    def test_is_as_published(self, kind, name, value, source):
        found = CATALOGUE.kinds[kind].values()[name]
        assert (found.value, found.source) == (value, source)

    def test_tars_flies_below_65_knots(self):
        limit = CATALOGUE.kinds["aerostat-420k"].wind_limit
        assert limit is not None
        assert limit.value == pytest.approx(65 * 1852 / 3600, abs=0.05)

    def test_skystar_flies_below_40_knots(self):
        limit = CATALOGUE.kinds["aerostat-tactical"].wind_limit
        assert limit is not None
        assert limit.value == pytest.approx(40 * 1852 / 3600, abs=0.05)

    def test_trained_people_cross_a_fence_in_3_to_8_seconds(self):
        delay = CATALOGUE.kinds["fence-mesh"].performance["delay_climb_s"]
        assert (delay.low, delay.high, delay.source) == (3.0, 8.0, "mil-hdbk-1013")

    def test_pedestrian_fence_costs_6_5_and_vehicle_barrier_1_8_million_dollars_a_mile(self):
        per_mile = [CATALOGUE.kinds[key].capital.value * 1.609344 for key in ("fence-pedestrian", "barrier-vehicle")]
        assert per_mile == pytest.approx([6.5e6, 1.8e6], rel=0.005)

    def test_wall_costs_what_700_km_for_2_billion_lira_do_at_3_to_4_lira_a_dollar(self):
        price = CATALOGUE.kinds["wall-concrete"].capital
        per_km = 2e9 / 700
        assert (price.low, price.high) == pytest.approx((per_km / 4, per_km / 3), rel=0.03)

    def test_98_km_of_wall_are_343000_tonnes(self):
        wall = CATALOGUE.kinds["wall-concrete"]
        assert 98000 / wall.number("block_length_m") * wall.number("block_mass_t") == pytest.approx(343_000)

    def test_medium_tower_with_sensors_costs_about_what_one_on_the_evros_did(self):
        tower = CATALOGUE.kinds["tower-medium"]
        whole = tower.capital.value + sum(CATALOGUE.kinds[key].capital.value for key in tower.payload)
        assert 0.5 < whole / (14.9e6 / 11) < 1.5


NEW = """
[kinds.radar-village]
like = "radar-short"
title = "Radar made in the village"

[kinds.radar-village.performance]
range_m = { value = 2500, low = 2000, high = 3000, source = "assumed" }
"""


class TestSectorCatalogue:
    def test_extends_the_menu(self, tmp_path):
        kind = load_catalogue(write(tmp_path, NEW)).kinds["radar-village"]
        assert kind.number("range_m") == 2500.0
        assert kind.number("frequency_ghz") == CATALOGUE.kinds["radar-short"].number("frequency_ghz")
        assert kind.title == "Radar made in the village"

    def test_overrides_one_number_and_keeps_the_rest(self, tmp_path):
        text = '[kinds.fibre.performance]\nrange_walk_m = { value = 9, source = "us" }\n[sources]\nus = "own trial, 2026"\n'
        catalogue = load_catalogue(write(tmp_path, text))
        value = catalogue.kinds["fibre"].performance["range_walk_m"]
        assert (value.value, value.low, value.high, value.source) == (9.0, 9.0, 9.0, "us")
        assert catalogue.kinds["fibre"].number("channel_m") == CATALOGUE.kinds["fibre"].number("channel_m")
        assert catalogue.sources["us"] == "own trial, 2026"

    def test_later_files_win(self, tmp_path):
        first = write(tmp_path, "[kinds.fibre]\ntitle = 'first'\n")
        second = tmp_path / "second.toml"
        second.write_text("[kinds.fibre]\ntitle = 'second'\n")
        assert load_catalogue(first, second).kinds["fibre"].title == "second"

    def test_an_override_of_a_model_kind_reaches_those_like_it(self, tmp_path):
        text = '[kinds.radar-medium.performance]\nmdv_mps = { value = 0.35, low = 0.3, high = 0.4, source = "assumed" }\n'
        catalogue = load_catalogue(write(tmp_path, text))
        assert catalogue.kinds["radar-short"].number("mdv_mps") == 0.35
        assert catalogue.kinds["radar-long"].number("mdv_mps") == CATALOGUE.kinds["radar-long"].number("mdv_mps")

    def test_the_built_in_menu_is_not_changed(self, tmp_path):
        load_catalogue(write(tmp_path, NEW))
        assert "radar-village" not in load_catalogue().kinds


FAULTS = [
    ("[kinds.fibre", "", "is not TOML", "correct it"),
    ("[wrong]\na = 1\n", "wrong", "not a field", "spelling"),
    (
        '[kinds.fibre.performance]\nrange_wlak_m = { value = 9, source = "sand2025-00332a" }\n',
        "kinds.fibre.performance.range_wlak_m",
        "not a number of this family",
        "range_walk_m",
    ),
    (
        '[kinds.fibre.performance]\nrange_walk_m = { value = 9, source = "assumed" }\n',
        "kinds.fibre.performance.range_walk_m",
        "assumed without a range",
        "low and high",
    ),
    (
        '[kinds.fibre.performance]\nrange_walk_m = { value = 9, low = 10, high = 20, source = "assumed" }\n',
        "kinds.fibre.performance.range_walk_m",
        "outside its own range",
        "low <= value <= high",
    ),
    (
        '[kinds.fibre.performance]\nrange_walk_m = { value = 9, source = "hearsay" }\n',
        "kinds.fibre.performance.range_walk_m",
        "unknown source 'hearsay'",
        "[sources]",
    ),
    (
        '[kinds.fibre.performance]\nrange_walk_m = { value = 9, unit = "ft", source = "sand2025-00332a" }\n',
        "kinds.fibre.performance.range_walk_m",
        "is in ft, not in m",
        "convert",
    ),
    (
        '[kinds.fibre.performance]\nrange_walk_m = { value = "far", source = "sand2025-00332a" }\n',
        "kinds.fibre.performance.range_walk_m.value",
        "number",
        "",
    ),
    ('[kinds.fibre.performance]\nrange_walk_m = { value = nan, source = "x" }\n', "range_walk_m.value", "finite", ""),
    ("[kinds.fibre]\nfamily = 'fiber'\n", "kinds.fibre.family", "no family", "fibre"),
    ("[kinds.x]\nlike = 'radar-shrt'\n", "kinds.x.like", "no kind", "radar-short"),
    ("[kinds.x]\nlike = 'y'\n[kinds.y]\nlike = 'x'\n", "like", "like itself", "use"),
    ("[kinds.x]\ntitle = 'Thing'\n", "kinds.x.family", "missing", "add it"),
    ("[kinds.fibre]\nper = 'mile'\n", "kinds.fibre.per", "", ""),
    ("[kinds.seismic]\nper = 'km'\n", "kinds.seismic.per", "not bought by the km", "each"),
    ("[kinds.seismic]\npayload = ['camera-day']\n", "kinds.seismic.payload", "carries no payload", "remove"),
    ("[kinds.tower-short]\npayload = ['camera-dya']\n", "kinds.tower-short.payload", "no radar or camera", "camera-day"),
    ("[kinds.tower-short]\npayload = ['seismic']\n", "kinds.tower-short.payload", "no radar or camera", "use"),
    ("[kinds.camera-day.traits]\nband = 'purple'\n", "kinds.camera-day.traits.band", "one of visible", "one of them"),
    ("[targets.ghost]\n", "targets.ghost.rcs_m2", "missing", "cross-section"),
    (
        '[staffing]\nwages = { value = 1, low = 0, high = 2, source = "assumed" }\n',
        "staffing.wages",
        "not a number",
        "did you mean",
    ),
]


class TestFaults:
    @pytest.mark.parametrize(("text", "field", "problem", "cure"), FAULTS)
    def test_is_named_with_file_field_and_cure(self, tmp_path, text, field, problem, cure):
        path = write(tmp_path, text)
        faults = check_catalogue(path)
        assert faults
        fault = next(fault for fault in faults if fault.field.endswith(field) and problem in fault.problem)
        assert fault.file == str(path)
        assert cure in fault.cure
        with pytest.raises(InputError) as error:
            load_catalogue(path)
        assert error.value.fault.file == str(path)

    def test_are_all_listed_at_once(self, tmp_path):
        text = "[kinds.fibre]\nfamily = 'fiber'\n[kinds.seismic]\nper = 'km'\n[targets.ghost]\n"
        faults = check_catalogue(write(tmp_path, text))
        assert {fault.field.split(".")[1] for fault in faults} == {"fibre", "seismic", "ghost"}

    def test_of_an_unreadable_file(self, tmp_path):
        fault = check_catalogue(tmp_path / "none.toml")[0]
        assert "cannot be read" in fault.problem

    def test_load_counts_the_rest(self, tmp_path):
        path = write(tmp_path, "[targets.ghost]\n")
        with pytest.raises(InputError, match=r"7 more: limes catalogue check"):
            load_catalogue(path)

    @settings(max_examples=40, deadline=None)
    @given(st.text(max_size=200))
    def test_any_text_is_read_or_refused(self, tmp_path_factory, text):
        path = tmp_path_factory.getbasetemp() / "any.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        assert isinstance(check_catalogue(path), list)

    @settings(max_examples=40, deadline=None)
    @given(
        value=st.floats(allow_nan=True, allow_infinity=True),
        low=st.none() | st.floats(),
        high=st.none() | st.floats(),
        source=st.sampled_from(["assumed", "ptds", "nobody"]),
    )
    def test_only_values_within_their_range_pass(self, tmp_path_factory, value, low, high, source):
        parts = [f"value = {toml(value)}", f'source = "{source}"']
        parts += [f"{key} = {toml(bound)}" for key, bound in (("low", low), ("high", high)) if bound is not None]
        path = tmp_path_factory.getbasetemp() / "value.toml"
        path.write_text(f"[kinds.fibre.performance]\nrange_walk_m = {{ {', '.join(parts)} }}\n")
        bounds = (value if low is None else low, value if high is None else high)
        finite = all(math.isfinite(number) for number in (value, *bounds))
        ranged = source != ASSUMED or (low is not None and high is not None and low < high)
        good = finite and ranged and source != "nobody" and bounds[0] <= value <= bounds[1]
        assert (check_catalogue(path) == []) == good


def toml(number):
    return "nan" if math.isnan(number) else ("inf" if number > 0 else "-inf") if math.isinf(number) else repr(number)


class TestKind:
    def test_number_falls_back_or_says_what_is_missing(self):
        kind = CATALOGUE.kinds["camera-day"]
        assert kind.number("netd_k", 0.05) == 0.05
        with pytest.raises(KeyError, match="camera-day has no netd_k"):
            kind.number("netd_k")

    def test_geometry_follows_the_family(self):
        assert CATALOGUE.kinds["fibre"].linear
        assert not CATALOGUE.kinds["fibre"].moves
        assert CATALOGUE.kinds["patrol-foot"].moves

    def test_target_numbers(self):
        assert CATALOGUE.target("person", "size_m") == 0.75

    def test_nothing_can_be_changed(self):
        with pytest.raises(TypeError):
            CATALOGUE.kinds["fibre"] = CATALOGUE.kinds["seismic"]  # type: ignore[index]


def test_menu_files_use_plain_tables_that_a_person_can_edit():
    for path in MENU.glob("*.toml"):
        text = path.read_text("utf-8")
        assert text.startswith("#"), path.name
        assert tomllib.loads(text).keys() <= {"sources", "targets", "staffing", "kinds"}
