from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from limes.errors import InputError
from limes.watch import audit, chain, projection, service, store, worker
from limes.watch.cases import ActRefused
from limes.watch.ingest import take
from limes.watch.pipeline import Pipeline
from limes.watch.records import RecordKind
from limes.watch.service import Unsettled, Watch, WatchSettings
from limes.watch.users import User

ADA, BOB = User("ada", "operator", False, False), User("bob", "operator", False, False)
VIEWER = User("vera", "viewer", False, False)


def feed(watch, batches):
    for batch in batches:
        done = take(watch, batch.lines, "test").done
    done.result(300)


def settled(watch):
    """Wait until all that was submitted is applied and in the store."""
    reached = threading.Event()
    time = 1.0 + max(watch.now() or 0.0, watch.pipeline.time or 0.0)

    def look(_):
        if (watch.pipeline.time or 0.0) >= time:
            reached.set()

    with watch.listening(look):
        watch.submit([(RecordKind.CLOCK, {"time": time})]).result(300)
        assert reached.wait(300)


def some_case(watch, kind="approach"):
    return next(case for case in watch.pipeline.cases.values() if case.kind == kind and not case.resolved)


def trail(watch):
    with watch.store.read() as connection:
        return list(audit.entries(connection))


def kept_cases(watch):
    with watch.store.read() as connection:
        return {body["id"]: body for body in projection.cases(connection)}


@pytest.fixture
def evening_watch(open_watch, evening_copy):
    return open_watch(evening_copy)


def test_a_case_from_open_to_closed(evening_watch):
    watch, case = evening_watch, some_case(evening_watch)
    watch.act(ADA, case.id, "confirm", {})
    watch.act(ADA, case.id, "dispatch", {"unit": "patrol-1"})
    assert watch.pipeline.units.units["patrol-1"].case == case.id
    watch.act(ADA, case.id, "note", {"text": "two of them, on foot"})
    watch.act(ADA, case.id, "close", {"outcome": "met at the fence", "people": "referred"})
    kept = kept_cases(watch)[case.id]
    assert (kept["state"], kept["outcome"], kept["people"]) == ("closed", "met at the fence", "referred")
    assert [entry.verb for entry in trail(watch) if entry.object == case.id] == ["confirm", "dispatch", "note", "close"]
    assert {entry.user for entry in trail(watch)} == {"ada"}
    with watch.store.read() as connection:
        assert chain.verify(audit.export(connection)) == []


def test_what_is_not_allowed_is_refused_and_leaves_a_trace(evening_watch):
    watch, case = evening_watch, some_case(evening_watch)
    with pytest.raises(ActRefused, match="dismissing needs a reason"):
        watch.act(ADA, case.id, "dismiss", {})
    with pytest.raises(ActRefused, match="a viewer looks on"):
        watch.act(VIEWER, case.id, "confirm", {})
    with pytest.raises(ActRefused, match="no such case"):
        watch.act(ADA, "case-999999", "confirm", {})
    assert [entry.verb for entry in trail(watch)] == ["dismiss refused", "confirm refused", "confirm refused"]
    assert "needs a reason" in trail(watch)[0].detail["why"]
    assert case.state == "open"


def test_of_two_who_decide_at_once_one_is_told_that_the_other_was_first(evening_watch, monkeypatch):
    """Both acts pass the first check; the one that comes second in the journal is refused there, and at every restart."""
    watch, case = evening_watch, some_case(evening_watch)
    check = Pipeline.check_act

    def looser(self, act):
        if threading.current_thread().name == "limes-pipeline":
            check(self, act)

    monkeypatch.setattr(Pipeline, "check_act", looser)
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(watch.act, user, case.id, "dispatch", {"unit": "patrol-1"}) for user in (ADA, BOB)]
        faults = [one.exception() for one in tries]
    assert sorted(fault is None for fault in faults) == [False, True]
    (refusal,) = [fault for fault in faults if fault is not None]
    assert isinstance(refusal, ActRefused)
    assert sorted(entry.verb for entry in trail(watch)) == ["dispatch", "dispatch refused"]


def test_many_acts_at_once_make_one_chain(evening_watch):
    watch, case = evening_watch, some_case(evening_watch)

    def decide(number):
        if number % 2:
            with watch.store.begin() as connection:
                audit.record(connection, time.time(), "somebody", "login")
        else:
            watch.act(ADA, case.id, "note", {"text": f"note {number}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(40)))
    with watch.store.read() as connection:
        lines = list(audit.export(connection))
    assert len(lines) == 40
    assert chain.verify(lines) == []
    noted = [line["detail"] for line in kept_cases(watch)[case.id]["history"] if line["verb"] == "note"]
    assert sorted(noted) == sorted(f"note {number}" for number in range(0, 40, 2))


def test_a_restart_goes_on_where_it_stopped(open_watch, evening, evening_copy):
    first = open_watch(evening_copy)
    case = some_case(first)
    first.act(ADA, case.id, "confirm", {})
    feed(first, evening[420:460])
    first.stop()
    again = open_watch(evening_copy)
    assert again.pipeline.cases[case.id].state == "confirmed"
    assert again.pipeline.time == first.pipeline.time
    assert again.pipeline.view() == first.pipeline.view()
    assert again.now() == evening[459].time
    feed(again, evening[460:480])
    settled(again)
    assert again.pipeline.time > evening[478].time


def test_without_snapshots_or_store_the_journal_gives_all_of_it_again(open_watch, evening, evening_copy):
    first = open_watch(evening_copy)
    case = some_case(first)
    first.act(ADA, case.id, "note", {"text": "keep this"})
    first.stop()
    cases, view = kept_cases(first), first.pipeline.view()
    for path in [*evening_copy.glob("*.snapshot"), *evening_copy.glob("watch.sqlite*")]:
        path.unlink()
    again = open_watch(evening_copy)
    assert again.pipeline.view() == view
    assert kept_cases(again) == cases
    assert [entry.verb for entry in trail(again)] == ["note"]


def test_a_store_that_is_older_than_the_snapshot_catches_up(open_watch, evening, evening_copy, tmp_path):
    older = (evening_copy / "watch.sqlite").read_bytes()
    first = open_watch(evening_copy, snapshot_s=0.0)
    case = some_case(first)
    first.act(ADA, case.id, "note", {"text": "after the backup"})
    feed(first, evening[420:440])
    first.stop()
    (evening_copy / "watch.sqlite").write_bytes(older)
    again = open_watch(evening_copy)
    assert [entry.verb for entry in trail(again)] == ["note"]
    assert kept_cases(again) == kept_cases(first)


def test_a_lost_journal_does_not_hide_what_comes_after(open_watch, evening_copy):
    first = open_watch(evening_copy)
    first.stop()
    for path in [*evening_copy.glob("*.snapshot"), *(evening_copy / "journal").iterdir()]:
        path.unlink()
    again = open_watch(evening_copy)
    again.submit([(RecordKind.ACT, {"id": "a", "wall": 1.0, "time": 1.0, "user": "x", "case": "c", "verb": "note"})]).result(10)
    settled(again)
    assert [entry.verb for entry in trail(again)] == ["note refused"]


def test_other_sensors_start_from_the_whole_journal(mesa, mesa_deployment, evening_copy):
    fewer = replace(mesa_deployment, assets=tuple(a for a in mesa_deployment.assets if a.id != "tower-2"))
    watch = Watch(mesa, fewer, WatchSettings(evening_copy, mode="simulated"))
    assert watch.pipeline.time is not None
    assert len(watch.pipeline.sensors) < 16
    assert watch.failure is None
    watch.stop()


def test_one_folder_one_watch(open_watch, tmp_path):
    first = open_watch(start=False)
    with pytest.raises(InputError, match="in use by another watch; stop that one"):
        open_watch()
    first.stop()
    first.stop()
    open_watch()


def test_a_live_watch_follows_the_machine_s_clock(open_watch):
    ticked = threading.Event()
    watch = open_watch(mode="live", tick_s=0.02)
    with watch.listening(lambda _: (watch.pipeline.time or 0.0) > 0.0 and ticked.set()):
        assert ticked.wait(300)
    assert abs(watch.pipeline.time - time.time()) < 20.0
    assert watch.condition()["mode"] == "live"


# --- when something fails ----------------------------------------------------------------------------------------------


@pytest.fixture
def faulty(monkeypatch):
    """Make the pipeline stumble over every clock record between two times."""
    apply = Pipeline.apply
    span = [0.0, 0.0]

    def stumbling(self, record):
        if record.kind is RecordKind.CLOCK and span[0] <= record.body["time"] <= span[1]:
            raise ZeroDivisionError("no way")
        return apply(self, record)

    monkeypatch.setattr(Pipeline, "apply", stumbling)
    return span


def test_a_record_that_cannot_be_worked_off_is_passed_over_and_said(open_watch, evening, faulty, caplog):
    watch = open_watch()
    feed(watch, evening[:10])
    settled(watch)
    faulty[:] = evening[10].time, evening[14].time
    feed(watch, evening[10:20])
    settled(watch)
    assert "cannot be worked off: ZeroDivisionError: no way" in watch.condition()["health"]["failure"]
    assert watch.pipeline.time > evening[18].time
    assert sum("cannot be worked off" in record.message for record in caplog.records) == 1
    watch.stop()
    again = open_watch()
    assert again.pipeline.view() == watch.pipeline.view()


def test_the_same_holds_when_the_journal_is_read_again(open_watch, evening, faulty, tmp_path):
    faulty[:] = evening[4].time, evening[6].time
    watch = open_watch()
    feed(watch, evening[:20])
    settled(watch)
    watch.stop()
    for path in (tmp_path / "data").glob("*.snapshot"):
        path.unlink()
    again = open_watch()
    assert again.pipeline.view() == watch.pipeline.view()


def test_a_fault_is_forgotten_after_a_minute(open_watch, evening, faulty, monkeypatch):
    faulty[:] = 0.0, 1e12
    watch = open_watch()
    watch.submit([(RecordKind.CLOCK, {"time": 5.0})]).result(10)
    deadline = time.monotonic() + 300
    while watch.failure is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert watch.failure is not None
    monkeypatch.setattr("limes.watch.worker._REMEMBER_S", 0.0)
    assert watch.failure is None


def test_an_act_that_cannot_be_carried_out_says_so(evening_watch, monkeypatch):
    watch, case = evening_watch, some_case(evening_watch)
    apply = Pipeline.apply

    def stumbling(self, record):
        if record.kind is RecordKind.ACT:
            raise KeyError("lost")
        return apply(self, record)

    monkeypatch.setattr(Pipeline, "apply", stumbling)
    with pytest.raises(ActRefused, match="could not carry it out"):
        watch.act(ADA, case.id, "confirm", {})
    assert [entry.verb for entry in trail(watch)] == ["confirm refused"]


def test_a_journal_that_cannot_be_written_stops_acts_and_says_why(evening_watch, monkeypatch):
    watch, case = evening_watch, some_case(evening_watch)
    monkeypatch.setattr(watch.journal, "sync", lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Unsettled, match=r"could not be kept.*No space left"):
        watch.act(ADA, case.id, "confirm", {})
    assert "the journal cannot be written" in watch.condition()["health"]["failure"]
    assert case.state == "open"
    assert trail(watch) == []


def test_a_store_that_cannot_be_written_is_said_and_caught_up_later(evening_watch, evening, monkeypatch):
    watch, case = evening_watch, some_case(evening_watch)
    put = store.put

    def full(*_):
        raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(store, "put", full)
    monkeypatch.setattr(service, "_WAIT_S", 0.5)
    with pytest.raises(Unsettled, match="the watch is behind"):
        watch.act(ADA, case.id, "confirm", {})
    assert "the store cannot be written" in watch.failure
    assert trail(watch) == []
    snapshots = sorted(watch.settings.data.glob("*.snapshot"))
    feed(watch, evening[420:425])
    monkeypatch.setattr(store, "put", put)
    settled(watch)
    assert watch.failure is None
    assert [entry.verb for entry in trail(watch)] == ["confirm"]
    assert kept_cases(watch)[case.id]["state"] == "confirmed"
    assert sorted(watch.settings.data.glob("*.snapshot")) == snapshots


def test_no_snapshot_is_ahead_of_the_store(open_watch, evening_copy, monkeypatch):
    before = sorted(evening_copy.glob("*.snapshot"))
    watch = open_watch(evening_copy)
    watch.submit([(RecordKind.CLOCK, {"time": watch.pipeline.time + 1.0})]).result(10)
    monkeypatch.setattr(store, "put", lambda *_: (_ for _ in ()).throw(OSError("gone")))
    watch.stop()
    assert sorted(evening_copy.glob("*.snapshot")) == before


@pytest.mark.parametrize("fault", [OSError(28, "No space left"), ValueError("cannot be frozen")])
def test_a_snapshot_that_cannot_be_kept_stops_nothing(open_watch, evening, monkeypatch, caplog, fault):
    watch = open_watch(snapshot_s=0.0)
    monkeypatch.setattr(worker.snapshots, "save", lambda *_: (_ for _ in ()).throw(fault))
    feed(watch, evening[:5])
    settled(watch)
    assert watch.failure is None
    watch.stop()
    assert "no snapshot could be kept" in caplog.text


def test_somebody_who_cannot_listen_does_not_stop_the_others(open_watch, evening, caplog):
    watch, heard = open_watch(), []

    def deaf(_):
        raise RuntimeError("gone")

    with watch.listening(deaf), watch.listening(heard.append):
        feed(watch, evening[:3])
        settled(watch)
    assert heard
    assert "could not be told" in caplog.text
    feed(watch, evening[3:4])
    settled(watch)
    assert not watch._listeners


def test_what_comes_after_the_end_is_refused(open_watch):
    watch = open_watch()
    watch.stop()
    with pytest.raises(OSError, match="the watch has stopped"):
        watch.submit([(RecordKind.CLOCK, {"time": 1.0})]).result(10)


def test_a_body_that_is_no_json_is_the_sender_s_fault_alone(open_watch):
    watch = open_watch()
    with pytest.raises(TypeError):
        watch.submit([(RecordKind.ACT, {"text": "\ud800"})])
    watch.submit([(RecordKind.CLOCK, {"time": 1.0})]).result(10)
    assert watch.failure is None


def test_a_sender_that_gives_up_waiting_does_no_harm(open_watch):
    watch = open_watch()
    done: Future[None] = watch.submit([(RecordKind.CLOCK, {"time": 1.0})])
    assert not done.cancel()
    done.result(10)
    watch.submit([(RecordKind.CLOCK, {"time": 2.0})]).result(10)


def test_snapshots_are_taken_as_often_as_asked(open_watch, evening, tmp_path):
    watch = open_watch(snapshot_s=0.0)
    feed(watch, evening[:5])
    settled(watch)
    deadline = time.monotonic() + 60.0
    while not list(Path(tmp_path / "data").glob("*.snapshot")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    watch.stop()
    assert not list(Path(tmp_path / "data").glob("*.draft"))


def test_the_clock_of_two_streams_does_not_go_back(open_watch):
    watch = open_watch()
    watch.submit([(RecordKind.CLOCK, {"time": 9.0})])
    watch.submit([(RecordKind.CLOCK, {"time": 5.0})]).result(10)
    assert watch.now() == 9.0


def test_it_leaves_no_thread_and_no_open_file(open_watch, evening):
    before, files = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    watch = open_watch()
    feed(watch, evening[:3])
    watch.stop()
    assert threading.active_count() == before
    assert len(list(Path("/proc/self/fd").iterdir())) <= files + 1
