import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limes.errors import InputError
from limes.sector import bundled
from limes.sector.toml_text import with_table

values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@given(source=values, notice=values, modelled=st.booleans(), files=st.lists(values, min_size=1, max_size=3))
def test_settings_are_rewritten_whatever_the_words(source, notice, modelled, files):
    text = (bundled("kilis-jarabulus") / "sector.toml").read_text()
    new = {"files": files, "modelled": modelled, "source": source, "notice": notice}
    changed = tomllib.loads(with_table(text, "terrain", new))
    assert changed["terrain"] == new
    assert {k: v for k, v in changed.items() if k != "terrain"} == {
        k: v for k, v in tomllib.loads(text).items() if k != "terrain"
    }


def test_a_missing_table_is_added():
    assert tomllib.loads(with_table('name = "a"', "terrain", {"modelled": True})) == {
        "name": "a",
        "terrain": {"modelled": True},
    }


def test_a_table_of_another_shape_is_refused_with_its_cure():
    with pytest.raises(InputError, match="a line of its own"):
        with_table('[terrain]\nfiles = [\n  "a.tif",\n]\n', "terrain", {"files": ["b.tif"]})
