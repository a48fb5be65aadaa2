import re
from pathlib import Path


def test_the_guide_s_example_runs(capsys):
    text = (Path(__file__).parents[2] / "docs/guides/plan.md").read_text("utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(compile(block, "plan.md", "exec"), {})
    assert "nobody exceeds" in capsys.readouterr().out
