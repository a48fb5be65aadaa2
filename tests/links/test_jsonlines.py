"""The parser: what it takes, how it turns degrees, and that nothing makes it raise."""

from __future__ import annotations

import math

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import LABELS, Kind
from limes.geo import convergence, to_lonlat, to_plane
from limes.links import MAX_LINE, SensorDirectory, parse_lines, sensor_directory

NOW = 1_768_918_200.0  # 2026-01-20 17:10 in Istanbul
CRS = "EPSG:32637"


def known() -> SensorDirectory:
    x, y = to_plane(np.array([37.5, 37.6, 37.5]), np.array([36.7, 36.8, 36.7]), CRS)
    line = np.array([[x[0], y[0]], [x[0] + 3000.0, y[0] + 4000.0]])
    return sensor_directory(["tower-6/radar", "tower-7/camera", "fibre-1/das"], x, y, [None, None, line], CRS, ["patrol-3"])


KNOWN = known()


def line(**fields: object) -> bytes:
    return orjson.dumps({"type": "detection", "sensor": "tower-6/radar", "time": NOW} | fields)


def refusal(raw: bytes, stream_clock: bool = False) -> tuple[str, str]:
    parsed = parse_lines([raw], KNOWN, NOW, stream_clock=stream_clock)
    assert not len(parsed.detections)
    assert not parsed.events
    (only,) = parsed.refusals
    assert only.raw == raw
    assert only.line_no == 1
    return only.field, only.reason


def test_position_goes_to_the_plane() -> None:
    row = parse_lines([line(lon=37.55, lat=36.72, height_m=1.5, snr_db=12.5, sigma_m=8.0)], KNOWN, NOW).detections[0]
    lon, lat = to_lonlat(row["x"], row["y"], CRS)
    assert row["kind"] == Kind.POSITION
    assert (float(lon), float(lat)) == pytest.approx((37.55, 36.72), abs=1e-9)
    assert (row["height"], row["snr_db"], row["sigma"]) == (1.5, 12.5, 8.0)
    assert math.isnan(row["range"])
    assert math.isnan(row["bearing"])


def test_true_bearing_becomes_grid_bearing() -> None:
    """A point due true north of the sensor, found by projection, lies on the grid bearing that the row holds."""
    row = parse_lines([line(range_m=4200.0, bearing_deg=0.0, range_rate_mps=-1.25)], KNOWN, NOW).detections[0]
    x, y = to_plane(np.array([37.5, 37.5]), np.array([36.7, 36.75]), CRS)
    grid_bearing = math.atan2(x[1] - x[0], y[1] - y[0]) % (2 * math.pi)
    assert row["kind"] == Kind.RANGE_BEARING
    assert row["bearing"] == pytest.approx(grid_bearing, abs=2e-5)
    assert float(np.degrees(convergence(37.5, 36.7, CRS))) == pytest.approx(-0.896, abs=0.002)
    assert (row["range"], row["range_rate"]) == (4200.0, -1.25)


def test_every_kind_of_measurement() -> None:
    shapes = [
        {"lon": 37.5, "lat": 36.7},
        {"range_m": 10, "bearing_deg": 5},
        {"bearing_deg": -90},
        {"along_m": 4999.5},
        {},
    ]
    lines = [line(sensor="fibre-1/das", **shape) for shape in shapes]
    rows = parse_lines(lines, KNOWN, NOW).detections
    assert rows["kind"].tolist() == [Kind.POSITION, Kind.RANGE_BEARING, Kind.BEARING, Kind.ALONG, Kind.PING]
    assert rows["sensor"].tolist() == [2] * 5
    assert rows["along"][3] == 4999.5
    assert rows["scan"].tolist() == [-1] * 5


def test_labels_and_members() -> None:
    rows = parse_lines([line(label=label, label_p=0.5, members=3) for label in LABELS], KNOWN, NOW).detections
    assert rows["label"].tolist() == list(range(len(LABELS)))
    assert set(rows["members"].tolist()) == {3}


def test_a_scan_shares_its_head_and_may_be_empty() -> None:
    scan = {"type": "scan", "sensor": "tower-6/radar", "time": NOW, "scan": 41}
    full = orjson.dumps(scan | {"detections": [{"range_m": 10, "bearing_deg": 5}, {"bearing_deg": 6, "time": NOW - 0.5}]})
    rows = parse_lines([full, orjson.dumps(scan | {"scan": 42, "detections": []})], KNOWN, NOW).detections
    assert rows["time"].tolist() == [NOW, NOW - 0.5, NOW]
    assert rows["scan"].tolist() == [41, 41, 42]
    assert rows["kind"].tolist() == [Kind.RANGE_BEARING, Kind.BEARING, Kind.EMPTY]


def test_one_bad_detection_refuses_its_whole_line() -> None:
    scan = {"type": "scan", "sensor": "tower-6/radar", "time": NOW}
    bad = orjson.dumps(scan | {"detections": [{"range_m": 10, "bearing_deg": 5}, {"range_m": "far", "bearing_deg": 5}]})
    parsed = parse_lines([line(bearing_deg=1), bad, line(bearing_deg=2)], KNOWN, NOW)
    assert len(parsed.detections) == 2
    assert [(one.line_no, one.field) for one in parsed.refusals] == [(2, "range_m")]


@pytest.mark.parametrize(
    ("raw", "field", "word"),
    [
        (b"hello", "", "not JSON"),
        (b'{"type":"detection"', "", "not JSON"),
        (b'{"type":"detection","time":NaN}', "", "not JSON"),
        (b'{"type":"detection","time":1e999}', "", "not JSON"),
        (b'{"type":"detection","sensor":"\xff"}', "", "not JSON"),
        (b"[" * 5000 + b"]" * 5000, "", "not JSON"),
        (b"[1,2]", "", "not a JSON object"),
        (b"12", "", "not a JSON object"),
        (b'"' + b"x" * MAX_LINE + b'"', "", "longer than"),
        (b"{}", "type", "nothing is not a line type"),
        (b'{"type":["detection"]}', "type", "not a line type"),
        (b'{"type":"spectrum"}', "type", "not a line type"),
        (b'{"type":"clock","time":1768918201}', "type", "simulated"),
        (line(sensor="tower-9/radar"), "sensor", "not in the deployment"),
        (line(sensor=6), "sensor", "not in the deployment"),
        (line(time=None), "time", "is nothing"),
        (line(time=True), "time", "is True"),
        (line(time="yesterday"), "time", "not a time"),
        (line(time="2026-01-20T17:10:00"), "time", "with a zone"),
        (line(time="0001-01-01T00:00:00+14:00"), "time", "not"),
        (line(time=NOW * 1000), "time", "milliseconds"),
        (line(time=-1.0), "time", "1970"),
        (line(time=NOW + 6.0), "time", "6.0 s in the future"),
        (line(time=NOW - 2 * 86_400), "time", "172800 s old"),
        (line(lon=200.0, lat=36.7), "lon", "out of bounds"),
        (line(lon=37.5, lat=-91), "lat", "out of bounds"),
        (line(lon=37.5), "lon", "not a whole measurement"),
        (line(lon=-58.0, lat=-3.0), "lon", "far from every sensor"),
        (line(lon=37.5, lat=36.7, range_m=5.0), "lon", "not a whole measurement"),
        (line(range_rate_mps=1.0), "range_rate_mps", "not a whole measurement"),
        (line(range_m="5", bearing_deg=1), "range_m", "'5'"),
        (line(range_m=10**18, bearing_deg=1), "range_m", "out of bounds"),
        (
            b'{"type":"detection","sensor":"tower-6/radar","time":1768918200,"bearing_deg":' + b"9" * 60 + b"}",
            "bearing_deg",
            "out",
        ),
        (line(bearing_deg=False), "bearing_deg", "is False"),
        (line(bearing_deg=[[[1]]]), "bearing_deg", "a list or object"),
        (line(along_m=5.0), "along_m", "no line of its own"),
        (line(sensor="fibre-1/das", along_m=5002.0), "along_m", "past the end"),
        (line(label="smuggler"), "label", "'smuggler' is not a label"),
        (line(label=["person"]), "label", "not a label"),
        (line(label_p=1.01), "label_p", "out of bounds"),
        (line(members=2.5), "members", "whole number"),
        (line(members=-1), "members", "out of bounds"),
        (line(scan=2**60), "scan", "whole number"),
        (line(scan="7"), "scan", "'7'"),
        (line(scan=True), "scan", "True"),
        (line(type="scan"), "detections", "not a list"),
        (line(type="scan", detections=[5]), "detections", "each detection is an object"),
    ],
)
def test_refused_with_one_reason(raw: bytes, field: str, word: str) -> None:
    got_field, reason = refusal(raw)
    assert got_field == field
    assert word in reason
    assert "; " in reason  # the cure
    assert len(reason) < 250


def test_unnamed_fields_are_dropped() -> None:
    parsed = parse_lines([line(bearing_deg=1, name="A. Person", imsi="123")], KNOWN, NOW)
    assert len(parsed.detections) == 1
    assert b"Person" not in parsed.detections.tobytes()


def test_blank_lines_are_skipped_but_counted() -> None:
    parsed = parse_lines([b"", b"  ", line(bearing_deg=400)], KNOWN, NOW)
    assert [one.line_no for one in parsed.refusals] == [3]


def test_clock_lines_move_now_within_the_call() -> None:
    later = NOW + 100.0
    lines = [line(bearing_deg=1, time=later), b'{"type":"clock","time":%d}' % later, line(bearing_deg=1, time=later)]
    parsed = parse_lines(lines, KNOWN, NOW, stream_clock=True)
    assert [one.line_no for one in parsed.refusals] == [1]
    assert parsed.detections["arrival"].tolist() == [later]
    assert parsed.events == [{"type": "clock", "time": later}]


def test_the_clock_does_not_go_back() -> None:
    field, reason = refusal(b'{"type":"clock","time":%d}' % (NOW - 3), stream_clock=True)
    assert field == "time"
    assert "go back by 3.000 s" in reason


def test_before_the_clock_is_known_any_time_is_taken() -> None:
    row = parse_lines([line(bearing_deg=1, time=5.0)], KNOWN, None).detections[0]
    assert row["arrival"] == row["time"] == 5.0


def test_iso_times() -> None:
    rows = parse_lines([line(time="2026-01-20T17:10:00+03:00"), line(time="2026-01-20T14:10:00Z")], KNOWN, NOW).detections
    assert rows["time"].tolist() == [NOW, NOW]


def test_events() -> None:
    lines = [
        {"type": "hello", "client": "radar gateway", "sensors": ["tower-6/radar"], "tasks": True, "token": "secret"},
        {"type": "status", "asset": "tower-6", "time": NOW, "state": "degraded", "detail": "cooling", "serial": 1},
        {"type": "status", "unit": "patrol-3", "time": NOW, "state": "on_scene"},
        {"type": "weather", "time": NOW, "wind_mps": 7, "cloud": 0.5},
        {"type": "position", "unit": "patrol-3", "time": NOW, "lon": 37.5, "lat": 36.7},
    ]
    parsed = parse_lines([orjson.dumps(one) for one in lines], KNOWN, NOW)
    assert not parsed.refusals
    x, y = to_plane(37.5, 36.7, CRS)
    assert parsed.events == [
        {"type": "hello", "client": "radar gateway", "sensors": ["tower-6/radar"], "tasks": True},
        {"type": "status", "asset": "tower-6", "time": NOW, "state": "degraded", "detail": "cooling"},
        {"type": "status", "unit": "patrol-3", "time": NOW, "state": "on_scene", "detail": ""},
        {"type": "weather", "time": NOW, "wind_mps": 7.0, "cloud": 0.5},
        {"type": "position", "unit": "patrol-3", "time": NOW, "x": float(x), "y": float(y)},
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "status", "time": NOW, "state": "up"}, "sensor"),
        ({"type": "status", "sensor": "tower-6/radar", "asset": "tower-6", "time": NOW, "state": "up"}, "sensor"),
        ({"type": "status", "asset": "tower-99", "time": NOW, "state": "up"}, "asset"),
        ({"type": "status", "asset": ["tower-6"], "time": NOW, "state": "up"}, "asset"),
        ({"type": "status", "asset": "tower-6", "time": NOW, "state": "fine"}, "state"),
        ({"type": "status", "asset": "tower-6", "time": NOW, "state": ["up"]}, "state"),
        ({"type": "status", "asset": "tower-6", "time": NOW, "state": "up", "detail": "x" * 201}, "detail"),
        ({"type": "status", "asset": "tower-6", "time": NOW + 99, "state": "up"}, "time"),
        ({"type": "weather", "time": NOW}, "wind_mps"),
        ({"type": "weather", "time": NOW, "cloud": 7}, "cloud"),
        ({"type": "weather", "time": NOW, "cloud": None}, "cloud"),
        ({"type": "position", "unit": "patrol-9", "time": NOW, "lon": 37.5, "lat": 36.7}, "unit"),
        ({"type": "position", "unit": "patrol-3", "time": NOW, "lon": 37.5}, "lat"),
        ({"type": "position", "unit": "patrol-3", "time": NOW, "lon": -140.0, "lat": 36.7}, "lon"),
        ({"type": "hello", "client": 5}, "client"),
        ({"type": "hello", "tasks": 1}, "tasks"),
        ({"type": "hello", "sensors": "all"}, "sensors"),
        ({"type": "hello", "sensors": ["tower-9/radar"]}, "sensors"),
        ({"type": "hello", "sensors": [{}]}, "sensors"),
    ],
)
def test_events_refused(body: dict, field: str) -> None:
    assert refusal(orjson.dumps(body))[0] == field


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    *("lon", "lat", "range_m", "bearing_deg", "range_rate_mps", "along_m", "members", "label", "label_p", "snr_db"),
    *("sigma_m", "height_m", "scan", "time", "sensor", "asset", "unit", "state", "detail", "detections", "cloud", "tasks"),
)
plausible = st.sampled_from([NOW, 36.7, 37.5, 5, "person", "up", "tower-6/radar", "tower-6", "patrol-3", []])


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(["detection", "scan", "status", "weather", "position", "clock", "hello"]) | json_values,
    fields=st.dictionaries(st.sampled_from(FIELDS), plausible | json_values, max_size=8),
    inner=st.dictionaries(st.sampled_from(FIELDS), plausible | json_values, max_size=4),
)
def test_any_object_is_taken_or_refused(kind: object, fields: dict, inner: dict) -> None:
    body = {"type": kind, "time": NOW, "sensor": "tower-6/radar"} | fields
    raw = orjson.dumps(body)
    for text in (raw, orjson.dumps({**body, "detections": [inner]})):
        parsed = parse_lines([text], KNOWN, NOW, stream_clock=True)
        assert len(parsed.refusals) + len(parsed.events) + bool(len(parsed.detections)) == 1
        rows = parsed.detections
        assert np.isfinite(rows["time"]).all()
        assert np.isfinite(rows["x"][rows["kind"] == Kind.POSITION]).all()
        assert orjson.loads(orjson.dumps(parsed.events)) == parsed.events


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(raw: bytes) -> None:
    parsed = parse_lines([raw], KNOWN, NOW)
    assert not len(parsed.detections)
    assert len(parsed.refusals) == bool(raw.strip())


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_broken_copies_of_a_good_line_never_raise(data: st.DataObject) -> None:
    raw = bytearray(line(range_m=4200.5, bearing_deg=181.25, label="person", members=2, scan=4))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    parsed = parse_lines([bytes(raw)], KNOWN, NOW)
    assert len(parsed.refusals) + len(parsed.events) + len(parsed.detections) <= 1


@settings(max_examples=50, deadline=None)
@given(cut=st.integers(0, 12))
def test_how_lines_are_chunked_changes_nothing(cut: int) -> None:
    lines = [line(bearing_deg=angle, time=NOW - angle) for angle in range(10)] + [b"nonsense", line(lon=1.0, lat=1.0)]
    whole = parse_lines(lines, KNOWN, NOW)
    first, second = parse_lines(lines[:cut], KNOWN, NOW), parse_lines(lines[cut:], KNOWN, NOW)
    assert whole.detections.tobytes() == first.detections.tobytes() + second.detections.tobytes()
    assert len(whole.refusals) == len(first.refusals) + len(second.refusals) == 2
