from __future__ import annotations

import time

import pytest

from limes.watch import chain


def act(client, case, **body):
    return client.post(f"/api/cases/{case['id']}/acts", json=body)


def test_a_case_from_the_queue_to_its_outcome(service, operator):
    case = next(c for c in operator.get("/api/cases").json() if c["kind"] == "approach" and c["state"] == "open")
    assert case["evidence"]["seen_by"]
    assert {"confirm", "dismiss", "dispatch", "close"} <= set(case["actions"])
    assert act(operator, case, verb="confirm").json()["state"] == "confirmed"
    tasked = act(operator, case, verb="dispatch", unit="patrol-1").json()
    assert (tasked["state"], tasked["unit"], tasked["owner"]) == ("tasked", "patrol-1", "otto")
    refused = act(operator, case, verb="close", outcome="met")
    assert refused.status_code == 409
    assert "say what became of them" in refused.json()["detail"]
    closed = act(operator, case, verb="close", outcome="met at the fence", people="handed over").json()
    assert (closed["state"], closed["people"]) == ("closed", "handed over")
    assert [line["verb"] for line in closed["history"] if line["user"] == "otto"] == ["confirm", "dispatch", "close"]
    assert operator.get(f"/api/cases/{case['id']}").json() == closed
    assert case["id"] in [c["id"] for c in operator.get("/api/cases", params={"state": "closed"}).json()]
    done = [entry for entry in service.audit() if entry["object"] == case["id"]]
    assert [entry["verb"] for entry in done] == ["confirm", "dispatch", "close refused", "close"]
    assert {entry["user"] for entry in done} == {"otto"}
    assert done[-1]["detail"]["people"] == "handed over"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"verb": "dismiss"}, "dismissing needs a reason"),
        ({"verb": "dispatch"}, "dispatch needs a unit"),
        ({"verb": "dispatch", "unit": "patrol-99"}, "is no unit"),
        ({"verb": "shelve", "minutes": 10}, "shelving needs a reason"),
        ({"verb": "shelve", "reason": "r", "minutes": 1e9}, "clock of 1 to 240 minutes"),
        ({"verb": "note"}, "a note needs a text"),
        ({"verb": "reopen"}, "not possible while the case is open"),
    ],
)
def test_an_act_that_is_not_whole_is_refused_with_what_it_lacks(operator, open_case, body, why):
    answer = act(operator, open_case, **body)
    assert (answer.status_code, why in answer.json()["detail"]) == (409, True), answer.text


def test_who_acts_is_who_is_logged_in_whatever_the_request_says(service, operator, open_case):
    answer = act(operator, open_case, verb="note", text="mine", user="sue", role="supervisor", id="act-1", time=0)
    assert answer.json()["history"][-1]["user"] == "otto"
    entry = [entry for entry in service.audit() if entry["detail"].get("text") == "mine"][-1]
    assert (entry["user"], entry["detail"]["role"]) == ("otto", "operator")


def test_there_is_no_such_case(operator):
    assert operator.get("/api/cases/case-999999").status_code == 404
    assert act(operator, {"id": "case-999999"}, verb="note", text="x").status_code == 409
    assert operator.get("/api/cases", params={"state": "nonsense"}).json() == []


def test_trails_say_where_everybody_was(service, viewer):
    trails = viewer.get("/api/trails", params={"seconds": 86400}).json()
    assert len(trails) > 3
    live = viewer.get("/api/state").json()["tracks"]
    for name in trails.keys() & live.keys():
        assert trails[name]["time"] == sorted(trails[name]["time"])
        assert abs(trails[name]["km"][-1] - live[name]["km"]) < 0.5
        assert len(trails[name]["km"]) == len(trails[name]["existence"]) == len(trails[name]["time"])
    assert trails.keys() & live.keys()
    now = service.watch.pipeline.time
    short = viewer.get("/api/trails", params={"seconds": 60}).json()
    assert all(time >= now - 60.1 for trail in short.values() for time in trail["time"])
    assert viewer.get("/api/trails", params={"seconds": 0}).status_code == 422


def test_a_track_tells_where_it_was_and_who_saw_it(viewer):
    live = viewer.get("/api/state").json()["tracks"]
    name = next(iter(live))
    story = viewer.get(f"/api/tracks/{name}").json()
    assert story["id"] == int(name)
    assert story["now"] == live[name]
    assert story["seen_by"][0]["hits"] >= story["seen_by"][-1]["hits"] > 0
    times = [point["time"] for point in story["history"]]
    assert times == sorted(times)
    assert abs(story["history"][-1]["lon"] - live[name]["lon"]) < 0.01
    assert viewer.get("/api/tracks/123456789").status_code == 404


def test_a_track_tells_why_it_is_shown(viewer):
    for name in viewer.get("/api/state").json()["tracks"]:
        events = viewer.get(f"/api/tracks/{name}").json()["events"]
        assert [event["time"] for event in events] == sorted(event["time"] for event in events)
        confirmed = [event for event in events if event["what"] == "confirmed"]
        assert confirmed or any(event["what"] == "joined" and event["hits"] == int(name) for event in events)
        assert all(event["hits"] >= 1 and 0.5 < event["existence"] <= 1.0 for event in confirmed)


def test_the_state_is_the_picture_of_the_live_page(viewer):
    state = viewer.get("/api/state").json()
    assert state["type"] == "snapshot"
    assert state["mode"] == "simulated"
    assert state["health"]["failure"] is None
    assert state["sensors"]
    assert state["tracks"]
    assert len(state["strip"]["km"]) == len(state["strip"]["blind"])


def test_the_audit_pages_exports_and_holds(service, supervisor, tmp_path):
    before = time.time()
    every = supervisor.get("/api/audit", params={"limit": 1000}).json()
    assert [entry["seq"] for entry in every] == list(range(len(every)))
    some = supervisor.get("/api/audit", params={"after": 1, "limit": 2}).json()
    assert [entry["seq"] for entry in some] == [2, 3]
    newest = supervisor.get("/api/audit", params={"limit": 1}).json()
    assert newest[0]["seq"] == len(every) - 1
    exported = supervisor.get("/api/audit/export")
    assert exported.headers["content-disposition"] == "attachment; filename=limes-audit.jsonl"
    lines = exported.text.splitlines()
    verified = supervisor.get("/api/audit/verify").json()
    assert chain.verify(lines, verified["head"]) == []
    assert (verified["entries"], verified["wrong"]) == (len(lines), [])
    assert service.audit()[-2]["verb"] == "audit exported"
    assert service.audit()[-1]["time"] >= before - 1.0
