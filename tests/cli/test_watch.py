"""`limes watch`: the real service as a process of its own, asked over its own doors and ended by a signal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
import typer
from typer.testing import CliRunner

from limes.cli import app
from limes.cli.watch import address, token_in
from limes.errors import InputError
from limes.links import send_lines

DOORS = ("--page", "127.0.0.1:0", "--listen", "127.0.0.1:0")


@contextmanager
def running(*arguments):
    command = [sys.executable, "-m", "limes", "watch", "mesa-verde", "demo", *DOORS, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process):
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def test_a_watch_from_its_first_start_to_the_signal_that_ends_it(tmp_path):
    with running("--data", str(tmp_path / "data"), "--json") as process:
        where = json.loads(process.stdout.readline())
        host, port = where["ingest"].split(":")
        assert send_lines(host, int(port), [b"rubbish"], patience=60.0).refusals
        with httpx.Client(base_url=where["page"], headers={"X-Limes": "1"}, timeout=300) as client:
            first = {"name": "admin", "password": where["one_time_password"]}
            assert client.post("/api/login", json=first).json()["must_change_password"] is True
            change = {"old": where["one_time_password"], "new": "correct horse battery"}
            assert client.post("/api/password", json=change).status_code == 200
            assert client.get("/api/quarantine").json()["total"] == 1
        assert ended(process) == (0, "", "")
    with running("--data", str(tmp_path / "data"), "--json") as process:
        assert json.loads(process.stdout.readline())["one_time_password"] is None
        assert ended(process) == (0, "", "")


def test_it_says_where_it_listens_and_how_to_log_in(tmp_path):
    with running("--data", str(tmp_path)) as process:
        said = [process.stdout.readline() for _ in range(3)]
        assert ended(process)[0] == 0
    assert said[0].startswith("First start: log in as admin with the one-time password ")
    assert said[1].startswith("The page:    http://127.0.0.1:")
    assert said[2].startswith("For sensors: JSON lines to 127.0.0.1:")


def test_a_folder_that_is_in_use_is_one_clear_line(tmp_path):
    with running("--data", str(tmp_path), "--json") as first:
        first.stdout.readline()
        with running("--data", str(tmp_path), "--json") as second:
            _, err = second.communicate(timeout=300)
        assert (second.returncode, err.count("\n")) == (1, 1)
        assert "is in use by another watch; stop that one" in err
        assert ended(first)[0] == 0


@pytest.mark.parametrize("text", ["8340", ":8340", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(typer.BadParameter, match="is not HOST:PORT"):
        address(text)


def test_the_token_is_what_the_file_holds(tmp_path):
    file = tmp_path / "token"
    file.write_text("  s3cret\n")
    assert token_in(file) == "s3cret"
    assert token_in(None) is None


@pytest.mark.parametrize(("content", "why"), [(None, "cannot be read"), (b" \n", "is empty"), (b"\xff\xfe", "cannot be read")])
def test_a_token_file_without_a_token_is_refused(tmp_path, content, why):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=why):
        CliRunner().invoke(
            app, ["watch", "mesa-verde", "demo", "--data", str(tmp_path), "--token-file", str(file)], catch_exceptions=False
        )
