"""Recordings: what is written is read, half a recording is not taken for a whole one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limes.columns import DETECTION, SENSOR, TRUTH, empty
from limes.errors import InputError
from limes.links import RecordingWriter, read_recording, write_recording


def sensors() -> np.ndarray:
    rows = empty(SENSOR, 2)
    rows["id"] = ["tower-6/radar", "fibre-1/das"]
    rows["period"] = [2.5, 0.0]
    return rows


def detections(count: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    rows = empty(DETECTION, count)
    rows["time"], rows["sensor"], rows["x"] = rng.uniform(0, 9, count), rng.integers(0, 2, count), rng.normal(size=count)
    return rows


def test_round_trip(tmp_path: Path) -> None:
    truth = empty(TRUTH, 3)
    truth["hostile"] = [True, False, True]
    events = [{"type": "status", "asset": "tower-6", "time": 1.5, "state": "down", "detail": ""}]
    write_recording(tmp_path / "run", sensors(), detections(9), truth, {"simulated": True, "seed": 7}, events)
    back = read_recording(tmp_path / "run")
    assert back.sensors.tobytes() == sensors().tobytes()
    assert back.detections.tobytes() == detections(9).tobytes()
    assert back.truth is not None
    assert back.truth.tobytes() == truth.tobytes()
    assert back.events == events
    assert back.meta["seed"] == 7
    assert back.meta["rows"] == {"detections": 9, "truth": 3, "events": 1}


def test_batches_make_the_same_rows(tmp_path: Path) -> None:
    rows = detections(10)
    with RecordingWriter(tmp_path, sensors()) as writer:
        writer.append(rows[:4])
        writer.append(rows[4:4])
        writer.append(rows[4:])
    back = read_recording(tmp_path)
    assert back.detections.tobytes() == rows.tobytes()
    assert back.truth is None
    assert back.events == []


def test_an_error_leaves_no_whole_recording(tmp_path: Path) -> None:
    def broken() -> None:
        with RecordingWriter(tmp_path, sensors()) as writer:
            writer.append(detections(3))
            raise RuntimeError("the disk is full")

    write_recording(tmp_path, sensors(), detections(1))
    with pytest.raises(RuntimeError):
        broken()
    with pytest.raises(InputError, match="not a whole recording"):
        read_recording(tmp_path)


def test_an_older_recording_loses_its_stale_truth(tmp_path: Path) -> None:
    write_recording(tmp_path, sensors(), detections(1), empty(TRUTH, 2))
    write_recording(tmp_path, sensors(), detections(1))
    assert read_recording(tmp_path).truth is None


@pytest.mark.parametrize(
    ("file", "content", "word"),
    [
        ("recording.json", b"{", "not JSON"),
        ("recording.json", b"{}", "format"),
        ("recording.json", b"[]", "format"),
        ("sensors.parquet", b"nonsense", "cannot be read"),
        ("detections.parquet", b"", "cannot be read"),
        ("events.jsonl", b"{}\n{", "line 2"),
    ],
)
def test_damage_is_named(tmp_path: Path, file: str, content: bytes, word: str) -> None:
    write_recording(tmp_path, sensors(), detections(2))
    (tmp_path / file).write_bytes(content)
    with pytest.raises(InputError, match=word) as caught:
        read_recording(tmp_path)
    assert file in str(caught.value)


def test_detections_of_sensors_that_are_not_there(tmp_path: Path) -> None:
    write_recording(tmp_path, sensors()[:1], detections(9))
    with pytest.raises(InputError, match="lacks"):
        read_recording(tmp_path)


def test_no_folder() -> None:
    with pytest.raises(InputError, match="not a whole recording"):
        read_recording(Path("nowhere"))
