from __future__ import annotations

import threading
from contextlib import ExitStack, closing

import pytest

from limes.watch.quarantine import Quarantine, refused


@pytest.fixture
def opened():
    """Opens quarantines that are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda *args, **settings: stack.enter_context(closing(Quarantine(*args, **settings)))


def test_refused_lines_are_kept_over_a_restart(opened, tmp_path):
    first = opened(tmp_path)
    first.add([refused(1.0, "tcp 127.0.0.1:9", 4, "time", "is missing", b'{"type":"detection"}')])
    first.close()
    again = opened(tmp_path)
    assert again.total == 1
    assert again.latest()[0].raw == '{"type":"detection"}'
    assert again.counts() == [("time: is missing", 1)]


def test_long_and_undecodable_lines_are_kept_by_their_beginning(opened, tmp_path):
    quarantine = opened(tmp_path)
    quarantine.add([refused(0.0, "tcp", 1, "", "is longer than 1 MiB", b"\xff" + b"x" * 5000, size=100_000_000)])
    kept = quarantine.latest()[0]
    assert kept.size == 100_000_000
    assert kept.raw.startswith("\\xff")
    assert len(kept.raw) < 2100


def test_newest_first(opened, tmp_path):
    quarantine = opened(tmp_path)
    quarantine.add([refused(float(k), "tcp", k, "", "no", b"") for k in range(10)])
    assert [item.line for item in quarantine.latest(3)] == [9, 8, 7]


def test_the_files_take_turns_when_full(opened, tmp_path):
    quarantine = opened(tmp_path, limit_bytes=4000)
    for number in range(200):
        quarantine.add([refused(0.0, "tcp", number, "", "no", b"y" * 100)])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 9000
    assert quarantine.total == 200


def test_causes_do_not_grow_without_bound(opened, tmp_path):
    quarantine = opened(tmp_path)
    quarantine.add([refused(0.0, "tcp", k, "", f"reason {k}", b"") for k in range(1000)])
    assert len(quarantine.counts()) <= 201
    assert quarantine.counts()[0] == ("other", 800)


def test_a_reason_that_names_its_field_does_so_once(opened, tmp_path):
    quarantine = opened(tmp_path)
    quarantine.add([refused(0.0, "tcp", 1, "time", "time: is nothing; send it", b"")] * 2)
    assert quarantine.counts() == [("time: is nothing; send it", 2)]


def test_a_line_that_a_dying_process_cut_is_passed_over(opened, tmp_path):
    (tmp_path / "quarantine.jsonl").write_bytes(b'{"wall":1.0,"sou')
    assert opened(tmp_path).total == 0


def test_it_can_be_looked_at_while_it_fills(opened, tmp_path):
    quarantine, seen = opened(tmp_path), []

    def look():
        while not seen or seen[-1] < 2000:
            assert len(quarantine.latest(500)) <= 500
            seen.append(sum(count for _, count in quarantine.counts()))

    looker = threading.Thread(target=look)
    looker.start()
    for start in range(0, 2000, 100):
        quarantine.add([refused(0.0, "tcp", k, "", f"reason {k % 90}", b"") for k in range(start, start + 100)])
    looker.join(20)
    assert seen[-1] == 2000
    assert seen == sorted(seen)
