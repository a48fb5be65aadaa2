from __future__ import annotations

import json

import pytest

from limes.errors import LimesError
from limes.watch.service import Unsettled


@pytest.mark.parametrize("path", ["/api/me", "/api/sector", "/openapi.json", "/nowhere"])
def test_every_answer_keeps_the_browser_on_the_safe_side(viewer, path):
    headers = viewer.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]  # as default: nothing inline
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers or "uvicorn" in headers["server"]


def test_what_people_see_is_not_kept_by_caches(viewer):
    assert viewer.get("/api/cases").headers["cache-control"] == "no-store"
    assert "max-age=86400" in viewer.get("/api/hillshade/10/204/398.png").headers["cache-control"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/login", b'{"name": "sue", "password": 7}'),
        ("/api/login", b'{"name": "sue", "password": "' + b"hunter2!" * 100 + b'"}'),
        ("/api/login", b"not json"),
        ("/api/login", b"\xff\xfe"),
        ("/api/login", b'{"name": "\\ud800", "password": "x"}'),
        ("/api/cases/case-000001/acts", b'{"verb": NaN}'),
        ("/api/cases/case-000001/acts", b'{"verb": "note", "text": "\\ud800"}'),
        ("/api/cases/case-000001/acts", b'{"verb": "note", "text": "' + b"x" * 3000 + b'"}'),
        ("/api/cases/case-000001/acts", b"[]"),
        ("/api/cases/case-000001/acts", b"[" * 2000),
    ],
)
def test_a_malformed_request_is_answered_without_repeating_what_it_held(supervisor, path, body):
    answer = supervisor.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert b"hunter2" not in answer.content
    json.loads(answer.content)


@pytest.mark.parametrize(
    ("fault", "status", "detail"),
    [
        (LimesError("not like that"), 409, "not like that"),
        (Unsettled("the watch is behind"), 503, "the watch is behind"),
        (OSError(28, "No space left on device"), 503, "it could not be kept: [Errno 28] No space left on device"),
    ],
)
def test_what_the_watch_refuses_is_said_in_its_own_words(service, operator, monkeypatch, fault, status, detail):
    monkeypatch.setattr(service.watch, "act", lambda *_: (_ for _ in ()).throw(fault))
    answer = operator.post("/api/cases/case-000001/acts", json={"verb": "note", "text": "x"})
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


def test_numbers_that_no_database_holds_are_refused(viewer, supervisor):
    assert viewer.get(f"/api/tracks/{10**30}").status_code == 422
    assert viewer.get("/api/tracks/-1").status_code == 422
    assert supervisor.get("/api/audit", params={"after": 10**30}).status_code == 422
    assert viewer.get(f"/api/hillshade/10/{10**30}/1.png").status_code == 404
    assert viewer.get("/api/sight", params={"lon": "nan", "lat": 37.2}).status_code == 422
    assert viewer.get("/api/sight", params={"lon": 12.0, "lat": 37.2}).status_code == 404
