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
