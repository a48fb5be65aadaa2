"""`limes fibre`: files in, events out; faults in one line; a model learnt on the way."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError
from limes.links.directory import sensor_directory
from limes.links.jsonlines import parse_lines
from limes.seeds import generator
from limes.signals.fibre.classify import load_model
from limes.signals.fibre.ground import Array, Ground
from limes.signals.fibre.learn import labelled, split_scores
from limes.signals.fibre.simulate import CLASSES, scene, white


def run(*words):
    return CliRunner().invoke(app, ["fibre", *map(str, words)], catch_exceptions=True)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A minute of digging as a SEG-Y file, for which nothing has to be installed."""
    array, rng = Array(40, 5.0, 250.0), generator(5, "cli")
    values = np.concatenate(
        [white(rng, 2500, array), scene(rng, "hand digging", array, white(rng, 12_500, array), 12.0, Ground()).values]
    )
    head = bytearray(3600)
    head[3216:3226] = np.array([4000, 0, len(values), 0, 5], ">u2").tobytes()
    path = tmp_path_factory.mktemp("fibre") / "minute.sgy"
    traces = []
    for k in range(40):
        trace = bytearray(240)
        trace[70:72] = np.array([-100], ">i2").tobytes()
        trace[80:84] = np.array([500 * k], ">i4").tobytes()
        trace[156:166] = np.array([2026, 20, 1, 2, 3], ">i2").tobytes()
        traces.append(bytes(trace) + values[:, k].astype(">f4").tobytes())
    path.write_bytes(bytes(head) + b"".join(traces))
    return path


def test_events_are_lines_that_a_watch_takes(recording):
    done = run(recording, "--sensor", "fibre-1", "--json")
    assert done.exit_code == 0, done.output
    lines = done.stdout.strip().splitlines()
    assert len(lines) > 2
    known = sensor_directory(
        ["fibre-1"], np.array([5e5]), np.array([4e6]), [np.array([[5e5, 4e6], [5e5, 4.1e6]])], "EPSG:32637"
    )
    parsed = parse_lines([line.encode() for line in lines], known, now=None)
    assert not parsed.refusals
    assert len(parsed.detections) == len(lines)
    assert sum(json.loads(line)["label"] == "digging" for line in lines) > len(lines) / 2


def test_text_names_place_and_class(recording):
    done = run("listen", recording)
    assert done.exit_code == 0
    assert "hand digging" in done.stdout
    assert "blows" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--live", "nowhere"], "not a live source"), (["listen"], "name files"), (["x.sgy", "--page", "here"], "is not http")],
)
def test_calls_that_are_wrong(words, said):
    done = run(*words)
    assert done.exit_code != 0
    assert said in str(done.exception)


def test_a_file_that_is_not_there():
    done = run("missing.h5")
    assert "cannot be read" in str(done.exception)


def test_a_model_is_learnt(tmp_path):
    done = run("learn", "--scenes", 2, "--seconds", 15, "-o", tmp_path / "m.json", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["simulated"] is True
    assert said["examples"] > 10
    assert load_model(tmp_path / "m.json").about.startswith("2 simulated scenes")


def test_own_recordings_are_judged_by_recordings_held_back(recording, tmp_path):
    for k, name in enumerate(("hand digging", "steps", "hand digging", "steps", "digging of worms")):
        (tmp_path / name).mkdir(exist_ok=True)
        shutil.copy(recording, tmp_path / name / f"{k}.sgy")
    own = labelled(tmp_path)
    assert len(np.unique(own.groups)) == 4
    assert set(own.labels) == {CLASSES.index("hand digging"), CLASSES.index("steps")}
    by_event, by_recording = split_scores(own)
    assert 0.0 <= by_recording <= 1.0
    assert 0.0 <= by_event <= 1.0
    with pytest.raises(InputError, match="holds no events"):
        labelled(tmp_path / "steps")
