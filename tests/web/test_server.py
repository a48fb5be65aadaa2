from __future__ import annotations

import json
import socket
import threading

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from limes.errors import UsageError
from limes.links import send_lines
from limes.watch import users
from limes.watch.users import User
from limes.web.server import Address, serve

ANY = ("127.0.0.1", 0)


class Stopped(Exception):
    """What a test ends a service with."""


@pytest.fixture
def taken():
    with socket.create_server(ANY) as other:
        yield other.getsockname()[:2]


def run(watch, page=ANY, ingest=ANY, token=None):
    """Serve until it is ready, then end it; gives where it was."""
    opened = []

    def ready(where):
        opened.append(where)
        raise Stopped

    with pytest.raises(Stopped):
        serve(watch, page, ingest, token, ready)
    return opened[0]


@pytest.mark.parametrize("side", ["page", "ingest"])
def test_a_port_that_is_taken_is_a_usage_error_and_the_watch_is_stopped(open_watch, taken, side):
    watch = open_watch(start=False)
    with pytest.raises(UsageError, match=rf"cannot listen on 127.0.0.1:{taken[1]} \(Address already in use\); choose another"):
        serve(watch, **{"page": ANY, "ingest": ANY, "token": None, "ready": print} | {side: taken})
    open_watch()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_a_way_in_for_other_machines_wants_a_token(open_watch, host):
    with pytest.raises(UsageError, match="can be reached from other machines; give an ingest token"):
        serve(open_watch(start=False), ANY, (host, 0), None, print)


def test_an_address_that_is_not_here_is_a_usage_error(open_watch):
    with pytest.raises(UsageError, match=r"cannot listen on 192.0.2.1:0 \(Cannot assign requested address\)"):
        serve(open_watch(start=False), ("192.0.2.1", 0), ANY, None, print)


def test_with_a_token_the_way_in_may_be_open(open_watch):
    where = run(open_watch(start=False), ingest=("0.0.0.0", 0), token="t")
    assert where.page.port > 0
    assert where.ingest.port > 0
    assert not where.ingest.local
    assert Address("localhost", 1).local


def test_a_fault_while_it_opens_stops_the_watch(open_watch):
    run(open_watch(start=False))
    run(open_watch(start=False))
    assert threading.active_count() < 20


def test_everything_in_one_process(open_watch, evening_copy, monkeypatch):
    """The page, its live line and the way in, over one watch; tasks go out to senders; the end reaches everybody."""
    watch = open_watch(evening_copy, start=False)
    with watch.store.begin() as connection:
        users.add(connection, "otto", "operator", "correct horse battery")
    servers = []
    monkeypatch.setattr("uvicorn.Server.startup", remembering(servers))
    opened, ready = [], threading.Event()

    def say(where):
        opened.append(where)
        ready.set()

    serving = threading.Thread(target=serve, args=(watch, ANY, ANY, None, say))
    serving.start()
    assert ready.wait(300)
    (where,) = opened
    url = f"http://127.0.0.1:{where.page.port}"
    case = next(case for case in watch.pipeline.cases.values() if case.kind == "approach")
    with httpx.Client(base_url=url, headers={"X-Limes": "1"}, timeout=300) as client, link(where) as sender:
        client.post("/api/login", json={"name": "otto", "password": "correct horse battery"})
        assert send_lines("127.0.0.1", where.ingest.port, [b"rubbish"]).refusals
        answers = sender.makefile("rb")
        sender.sendall(b'{"type":"hello","tasks":true}\n')
        assert json.loads(answers.readline()) == {"ack": 1}
        cookie = f"limes_session={client.cookies['limes_session']}"
        with connect(url.replace("http", "ws") + "/api/live", additional_headers={"Cookie": cookie}, proxy=None) as page:
            assert json.loads(page.recv(timeout=300))["type"] == "snapshot"
            watch.act(User("otto", "operator", False, False), case.id, "dispatch", {"unit": "patrol-1"})
            assert json.loads(answers.readline())["task"]["unit"] == "patrol-1"
            servers[0].should_exit = True
            assert answers.read() == b""
            answers.close()
            with pytest.raises(ConnectionClosed):
                to_the_end(page)
    serving.join(300)
    assert not serving.is_alive()
    assert watch.failure == "the journal cannot be written: the watch has stopped"


def link(where):
    return socket.create_connection(("127.0.0.1", where.ingest.port), timeout=300)


def to_the_end(page):
    while True:
        page.recv(timeout=300)


def remembering(servers):
    from uvicorn import Server

    startup = Server.startup

    async def remembered(self, sockets=None):
        servers.append(self)
        await startup(self, sockets)

    return remembered
