"""Encoding is the inverse of parsing, to the resolution of the wire."""

from __future__ import annotations

import math

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import DETECTION, LABELS, Kind, empty
from limes.geo import to_plane
from limes.links import encode_clock, encode_event, encode_rows, parse_lines, sensor_directory

NOW = 1_768_918_200.0
X, Y = to_plane(np.array([37.2, 37.8]), np.array([36.6, 36.8]), "EPSG:32637")
KNOWN = sensor_directory(
    ["tower-1/radar", "fibre-1/das"], X, Y, [None, np.array([[0.0, 0.0], [50_000.0, 0.0]])], "EPSG:32637", ["patrol-1"]
)


def optional(low: float, high: float) -> st.SearchStrategy[float]:
    return st.just(math.nan) | st.floats(low, high, width=32)


@st.composite
def detections(draw: st.DrawFn) -> np.ndarray:
    rows = empty(DETECTION, draw(st.integers(1, 6)))
    for row in rows:
        row["kind"] = kind = draw(st.sampled_from([Kind.POSITION, Kind.RANGE_BEARING, Kind.BEARING, Kind.ALONG, Kind.PING]))
        row["sensor"] = 1 if kind == Kind.ALONG else draw(st.integers(0, 1))
        row["time"] = row["arrival"] = NOW + draw(st.integers(-5000, 0)) / 1000.0
        row["scan"] = draw(st.integers(-1, 3))
        row["label"], row["members"] = draw(st.integers(0, len(LABELS) - 1)), draw(st.integers(0, 40))
        row["label_p"], row["snr_db"] = draw(optional(0, 1)), draw(optional(-20, 80))
        row["sigma"], row["height"] = draw(optional(1, 100)), draw(optional(0, 100))
        if kind == Kind.POSITION:
            row["x"], row["y"] = X[0] + draw(st.floats(-5e4, 5e4)), Y[0] + draw(st.floats(-5e4, 5e4))
        if kind in (Kind.RANGE_BEARING, Kind.BEARING):
            row["bearing"] = draw(st.floats(0, 2 * math.pi, exclude_max=True))
        if kind == Kind.RANGE_BEARING:
            row["range"], row["range_rate"] = draw(st.floats(0, 1e5)), draw(optional(-50, 50))
        if kind == Kind.ALONG:
            row["along"] = draw(st.floats(0, 50_000))
    return rows


@settings(max_examples=150, deadline=None)
@given(rows=detections())
def test_round_trip(rows: np.ndarray) -> None:
    lines = encode_rows(rows, KNOWN)
    back = parse_lines(lines, KNOWN, NOW)
    assert not back.refusals
    for name in ("sensor", "scan", "kind", "label", "members"):
        assert back.detections[name].tolist() == rows[name].tolist(), name
    steps = {"time": 6e-4, "x": 0.02, "y": 0.02, "range": 6e-3, "along": 6e-3, "range_rate": 6e-4, "snr_db": 6e-3}
    steps |= {"label_p": 6e-4, "sigma": 6e-3, "height": 6e-3}
    for name, step in steps.items():
        assert back.detections[name] == pytest.approx(rows[name], abs=step, nan_ok=True), name
    turn = np.angle(np.exp(1j * (back.detections["bearing"] - rows["bearing"])))
    assert np.nanmax(np.abs(turn), initial=0.0) < 2e-9
    assert encode_rows(back.detections, KNOWN) == lines


def test_one_line_per_look() -> None:
    rows = empty(DETECTION, 5)
    rows["kind"], rows["bearing"] = Kind.BEARING, 1.0
    rows["time"] = [NOW, NOW, NOW + 1, NOW + 1.5, NOW + 9]
    rows["scan"] = [-1, -1, 7, 7, 8]
    rows["kind"][4] = Kind.EMPTY
    bodies = [orjson.loads(line) for line in encode_rows(rows, KNOWN)]
    assert [len(body["detections"]) for body in bodies] == [2, 2, 0]
    assert [body.get("scan") for body in bodies] == [None, 7, 8]
    assert bodies[1]["detections"][1]["time"] == NOW + 1.5
    assert "time" not in bodies[1]["detections"][0]


def test_no_rows_no_lines() -> None:
    assert encode_rows(empty(DETECTION, 0), KNOWN) == []


def test_events_round_trip() -> None:
    events = [
        {"type": "status", "sensor": "tower-1/radar", "time": NOW, "state": "up", "detail": ""},
        {"type": "weather", "time": NOW, "wind_mps": 7.25, "visibility_m": 800.0},
        {"type": "position", "unit": "patrol-1", "time": NOW, "x": float(X[0]), "y": float(Y[0])},
        {"type": "hello", "client": "me", "tasks": True, "sensors": []},
    ]
    lines = [*(encode_event(event, KNOWN) for event in events), encode_clock(NOW + 1)]
    parsed = parse_lines(lines, KNOWN, NOW, stream_clock=True)
    assert not parsed.refusals
    place = parsed.events[2]
    assert (place.pop("x"), place.pop("y")) == pytest.approx((X[0], Y[0]), abs=0.02)
    del events[2]["x"], events[2]["y"]
    assert parsed.events == [*events, {"type": "clock", "time": NOW + 1}]
