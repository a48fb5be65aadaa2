from __future__ import annotations

from contextlib import ExitStack, closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.columns import DETECTION, empty
from limes.errors import InputError
from limes.watch.journal import Journal
from limes.watch.records import RecordKind, encode


@pytest.fixture
def opened():
    """Opens journals that are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda *args, **settings: stack.enter_context(closing(Journal(*args, **settings)))


SENSORS = ("tower-1/radar", "tower-2/radar")


def rows(count: int, sensor: int = 0) -> np.ndarray:
    out = empty(DETECTION, count)
    out["time"] = np.arange(count)
    out["sensor"] = sensor
    return out


def write(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append(RecordKind.CLOCK, {"time": float(number)})
    journal.sync()


def test_rows_come_back_byte_for_byte(opened, tmp_path):
    journal = opened(tmp_path, SENSORS)
    journal.append(RecordKind.DETECTIONS, rows(3))
    (record,) = journal.read()
    assert record.kind is RecordKind.DETECTIONS
    assert record.rows.tobytes() == rows(3).tobytes()


def test_sequence_numbers_go_on_after_reopening(opened, tmp_path):
    first = opened(tmp_path, SENSORS)
    write(first, 3)
    first.close()
    second = opened(tmp_path, SENSORS)
    assert second.append(RecordKind.ACT, {"verb": "note"}) == 3
    assert [record.seq for record in second.read()] == [0, 1, 2, 3]
    assert len(second.segments()) == 1


def test_reading_starts_where_asked_across_segments(opened, tmp_path):
    journal = opened(tmp_path, SENSORS, segment_bytes=300)
    write(journal, 40)
    assert len(journal.segments()) > 3
    for start in (0, 7, 39, 40):
        assert [record.seq for record in journal.read(start)] == list(range(start, 40))


@pytest.mark.parametrize("tail", [b"\x00", b"\xff" * 400, b"LIMES", b"\x05\x00\x00\x00" + b"\x00" * 20])
def test_a_torn_tail_is_cut_off_and_kept(opened, tmp_path, tail):
    journal = opened(tmp_path, SENSORS)
    write(journal, 5)
    journal.close()
    with journal.segments()[0].open("ab") as file:
        file.write(tail)
    again = opened(tmp_path, SENSORS)
    assert [record.seq for record in again.read()] == [0, 1, 2, 3, 4]
    (torn,) = tmp_path.glob("*.torn-*")
    assert torn.read_bytes() == tail
    again.append(RecordKind.CLOCK, {"time": 9.0})
    assert [record.seq for record in again.read()] == [0, 1, 2, 3, 4, 5]


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(min_value=1, max_value=2000))
def test_cut_anywhere_a_prefix_survives(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("journal")
    with closing(Journal(folder, SENSORS)) as journal:
        journal.append(RecordKind.DETECTIONS, rows(2))
        write(journal, 20)
    segment = journal.segments()[0]
    size = segment.stat().st_size
    with segment.open("r+b") as file:
        file.truncate(max(0, size - cut))
    with closing(Journal(folder, SENSORS)) as again:
        survivors = [record.seq for record in again.read()]
        assert survivors == list(range(len(survivors)))
        assert again.append(RecordKind.CLOCK, {"time": 0.0}) == len(survivors)


def test_a_flipped_byte_ends_the_readable_part(opened, tmp_path):
    journal = opened(tmp_path, SENSORS)
    write(journal, 10)
    journal.close()
    segment = journal.segments()[0]
    content = bytearray(segment.read_bytes())
    content[-3] ^= 1
    segment.write_bytes(content)
    assert [record.seq for record in opened(tmp_path, SENSORS).read()] == list(range(9))


def test_rows_follow_their_sensor_into_a_new_table(opened, tmp_path):
    old = opened(tmp_path, SENSORS)
    old.append(RecordKind.DETECTIONS, np.concatenate([rows(1, 0), rows(1, 1)]))
    old.close()
    new = opened(tmp_path, ("camera-9", "tower-2/radar"))
    (record,) = new.read()
    assert record.rows["sensor"].tolist() == [-1, 1]


def test_rows_of_an_older_schema_get_the_new_columns(opened, tmp_path, monkeypatch):
    older = np.dtype([(name, DETECTION[name]) for name in DETECTION.names if name != "snr_db"])
    monkeypatch.setattr("limes.watch.journal.DETECTION", older)
    monkeypatch.setattr("limes.watch.records.DETECTION", older)
    old = opened(tmp_path, SENSORS)
    old.append(RecordKind.DETECTIONS, np.zeros(2, older))
    old.close()
    monkeypatch.undo()
    (record,) = opened(tmp_path, SENSORS).read()
    assert record.rows.dtype == DETECTION
    assert np.isnan(record.rows["snr_db"]).all()


def test_a_stranger_in_the_folder_is_named(opened, tmp_path):
    (tmp_path / "00000000000000000000.journal").write_bytes(b"holiday pictures")
    with pytest.raises(InputError, match="is not a journal segment; move the file"):
        opened(tmp_path, SENSORS)


def test_a_header_cut_short_leaves_no_segment(opened, tmp_path):
    (tmp_path / "00000000000000000000.journal").write_bytes(b"LIMESJ1\n\x10\x00")
    journal = opened(tmp_path, SENSORS)
    assert journal.next == 0
    assert list(journal.read()) == []


def test_encoding_is_the_same_bytes_every_time():
    assert encode(RecordKind.DETECTIONS, rows(4)) == encode(RecordKind.DETECTIONS, rows(4))


def test_records_lost_in_the_middle_are_named_in_the_log(opened, tmp_path, caplog):
    journal = opened(tmp_path, SENSORS, segment_bytes=300)
    write(journal, 40)
    first, second, *_ = journal.segments()
    content = bytearray(first.read_bytes())
    content[-3] ^= 1
    first.write_bytes(content)
    following = int(second.stem)
    assert [record.seq for record in journal.read()] == [seq for seq in range(40) if seq != following - 1]
    assert f"records {following - 1} to {following - 1} are damaged and lost" in caplog.text
