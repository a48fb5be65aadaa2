from __future__ import annotations

import json

import pytest

from limes.watch.records import RecordKind

BEARER = {"Authorization": "Bearer ingest-token"}


def detection(time, **body):
    return json.dumps(
        {"type": "detection", "sensor": "tower-1/radar", "time": time, "range_m": 900.0, "bearing_deg": 170.0} | body
    )


def post(service, lines, headers=BEARER):
    body = "\n".join(lines).encode() if isinstance(lines, list) else lines
    return service.client().post("/api/ingest", content=body, headers=headers)


def times(service):
    return [t for r in service.watch.journal.read() if r.kind is RecordKind.DETECTIONS for t in r.rows["time"].tolist()]


def test_lines_are_taken_and_the_answer_counts_them(service):
    now = service.watch.now()
    answer = post(service, [detection(now + 0.001), "nonsense", "", detection(now + 0.002), detection(now, sensor="x")])
    assert answer.status_code == 200
    said = answer.json()
    assert (said["ack"], said["detections"], said["refused"]) == (5, 2, 2)
    assert [refusal["line"] for refusal in said["refusals"]] == [2, 5]
    assert "is not in the deployment" in said["refusals"][1]["reason"]
    assert {now + 0.001, now + 0.002} <= set(times(service))


def test_a_big_body_is_taken_as_it_comes(service):
    now = service.watch.now()
    lines = [detection(now + k * 1e-6, scan=k) for k in range(20_000)]
    answer = post(service, [*lines, *["rubbish"] * 500]).json()
    assert (answer["ack"], answer["detections"], answer["refused"], len(answer["refusals"])) == (20_500, 20_000, 500, 100)
    assert answer["refusals"][0]["line"] == 20_001


def test_an_endless_line_takes_no_memory(service):
    def body():
        for _ in range(40):
            yield b"x" * (1 << 20)
        yield b"\n"

    assert post(service, body()).json()["refusals"][0]["reason"].startswith("the line is longer than 1048576 bytes")


def test_nothing_is_nothing(service):
    assert post(service, b"").json() == {"ack": 0, "detections": 0, "refused": 0, "refusals": []}


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer wrong", "Basic ingest-token", "Bearer töken"])
def test_without_the_token_nothing_is_taken(service, said):
    before = service.watch.journal.next
    answer = post(service, [detection(service.watch.now())], {"Authorization": said.encode("latin-1")} if said else {})
    assert answer.status_code == 401
    assert service.watch.journal.next == before


def test_a_session_is_no_token(service, supervisor):
    assert supervisor.post("/api/ingest", content=b"").status_code == 401


def test_where_no_token_was_set_nobody_may_send(service):
    service.app.state.ingest_token = None
    try:
        assert post(service, [], {"Authorization": "Bearer None"}).status_code == 401
        assert post(service, [], {"Authorization": "Bearer"}).status_code == 401
    finally:
        service.app.state.ingest_token = "ingest-token"


def test_when_the_disk_refuses_nothing_is_acknowledged(service, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service.watch, "submit", full)
    answer = post(service, ["rubbish"])
    assert answer.status_code == 503
    assert "No space left" in answer.json()["detail"]


def test_what_was_refused_can_be_looked_at(service, viewer):
    before = viewer.get("/api/quarantine").json()["total"]
    post(service, [detection(service.watch.now(), range_m=-7)])
    found = viewer.get("/api/quarantine", params={"limit": 1}).json()
    assert found["total"] == before + 1
    (item,) = found["latest"]
    assert (item["field"], item["line"], item["source"]) == ("range_m", 1, "http 127.0.0.1")
    assert json.loads(item["raw"])["range_m"] == -7
    assert "out of bounds" in item["reason"]
    assert sum(row["count"] for row in found["counts"]) <= found["total"]
