"""The guide's example runs, and what it says of the files and conditions is so."""

import re
from pathlib import Path

import pytest

from limes.sensing.conditions import CONDITIONS
from limes.sensing.crossing import Ways, ways
from limes.sensing.gaps import THRESHOLD
from limes.sensing.looks import SHARED_FATE

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guides" / "coverage.md").read_text("utf-8")
THEORY = (DOCS / "theory" / "sensors.md").read_text("utf-8")


def test_python_example_runs(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    exec(compile(example, "coverage.md", "exec"), {})
    assert "km " in capsys.readouterr().out


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_named(name):
    assert f"`{name}`" in GUIDE


def test_figures_of_the_text_are_those_of_the_code(mesa):
    over: Ways = ways(mesa)
    assert (over.approach, over.beyond) == (3000.0, 1000.0)
    assert "from 3 km before the line to 1 km behind it" in GUIDE
    assert f"less than {THRESHOLD}" in GUIDE
    assert f"within {SHARED_FATE:.0f} s as one" in THEORY
