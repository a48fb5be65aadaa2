from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.watch import audit, users
from limes.watch.store import open_store


def limes(*arguments):
    result = CliRunner().invoke(app, ["user", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def data(tmp_path):
    open_store(tmp_path).close()
    return tmp_path


def fits(data, name, password):
    store = open_store(data)
    with store.read() as connection:
        found = users.fits(connection, name, password)
        trail = [(entry.user, entry.verb, entry.object) for entry in audit.entries(connection)]
    store.close()
    return found, trail


def test_somebody_is_added_with_a_one_time_password(data):
    said = json.loads(limes("add", "ada", "--role", "supervisor", "--data", data, "--json"))
    assert (said["name"], said["role"]) == ("ada", "supervisor")
    assert fits(data, "ada", said["one_time_password"]) == (True, [("command line", "user added", "ada")])


def test_in_words(data):
    said = limes("add", "bob", "--data", data)
    assert said.startswith("bob (operator) may log in once with the password ")
    limes("add", "Ada", "--role", "viewer", "--data", data)
    assert limes("list", "--data", data).splitlines() == [
        "Ada                      viewer       one-time password",
        "bob                      operator     one-time password",
    ]


def test_a_list_for_machines(data):
    limes("add", "ada", "--data", data)
    (ada,) = json.loads(limes("list", "--data", data, "--json"))
    assert ada == {"name": "ada", "role": "operator", "must_change_password": True, "disabled": False}


def test_who_has_forgotten_gets_another_password(data):
    first = json.loads(limes("add", "ada", "--data", data, "--json"))["one_time_password"]
    second = json.loads(limes("reset", "ada", "--data", data, "--json"))["one_time_password"]
    assert fits(data, "ada", first)[0] is False
    assert fits(data, "ada", second) == (
        True,
        [("command line", "user added", "ada"), ("command line", "password reset", "ada")],
    )
    with pytest.raises(UsageError, match="no user 'bob'"):
        limes("reset", "bob", "--data", data)


@pytest.mark.parametrize("command", [("list",), ("add", "ada"), ("reset", "ada")])
def test_a_mistyped_folder_does_not_become_a_watch(tmp_path, command):
    with pytest.raises(InputError, match="is not the data folder of a watch; give the folder"):
        limes(*command, "--data", tmp_path / "dtaa")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_added_is_a_usage_error(data):
    with pytest.raises(UsageError, match="role 'king' is unknown"):
        limes("add", "ada", "--role", "king", "--data", data)
