"""The way in over real TCP: however bytes come, whatever they say, the service goes on and counts right."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limes.watch import ingest
from limes.watch.ingest import IngestServer, take
from limes.watch.records import RecordKind
from limes.watch.users import User

T = 1_768_964_400.0
RADAR = "tower-1/radar"


def line(**body) -> bytes:
    return json.dumps(body).encode() + b"\n"


def clock(time: float) -> bytes:
    return line(type="clock", time=time)


def detection(time: float, **body) -> bytes:
    given = {"type": "detection", "sensor": RADAR, "time": time, "range_m": 900.0, "bearing_deg": 170.0, "range_rate_mps": 1.0}
    return line(**given | body)


class Door:
    """Ways in to watches, in an event loop of their own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers = []

    def __call__(self, watch, token=None):
        """Open one; returns its port."""
        self.servers.append(IngestServer(watch, token))
        return self._run(self.servers[-1].start("127.0.0.1", 0))

    def send_task(self, task):
        self.loop.call_soon_threadsafe(self.servers[-1].send_task, task)

    def stop(self):
        while self.servers:
            self._run(self.servers.pop().stop())

    def close(self):
        self.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


@pytest.fixture
def listen():
    door = Door()
    yield door
    door.close()


class Caller:
    """A plain sender: says bytes and hears answers."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)
        self.answers = self.socket.makefile("rb")
        self.heard = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answers.close()
        self.socket.close()

    def say(self, *parts):
        for part in parts:
            self.socket.sendall(part)

    def hear(self, wanted):
        """Answers up to the first that `wanted` is true of."""
        while raw := self.answers.readline():
            self.heard.append(json.loads(raw))
            if wanted(self.heard[-1]):
                return self.heard
        raise AssertionError(f"hung up after {self.heard}")

    def acked(self, count):
        self.hear(lambda answer: answer.get("ack", 0) >= count)
        assert self.heard[-1] == {"ack": count}
        return self.heard

    def refusals(self):
        return [answer["refused"] for answer in self.heard if "refused" in answer]

    def hung_up(self):
        """What was still said before the other side hung up."""
        return [json.loads(raw) for raw in self.answers.read().splitlines()]


@pytest.fixture
def watch(open_watch):
    return open_watch()


@pytest.fixture
def caller(watch, listen):
    with Caller(listen(watch)) as caller:
        yield caller


def kept(watch):
    """Times of the detections in the journal, and its clock records."""
    rows, clocks = [], []
    for record in watch.journal.read():
        if record.kind is RecordKind.DETECTIONS:
            rows += record.rows["time"].tolist()
        elif record.kind is RecordKind.CLOCK:
            clocks.append(record.body["time"])
    return rows, clocks


def test_a_line_in_single_bytes(caller, watch):
    for byte in clock(T) + detection(T + 1.0):
        caller.say(bytes([byte]))
    caller.acked(2)
    assert kept(watch) == ([T + 1.0], [T])


def test_many_lines_in_one_piece(caller, watch):
    caller.say(clock(T) + b"".join(detection(T + 1.0 + k / 1000.0) for k in range(1000)))
    caller.acked(1001)
    assert len(kept(watch)[0]) == 1000
    assert watch.meter.detections == 1000


def test_a_last_line_without_an_end_counts_when_the_sender_is_done(caller, watch):
    caller.say(clock(T) + detection(T).rstrip(b"\n"))
    caller.acked(1)
    caller.socket.shutdown(socket.SHUT_WR)
    caller.acked(2)
    assert kept(watch)[0] == [T]


def test_windows_line_ends_and_blank_lines_are_lines_like_others(caller, watch):
    caller.say(clock(T).replace(b"\n", b"\r\n") + b"\n  \n" + detection(T).replace(b"\n", b"\r\n"))
    caller.acked(4)
    assert kept(watch)[0] == [T]
    assert watch.quarantine.total == 0


def test_a_line_of_a_hundred_megabytes_is_streamed_past(caller, watch):
    caller.say(clock(T))
    caller.acked(1)
    Path("/proc/self/clear_refs").write_text("5")  # let the high-water mark of memory start anew
    before = memory("VmRSS")
    piece = b"x" * (1 << 20)
    for _ in range(100):
        caller.say(piece)
    caller.say(b"\n" + detection(T))
    caller.acked(3)
    assert memory("VmHWM") - before < 24 << 20
    assert kept(watch)[0] == [T]
    assert caller.refusals()[0]["line"] == 2
    assert "longer than 1048576 bytes" in caller.refusals()[0]["reason"]
    assert len(watch.quarantine.latest()[0].raw) <= 2048


def memory(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) << 10


BAD = {
    "not a number": (b'{"type":"detection","sensor":"tower-1/radar","time":NaN}\n', "is not JSON"),
    "infinite": (detection(T, range_m=1e400), "is not JSON"),
    "future": (detection(T + 60.0), "time: is 60.0 s in the future"),
    "long ago": (detection(T - 90_000.0), "time: is 90000 s old"),
    "nobody's": (detection(T, sensor="tower-9/radar"), "sensor: 'tower-9/radar' is not in the deployment"),
    "half a measurement": (detection(T, range_m=None), "range_m"),
    "no JSON": (b"\x00\xff\xfe rubbish\n", "is not JSON"),
    "a list": (b"[1,2,3]\n", "is not a JSON object"),
    "deep": (b"[" * 5000 + b"\n", "is not JSON"),
    "a number": (b"7\n", "is not a JSON object"),
    "unknown type": (line(type="weapon", time=T), "'weapon' is not a line type"),
    "clock back": (clock(T - 5.0), "the clock would go back"),
    "huge number": (detection(10**30), "time"),
    "a unit nobody has": (line(type="position", unit="x", time=T, lon=-108.4, lat=37.2), "unit: 'x'"),
    "swapped": (line(type="position", unit="patrol-1", time=T, lon=37.2, lat=-80.0), "far from every sensor"),
}


def test_what_cannot_be_taken_is_refused_with_a_reason_and_kept(caller, watch):
    caller.say(clock(T), *(bad for bad, _ in BAD.values()), detection(T))
    caller.acked(len(BAD) + 2)
    for refusal, (number, (_, reason)) in zip(caller.refusals(), enumerate(BAD.values(), 2), strict=True):
        assert refusal["line"] == number
        assert reason in refusal["reason"]
    assert kept(watch)[0] == [T]
    assert watch.quarantine.total == watch.meter.refused == len(BAD)
    for item, (bad, _) in zip(watch.quarantine.latest()[::-1], BAD.values(), strict=True):
        assert item.size == len(bad) - 1
        assert item.source.startswith("tcp 127.0.0.1:")
    assert watch.failure is None


def test_thousands_of_bad_lines_are_counted_and_few_are_answered(caller, watch):
    caller.say(clock(T))
    for k in range(100):
        caller.say(b"".join(b"rubbish %d\n" % (100 * k + j) for j in range(100)))
        caller.say(detection(T))
    caller.acked(1 + 100 * 101)
    assert watch.quarantine.total == 10_000
    assert len(kept(watch)[0]) == 100
    assert 0 < len(caller.refusals()) < 2000
    assert sum(count for _, count in watch.quarantine.counts()) == 10_000


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=20))
def test_any_bytes_at_all_stop_nothing(watch, caller, pieces):
    with Caller(caller.socket.getpeername()[1]) as stranger:
        stranger.say(*pieces, b"\n")
        count = sum(piece.count(b"\n") for piece in pieces) + 1
        stranger.acked(count)
    assert watch.failure is None


def test_without_the_token_nothing_counts(watch, listen):
    port = listen(watch, "s3cret-töken")
    for said in (clock(T), line(type="hello", token="s3cret"), line(type="hello", token=7), b"\xff\n", line(type="hello")):
        with Caller(port) as stranger:
            stranger.say(said + clock(T))
            assert stranger.hung_up() == [{"error": "say hello with the right token first"}]
    assert list(watch.journal.read()) == []
    assert watch.quarantine.total == 0
    with Caller(port) as friend:
        friend.say(line(type="hello", token="s3cret-töken") + clock(T))
        friend.acked(2)
    assert b"ken" not in b"".join(path.read_bytes() for path in watch.journal.segments())


def test_a_stranger_who_says_nothing_is_hung_up_on(watch, listen, monkeypatch):
    monkeypatch.setattr(ingest, "_HELLO_S", 0.1)
    port = listen(watch, "token")
    with Caller(port) as stranger:
        assert stranger.hung_up() == []
    with Caller(port) as friend:
        friend.say(line(type="hello", token="token"))
        friend.acked(1)
        time.sleep(0.3)
        friend.say(clock(T))
        friend.acked(2)


def test_nothing_is_acknowledged_before_it_is_on_the_disk(caller, watch, monkeypatch):
    sync, held, synced = watch.journal.sync, threading.Event(), []

    def slow():
        held.wait(30)
        sync()
        synced.append(True)

    monkeypatch.setattr(watch.journal, "sync", slow)
    caller.say(clock(T))
    caller.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        caller.socket.recv(100)
    caller.socket.settimeout(300)
    held.set()
    with Caller(caller.socket.getpeername()[1]) as other:
        other.say(detection(T))
        other.acked(1)
    assert synced


def test_when_the_disk_refuses_the_sender_hears_no_acknowledgement(caller, watch, monkeypatch):
    caller.say(clock(T))
    caller.acked(1)
    monkeypatch.setattr(watch.journal, "sync", lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    caller.say(detection(T))
    assert caller.hung_up() == []
    assert "No space left" in watch.failure


def test_senders_who_break_off_at_any_moment_do_no_harm(watch, listen):
    port = listen(watch)
    for k in range(30):
        caller = Caller(port)
        caller.say(clock(T + k) + b"".join(detection(T + k + j / 100.0) for j in range(200)))
        caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not a goodbye
        caller.__exit__()
    with Caller(port) as after:
        after.say(clock(T + 100.0))
        after.acked(1)
    assert watch.failure is None


def test_many_senders_at_once_each_get_their_own_count(watch, listen):
    port = listen(watch)
    take(watch, [clock(T)], "test").done.result(10)

    def send(number):
        with Caller(port) as caller:
            for k in range(10):
                caller.say(b"".join(detection(T + number / 10.0, scan=1000 * number + 20 * k + j) for j in range(20)))
                caller.acked(20 * (k + 1))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    rows = [row for record in watch.journal.read() if record.rows is not None for row in record.rows["scan"].tolist()]
    assert sorted(rows) == sorted(1000 * n + 20 * k + j for n in range(8) for k in range(10) for j in range(20))


def test_stopping_hangs_up(watch, listen):
    port = listen(watch)
    with Caller(port) as caller:
        caller.say(clock(T))
        caller.acked(1)
        listen.stop()
        assert caller.hung_up() == []
    with pytest.raises(ConnectionRefusedError):
        Caller(port)


# --- tasks -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tasked(open_watch, evening_copy, listen):
    """A watch with a case, its port, and the case."""
    watch = open_watch(evening_copy)
    port = listen(watch)

    def send(changes):
        for unit, case in changes.sent:
            listen.send_task(watch.task(unit, case))

    case = next(case for case in watch.pipeline.cases.values() if case.kind == "approach")
    with watch.listening(send):
        yield watch, port, case


def hello(tasks):
    return line(type="hello", client="test", tasks=tasks)


def test_tasks_go_to_those_who_asked_for_them(tasked):
    watch, port, case = tasked
    with Caller(port) as wants, Caller(port) as does_not:
        wants.say(hello(True))
        wants.acked(1)
        does_not.say(hello(False))
        does_not.acked(1)
        watch.act(User("ada", "operator", False, False), case.id, "dispatch", {"unit": "patrol-1"})
        task = wants.hear(lambda answer: "task" in answer)[-1]["task"]
        assert (task["unit"], task["case"], task["title"]) == ("patrol-1", case.id, case.title)
        assert -108.7 < task["lon"] < -108.2
        assert 37.0 < task["lat"] < 37.5
        does_not.say(b"\n")
        does_not.acked(2)
        assert [answer for answer in does_not.heard if "task" in answer] == []


def test_who_comes_later_hears_of_those_who_are_on_their_way(tasked):
    watch, port, case = tasked
    watch.act(User("ada", "operator", False, False), case.id, "dispatch", {"unit": "patrol-1"})
    with Caller(port) as late:
        late.say(hello(True))
        assert late.hear(lambda answer: "task" in answer)[-1]["task"]["case"] == case.id
    watch.act(User("ada", "operator", False, False), case.id, "close", {"outcome": "gone", "people": "nobody there"})
    with Caller(port) as later:
        later.say(hello(True))
        later.say(b"\n")
        later.acked(2)
        assert [answer for answer in later.heard if "task" in answer] == []
