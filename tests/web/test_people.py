from __future__ import annotations

import pytest

from limes.watch import users

PASSWORD = "correct horse battery"


@pytest.fixture
def newcomer(service):
    """Somebody new with a password of their own; gives their name."""
    with service.watch.store.begin() as connection:
        name = f"person {len(users.every(connection))}"
        users.add(connection, name, "operator", PASSWORD)
    return name


def log_in(service, name, password=PASSWORD):
    return service.client().post("/api/login", json={"name": name, "password": password})


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(service, newcomer):
    cookie = log_in(service, newcomer).headers["set-cookie"]
    assert cookie.startswith("limes_session=")
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    behind_tls = service.client().post(
        "/api/login", json={"name": newcomer, "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert "Secure" in behind_tls.headers["set-cookie"].split("; ")


def test_in_and_out(service, newcomer):
    client = service.client(newcomer)
    assert client.get("/api/me").json() == {
        "name": newcomer,
        "role": "operator",
        "must_change_password": False,
        "disabled": False,
    }
    token = client.cookies["limes_session"]
    assert client.post("/api/logout").json() == {"ok": True}
    assert client.get("/api/me").status_code == 401
    thief = service.client()
    thief.cookies.set("limes_session", token)
    assert thief.get("/api/me").status_code == 401


def test_a_wrong_name_and_a_wrong_password_sound_the_same(service, newcomer):
    wrong_password, wrong_name = log_in(service, newcomer, "guess"), log_in(service, "nobody at all")
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert wrong_password.json() == wrong_name.json()
    assert "set-cookie" not in wrong_password.headers


def test_five_bad_tries_lock_the_account_also_for_the_right_password(service, newcomer):
    for _ in range(users.TRIES):
        assert log_in(service, newcomer, "guess").status_code == 401
    assert log_in(service, newcomer).status_code == 401
    tried = [entry for entry in service.audit() if entry["user"] == newcomer]
    assert [entry["verb"] for entry in tried] == ["login refused"] * 6
    assert tried[0]["detail"] == {"from": "127.0.0.1"}


def test_changing_the_password_ends_every_other_session(service, newcomer):
    here, elsewhere = service.client(newcomer), service.client(newcomer)
    answer = here.post("/api/password", json={"old": PASSWORD, "new": "a better password 7"})
    assert answer.status_code == 200
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert here.get("/api/me").status_code == 200
    assert elsewhere.get("/api/me").status_code == 401
    assert log_in(service, newcomer).status_code == 401
    assert log_in(service, newcomer, "a better password 7").status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("guess", "a better password 7", "the old password does not fit"),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "at least 5 different"),
    ],
)
def test_a_bad_new_or_old_password_changes_nothing(service, newcomer, old, new, why):
    client = service.client(newcomer)
    answer = client.post("/api/password", json={"old": old, "new": new})
    assert (answer.status_code, why in answer.json()["detail"]) == (400, True)
    assert client.get("/api/me").status_code == 200
    assert log_in(service, newcomer).status_code == 200


def test_guessing_the_old_password_with_a_stolen_session_locks_the_account(service, newcomer):
    client = service.client(newcomer)
    for _ in range(users.TRIES):
        client.post("/api/password", json={"old": "guess", "new": "a better password 7"})
    assert client.post("/api/password", json={"old": PASSWORD, "new": "a better password 7"}).status_code == 400
    assert log_in(service, newcomer).status_code == 401


def test_a_supervisor_adds_people_with_a_one_time_password(service, supervisor):
    added = supervisor.post("/api/users", json={"name": "Grace", "role": "viewer"}).json()
    answer = log_in(service, "Grace", added["one_time_password"])
    assert answer.json()["must_change_password"] is True
    assert "Grace" in [user["name"] for user in supervisor.get("/api/users").json()]
    (entry,) = [entry for entry in service.audit() if entry["verb"] == "user added" and entry["object"] == "Grace"]
    assert (entry["user"], entry["detail"]) == ("sue", {"role": "viewer"})
    again = supervisor.post("/api/users", json={"name": "Grace", "role": "viewer"})
    assert (again.status_code, "exists already" in again.json()["detail"]) == (400, True)
    assert supervisor.post("/api/users", json={"name": "x", "role": "king"}).status_code == 400


def test_shutting_out_holds_at_once_and_can_be_undone(service, supervisor, newcomer):
    client = service.client(newcomer)
    assert supervisor.post(f"/api/users/{newcomer}/disabled", json={"disabled": True}).json() == {"ok": True}
    assert client.get("/api/me").status_code == 401
    assert log_in(service, newcomer).status_code == 401
    supervisor.post(f"/api/users/{newcomer}/disabled", json={"disabled": False})
    assert log_in(service, newcomer).status_code == 200
    assert supervisor.post("/api/users/sue/disabled", json={"disabled": True}).status_code == 400
    assert supervisor.post("/api/users/not there/disabled", json={"disabled": True}).status_code == 404
    assert [e["verb"] for e in service.audit() if e["object"] == newcomer] == ["user disabled", "user enabled"]
