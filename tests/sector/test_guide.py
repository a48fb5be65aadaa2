import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "sector.md"


def test_the_python_of_the_guide_runs():
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    names = {}
    exec(code, names)
    assert names["faults"] == []
    assert names["chainage"] == pytest.approx(41_568, abs=1)
    assert names["offset"] < 0
    assert len(names["distance"]) == len(names["height"]) > 100
