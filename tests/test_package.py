"""The wheel holds the page and the sectors, and works where nothing else is installed."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_what_it_needs_and_no_more(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "limes/web/static/index.html",
        "limes/py.typed",
        "limes/signals/spectra/library/NOTICE",
        "limes/signals/spectra/library/nir_usgs.npz",
        "limes/signals/spectra/lists/eu_2019_1148.csv",
        "limes/sectors/kilis-jarabulus/terrain.tif",
        "limes/sectors/kilis-jarabulus/NOTICE",
        "limes/sectors/mesa-verde/sector.toml",
        "limes/watch/migrations/versions/0001_first.py",
    ):
        assert needed in names
    assert any(name.startswith("limes/web/static/assets/") and name.endswith(".js") for name in names)
    assert not [name for name in names if "__pycache__" in name or "node_modules" in name or name.startswith("tests/")]


def test_an_empty_environment_gets_the_page(wheel, tmp_path):
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-compile", f"{wheel}[watch]"], check=True, stderr=subprocess.DEVNULL
    )
    command = [home / "bin/limes", "watch", "mesa-verde", "demo", "--json", "--data", tmp_path / "data"]
    command += ["--page", "127.0.0.1:0", "--listen", "127.0.0.1:0"]
    away = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path, env=away) as running:
        try:
            opened = json.loads(running.stdout.readline())
            with urllib.request.urlopen(opened["page"]) as answer:
                page = answer.read().decode()
            script = page.split('src="')[1].split('"')[0]
            with urllib.request.urlopen(opened["page"].rstrip("/") + script) as answer:
                assert answer.headers["Content-Type"].split(";")[0] in ("text/javascript", "application/javascript")
        finally:
            running.terminate()
    assert "<title>Limes" in page
    assert opened["one_time_password"]


@pytest.mark.parametrize("said", ["", "v18.20.4", "not a version"])
def test_a_node_that_is_too_old_or_says_nothing_is_passed_over(said, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    built = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(built)
    poor, good = programs(tmp_path / "poor", said), programs(tmp_path / "good", "v22.11.0")
    monkeypatch.setattr(sys, "executable", str(poor / "python"))
    monkeypatch.setenv("PATH", str(poor))
    assert built.system_npm() is None
    monkeypatch.setenv("PATH", f"{poor}{os.pathsep}{good}")
    assert built.system_npm() == str(good / "npm")


def programs(folder, said):
    """A folder with an npm and a node that says something of its version."""
    folder.mkdir()
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (folder / name).chmod(0o755)
    return folder
