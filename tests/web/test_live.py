"""The live line: the whole picture first, then what changed; slow pages, foreign pages, ended sessions, many pages."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from limes.watch.pipeline import Changes
from limes.web.live import Broadcaster, Page


@pytest.fixture
def live(service):
    """Open the live line of somebody's browser."""
    with ExitStack() as stack:

        def opened(client, **options):
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
            url = service.url.replace("http", "ws") + "/api/live"
            headers = {"Cookie": cookies} if cookies else {}
            return stack.enter_context(connect(url, additional_headers=headers, proxy=None, **options))

        yield opened


def hear(line, wanted=lambda message: True):
    """Messages up to the first that is wanted."""
    heard = []
    while not heard or not wanted(heard[-1]):
        heard.append(json.loads(line.recv(timeout=300)))
    return heard


def merged(messages):
    """The picture that a page has after some messages, by the rules of ui/src/state/delta.ts."""
    picture = {}
    for message in messages:
        if message["type"] == "snapshot":
            picture = {name: dict(message[name]) for name in ("tracks", "cases", "sensors", "units")}
            picture |= {name: message[name] for name in ("time", "strip", "weather", "badges", "load", "hidden")}
            continue
        for name in ("tracks", "cases", "sensors", "units"):
            picture[name] |= message.get(name, {})
            for gone in message["gone"].get(name, []):
                picture[name].pop(gone, None)
        picture |= {name: message[name] for name in ("time", "strip", "weather", "badges", "load", "hidden") if name in message}
    return picture


def test_the_whole_picture_first_then_what_changed(service, viewer, live, evening):
    line = live(viewer)
    (first,) = hear(line)
    assert first["type"] == "snapshot"
    assert first["time"] == service.watch.pipeline.time
    service.feed(evening[420:426])
    heard = hear(line, lambda message: message["time"] == evening[425].time)
    assert {message["type"] for message in heard} == {"delta"}
    assert [message["seq"] for message in heard] == list(range(first["seq"] + 1, first["seq"] + 1 + len(heard)))
    assert any(message.get("tracks") for message in heard)
    assert "strip" not in heard[-1]


def test_changes_add_up_to_the_whole_picture(service, operator, live, evening):
    """After a minute of traffic and an act, a page that heard every change shows what a fresh one shows."""
    line = live(operator)
    heard = hear(line)
    for k in range(421, 480, 10):
        service.feed(evening[k : k + 10])
        heard += hear(line, lambda message, end=evening[k + 9].time: message["time"] == end)
    case = next(case for case in operator.get("/api/cases").json() if case["state"] == "open")
    operator.post(f"/api/cases/{case['id']}/acts", json={"verb": "confirm"})
    heard += hear(line, lambda message: message.get("cases", {}).get(case["id"], {}).get("state") == "confirmed")
    service.watch.submit([]).result(300)
    fresh = merged(hear(live(operator)))
    shown = merged(heard)
    assert shown["tracks"] == fresh["tracks"]
    assert shown["cases"].keys() == fresh["cases"].keys()
    for name, body in fresh["cases"].items():
        assert {k: v for k, v in shown["cases"][name].items() if k not in MOVING} == {
            k: v for k, v in body.items() if k not in MOVING
        }
    assert shown["units"] == fresh["units"]
    assert shown["strip"] == fresh["strip"]
    assert {name: body["state"] for name, body in shown["sensors"].items()} == {
        name: body["state"] for name, body in fresh["sensors"].items()
    }
    for name in ("time", "weather", "badges", "load", "hidden"):
        assert shown[name] == fresh[name], name


MOVING = {"updated", "heard", "lon", "lat", "km", "offset_m", "time_left_s"}
"""What of a case moves with its cause each second; the page hears of it every few seconds."""


def test_a_beat_comes_when_nothing_happens(viewer, live):
    line = live(viewer)
    first, second = hear(line)[0], hear(line)[0]
    assert second["seq"] > first["seq"]
    assert second["gone"] == {"tracks": [], "cases": []}


def test_who_is_not_logged_in_or_comes_from_another_site_is_turned_away(service, viewer, live):
    for client, options in (
        (service.client(), {}),
        (viewer, {"origin": "http://evil.example"}),
        (viewer, {"origin": "null"}),
        (viewer, {"origin": service.url + ".evil.example"}),
    ):
        with pytest.raises(InvalidStatus):
            live(client, **options)
    assert hear(live(viewer, origin=service.url))[0]["type"] == "snapshot"


def test_with_a_one_time_password_there_is_nothing_to_see(service, supervisor, live):
    password = supervisor.post("/api/users", json={"name": "fresh", "role": "viewer"}).json()["one_time_password"]
    client = service.client()
    client.post("/api/login", json={"name": "fresh", "password": password})
    with pytest.raises(InvalidStatus):
        live(client)


def end_by_logout(service, client):
    client.post("/api/logout")


def end_by_password(service, client):
    client.post("/api/password", json={"old": "correct horse battery", "new": "another password 1"})


def end_by_supervisor(service, client):
    name = client.get("/api/me").json()["name"]
    service.client("sue").post(f"/api/users/{name}/disabled", json={"disabled": True})


@pytest.mark.parametrize("end", [end_by_logout, end_by_password, end_by_supervisor])
def test_a_session_that_ends_closes_its_pages_and_no_others(service, viewer, live, end):
    from limes.watch import users

    with service.watch.store.begin() as connection:
        users.add(connection, end.__name__, "viewer", "correct horse battery")
    client = service.client(end.__name__)
    mine, other = live(client), live(viewer)
    hear(mine)
    end(service, client)
    with pytest.raises(ConnectionClosed) as closed:
        hear(mine, lambda message: False)
    assert closed.value.rcvd.code == 4401
    assert hear(other)


def test_what_a_page_says_is_not_needed_and_does_no_harm(viewer, live):
    line = live(viewer)
    line.send(b"\x00\xff")
    line.send("{" * 1000)
    assert hear(line, lambda message: message["type"] == "delta")


def test_many_pages_hear_the_same_and_leave_nothing_behind(service, viewer, live, evening):
    lines = [live(viewer) for _ in range(20)]
    first = [hear(line) for line in lines]
    service.feed(evening[480:481])
    broadcaster = service.app.state.broadcaster
    reached = [hear(line, lambda message: message["time"] == evening[480].time) for line in lines]
    last = broadcaster.seq + 2  # a beat comes every second
    ends = [
        merged([*begun, *heard, *hear(line, lambda message: message["seq"] >= last)])
        for line, begun, heard in zip(lines, first, reached, strict=True)
    ]
    assert all(end == ends[0] for end in ends)
    for line in lines:
        line.close()
    gone = threading.Event()
    for _ in range(1000):
        if not broadcaster.pages:
            break
        gone.wait(0.02)
    assert broadcaster.pages == set()


# --- the broadcaster by itself -------------------------------------------------------------------------------------------


@pytest.fixture
def broadcaster(open_watch, evening_copy):
    return Broadcaster(open_watch(evening_copy))


def kinds(page):
    found = []
    while not page._queue.empty():
        message = json.loads(page._queue.get_nowait())
        found.append((message["type"], message["seq"]))
    return found


async def rounds(broadcaster, count):
    for _ in range(count):
        broadcaster.note(Changes(load=True))
        await broadcaster.round()


def test_a_page_that_cannot_keep_up_gets_the_whole_picture_again(broadcaster):
    async def run():
        slow, quick = Page(), Page()
        broadcaster.pages = {slow, quick}
        heard = []
        for _ in range(10):
            await rounds(broadcaster, 1)
            heard += kinds(quick)
        assert heard == [("snapshot", 1), *(("delta", seq) for seq in range(2, 11))]
        assert kinds(slow) == [("snapshot", 1), ("delta", 2), ("delta", 3), ("delta", 4)]  # what fitted; then it was behind
        await rounds(broadcaster, 2)
        assert kinds(slow) == [("snapshot", 11), ("delta", 12)]

    asyncio.run(run())


def test_with_nobody_looking_nothing_is_gathered_or_made(broadcaster):
    async def run():
        for _ in range(5):
            broadcaster.note(Changes(tracks_gone={1}, log=[{"text": "x"}]))
        await broadcaster.round()
        assert not broadcaster._pending
        assert broadcaster.seq == 0

    asyncio.run(run())


def test_changes_that_come_while_a_message_is_made_are_in_the_next(broadcaster, monkeypatch):
    async def run():
        page = Page()
        broadcaster.pages = {page}
        await rounds(broadcaster, 1)
        kinds(page)
        make = broadcaster._delta

        def slowly(changes):
            loop.call_soon_threadsafe(broadcaster.note, Changes(cases_gone={"case-000077"}))
            return make(changes)

        loop = asyncio.get_running_loop()
        monkeypatch.setattr(broadcaster, "_delta", slowly)
        await rounds(broadcaster, 1)
        assert json.loads(await page.next())["gone"]["cases"] == []
        monkeypatch.setattr(broadcaster, "_delta", make)
        await broadcaster.round()
        assert json.loads(await page.next())["gone"]["cases"] == ["case-000077"]

    asyncio.run(run())


def test_a_fault_spoils_one_round_and_not_the_rest(broadcaster, monkeypatch, caplog):
    monkeypatch.setattr("limes.web.live.PACE_S", 0.01)
    make, faults = broadcaster.picture, [ValueError("no picture")] * 3

    def sometimes():
        if faults:
            raise faults.pop()
        return make()

    async def run():
        monkeypatch.setattr(broadcaster, "picture", sometimes)
        task = asyncio.create_task(broadcaster.run())
        page = Page()
        broadcaster.pages.add(page)
        assert json.loads(await asyncio.wait_for(page.next(), 300))["type"] == "snapshot"
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(run())
    assert caplog.text.count("the live picture could not be made") == 3
    assert broadcaster.watch._listeners == []
