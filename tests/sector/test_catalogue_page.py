from __future__ import annotations

from pathlib import Path

import pytest

from limes.sector.catalogue import load_catalogue
from limes.sector.catalogue_page import catalogue_markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "catalogue.md"


@pytest.fixture(scope="module")
def text():
    return catalogue_markdown(load_catalogue())


def test_the_page_in_the_docs_is_the_menu(text):
    assert PAGE.read_text("utf-8") == text, "run: limes catalogue page > docs/reference/catalogue.md"


def test_names_every_kind_and_every_source(text):
    catalogue = load_catalogue()
    assert all(f"`{key}`" in text for key in (*catalogue.kinds, *catalogue.sources))


def test_tables_have_as_many_cells_as_their_head(text):
    width = 0
    for line in text.splitlines():
        if line.startswith("| number"):
            width = line.count("|")
        if line.startswith("|"):
            assert line.count("|") == width, line
    assert width > 0


def test_marks_sources_and_leaves_assumed_numbers_bare(text):
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")}
    assert "5 (3 to 8) `mil-hdbk-1013`" in rows["`delay_climb_s`"] or "5 (3 to 8) `mil-hdbk-1013`" in text
    assert "assumed" not in rows["`person_year`"]


def test_a_number_that_only_some_kinds_state_leaves_the_others_empty(text):
    row = next(line for line in text.splitlines() if line.startswith("| `netd_k`"))
    assert "|  |" in row
