from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from limes.errors import UsageError
from limes.watch import users
from limes.watch.store import open_store

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hash with little work, or hashing would be most of what these tests do."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def log_in(connection, name, password, now):
    return users.log_in(connection, name, users.fits(connection, name, password), now)


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path).begin() as connection:
        users.add(connection, "ada", "operator", PASSWORD)
        yield connection


def test_a_one_time_password_opens_once_and_must_be_changed(connection):
    password = users.add(connection, "grace", "supervisor")
    token = log_in(connection, "grace", password, now=0.0)
    assert users.who(connection, token, 1.0).must_change_password
    users.set_password(connection, "grace", users.hashed("grace", "a longer password 7"))
    assert users.who(connection, token, 2.0) is None
    assert log_in(connection, "grace", password, now=3.0) is None
    assert not users.who(connection, log_in(connection, "grace", "a longer password 7", 4.0), 4.0).must_change_password


def test_passwords_are_kept_as_argon2_only(connection):
    stored = connection.exec_driver_sql("SELECT password_hash FROM users").scalar()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_tokens_are_not_kept_as_they_are(connection):
    token = log_in(connection, "ada", PASSWORD, 0.0)
    assert connection.exec_driver_sql("SELECT count(*) FROM sessions WHERE token_hash = ?", (token,)).scalar() == 0


def test_five_bad_tries_lock_the_account_for_a_while(connection):
    for _ in range(users.TRIES):
        assert log_in(connection, "ada", "wrong", now=0.0) is None
    assert log_in(connection, "ada", PASSWORD, now=60.0) is None
    assert log_in(connection, "ada", PASSWORD, now=users.LOCK_S + 1.0) is not None


def test_four_bad_tries_do_not(connection):
    for _ in range(users.TRIES - 1):
        log_in(connection, "ada", "wrong", now=0.0)
    assert log_in(connection, "ada", PASSWORD, now=0.0) is not None


def test_a_session_ends_idle_or_old_or_logged_out(connection):
    idle = log_in(connection, "ada", PASSWORD, 0.0)
    assert users.who(connection, idle, users.IDLE_S + 1.0) is None
    busy = log_in(connection, "ada", PASSWORD, 0.0)
    for minute in range(0, 12 * 60, 20):
        assert users.who(connection, busy, minute * 60.0) is not None
        users.touch(connection, busy, minute * 60.0)
    assert users.who(connection, busy, users.LIFE_S + 1.0) is None
    out = log_in(connection, "ada", PASSWORD, 0.0)
    users.log_out(connection, out)
    assert users.who(connection, out, 1.0) is None


def test_a_disabled_person_is_out_at_once(connection):
    token = log_in(connection, "ada", PASSWORD, 0.0)
    users.set_disabled(connection, "ada", True)
    assert users.who(connection, token, 1.0) is None
    assert log_in(connection, "ada", PASSWORD, 1.0) is None


def test_unknown_names_and_tokens_open_nothing(connection):
    assert log_in(connection, "nobody", PASSWORD, 0.0) is None
    assert users.who(connection, "made up", 0.0) is None


def test_a_session_is_stale_half_a_minute_after_it_was_kept_alive(connection):
    token = log_in(connection, "ada", PASSWORD, 0.0)
    assert not users.stale(connection, token, 10.0)
    assert users.stale(connection, token, 40.0)
    users.touch(connection, token, 40.0)
    assert not users.stale(connection, token, 50.0)
    assert not users.stale(connection, "made up", 50.0)


def test_ended_sessions_are_cleared_away_at_the_next_login(connection):
    for hour in range(20):
        log_in(connection, "ada", PASSWORD, hour * 3600.0)
    assert connection.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 1


def test_a_new_password_ends_all_sessions(connection):
    token = log_in(connection, "ada", PASSWORD, 0.0)
    users.set_password(connection, "ada", users.hashed("ada", "another password 1"))
    assert users.who(connection, token, 1.0) is None
    assert not users.fits(connection, "ada", PASSWORD)
    assert users.fits(connection, "ada", "another password 1")


def test_a_forgotten_password_gives_way_to_a_one_time_one(connection):
    token = log_in(connection, "ada", PASSWORD, 0.0)
    for _ in range(users.TRIES):
        log_in(connection, "ada", "wrong", now=0.0)
    password = users.reset(connection, "ada")
    assert users.who(connection, token, 1.0) is None
    assert log_in(connection, "ada", PASSWORD, 1.0) is None
    assert users.who(connection, log_in(connection, "ada", password, 1.0), 1.0).must_change_password
    with pytest.raises(UsageError, match="no user 'bob'"):
        users.reset(connection, "bob")


def test_looking_writes_nothing(tmp_path):
    store = open_store(tmp_path)
    with store.begin() as connection:
        users.add(connection, "ada", "operator", PASSWORD)
        token = log_in(connection, "ada", PASSWORD, 0.0)
    with store.begin(), store.read() as beside:
        assert users.fits(beside, "ada", PASSWORD)
        assert users.who(beside, token, 1.0).name == "ada"
        assert users.who(beside, token, users.LIFE_S + 1.0) is None
        assert not users.stale(beside, token, 1.0)
    store.close()


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("ada", "operator", PASSWORD),
        ("bob", "king", PASSWORD),
        (" bob", "viewer", PASSWORD),
        ("", "viewer", PASSWORD),
        ("b\nb", "viewer", PASSWORD),
        ("bob", "viewer", "short"),
        ("bob", "viewer", "aaaaaaaaaaaaaaaa"),
        ("bob", "viewer", "bob is my name 1"),
    ],
)
def test_what_cannot_be_added(connection, name, role, password):
    with pytest.raises(UsageError):
        users.add(connection, name, role, password)


@pytest.mark.parametrize(("role", "may"), [("viewer", 1), ("operator", 2), ("supervisor", 3)])
def test_roles_hold_what_is_below_them(role, may):
    user = users.User("x", role, False, False)
    assert [user.may(other) for other in users.ROLES] == [k < may for k in range(3)]


def test_every_lists_by_name(connection):
    users.add(connection, "Zoe", "viewer", PASSWORD)
    assert [user.name for user in users.every(connection)] == ["Zoe", "ada"]
