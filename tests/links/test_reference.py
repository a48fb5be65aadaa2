"""The page on JSON lines: every example is taken, every refusal reads as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from limes.geo import to_plane
from limes.links import fields, parse_lines, sensor_directory

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "json-lines.md").read_text("utf-8")
NOW = 1_768_918_200.0
NAMES = ["tower-6/radar", "tower-6/thermal", "fence-sensor-2", "fibre-1", "seismic-29-7", "aerostat-1/radar"]
X, Y = to_plane(np.full(6, 37.5), np.full(6, 36.67), "EPSG:32637")
LINE = np.array([[0.0, 0.0], [49_000.0, 0.0]])
KNOWN = sensor_directory(NAMES, X, Y, [None, None, LINE, LINE, None, None], "EPSG:32637", units=["patrol-3"])
EXAMPLES = [line for block in re.findall(r"```json\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
REFUSALS = re.findall(r"^\| `(\{.*\})` \| (.*) \|$", PAGE.split("## What is refused")[1], re.M)


def test_the_page_shows_every_type_of_line() -> None:
    shown = {re.search(r'"type":"(\w+)"', line).group(1) for line in EXAMPLES}  # type: ignore[union-attr]
    assert shown == {"detection", "scan", "status", "position", "weather", "hello", "clock"}
    assert len(REFUSALS) >= 6


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_are_taken(line: str) -> None:
    parsed = parse_lines([line.encode()], KNOWN, NOW, window=10.0, stream_clock=True)
    assert parsed.refusals == []
    assert len(parsed.detections) + len(parsed.events) >= 1


@pytest.mark.parametrize(("line", "reason"), REFUSALS)
def test_refusals_read_as_the_page_says(line: str, reason: str) -> None:
    (refusal,) = parse_lines([line.encode()], KNOWN, NOW).refusals
    assert refusal.reason == reason


def test_every_field_is_on_the_page() -> None:
    named = {*fields._NUMBERS, *fields._WEATHER, *fields.STATES, *fields.UNIT_STATES, "label", "scan", "detections", "forecast"}
    assert {name for name in named if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE} == set()
