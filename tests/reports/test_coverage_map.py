"""The picture of a coverage: a map and a band for each state, labels and notices on it."""

import dataclasses

import matplotlib
import pytest

from limes.errors import UsageError
from limes.reports.coverage_map import coverage_map, draw
from limes.reports.coverage_report import coverage_report
from limes.sector import bundled, load, load_deployment

matplotlib.use("Agg")
TIME = 1768941600.0


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    mesa = load(bundled("mesa-verde"))
    demo = load_deployment(mesa.deployments["demo"], mesa)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return coverage_report(mesa, demo, "person", TIME, mesa.weather.at(TIME), cell=120.0)


@pytest.fixture(scope="module")
def figure(report):
    return draw(report, width=8.0)


def words(figure):
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts] + [axes.get_title(loc="left"), axes.get_xlabel()]
    return found


def test_each_state_has_a_map_a_scale_and_a_band(report, figure):
    assert len(figure.axes) == 3 * len(report.states)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [t for t in titles if t.startswith("Aerostats up")]
    assert [t for t in titles if t.startswith("Aerostats down")]


def test_gaps_are_named_with_their_cause(report, figure):
    text = words(figure)
    for gap in report.gaps("down"):
        assert gap.cause in text
    kms = sum(gap.to_km - gap.from_km for gap in report.gaps("down"))
    assert any(f"{kms:.0f} km of gaps" in t for t in text)


def test_conditions_and_notices_are_on_it(report, figure):
    text = " ".join(words(figure))
    assert "visibility" in text
    assert "person" in text
    for notice in report.sector.notices:
        assert notice in text


def test_modelled_terrain_is_labelled_and_real_terrain_is_not(report, figure):
    assert "MODELLED TERRAIN" not in words(figure)
    terrain = dataclasses.replace(report.sector.terrain, modelled=True)
    modelled = dataclasses.replace(report, sector=dataclasses.replace(report.sector, terrain=terrain))
    assert "MODELLED TERRAIN" in words(draw(modelled, width=4.0))


def test_km_run_as_on_the_map(report, figure):
    line = report.sector.border
    band = next(axes for axes in figure.axes if axes.get_xlabel() == "km along the border")
    left, right = band.get_xlim()
    assert (left < right) == (line.x[0] <= line.x[-1])


def test_dead_sensors_are_crossed_out(figure):
    marks = [line.get_marker() for line in figure.axes[3].lines]
    assert "x" in marks
    assert "x" not in [line.get_marker() for line in figure.axes[0].lines]


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_writes_pictures(report, tmp_path, ending, start):
    path = tmp_path / f"coverage.{ending}"
    coverage_map(report, path, width=4.0)
    assert path.read_bytes().startswith(start)


def test_other_endings_are_a_wrong_call(report, tmp_path):
    with pytest.raises(UsageError, match="png"):
        coverage_map(report, tmp_path / "coverage.bmp")
