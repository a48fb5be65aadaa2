"""Every route with every role: the table of routes is the application's own, so that none is forgotten."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import Mount

from limes.watch import users

ROLES = {"nobody": None, "viewer": "vera", "operator": "otto", "supervisor": "sue"}

PUBLIC = {
    ("POST", "/api/login"),
    ("POST", "/api/ingest"),
    ("POST", "/api/ingest/readings"),
    ("POST", "/api/ingest/fibre/{sensor}"),
    ("GET", "/openapi.json"),
    ("GET", "/"),
}
"""What may be asked without a session; the ways in for senders have their own token."""

LIVE = {"/api/live"}
"""WebSockets, which check the session themselves: tests/web/test_live.py."""

BEFORE_THE_CHANGE = {"/api/me", "/api/password", "/api/logout"}
"""What somebody with a one-time password may ask."""

SAMPLES = {
    "z": "10",
    "x": "204",
    "y": "398",
    "name": "vera",
    "case": "case-000001",
    "track": "1",
    "reading": "none",
    "sensor": "fibre-1",
}
QUERIES = {"/api/sight": {"lon": -108.45, "lat": 37.2}, "/api/inspection": {"crossing": "none"}}
BODIES = {
    "/api/logout": {},
    "/api/password": {"old": "wrong", "new": "another password 1"},
    "/api/users": {"name": "vera", "role": "viewer"},
    "/api/users/{name}/disabled": {"disabled": False},
    "/api/cases/{case}/acts": {"verb": "note", "text": "seen"},
    "/api/plan/try": {"moves": [{"id": "nothing", "lon": 0.0, "lat": 0.0}]},
    "/api/readings": {"no": "spectrum"},
    "/api/readings/{reading}/case": {},
    "/api/inspection": {"crossing": "none", "direction": "in", "goods": "food"},
    "/api/tunnels": {"title": "lead", "km_from": 1.0, "km_to": 1.2},
    "/api/tunnels/{case}/evidence": {"kind": "patrol", "figures": {"report": "tip"}},
    "/api/tunnels/{case}/handover": {"to": "sue", "text": "look there"},
    "/api/tunnels/{case}/close": {"outcome": "no tunnel found"},
}


def routes(app):
    """Method, path and the role that a route needs (None: no session at all), for every route of an application."""
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        found += [*inner.routes] if inner is not None else [route]
    for route in found:
        if isinstance(route, APIRoute):
            needed = [role for one in route.dependant.dependencies if (role := getattr(one.call, "role", None))]
            for method in route.methods - {"HEAD"}:
                yield method, route.path, needed[0] if needed else None
        elif isinstance(route, APIWebSocketRoute):
            assert route.path in LIVE
        elif isinstance(route, Mount):
            assert route.path == "/assets"
        else:
            assert (("GET", route.path)) in PUBLIC
            yield "GET", route.path, None


@pytest.fixture(scope="module")
def table(service):
    return sorted(routes(service.app), key=str)


def ask(client, method, path, headers=None):
    return client.request(
        method,
        path.format(**SAMPLES),
        json=BODIES[path] if method == "POST" else None,
        params=QUERIES.get(path),
        headers=headers,
    )


def test_the_table_is_whole_and_only_these_routes_are_open(service, table):
    described = {(method.upper(), path) for path, each in service.app.openapi()["paths"].items() for method in each}
    listed = {(method, path) for method, path, _ in table}
    assert described <= listed
    assert len(listed) > 20
    assert {(method, path) for method, path, role in table if role is None} - {("GET", "/")} == PUBLIC - {("GET", "/")}
    assert {path for method, path, role in table if method == "POST" and role} == set(BODIES)


@pytest.mark.parametrize("who", list(ROLES))
def test_every_route_lets_in_who_may_and_nobody_else(service, table, who):
    for method, path, role in table:
        if role is None:
            continue
        answer = ask(service.client(ROLES[who]), method, path)
        if who == "nobody":
            assert answer.status_code == 401, (method, path)
        elif users.ROLES.index(who) < users.ROLES.index(role):
            assert (answer.status_code, answer.json()["detail"]) == (403, f"needs the role {role}"), (method, path)
        else:
            assert answer.status_code in (200, 204, 400, 404, 409), (method, path, answer.text)


def test_every_route_that_changes_something_wants_the_header_of_the_page(service, table):
    for method, path, _ in table:
        if method != "GET" and not path.startswith("/api/ingest"):
            body = {"/api/login": {"name": "sue", "password": "x"}} | BODIES
            client = service.client("sue", header=False)
            answer = client.request(method, path.format(**SAMPLES), json=body[path])
            assert (answer.status_code, answer.json()["detail"]) == (403, "the X-Limes header is missing"), path


def test_with_a_one_time_password_nothing_else_opens(service, table):
    with service.watch.store.begin() as connection:
        password = users.add(connection, "newcomer", "supervisor")
    client = service.client()
    assert client.post("/api/login", json={"name": "newcomer", "password": password}).json()["must_change_password"] is True
    for method, path, role in table:
        if role is None or path == "/api/logout":
            continue
        answer = ask(client, method, path)
        if path in BEFORE_THE_CHANGE:
            assert answer.status_code in (200, 400), path
        else:
            assert (answer.status_code, answer.json()["detail"]) == (403, "change the one-time password first"), path


def test_a_foreign_or_ended_session_opens_nothing(service, table):
    client = service.client()
    client.cookies.set("limes_session", "made up")
    assert {ask(client, method, path).status_code for method, path, role in table if role} == {401}
