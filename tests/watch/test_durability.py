"""`kill -9` at twenty random moments under load: whatever was acknowledged is there after the restart."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter

import httpx
import pytest

from limes.watch import audit, chain, projection, users
from limes.watch.ingest import take
from limes.watch.journal import Journal
from limes.watch.records import RecordKind
from limes.watch.store import open_store

KILLS = 20
ROWS = 40
PASSWORD = "correct horse battery"

FORKS = """
import json, os, signal, sys
import alembic.command, alembic.ddl, limes.cli.watch, limes.watch.service, limes.web.server, rasterio
from limes.__main__ import main

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    out, *arguments = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        sys.argv = ["limes", *arguments]
        main()
        os._exit(0)
    print(pid, flush=True)
"""
"""Starts `limes` over and over from a process that has its imports behind it; each is a process of its own."""


@pytest.fixture(scope="module")
def start():
    """Start a `limes` command; gives its process number."""
    with subprocess.Popen([sys.executable, "-c", FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:

        def started(out, *arguments):
            server.stdin.write(json.dumps([str(out), *arguments]) + "\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield started
        server.stdin.close()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def until(condition, seconds=300.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return found


class Sender:
    """Sends second after second of a busy stream, and goes on after a break with the first that was not acknowledged."""

    def __init__(self, begin):
        self.begin = begin
        self.acked = 0
        self.chance = random.Random(7)

    def second(self, number):
        time = self.begin + number
        rows = [
            {"range_m": 500.0 + 90.0 * k + self.chance.gauss(0.0, 5.0), "bearing_deg": 9.0 * k, "range_rate_mps": 1.0}
            for k in range(ROWS)
        ]
        scan = {"type": "scan", "sensor": "tower-1/radar", "time": time - 0.5, "scan": 10_000_000 + number, "detections": rows}
        return json.dumps(scan).encode() + b"\n" + json.dumps({"type": "clock", "time": time}).encode() + b"\n"

    def run(self, port):
        """Send until the other side is gone."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=30) as link:
            first = self.acked
            hearing = threading.Thread(target=self._hear, args=(link, first))
            hearing.start()
            with contextlib.suppress(OSError):
                for number in itertools.count(first):
                    while number - self.acked >= 5 and hearing.is_alive():
                        time.sleep(0.002)
                    link.sendall(self.second(number))
            hearing.join(30)

    def _hear(self, link, first):
        with contextlib.suppress(OSError), link.makefile("rb") as answers:
            for raw in answers:
                answer = json.loads(raw)
                if "ack" in answer:
                    self.acked = first + answer["ack"] // 2


class Operator:
    """Writes note after note into a case."""

    def __init__(self, case, token):
        self.case, self.token = case, token
        self.acked = []
        self.number = 0

    def client(self, page):
        return httpx.Client(base_url=page, cookies={"limes_session": self.token}, headers={"X-Limes": "1"}, timeout=30)

    def run(self, page):
        """Act until the other side is gone."""
        with contextlib.suppress(httpx.HTTPError), self.client(page) as client:
            while True:
                self.number += 1
                text = f"note {self.number}"
                answer = client.post(f"/api/cases/{self.case}/acts", json={"verb": "note", "text": text})
                assert answer.status_code == 200, answer.text
                self.acked.append(text)

    def missing(self, page):
        """Acknowledged notes that the case's history does not hold."""
        with self.client(page) as client:
            held = {line["detail"] for line in client.get(f"/api/cases/{self.case}").json()["history"]}
        return set(self.acked) - held


@pytest.fixture
def night(evening, evening_copy):
    """A data folder with a case in it, somebody who sends and somebody who acts on the case."""
    store = open_store(evening_copy)
    with store.begin() as connection:
        users.add(connection, "ada", "operator", PASSWORD)
        token = users.log_in(connection, "ada", True, time.time())
        case = next(body["id"] for body in projection.cases(connection) if body["kind"] == "approach")
    store.close()
    return evening_copy, Sender(evening[419].time), Operator(case, token)


def ready(out):
    text = out.read_text() if out.exists() else ""
    return json.loads(text) if text.endswith("\n") else None


def work(out, sender, operator):
    """Load a watch that starts until each of the two has got something through; gives their threads."""
    opened = until(lambda: ready(out))
    assert operator.missing(opened["page"]) == set()
    before = sender.acked, len(operator.acked)
    threads = [
        threading.Thread(target=sender.run, args=(int(opened["ingest"].rpartition(":")[2]),)),
        threading.Thread(target=operator.run, args=(opened["page"],)),
    ]
    for thread in threads:
        thread.start()
    until(lambda: sender.acked > before[0] and len(operator.acked) > before[1])
    return threads


def test_nothing_acknowledged_is_lost_in_twenty_deaths(night, start, tmp_path, open_watch):
    folder, sender, operator = night
    chance, out = random.Random(20260120), tmp_path / "out.json"
    arguments = ["watch", "mesa-verde", "demo", "--data", str(folder), "--stream-clock", "--json"]
    arguments += ["--page", "127.0.0.1:0", "--listen", "127.0.0.1:0"]
    for kill in range(KILLS):
        out.unlink(missing_ok=True)
        pid = start(out, *arguments)
        recovering = kill % 5 == 4
        threads = [] if recovering else work(out, sender, operator)
        time.sleep(chance.uniform(0.0, 0.5))
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: gone(pid))
        for thread in threads:
            thread.join(60)
    check(folder, sender, operator, open_watch)


def check(folder, sender, operator, open_watch):
    """Everything that was acknowledged is in the journal, the audit and the case, and all of it agrees with the journal."""
    watch = open_watch(folder)
    scans: Counter[int] = Counter()
    for record in watch.journal.read():
        if record.kind is RecordKind.DETECTIONS:
            scans.update(record.rows["scan"].tolist())
    lost = [number for number in range(sender.acked) if scans[10_000_000 + number] < ROWS]
    assert lost == []
    with watch.store.read() as connection:
        lines = list(audit.export(connection))
        kept = {body["id"]: body for body in projection.cases(connection)}
    assert chain.verify(lines) == []
    entries = [json.loads(line) for line in lines]
    noted = Counter(entry["detail"]["text"] for entry in entries if entry["verb"] == "note")
    assert set(operator.acked) <= set(noted)
    assert max(noted.values()) == 1
    assert set(operator.acked) <= {line["detail"] for line in kept[operator.case]["history"]}
    watch.stop()
    for path in [*folder.glob("*.snapshot"), *folder.glob("watch.sqlite*")]:
        path.unlink()
    again = open_watch(folder)
    assert again.pipeline.view() == watch.pipeline.view()
    with again.store.read() as connection:
        assert {body["id"]: body for body in projection.cases(connection)} == kept
        acts = [entry.detail["journal"] for entry in audit.entries(connection)]
    assert acts == [entry["detail"]["journal"] for entry in entries if "journal" in entry["detail"]]


def test_a_torn_end_of_the_journal_costs_nothing_that_was_acknowledged(night, open_watch):
    folder, sender, _ = night
    watch = open_watch(folder)
    for number in range(5):
        done = take(watch, sender.second(number).splitlines(), "test").done
    done.result(300)
    following = watch.journal.next
    watch.stop()
    last = sorted((folder / "journal").glob("*.journal"))[-1]
    with last.open("ab") as file:
        file.write(b"\x40\x00\x00\x00half a record")
    again = open_watch(folder)
    assert again.journal.next == following
    assert again.pipeline.view() == watch.pipeline.view()
    assert list((folder / "journal").glob("*.torn-*"))
    journal: Journal = again.journal
    assert journal.append(RecordKind.EVENTS, []) == following
