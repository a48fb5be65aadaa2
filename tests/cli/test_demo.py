"""`limes demo`: the real thing, without a browser, from its first words to the signal that ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError

COMMAND = [sys.executable, "-m", "limes", "demo", "--no-browser", "--port", "0", "--speed", "30"]


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "kept").write_text("x")
    with pytest.raises(InputError, match="a night cannot be watched twice in one journal"):
        CliRunner().invoke(app, ["demo", "--data", str(tmp_path)], catch_exceptions=False)


def test_the_night_runs_and_ends_with_all_that_it_started(tmp_path):
    data = tmp_path / "data"
    with subprocess.Popen([*COMMAND, "--data", str(data)], stdout=subprocess.PIPE, text=True) as process:
        try:
            children = look_on(process)
            process.send_signal(signal.SIGTERM)
            assert process.wait(300) == 0
        finally:
            process.kill()
    assert len(children) == 1
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert (data / "watch.sqlite").exists()


def look_on(process):
    """Read what the demo says, log in by its link, and wait for tracks; gives the processes that it has started."""
    said = [process.stdout.readline() for _ in range(7)]
    assert said[0].startswith("Limes demo: the 98 km from Jarabulus")
    assert said[1].startswith("SIMULATED: one winter night from 17:00 to 07:00, at 30 times real time. Terrain is modelled.")
    assert said[6] == "Stop with Ctrl+C.\n"
    url, _, login = said[3].split()[1].partition("#login=")
    name, _, password = login.partition(":")
    with httpx.Client(base_url=url, headers={"X-Limes": "1"}, timeout=300) as client:
        assert client.post("/api/login", json={"name": name, "password": password}).status_code == 200
        picture = until(lambda: state if (state := client.get("/api/state").json())["tracks"] else None)
    assert picture["mode"] == "simulated"
    assert "MODELLED TERRAIN" in [badge["text"] for badge in picture["badges"]]
    return offspring(process.pid)


def until(look):
    for _ in range(600):
        if found := look():
            return found
        time.sleep(0.5)
    raise AssertionError("it did not come")


def offspring(pid):
    """Processes that a process has started."""
    if not Path("/proc").exists():
        pytest.skip("there is no /proc to look up processes in")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]
