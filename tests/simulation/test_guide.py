"""The guide's scenario can be played as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from limes.simulation import Scenario, Stage, play

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "simulation.md").read_text("utf-8")


def test_the_example_plays(written: Callable[..., Scenario], staged: Callable[..., Stage]) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
    scenario = written(example, head="")
    assert scenario.title == "One walker"
    assert [leg.at for leg in scenario.actor[0].legs] == [600.0, None, 5400.0]
    _, body = example.split("\n\n", 1)
    stage = staged(body)
    rows = np.concatenate(
        [batch.detections for batch in play(stage, start=scenario.begin + 1200.0, end=scenario.begin + 1320.0)]
    )
    assert len(rows)
