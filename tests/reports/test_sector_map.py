from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from limes.errors import UsageError
from limes.reports.sector_map import draw, sector_map
from limes.sector import bundled, load


@pytest.fixture(scope="module")
def reference():
    return load(bundled("kilis-jarabulus"))


@pytest.fixture(scope="module")
def mesa():
    return load(bundled("mesa-verde"))


def words(figure):
    return [t.get_text() for t in [*figure.texts, *(t for a in figure.axes for t in a.texts)]]


def test_the_map_says_what_must_be_said(reference):
    text = words(draw(reference))
    whole = " | ".join(text)
    assert "(c) OpenStreetMap contributors" in whole
    assert "(c) GeoNames, CC BY 4.0" in whole
    assert "MODELLED TERRAIN" in text
    assert all(notice in whole for notice in reference.notices)
    assert "98.0 km of border by this line, east to west" in whole
    for word in (
        "Kilis - Jarabulus",
        "Kilis",
        "Manbij",
        "Karkamış - Jarabulus",
        "Euphrates",
        "Türkiye",
        "Syria",
        "km 0",
        "50",
        "98",
    ):
        assert word in text, word


def test_surveyed_terrain_carries_no_modelled_label(mesa):
    text = words(draw(mesa, width=6))
    assert "MODELLED TERRAIN" not in text
    assert {"north side", "south side", "19.25"} <= set(text)


def test_marks_lie_on_the_border_at_their_kilometres(mesa):
    axes = draw(mesa, width=6, every_km=5).axes[0]
    marks = [t for t in axes.texts if t.get_text() in ("km 0", "5", "10", "15", "19.25")]
    assert len(marks) == 5
    for mark in marks:
        km = float(mark.get_text().removeprefix("km "))
        assert np.allclose(mark.xy, mesa.border.point(km * 1000), atol=10)


def test_svg_is_the_same_each_time(mesa, tmp_path):
    for name in ("a.svg", "b.svg"):
        sector_map(mesa, tmp_path / name, width=4)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")


def test_png_has_its_width(mesa, tmp_path):
    sector_map(mesa, tmp_path / "a.png", width=4)
    header = (tmp_path / "a.png").read_bytes()[:24]
    assert header[1:4] == b"PNG"
    assert int.from_bytes(header[16:20]) == 600


def test_tall_sectors_are_not_drawn_over_a_page(mesa):
    wide, tall = draw(mesa, width=60).get_size_inches()
    assert tall < 12
    assert wide < 12


def test_voids_are_drawn_as_no_height(mesa, tmp_path):
    height = mesa.terrain.height.copy()
    height[:100] = np.nan
    figure = draw(replace(mesa, terrain=replace(mesa.terrain, height=height)), width=4)
    picture = figure.axes[0].images[0].get_array()
    assert np.allclose(picture[:50], 0.8)
    assert not np.isnan(picture).any()


def test_another_ending_is_refused(mesa, tmp_path):
    with pytest.raises(UsageError, match=r"a map ends in \.svg, \.png, \.pdf"):
        sector_map(mesa, tmp_path / "a.gif")


def test_a_narrow_map_keeps_its_words_on_the_page(reference):
    figure = draw(reference, width=6)
    figure.canvas.draw()
    edge = figure.get_size_inches()[0] * figure.dpi
    boxes = [text.get_window_extent() for text in figure.texts]
    assert all(box.x0 >= 0 and box.x1 <= edge for box in boxes)
    rows = sorted(
        (box.y0, box.y1) for text, box in zip(figure.texts, boxes, strict=True) if text.get_text() != "MODELLED TERRAIN"
    )
    assert all(below[1] < above[0] for below, above in pairwise(rows))
