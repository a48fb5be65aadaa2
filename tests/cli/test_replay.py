from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.columns import DETECTION, SENSOR, empty
from limes.errors import InputError
from limes.links import write_recording
from limes.sector import bundled, load, load_deployment
from limes.sensing import sensor_rows, sensors_of

START = 1_768_918_200.0


@pytest.fixture
def recording(tmp_path):
    sector = load(bundled("mesa-verde"))
    rows = sensor_rows(sensors_of(load_deployment(sector.deployments["demo"], sector), sector))
    statuses = [{"type": "status", "sensor": str(rows["id"][0]), "time": START, "state": "up"}]
    statuses.append({"type": "clock", "time": START + 400.0})
    detections = empty(DETECTION, 1)
    detections["time"], detections["sensor"] = START + 400.0, 0
    write_recording(tmp_path / "night", rows, detections, meta={"simulated": True}, events=statuses)
    return tmp_path / "night"


def test_silence_in_a_recording_is_raised_again(recording):
    done = CliRunner().invoke(app, ["replay", str(recording), "mesa-verde", "demo", "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    alerts = json.loads(done.stdout)
    assert {alert["kind"] for alert in alerts} <= {"silence", "gap"}
    assert alerts


def test_the_same_recording_gives_the_same_list(recording):
    run = ["replay", str(recording), "mesa-verde", "demo"]
    first, second = (CliRunner().invoke(app, run, catch_exceptions=False).stdout for _ in range(2))
    assert first == second
    assert "alerts from 1 detections" in first


def test_a_recording_of_other_sensors_is_refused(tmp_path):
    sensors = np.zeros(1, SENSOR)
    sensors["id"] = "elsewhere/radar"
    write_recording(tmp_path / "other", sensors, empty(DETECTION, 1))
    with pytest.raises(InputError, match="which the deployment lacks"):
        CliRunner().invoke(app, ["replay", str(tmp_path / "other"), "mesa-verde", "demo"], catch_exceptions=False)


def test_what_is_no_recording_is_refused(tmp_path):
    with pytest.raises(InputError, match="is not a whole recording"):
        CliRunner().invoke(app, ["replay", str(tmp_path), "mesa-verde", "demo"], catch_exceptions=False)
