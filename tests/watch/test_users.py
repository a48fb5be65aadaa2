from __future__ import annotations

import pytest

from limes.errors import UsageError
from limes.watch import users
from limes.watch.store import open_store

PASSWORD = "correct horse battery"


@pytest.fixture
def connection(tmp_path):
    with open_store(tmp_path).begin() as connection:
        users.add(connection, "ada", "operator", PASSWORD)
        yield connection


def test_a_one_time_password_opens_once_and_must_be_changed(connection):
    password = users.add(connection, "grace", "supervisor")
    token = users.log_in(connection, "grace", password, now=0.0)
    assert users.who(connection, token, 1.0).must_change_password
    users.set_password(connection, "grace", password, "a longer password 7")
    assert users.who(connection, token, 2.0) is None
    assert users.log_in(connection, "grace", password, now=3.0) is None
    assert not users.who(connection, users.log_in(connection, "grace", "a longer password 7", 4.0), 4.0).must_change_password


def test_passwords_are_kept_as_argon2_only(connection):
    stored = connection.exec_driver_sql("SELECT password_hash FROM users").scalar()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_tokens_are_not_kept_as_they_are(connection):
    token = users.log_in(connection, "ada", PASSWORD, 0.0)
    assert connection.exec_driver_sql("SELECT count(*) FROM sessions WHERE token_hash = ?", (token,)).scalar() == 0


def test_five_bad_tries_lock_the_account_for_a_while(connection):
    for _ in range(users.TRIES):
        assert users.log_in(connection, "ada", "wrong", now=0.0) is None
    assert users.log_in(connection, "ada", PASSWORD, now=60.0) is None
    assert users.log_in(connection, "ada", PASSWORD, now=users.LOCK_S + 1.0) is not None


def test_four_bad_tries_do_not(connection):
    for _ in range(users.TRIES - 1):
        users.log_in(connection, "ada", "wrong", now=0.0)
    assert users.log_in(connection, "ada", PASSWORD, now=0.0) is not None


def test_a_session_ends_idle_or_old_or_logged_out(connection):
    idle = users.log_in(connection, "ada", PASSWORD, 0.0)
    assert users.who(connection, idle, users.IDLE_S + 1.0) is None
    busy = users.log_in(connection, "ada", PASSWORD, 0.0)
    for minute in range(0, 12 * 60, 20):
        assert users.who(connection, busy, minute * 60.0) is not None
    assert users.who(connection, busy, users.LIFE_S + 1.0) is None
    out = users.log_in(connection, "ada", PASSWORD, 0.0)
    users.log_out(connection, out)
    assert users.who(connection, out, 1.0) is None


def test_a_disabled_person_is_out_at_once(connection):
    token = users.log_in(connection, "ada", PASSWORD, 0.0)
    users.set_disabled(connection, "ada", True)
    assert users.who(connection, token, 1.0) is None
    assert users.log_in(connection, "ada", PASSWORD, 1.0) is None


def test_unknown_names_and_tokens_open_nothing(connection):
    assert users.log_in(connection, "nobody", PASSWORD, 0.0) is None
    assert users.who(connection, "made up", 0.0) is None


def test_the_old_password_is_asked_for(connection):
    with pytest.raises(users.Denied, match="old password"):
        users.set_password(connection, "ada", "guess", "another password 1")


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
