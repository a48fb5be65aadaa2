import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/theory/closure.md"


def test_the_python_of_the_page_runs_and_says_what_the_page_says():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names = {}
    exec(code, names)
    assert names["whole"].mean > names["less"].mean
    assert names["worst"].chainage == pytest.approx(19_200, abs=150)


def test_the_python_of_the_guide_runs():
    (code,) = re.findall(r"```python\n(.*?)```", (PAGE.parents[1] / "guides/closure.md").read_text("utf-8"), re.DOTALL)
    names = {}
    exec(code, names)
    assert names["now"]["lost"] == ["fence-1", "tower-1/radar"]
    assert {row["mode"] for row in names["now"]["closure"]} == {"foot", "vehicle", "drone", "tunnel"}
